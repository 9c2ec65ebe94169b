"""From a response to the file and the line that a command leaves."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import attrs
import typer

from .. import codec
from ..effects.live import live_effects
from ..exceptions import TarashException
from ..outcome import opened, settle
from ..running.downloads import download
from ..running.progress import ProgressCallback
from ..values.media import MediaContent
from ..values.response import VideoGenerationResponse
from ..values.saved import VideoGeneration
from . import exits, show
from .keeping import KeptJournal, is_kept
from .saving import rescue, safe_name, save
from .terminal import say, say_json, say_path, tell, warn


def end(message: str, code: int) -> NoReturn:
    """Print one sentence and end the process."""
    tell(f"error: {message}")
    raise typer.Exit(code)


@contextmanager
def generating() -> Iterator[ProgressCallback]:
    """Show progress; say what becomes of the job if the user interrupts."""
    try:
        with show.progress() as on_progress:
            yield on_progress
    except KeyboardInterrupt as interruption:
        # Here, because typer would say "Aborted" and nothing of the job.
        end(f"interrupted: {_left(interruption)} (see tarash jobs)", exits.INTERRUPTED)


def _left(interruption: KeyboardInterrupt) -> str:
    kept = getattr(interruption, "generation", None)
    if isinstance(kept, VideoGeneration) and kept.job is not None and is_kept(kept.id):
        return f"job {kept.request_id} of {kept.provider} goes on: tarash resume {kept.id}"
    return "; ".join(getattr(interruption, "__notes__", ())) or "nothing was submitted"


@attrs.frozen(kw_only=True)
class Delivery:
    """Where a video goes.

    Attributes:
        output: The file to write, or None: bytes are named after their job, a URL is printed.
        overwrite: Whether an existing file is replaced.
        as_json: Whether the whole response is printed.
        journal: Where the job stays until the video is saved, or None.
    """

    output: Path | None
    overwrite: bool
    as_json: bool
    journal: KeptJournal | None

    def deliver(self, response: VideoGenerationResponse) -> None:
        """Write the video, and print where it is or the whole response."""
        warn(response.warnings)
        try:
            place = self._saved(response)
        except KeyboardInterrupt:
            self._fail(response, "interrupted before the video was saved", exits.INTERRUPTED)
        except TarashException as error:
            self._fail(response, f"{error}", exits.LOOK_FIRST)
        except OSError as error:
            path = self._name(response)
            why = f"{path} cannot be written: {error.strerror or error}"
            self._fail(response, why, exits.LOOK_FIRST)
        self._print(response, place)
        self._done()

    def _done(self) -> None:
        if self.journal is not None:
            self.journal.saved()

    def _name(self, response: VideoGenerationResponse) -> Path:
        return self.output or Path(f"{safe_name(response.request_id)}.mp4")

    def _saved(self, response: VideoGenerationResponse) -> str | Path:
        """Write the video where it has to be written, and return where it is."""
        video = response.video
        if isinstance(video, str) and self.output is None:
            return video
        content = (
            video
            if isinstance(video, MediaContent)
            else settle(opened(download(video, live_effects())))
        )
        wanted = self._name(response)
        path = save(content.content, wanted, overwrite=self.overwrite and self.output is not None)
        if path != wanted and self.output is not None:
            warn([f"{wanted} exists by now: the video is in {path}"])
        return path

    def _print(self, response: VideoGenerationResponse, place: str | Path) -> None:
        if self.as_json:
            say_json({**codec.plain(response), "video": str(place)})
        elif isinstance(place, Path):
            say_path(place)
        else:
            say(place)

    def _fail(self, response: VideoGenerationResponse, why: str, code: int) -> NoReturn:
        """Say where a paid video is that was not saved as asked."""
        video, told = response.video, [why]
        if isinstance(video, str):
            # Without its query here, which may be a signature; whole on stdout, for the user.
            told.append(f"it is at {video.partition('?')[0]} (the whole URL is on stdout)")
            self._print(response, video)
        else:
            found = rescue(video.content, f"{safe_name(response.request_id)}.mp4")
            if found is not None:
                self._print(response, found.absolute())
                self._done()
                end(f"{why}; the video is in {found.absolute()} instead", code)
        again = None if self.journal is None else self.journal.again()
        if again is not None:
            told.append(f"the job is kept: {again}")
        end("; ".join(told), code)
