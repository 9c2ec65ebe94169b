"""Save a finished video: checked before it is paid for, streamed, measured, and never lost."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeAlias

import attrs
from returns.io import IOFailure, IOResult
from returns.result import Failure

from ..effects import Effects, PartialFile
from ..exceptions import NotFoundError, SaveError, TarashException, ValidationError
from ..lifecycle.delivered import check_not_delivered
from ..lifecycle.measured import with_facts, with_failure
from ..outcome import IOOutcome, Outcome, result_of
from ..values.checks import refuse
from ..values.media import MediaContent
from ..values.response import VideoGenerationResponse
from .fetching import Fetched, FetchLimits, Tell, fetch
from .measuring import measure_file
from .options import Place

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
    """

    path: Path
    is_folder: bool
    overwrite: bool

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


def destination(save_to: Place, effects: Effects, *, overwrite: bool) -> IOOutcome[Destination]:
    """Return where a video will be saved, after every check that is possible before it is paid for.

    Args:
        save_to: A file, or a folder: one that exists, or a text that ends with a slash.
        effects: The world.
        overwrite: Whether an existing file is replaced.

    Errors:
        ValidationError: The file exists, its folder does not, it cannot be written, or the disk is
            full.
    """
    text = save_to if isinstance(save_to, str) else _text(save_to)
    if not text:
        return IOFailure(refuse("save_to", save_to, "the name of a file or of a folder"))
    path = Path(text)
    exists = effects.disk.is_folder(path)
    is_folder = exists or text.endswith(("/", os.sep))
    if is_folder and not exists:
        return IOFailure(ValidationError(f"the folder {path} does not exist: make it first"))
    # No file of the library's has this name: only the folder is checked.
    probe = path / ".tarash-probe" if is_folder else path
    return effects.disk.check(probe, overwrite=overwrite or is_folder, free=_ROOM).map(
        lambda checked: Destination(
            path=checked.parent if is_folder else checked,
            is_folder=is_folder,
            overwrite=overwrite and not is_folder,
        )
    )


def _text(save_to: object) -> str:
    # Users pass anything; a name in bytes is refused as well.
    name = os.fspath(save_to) if isinstance(save_to, os.PathLike) else ""
    return name if isinstance(name, str) else ""


Fresh: TypeAlias = Callable[[], IOOutcome[Response]]


@attrs.frozen(kw_only=True)
class Saving:
    """How a video is saved.

    Attributes:
        to: Where.
        effects: The world.
        limits: How long the download may take, and how much it may bring.
        measure: Whether the saved file is measured.
        fresh: Asks the provider for the same video again, for a URL that has expired.
        private: Tells whether a redirect may lead to a private address.
        tell: Called with the bytes so far and the size, or None if that is not known.
    """

    to: Destination
    effects: Effects
    limits: FetchLimits
    measure: bool = True
    fresh: Fresh | None = None
    private: Callable[[], bool] = lambda: False
    tell: Tell = lambda _received, _size: None

    def save(self, response: Response) -> IOOutcome[Response]:
        """Write a video to its file; return the response with the file, its digest and measures.

        Not a byte of the video is changed.

        Errors:
            SaveError: It could not be saved; ``response`` of the error has the video.
        """
        elsewhere = check_not_delivered(response)
        if isinstance(elsewhere, Failure):
            known = attrs.evolve(elsewhere.failure(), generation=response.generation)
            return IOFailure(known)
        created = result_of(self.effects.disk.create(self.to.file(response, response.content_type)))
        if isinstance(created, Failure):
            return IOFailure(not_saved(response, created.failure()))
        part = created.unwrap()
        try:
            return self._into(part, response)
        finally:
            part.discard()

    def _into(self, part: PartialFile, response: Response) -> IOOutcome[Response]:
        filled = self._fill(part, response)
        fresh = self.fresh
        expired = isinstance(filled, Failure) and isinstance(filled.failure(), NotFoundError)
        if expired and fresh is not None:
            newer = result_of(part.restart().bind(lambda _: fresh()))
            if isinstance(newer, Failure):
                return IOFailure(not_saved(response, newer.failure()))
            response = with_fresh_url(response, newer.unwrap())
            filled = self._fill(part, response)
        saved = filled.bind(lambda fetched: self._finish(response, part, fetched))
        return IOResult.from_result(saved.alt(lambda error: not_saved(response, error)))

    def _fill(self, part: PartialFile, response: Response) -> Outcome[Fetched]:
        video = response.video
        if isinstance(video, MediaContent):
            return result_of(part.write(video.content)).map(
                lambda _: Fetched.of(video.content, video.content_type)
            )
        if not video.lower().startswith(("http://", "https://")):
            place = video.partition("?")[0]
            message = f"the video was delivered to {place}: fetch it with the tool of that storage"
            return Failure(ValidationError(message))
        return result_of(
            fetch(video, part, self.effects, self.limits, private=self.private, tell=self.tell)
        )

    def _finish(self, response: Response, part: PartialFile, fetched: Fetched) -> Outcome[Response]:
        known = self._measured(response, part, fetched.size)
        media = attrs.evolve(known.media, size=fetched.size, sha256=fetched.sha256)
        wanted = self.to.file(response, fetched.content_type)

        def named(path: Path) -> Response:
            moved = f"{wanted} was created in the meantime: the video is in {path}"
            return attrs.evolve(
                known,
                path=path,
                media=media,
                content_type=fetched.content_type,
                warnings=(
                    known.warnings
                    if path == wanted or self.to.is_folder
                    else (*known.warnings, moved)
                ),
            )

        return result_of(part.finish(wanted, overwrite=self.to.overwrite)).map(named)

    def _measured(self, response: Response, part: PartialFile, size: int) -> Response:
        if not self.measure:
            return response
        measured = measure_file(part, size)
        if isinstance(measured, Failure):
            return with_failure(response, measured.failure().message)
        return with_facts(response, measured.unwrap())


def with_fresh_url(response: Response, newer: Response) -> Response:
    """Return a response with the video of a newer one about the same job."""
    return attrs.evolve(
        response,
        video=newer.video,
        content_type=newer.content_type or response.content_type,
        expires_at=newer.expires_at,
    )


def not_saved(response: Response, error: TarashException) -> SaveError:
    """Return the error about a finished video that could not be saved: it says where it is."""
    where = "the response has its bytes"
    if isinstance(response.video, str):
        # A query may be a signature.
        where = (
            f"it is at {response.video.partition('?')[0]} (error.response.video is the whole URL)"
        )
    job = response.generation
    saved = SaveError(
        f"the video is finished and was not saved: {error.message}; {where}: "
        "save_video(error.response, ...) fetches it again",
        provider=error.provider or (job.provider if job else None),
        model=error.model or (job.model if job else None),
        request_id=response.request_id,
        status_code=error.status_code,
        response=response,
        generation=job or error.generation,
    )
    saved.__cause__ = error
    return saved
