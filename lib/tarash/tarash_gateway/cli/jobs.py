"""The commands over the journal: ``tarash jobs``, ``resume``, ``cancel``, ``forget``."""

import os
from pathlib import Path
from typing import Annotated

import attrs
import platformdirs
import typer

from .. import api, codec
from ..config import VideoGenerationConfig
from ..durable import VideoGeneration
from ..effects.sqlite_journal import SqliteJournal
from ..exceptions import NotFoundError
from ..journaling import JournalEntry
from ..outcome import opened, settle
from . import show
from .output import deliver, generating, writable

VARIABLE = "TARASH_JOURNAL"

app = typer.Typer()

Which = Annotated[str, typer.Argument(help="The job's id: ours or the provider's.")]


def default_path() -> Path:
    """Return the journal's file: the variable's, else one in the user's state folder."""
    given = os.environ.get(VARIABLE)
    state = platformdirs.user_state_path("tarash-gateway", appauthor=False)
    return Path(given) if given else state / "journal.sqlite3"


def default_journal() -> SqliteJournal:
    """Return the command line's journal; nothing is opened yet."""
    return SqliteJournal(default_path())


@app.command()
def jobs(
    all_: Annotated[bool, typer.Option("--all", help="Ended ones as well.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the jobs in the journal that may still bring a video, or be charged."""
    journal = default_journal()
    entries = (
        settle(opened(journal.entries(pending=False))) if all_ else api.pending_videos(journal)
    )
    if json:
        typer.echo(codec.to_json([_plain(entry) for entry in entries], indent=2))
    else:
        show.jobs(entries)


def _plain(entry: JournalEntry) -> dict[str, object]:
    kept = entry.generation
    return {
        "id": kept.id,
        "state": entry.state,
        "provider": kept.provider,
        "model": kept.model,
        "request_id": kept.request_id,
        "prompt": kept.request.prompt,
        "started_at": kept.started_at.isoformat(),
        "updated_at": entry.updated_at.isoformat(),
        "message": entry.message,
    }


def _found(which: str) -> VideoGeneration:
    entries = settle(opened(default_journal().entries(pending=False)))
    kept = [e.generation for e in entries if which in {e.generation.id, e.generation.request_id}]
    if not kept:
        raise NotFoundError(message=f"no job {which} is in the journal: see tarash jobs --all")
    return kept[-1]


@app.command()
def resume(
    which: Which,
    timeout: Annotated[float | None, typer.Option(help="Seconds to wait at most.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    output: Annotated[Path | None, typer.Option(help="Write the video to this file.")] = None,
) -> None:
    """Go on with a job that was accepted, and print its video's file or URL."""
    writable(output)
    kept = _found(which)
    with generating() as on_progress:
        response = api.resume_video(
            kept,
            config=_patient(kept, timeout),
            on_progress=on_progress,
            journal=default_journal(),
        )
    deliver(response, output, as_json=json)


def _patient(kept: VideoGeneration, timeout: float | None) -> VideoGenerationConfig | None:
    if timeout is None:
        return None
    return attrs.evolve(kept.configs[0], timeout=timeout, fallback_configs=kept.configs[1:])


@app.command()
def cancel(which: Which) -> None:
    """Ask the provider to stop a job; prints confirmed, too_late, unsupported or failed."""
    journal = default_journal()
    typer.echo(api.cancel_video(_found(which), journal=journal))


@app.command()
def forget(which: Which) -> None:
    """Remove a job from the journal: an unknown submission that you looked into, say."""
    settle(opened(default_journal().forget(_found(which).id)))
