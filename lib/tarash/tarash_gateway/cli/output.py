"""From a response to the file and the line that a command leaves."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import typer

from .. import codec
from ..downloads import download
from ..effects.live import live_effects
from ..exceptions import ValidationError
from ..listening import ProgressCallback
from ..media import MediaContent
from ..outcome import opened, settle
from ..response import VideoGenerationResponse
from . import exits, show


def end(message: str, code: int) -> NoReturn:
    """Print one sentence and end the process."""
    sys.stderr.write(f"error: {message}\n")
    sys.exit(code)


@contextmanager
def generating() -> Iterator[ProgressCallback]:
    """Show progress; say what becomes of the job if the user interrupts."""
    try:
        with show.progress() as on_progress:
            yield on_progress
    except KeyboardInterrupt as interruption:
        # Here, because typer would say "Aborted" and nothing of the job.
        told = "; ".join(getattr(interruption, "__notes__", ())) or "nothing was submitted"
        end(f"interrupted: {told} (see tarash jobs)", exits.INTERRUPTED)


def writable(output: Path | None) -> None:
    """Refuse a file that cannot be written, before anything is paid for.

    Raises:
        ValidationError: Its folder does not exist, or it is a folder.
    """
    if output is not None and not output.expanduser().absolute().parent.is_dir():
        raise ValidationError(message=f"--output: the folder of {output} does not exist")
    if output is not None and output.is_dir():
        raise ValidationError(message=f"--output: {output} is a folder")


def deliver(response: VideoGenerationResponse, output: Path | None, *, as_json: bool) -> None:
    """Write the video, and print where it is or the whole response."""
    show.warn(response.warnings)
    place = _saved(response, output)
    if as_json:
        typer.echo(codec.to_json({**codec.plain(response), "video": place}, indent=2))
    else:
        typer.echo(place)


def _saved(response: VideoGenerationResponse, output: Path | None) -> str:
    """Write the video where it has to be written, and return where it is."""
    video = response.video
    if isinstance(video, str) and output is None:
        return video
    content = (
        video
        if isinstance(video, MediaContent)
        else settle(opened(download(video, live_effects())))
    )
    path = output or Path(f"{Path(response.request_id).name}.mp4")
    try:
        path.expanduser().write_bytes(content.content)
    except OSError as error:
        where = f"; it is at {video}" if isinstance(video, str) else ""
        end(f"{path} cannot be written: {error.strerror or error}{where}", exits.UNEXPECTED)
    return str(path)
