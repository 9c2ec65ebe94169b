"""Turn a response into a file and a line of output."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NoReturn

import attrs

from .. import api, codec
from ..exceptions import SaveError, TarashException, ValidationError
from ..outcome import result_of, settle
from ..running.progress import ProgressCallback
from ..running.saving import destination
from ..running.worlds import world_of
from ..values.media import MediaContent
from ..values.response import VideoGenerationResponse
from ..values.saved import VideoGeneration
from . import asking, exits, receipts, show
from .failures import Ended, ended
from .journal import CliJournal, is_in_journal
from .speech import NO_JOURNAL, in_terms, resume_command
from .terminal import say, say_json, say_path, tell, warn

# The current folder, in which a video that came as bytes is named after its job.
_HERE: Final = "./"


def check_output(output: str | None, *, overwrite: bool, yes: bool = False) -> bool:
    """Check all that can be checked about a file before the generation.

    Where it exists, a terminal is asked whether it may be replaced.

    Args:
        output: The file or the folder, or None.
        overwrite: Whether a file that exists is replaced.
        yes: Whether the question is answered already.

    Returns:
        Whether a file that exists is replaced.

    Raises:
        ValidationError: It exists already, or cannot be created.
    """
    if output is None:
        return overwrite
    if not overwrite and _is_file(Path(output)):
        overwrite = asking.confirm(f"{output} exists. Replace it?", yes=yes, otherwise=False)
    checked = destination(output, world_of(None), overwrite=overwrite)
    settle(result_of(checked.alt(_about_output)))
    return overwrite


def _about_output(error: TarashException) -> ValidationError:
    words = in_terms(error.message)
    return ValidationError(words if words.startswith("--output") else f"--output: {words}")


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        # A name that is too long, say: `destination` tells what is wrong with it.
        return False


@contextmanager
def _generating(*, is_free: bool) -> Iterator[ProgressCallback]:
    """Show progress; if the user interrupts, print what happens to the job."""
    try:
        with show.progress(world_of(None).clock.monotonic) as on_progress:
            yield on_progress
    except KeyboardInterrupt as interruption:
        if hasattr(interruption, "response"):
            raise
        # Without this, typer would print only "Aborted" and not mention the job.
        raise _interrupted(interruption, is_free=is_free) from None


def _interrupted(interruption: KeyboardInterrupt, *, is_free: bool) -> Ended:
    job = getattr(interruption, "generation", None)
    if is_free and not (isinstance(job, VideoGeneration) and is_in_journal(job.id)):
        text = "interrupted: there is no test clip, and nothing is charged"
        return Ended(text, exits.INTERRUPTED, is_free=True)
    notes = in_terms("; ".join(getattr(interruption, "__notes__", ())), NO_JOURNAL)
    text, name = notes or "nothing was submitted", None
    if isinstance(job, VideoGeneration) and job.job is not None:
        name = job.id
        if is_in_journal(name):
            text = f"job {job.request_id} of {job.provider} goes on: {resume_command(name)}"
    return Ended(
        f"interrupted: {text} (see tarash jobs)",
        exits.INTERRUPTED,
        job=name,
        is_charged=bool(name or notes) and not is_free,
        is_free=is_free,
    )


def _now() -> float:
    return world_of(None).clock.monotonic()


@attrs.frozen(kw_only=True)
class Delivery:
    """How to deliver a video to the user.

    Attributes:
        output: The file or the folder to write. If it is None, bytes go to a file that is named
            after their job, and a URL is printed.
        as_json: Whether the whole response is printed.
        journal: The journal that lists the job until the video is saved, or None.
        is_free: Whether it is a test clip.
    """

    output: str | None
    as_json: bool
    journal: CliJournal | None
    is_free: bool = False
    _began: float = attrs.field(factory=_now, init=False)

    @property
    def _seconds(self) -> float:
        return _now() - self._began

    def deliver(self, wait: Callable[[ProgressCallback], VideoGenerationResponse]) -> None:
        """Wait for a video, and print its file or URL, or the whole response.

        Args:
            wait: Returns the video, saved already where there is an ``output``.
        """
        try:
            response = self._finished(wait)
        except TarashException as error:
            receipt = receipts.after_error(error, self._seconds, is_free=self.is_free)
            raise ended(error, receipt, is_free=self.is_free) from error
        warn(response.warnings)
        self._print(response, response.path or response.video)
        self._mark_saved()
        tell(receipts.after_video(response, self._seconds))

    def _finished(
        self, wait: Callable[[ProgressCallback], VideoGenerationResponse]
    ) -> VideoGenerationResponse:
        try:
            with _generating(is_free=self.is_free) as on_progress:
                response = wait(on_progress)
                if isinstance(response.video, MediaContent) and response.path is None:
                    response = api.save_video(response, _HERE, on_progress=on_progress)
        except KeyboardInterrupt as interruption:
            response = vars(interruption)["response"]
            self._fail(response, "interrupted before the video was saved", exits.INTERRUPTED)
        except SaveError as error:
            if error.response is None:
                raise
            self._fail(error.response, reason(error), exits.LOOK_FIRST, error)
        return response

    def _mark_saved(self) -> None:
        if self.journal is not None:
            self.journal.mark_saved()

    def _print(self, response: VideoGenerationResponse, place: object) -> None:
        if self.as_json:
            say_json(_plain(response, place))
        elif isinstance(place, Path):
            say_path(place)
        else:
            say(place)

    def _fail(
        self,
        response: VideoGenerationResponse,
        why: str,
        code: int,
        error: SaveError | None = None,
    ) -> NoReturn:
        """Say where a paid video is if it was not saved as requested."""
        warn(response.warnings)
        video, parts = response.video, [why]
        place: object = None
        if isinstance(video, str):
            # The query may be a signature, so only the user's stdout gets it.
            parts.append(f"it is at {video.partition('?')[0]} (the whole URL is on stdout)")
            place = video
        elif (rescued := _rescue(response)) is not None and rescued.path is not None:
            place = rescued.path.absolute()
            parts.append(f"the video is in {place} instead")
            self._mark_saved()
        command = None if self.journal is None else self.journal.resume_command()
        if command is not None and not isinstance(place, Path):
            parts.append(f"the job is in the journal: run {command}")
        if place is not None and not self.as_json:
            self._print(response, place)
        shown = None if place is None else _plain(response, place)
        receipt = receipts.after_video(response, self._seconds, "ended after")
        job = None if response.generation is None else response.generation.id
        raise Ended(
            "; ".join(parts), code, error, shown, receipt, job=job, is_charged=not response.is_mock
        )


def _plain(response: VideoGenerationResponse, place: object) -> dict[str, Any]:
    return {**codec.plain(response), "video": str(place)}


def reason(error: SaveError) -> str:
    """Return why a video was not saved: the message of the error itself is for a program."""
    cause = error.__cause__
    return in_terms(str(cause if isinstance(cause, TarashException) else error))


def _rescue(response: VideoGenerationResponse) -> VideoGenerationResponse | None:
    """Write a paid video to the current or the temporary folder when its own file fails."""
    for folder in (_HERE, f"{tempfile.gettempdir()}/"):
        try:
            return api.save_video(response, folder)
        except TarashException:
            continue
    return None
