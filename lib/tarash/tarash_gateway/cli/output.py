"""Turn a response into a file and a line of output."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn, TypeAlias

import attrs
import typer

from .. import codec
from ..effects.live import live_effects
from ..exceptions import TarashException
from ..outcome import result_of, settle
from ..running.downloads import download
from ..running.progress import ProgressCallback
from ..values.response import VideoGenerationResponse
from ..values.saved import VideoGeneration
from . import exits, show
from .journal import CliJournal, is_in_journal
from .saving import rescue, safe_name, save
from .terminal import say, say_json, say_path, tell, warn

AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Output: TypeAlias = Annotated[Path | None, typer.Option(help="Write the video to this file.")]
Overwrite: TypeAlias = Annotated[
    bool, typer.Option("--overwrite", help="Replace the file if it exists.")
]


def end(message: str, code: int) -> NoReturn:
    """Print one sentence and end the process."""
    tell(f"error: {message}")
    raise typer.Exit(code)


@contextmanager
def generating() -> Iterator[ProgressCallback]:
    """Show progress; if the user interrupts, print what happens to the job."""
    try:
        with show.progress() as on_progress:
            yield on_progress
    except KeyboardInterrupt as interruption:
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
        output: The file to write. If it is None, bytes go to a file that is named after their job,
            and a URL is printed.
        overwrite: Whether an existing file is replaced.
        as_json: Whether the whole response is printed.
        journal: The journal that lists the job until the video is saved, or None.
    """

    output: Path | None
    overwrite: bool
    as_json: bool
    journal: CliJournal | None

    def deliver(self, response: VideoGenerationResponse) -> None:
        """Write the video, and print its place or the whole response."""
        warn(response.warnings)
        try:
            place = self._save(response)
        except KeyboardInterrupt:
            self._fail(response, "interrupted before the video was saved", exits.INTERRUPTED)
        except TarashException as error:
            self._fail(response, f"{error}", exits.LOOK_FIRST)
        except OSError as error:
            path = self._name(response)
            why = f"{path} cannot be written: {error.strerror or error}"
            self._fail(response, why, exits.LOOK_FIRST)
        self._print(response, place)
        self._mark_saved()

    def _mark_saved(self) -> None:
        if self.journal is not None:
            self.journal.mark_saved()

    def _name(self, response: VideoGenerationResponse) -> Path:
        return self.output or Path(f"{safe_name(response.request_id)}.mp4")

    def _save(self, response: VideoGenerationResponse) -> str | Path:
        """Write the video if necessary, and return its URL or its file."""
        video = response.video
        if isinstance(video, str):
            if self.output is None:
                return video
            video = settle(result_of(download(video, live_effects())))
        wanted = self._name(response)
        path = save(video.content, wanted, overwrite=self.overwrite and self.output is not None)
        if path != wanted and self.output is not None:
            warn([f"{wanted} was created in the meantime: the video is in {path}"])
        return path

    def _print(self, response: VideoGenerationResponse, place: str | Path) -> None:
        if self.as_json:
            say_json({**codec.plain(response), "video": str(place)})
        elif isinstance(place, Path):
            say_path(place)
        else:
            say(place)

    def _fail(self, response: VideoGenerationResponse, why: str, code: int) -> NoReturn:
        """Print where a paid video is if it was not saved as requested."""
        video, parts = response.video, [why]
        if isinstance(video, str):
            # The query may be a signature, so only the user's stdout gets it.
            parts.append(f"it is at {video.partition('?')[0]} (the whole URL is on stdout)")
            self._print(response, video)
        else:
            path = rescue(video.content, f"{safe_name(response.request_id)}.mp4")
            if path is not None:
                self._print(response, path.absolute())
                self._mark_saved()
                end(f"{why}; the video is in {path.absolute()} instead", code)
        command = None if self.journal is None else self.journal.resume_command()
        if command is not None:
            parts.append(f"the job is in the journal: run {command}")
        end("; ".join(parts), code)
