"""The calls of a batch as tasks: of the caller's event loop, or of one in a thread of its own."""

import asyncio
import threading
from collections.abc import Callable
from functools import partial
from queue import SimpleQueue

import attrs

from ..exceptions import GenerationInterruptedError
from ..values.batch import BatchItem
from .batch_calls import BatchCall, Ended, Raised
from .log_lines import LOG


@attrs.define(eq=False)
class Crew:
    """The calls that are under way on one event loop.

    ``_tell`` hears how each of them ended, in the thread of the loop.
    """

    _tell: Callable[[Ended], None]
    _tasks: set[asyncio.Task[Ended]] = attrs.field(factory=set, init=False)
    _stopped: bool = attrs.field(default=False, init=False)

    def start(self, call: BatchCall | None) -> None:
        """Begin a call, if there is one."""
        if call is None:
            return
        task = asyncio.get_running_loop().create_task(call.make())
        self._tasks.add(task)
        task.add_done_callback(partial(self._end, call))

    def _end(self, call: BatchCall, task: asyncio.Task[Ended]) -> None:
        self._tasks.discard(task)
        # A task that is cancelled before its first step has run none of its code.
        ended = call.interrupted(None) if task.cancelled() else task.result()
        if not self._stopped and isinstance(ended, BatchItem) and _is_interrupted(ended):
            # The loop ends, and cancels every task: the batch may not have its turn any more.
            LOG.warning("%s", ended.error)
        self._tell(ended)

    async def stop(self) -> None:
        """Interrupt every call, and wait until each knows what becomes of its job."""
        self._stopped, tasks = True, tuple(self._tasks)
        for task in tasks:
            task.cancel()
        try:
            if tasks:
                await asyncio.wait(tasks)
        except BaseException:
            # Nobody waits for the rest: the log has to name it.
            self._stopped = False
            raise


def _is_interrupted(item: BatchItem) -> bool:
    return isinstance(item.error, GenerationInterruptedError)


class CrewThread:
    """A crew on an event loop of its own, for a caller who blocks.

    One thread serves any number of calls. It does not keep the process alive: a user who interrupts
    twice does not wait.
    """

    def __init__(self) -> None:
        """Begin the thread."""
        self.ended: SimpleQueue[Ended] = SimpleQueue()
        self._crew = Crew(self.ended.put)
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="tarash-gateway-batch", daemon=True)
        self._thread.start()
        self._ready.wait()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # noqa: BLE001 - it belongs to whoever waits
            self.ended.put(Raised(error))
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        self._ready.set()
        await self._over.wait()
        await self._crew.stop()

    def start(self, call: BatchCall | None) -> None:
        """Begin a call, if there is one, with the context variables of this thread."""
        if call is not None:
            self._loop.call_soon_threadsafe(self._crew.start, call)

    def stop(self) -> None:
        """Interrupt every call, and wait for the end of the thread."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._over.set)
            self._thread.join()
