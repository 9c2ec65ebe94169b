"""Whether cassettes are replayed or recorded."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Literal, TypeAlias, get_args

from ...values.checks import refuse

# Those of VCR, and "rewrite": what is recorded takes the place of the whole file.
RecordMode: TypeAlias = Literal["none", "once", "new_episodes", "all", "rewrite"]
MODES: Final[tuple[RecordMode, ...]] = get_args(RecordMode)
# The mode of the process, the newest last: the command line of a test runner says it once for all.
_SAID: Final[list[RecordMode]] = ["none"]


def current_mode() -> RecordMode:
    """Return the mode of cassettes for which none is given."""
    return _SAID[-1]


@contextmanager
def recording(mode: RecordMode) -> Iterator[None]:
    """Let this be the mode of cassettes for which none is given, until the end of the ``with``.

    Raises:
        ValidationError: There is no such mode.
    """
    if mode not in MODES:
        raise refuse("mode", mode, f"one of {', '.join(MODES)}")
    _SAID.append(mode)
    try:
        yield
    finally:
        _SAID.pop()
