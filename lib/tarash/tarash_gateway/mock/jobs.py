"""What a process knows about the mock's jobs."""

import threading
from typing import TYPE_CHECKING, Final

import attrs

if TYPE_CHECKING:
    from .story import Picture

# The scheme of the mock's base URL; requests with it do not leave the process.
SCHEME: Final = "mock:"


@attrs.frozen(eq=False)
class Jobs:
    """The polls of running jobs, and the pictures of the last ones, by the job's id."""

    polls: dict[str, int] = attrs.field(factory=dict)
    pictures: "dict[str, tuple[Picture, ...]]" = attrs.field(factory=dict)
    lock: threading.Lock = attrs.field(factory=threading.Lock)
