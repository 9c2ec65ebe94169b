"""Calls of the caller's ``on_progress``: its bugs are logged once and change nothing."""

import inspect
import logging
from collections.abc import Awaitable, Coroutine
from typing import TYPE_CHECKING, Any, Final

import attrs
from returns.result import Success

from .. import _later
from ..outcome import IOOutcome, Outcome, nothing
from ..values.response import ProgressCallback as ProgressCallback
from ..values.response import VideoGenerationUpdate
from .tasks import Task

if TYPE_CHECKING:
    from . import threads
else:
    # A blocking call needs no event loop.
    (threads,) = _later.modules(__package__, ".threads")

_LOG: Final = logging.getLogger("tarash.tarash_gateway")


@attrs.define(eq=False)
class Listener:
    """The caller's callback, plain or async, or None."""

    _callback: ProgressCallback | None
    _logged: bool = attrs.field(default=False, init=False)

    def tell(self, update: VideoGenerationUpdate | None) -> None:
        """Call the callback, and run what it returns if that is a coroutine."""
        pending = self._call(update)
        if pending is not None:
            threads.run_coroutine(pending)

    def telling(self, update: VideoGenerationUpdate | None) -> Task[None] | None:
        """Return the task of calling the callback, or None if there is nothing to tell."""
        if update is None or self._callback is None:
            return None

        def block() -> IOOutcome[None]:
            self.tell(update)
            return nothing()

        async def start() -> Outcome[None]:
            await self.tell_async(update)
            return Success(None)

        return Task(block, start)

    async def tell_async(self, update: VideoGenerationUpdate | None) -> None:
        """Call the callback, and await what it returns if that is awaitable."""
        pending = self._call(update)
        if pending is not None:
            await pending

    @property
    def blocking(self) -> ProgressCallback | None:
        """The callback for code that calls it itself, and does not await; None without one."""
        return None if self._callback is None else self.tell

    @property
    def awaiting(self) -> ProgressCallback | None:
        """The callback for a coroutine that calls it itself; None without one."""
        return None if self._callback is None else self._call

    def _call(self, update: VideoGenerationUpdate | None) -> Coroutine[Any, Any, None] | None:
        """Call the callback, and return what is left to await, or None."""
        if update is None or self._callback is None:
            return None
        try:
            result = self._callback(update)
        except Exception:  # noqa: BLE001 - the caller's bug must not cost the caller's job
            self._log()
            return None
        return self._finish(result) if inspect.isawaitable(result) else None

    async def _finish(self, pending: Awaitable[object]) -> None:
        try:
            await pending
        except Exception:  # noqa: BLE001 - the caller's bug must not cost the caller's job
            self._log()

    def _log(self) -> None:
        if not self._logged:
            self._logged = True
            _LOG.exception(
                "on_progress raised; the generation goes on (further errors of it are not logged)"
            )
