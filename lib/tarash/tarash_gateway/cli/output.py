"""Turn a response into a file and a line of output."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn, TypeAlias

import attrs
import typer

from .. import api, codec
from ..exceptions import SaveError, TarashException, ValidationError
from ..outcome import result_of, settle
from ..running.progress import ProgressCallback
from ..running.saving import destination
from ..running.worlds import world_of
from ..values.media import MediaContent
from ..values.response import VideoGenerationResponse
from ..values.saved import VideoGeneration
from . import exits, show
from .journal import CliJournal, is_in_journal
from .terminal import say, say_json, say_path, tell, warn

AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Output: TypeAlias = Annotated[
    str | None,
    typer.Option(help="Write the video to this file; or into this folder, named after its job."),
]
Overwrite: TypeAlias = Annotated[
    bool, typer.Option("--overwrite", help="Replace the file if it exists.")
]
# The current folder, in which a video that came as bytes is named after its job.
_HERE = "./"


def check_output(output: str | None, *, overwrite: bool) -> None:
    """Check all that can be checked about a file before the generation.

    Raises:
        ValidationError: It exists already, or cannot be created.
    """
    if output is not None:
        checked = destination(output, world_of(None), overwrite=overwrite)
        settle(result_of(checked.alt(lambda error: ValidationError(f"--output: {error.message}"))))


def end(message: str, code: int) -> NoReturn:
    """Print one sentence and end the process."""
    tell(f"error: {message}")
    raise typer.Exit(code)


@contextmanager
def _generating() -> Iterator[ProgressCallback]:
    """Show progress; if the user interrupts, print what happens to the job."""
    try:
        with show.progress() as on_progress:
            yield on_progress
    except KeyboardInterrupt as interruption:
        if hasattr(interruption, "response"):
            raise
        # Without this, typer would print only "Aborted" and not mention the job.
        end(f"interrupted: {_job_text(interruption)} (see tarash jobs)", exits.INTERRUPTED)


def _job_text(interruption: KeyboardInterrupt) -> str:
    job = getattr(interruption, "generation", None)
    if isinstance(job, VideoGeneration) and job.job is not None and is_in_journal(job.id):
        return f"job {job.request_id} of {job.provider} goes on: tarash resume {job.id}"
    return "; ".join(getattr(interruption, "__notes__", ())) or "nothing was submitted"


@attrs.frozen(kw_only=True)
class Delivery:
    """How to deliver a video to the user.

    Attributes:
        output: The file or the folder to write. If it is None, bytes go to a file that is named
            after their job, and a URL is printed.
        as_json: Whether the whole response is printed.
        journal: The journal that lists the job until the video is saved, or None.
    """

    output: str | None
    as_json: bool
    journal: CliJournal | None

    def deliver(self, wait: Callable[[ProgressCallback], VideoGenerationResponse]) -> None:
        """Wait for a video, and print its file or URL, or the whole response.

        Args:
            wait: Returns the video, saved already where there is an ``output``.
        """
        try:
            with _generating() as on_progress:
                response = wait(on_progress)
                if isinstance(response.video, MediaContent) and response.path is None:
                    response = api.save_video(response, _HERE, on_progress=on_progress)
        except KeyboardInterrupt as interruption:
            response = vars(interruption)["response"]
            self._fail(response, "interrupted before the video was saved", exits.INTERRUPTED)
        except SaveError as error:
            if error.response is None:
                raise
            self._fail(error.response, reason(error), exits.LOOK_FIRST)
        warn(response.warnings)
        self._print(response, response.path or response.video)
        self._mark_saved()

    def _mark_saved(self) -> None:
        if self.journal is not None:
            self.journal.mark_saved()

    def _print(self, response: VideoGenerationResponse, place: object) -> None:
        if self.as_json:
            say_json({**codec.plain(response), "video": str(place)})
        elif isinstance(place, Path):
            say_path(place)
        else:
            say(place)

    def _fail(self, response: VideoGenerationResponse, why: str, code: int) -> NoReturn:
        """Print where a paid video is if it was not saved as requested."""
        warn(response.warnings)
        video, parts = response.video, [why]
        if isinstance(video, str):
            # The query may be a signature, so only the user's stdout gets it.
            parts.append(f"it is at {video.partition('?')[0]} (the whole URL is on stdout)")
            self._print(response, video)
        else:
            rescued = _rescue(response)
            if rescued is not None and rescued.path is not None:
                path = rescued.path.absolute()
                self._print(rescued, path)
                self._mark_saved()
                end(f"{why}; the video is in {path} instead", code)
        command = None if self.journal is None else self.journal.resume_command()
        if command is not None:
            parts.append(f"the job is in the journal: run {command}")
        end("; ".join(parts), code)


def reason(error: SaveError) -> str:
    """Return why a video was not saved: the message of the error itself is for a program."""
    cause = error.__cause__
    return str(cause) if isinstance(cause, TarashException) else str(error)


def _rescue(response: VideoGenerationResponse) -> VideoGenerationResponse | None:
    """Write a paid video to the current or the temporary folder when its own file fails."""
    for folder in (_HERE, f"{tempfile.gettempdir()}/"):
        try:
            return api.save_video(response, folder)
        except TarashException:
            continue
    return None
