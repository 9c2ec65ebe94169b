"""What `fingerprint_video` does: the verb that names a request by its content."""

from typing import TYPE_CHECKING, Unpack

from returns.io import IOResult

from .. import _later
from ..outcome import IOOutcome
from ..values.short import ConfigLike, RequestLike
from .faces import verb
from .making import call_of
from .options import WorldOptions
from .tasks import Task, work

if TYPE_CHECKING:
    from . import naming
    from .arguments import Given
else:
    # Few programs ask for it.
    (naming,) = _later.modules(__package__, ".naming")


@verb
def fingerprint_video(
    config: ConfigLike,
    request: RequestLike,
    **options: Unpack[WorldOptions],
) -> Task[str]:
    """Return a name that the same request to the same chain has every time; nothing is sent.

    It is the digest by which a journal tells whether a submission key is used for the same video
    again, and may be a part of a key: ``key=f"cache/{fingerprint_video(config, request)}"``. All of
    the request counts, images and the video by their content, and of every config of the chain what
    has a part in the video. Keys, credentials, time limits, and what signs a URL do not count. A
    later release returns the same name.

    ``config`` and ``request`` are those of `generate_video`, and may be as short. Files that the
    request names by a ``pathlib.Path`` are read.

    Returns:
        64 hexadecimal digits.

    Raises:
        ValidationError: An argument has another type, or a file cannot be read. Whether the model
            takes the request is not asked: `plan_video` tells.
    """

    def name() -> IOOutcome[str]:
        call = call_of({"journal": None, **options})

        # In quotes: an annotation of an inner function is made anew at each call.
        def named(whole: "Given") -> IOOutcome[str]:
            chain, wanted = whole
            return call.ready(wanted).map(lambda ready: naming.name_of(chain, ready))

        return IOResult.from_result(call.given(config, request)).bind(named)

    return work(name)
