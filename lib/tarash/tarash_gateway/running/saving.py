"""Save a finished video: checked before it is paid for, streamed, measured, and never lost."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeAlias

import attrs
from returns.io import IOFailure, IOResult
from returns.result import Failure

from ..effects import Effects, PartialFile
from ..exceptions import NotFoundError, SaveError, TarashException
from ..lifecycle.delivered import check_not_delivered
from ..lifecycle.measured import with_facts
from ..outcome import IOOutcome, Outcome, result_of
from ..values.media import MediaContent
from ..values.response import VideoGenerationResponse
from .fetching import Fetched, FetchLimits, fetch
from .measuring import measure_file

Response: TypeAlias = VideoGenerationResponse
# Bytes that must be free before a video is paid for: most are smaller.
_ROOM: Final = 64 * 2**20
_LONGEST_NAME: Final = 80
_SUFFIXES: Final = {
    "video/mp4": ".mp4",
    "video/quicktime": ".mov",
    "video/webm": ".webm",
    "video/x-matroska": ".mkv",
    "video/x-m4v": ".m4v",
}


@attrs.frozen(kw_only=True)
class Destination:
    """Where a video is saved.

    Attributes:
        path: The file, or the folder in which it is named after its job.
        is_folder: Which of the two it is.
        overwrite: Whether an existing file is replaced.
        limits: How long a download may take, and how much it may bring.
    """

    path: Path
    is_folder: bool
    overwrite: bool
    limits: FetchLimits

    def file(self, response: Response, content_type: str | None) -> Path:
        """Return the file of a response."""
        if not self.is_folder:
            return self.path
        return self.path / file_name(response.request_id, content_type)


def file_name(job_id: str, content_type: str | None = None) -> str:
    """Return a file's name for a provider's id, without folders or a leading dot or dash.

    >>> [file_name(each) for each in ("job-1", "../../.bashrc", "-rf", "a b", "..")]
    ['job-1.mp4', 'bashrc.mp4', 'rf.mp4', 'a-b.mp4', 'video.mp4']
    """
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", job_id).lstrip(".-")[:_LONGEST_NAME] or "video"
    return name + _SUFFIXES.get(content_type or "", ".mp4")


def destination(
    save_to: str | Path, effects: Effects, limits: FetchLimits, *, overwrite: bool
) -> IOOutcome[Destination]:
    """Return where a video will be saved, after every check that is possible before it is paid for.

    Args:
        save_to: A file, or a folder: one that exists, or a text that ends with a slash.
        effects: The world.
        limits: How long the download may take, and how much it may bring.
        overwrite: Whether an existing file is replaced.

    Errors:
        ValidationError: The file exists, its folder does not, it cannot be written, or the disk is
            full.
    """
    path = Path(save_to)
    is_folder = str(save_to).endswith(("/", "\\")) or effects.disk.is_folder(path)
    # No file of the library's has this name: only the folder is checked.
    probe = path / ".tarash-probe" if is_folder else path
    return effects.disk.check(probe, overwrite=overwrite or is_folder, free=_ROOM).map(
        lambda checked: Destination(
            path=checked.parent if is_folder else checked,
            is_folder=is_folder,
            overwrite=overwrite and not is_folder,
            limits=limits,
        )
    )


Fresh: TypeAlias = Callable[[], IOOutcome[Response]]


def save(  # noqa: PLR0913 - what a download works with
    response: Response,
    to: Destination,
    effects: Effects,
    *,
    fresh: Fresh | None = None,
    private: bool = False,
    tell: Callable[[int, int | None], None] = lambda _received, _size: None,
) -> IOOutcome[Response]:
    """Write a video to its file; return the response with the file, its digest and its measures.

    Not a byte of the video is changed.

    Args:
        response: The finished video.
        to: Where it is saved.
        effects: The world.
        fresh: Asks the provider for the same video again, for a URL that has expired.
        private: Whether a redirect may lead to a private address.
        tell: Called with the bytes so far and the size, or None if that is not known.

    Errors:
        SaveError: It could not be saved; ``response`` of the error has the video.
    """
    elsewhere = check_not_delivered(response)
    if isinstance(elsewhere, Failure):
        return IOFailure(elsewhere.failure())
    created = result_of(effects.disk.create(to.file(response, response.content_type)))
    if isinstance(created, Failure):
        return IOFailure(not_saved(response, created.failure()))
    part = created.unwrap()
    try:
        filled = _filled(response, part, to, effects, private=private, tell=tell)
        if isinstance(filled, Failure) and isinstance(filled.failure(), NotFoundError) and fresh:
            newer = result_of(part.restart().bind(lambda _: fresh()))
            if isinstance(newer, Failure):
                return IOFailure(not_saved(response, newer.failure()))
            response = newer.unwrap()
            filled = _filled(response, part, to, effects, private=private, tell=tell)
        saved = filled.bind(lambda fetched: _finished(response, part, to, fetched))
        return IOResult.from_result(saved.alt(lambda error: not_saved(response, error)))
    finally:
        part.discard()


def _filled(  # noqa: PLR0913 - what a download works with
    response: Response,
    part: PartialFile,
    to: Destination,
    effects: Effects,
    *,
    private: bool,
    tell: Callable[[int, int | None], None],
) -> Outcome[Fetched]:
    video = response.video
    if isinstance(video, MediaContent):
        return result_of(part.write(video.content)).map(
            lambda _: Fetched.of(video.content, video.content_type)
        )
    return result_of(fetch(video, part, effects, to.limits, private=private, tell=tell))


def _finished(
    response: Response, part: PartialFile, to: Destination, fetched: Fetched
) -> Outcome[Response]:
    measured = measure_file(part, fetched.size)
    known = response if isinstance(measured, Failure) else with_facts(response, measured.unwrap())
    media = attrs.evolve(known.media, size=fetched.size, sha256=fetched.sha256)
    path = to.file(response, fetched.content_type)
    return result_of(part.finish(path, overwrite=to.overwrite)).map(
        lambda name: attrs.evolve(known, path=name, media=media, content_type=fetched.content_type)
    )


def not_saved(response: Response, error: TarashException) -> SaveError:
    """Return the error about a finished video that could not be saved: it says where it is."""
    where = "the response has its bytes"
    if isinstance(response.video, str):
        # A query may be a signature.
        where = (
            f"it is at {response.video.partition('?')[0]} (error.response.video is the whole URL)"
        )
    return SaveError(
        f"the video is finished and was not saved: {error.message}; {where}: "
        "save_video(error.response, ...) fetches it again",
        provider=error.provider,
        model=error.model,
        request_id=response.request_id,
        status_code=error.status_code,
        response=response,
        generation=error.generation,
    )
