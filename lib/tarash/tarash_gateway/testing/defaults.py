"""Effects in the place of the live ones, for code that passes none."""

from collections.abc import Iterator
from contextlib import contextmanager

import attrs

from ..effects import Clock, Effects
from ..running.worlds import standing_in, world_of


@contextmanager
def default_effects(effects: Effects) -> Iterator[Effects]:
    """Use effects wherever a call has no ``effects`` of its own, until the end of the ``with``.

    This holds for the whole process: for blocking and asyncio calls, for batches, for receivers of
    webhooks that were made before, for the command line and the integrations, in every thread. It
    is not a context variable, because the threads of a web server or of an executor would not see
    one, and a call from there would reach the provider. So tests that use it do not run in threads
    beside each other; the processes of pytest-xdist do no harm.

    The mock answers as ever. Of several, the one that began last counts. A call keeps the effects
    that it began with: wait for its end inside the ``with``.

        with default_effects(fake_effects(http=http, environment={"FAL_KEY": "key"})):
            code_that_calls_generate_video()

    Args:
        effects: The effects; `fake_effects` makes some.

    Yields:
        The same effects.
    """
    with standing_in(effects):
        yield effects


@contextmanager
def on_clock(clock: Clock) -> Iterator[Clock]:
    """Let calls without ``effects`` take their time from a clock, in whatever world they are.

    Args:
        clock: The clock, such as a `FakeClock`.

    Yields:
        The same clock.
    """
    with standing_in(attrs.evolve(world_of(None), clock=clock)):
        yield clock
