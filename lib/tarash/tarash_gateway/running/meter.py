"""Reports the progress of a download."""

from collections.abc import Callable
from typing import Final, TypeAlias

import attrs

from ..effects import Effects
from ..values.response import VideoGenerationResponse, VideoGenerationUpdate

TellUpdate: TypeAlias = Callable[[VideoGenerationUpdate], None]

# Seconds between two updates about a download.
_PAUSE: Final = 0.25


@attrs.define
class Meter:
    """Reports a download a few times a second, and at its end."""

    response: VideoGenerationResponse
    effects: Effects
    tell: TellUpdate
    proceed: Callable[[], None]
    _due: float = attrs.field(default=0.0, init=False)
    _last: tuple[int, int | None] | None = attrs.field(default=None, init=False)
    _is_reported: bool = attrs.field(default=True, init=False)

    def __call__(self, received: int, size: int | None) -> None:
        """Take note of the bytes so far, and of the size of the whole video or None."""
        self.proceed()
        self._last, self._is_reported = (received, size), False
        now = self.effects.clock.monotonic()
        if now >= self._due:
            self._due = now + _PAUSE
            self.flush()

    def flush(self) -> None:
        """Report what was not reported yet."""
        if self._is_reported or self._last is None:
            return
        self._is_reported = True
        received, size = self._last
        job = self.response.generation
        self.tell(
            VideoGenerationUpdate(
                request_id=self.response.request_id,
                status="completed",
                stage="downloading",
                progress_percent=min(100.0, 100.0 * received / size) if size else None,
                update={"bytes": received, "size": size},
                provider=job.provider if job else None,
                model=job.model if job else None,
            )
        )
