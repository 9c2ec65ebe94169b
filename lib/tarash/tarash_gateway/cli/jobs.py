"""The commands on the journal: ``tarash jobs``, ``resume``, ``cancel``, ``adopt``, and so on."""

from datetime import UTC, datetime
from typing import Annotated

import attrs
import typer

from .. import api
from ..exceptions import NotFoundError, ValidationError
from ..outcome import result_of, settle
from ..values.journal_entry import JournalEntry
from ..values.saved import VideoGeneration
from . import reconcile as reconciling
from . import show, words
from .configs import is_free
from .helping import Command
from .journal import default_journal
from .options import AsJson, Output, Overwrite, Timeout, WhichJob, Yes
from .output import Delivery, check_output
from .terminal import say, say_json, tell

app = typer.Typer(rich_markup_mode=None)


@app.command(cls=Command)
def jobs(
    all_: Annotated[bool, typer.Option("--all", help="Ended ones as well.")] = False,
    reconcile: Annotated[
        bool,
        typer.Option("--reconcile", help="Ask the providers what became of unknown submissions."),
    ] = False,
    forget: Annotated[
        bool,
        typer.Option(
            "--forget",
            help="With --reconcile: close those of which there is no job, so that they may be sent "
            "again. Without it you are asked, on a terminal.",
        ),
    ] = False,
    json: AsJson = False,
    yes: Yes = False,
) -> None:
    """List the jobs that are open.

    They may still bring a video or be charged, or their video is not saved yet.
    """
    journal = default_journal()
    if reconcile:
        reconciling.reconcile(journal, forget=forget, as_json=json, yes=yes)
        return
    if forget:
        message = "--forget needs --reconcile: tarash forget ID removes one job from the journal"
        raise ValidationError(message)
    if all_:
        entries = settle(result_of(journal.entries(pending=False)))
    else:
        entries = api.pending_videos(journal)
    if json:
        say_json([_plain(entry) for entry in entries])
    elif entries:
        show.jobs(entries)
        if any(entry.state == "uploading" and not entry.in_use for entry in entries):
            tell(words.NOT_SUBMITTED)
    else:
        # On stderr, so that a script that counts lines counts none.
        tell(words.NO_JOBS if all_ else words.NO_OPEN_JOBS)


def _plain(entry: JournalEntry) -> dict[str, object]:
    job = entry.generation
    return {
        "id": job.id,
        "key": job.key,
        "state": entry.state,
        "provider": job.provider,
        "model": job.model,
        "request_id": job.request_id,
        "prompt": job.request.prompt,
        "started_at": job.started_at.isoformat(),
        "updated_at": entry.updated_at.isoformat(),
        "message": entry.message,
        "unsaved": bool(entry.unsaved),
        "in_use": entry.in_use,
    }


def _find(which: str) -> VideoGeneration:
    journal = default_journal()
    entry = settle(result_of(journal.entry(which)))
    if entry is not None:
        return entry.generation
    below = settle(result_of(journal.keyed(which, now=datetime.now(UTC))))
    if below:
        # Which attempt is meant is not guessed: a job that is forgotten may be paid for again.
        ids = " or ".join(each.generation.id for each in below)
        raise NotFoundError(message=f"{which} is a key and not the id of a job: give {ids}")
    message = f"job {which} is not in the journal: tarash jobs --all lists the known ones"
    raise NotFoundError(message=message)


@app.command(cls=Command)
def resume(  # noqa: PLR0913, PLR0917 - one option each
    which: WhichJob,
    timeout: Timeout = None,
    output: Output = None,
    overwrite: Overwrite = False,
    json: AsJson = False,
    yes: Yes = False,
) -> None:
    """Go on with a job, and fetch its video.

    Progress goes to stderr, the file's name or the URL to stdout.
    """
    replace = check_output(output, overwrite=overwrite, yes=yes)
    job, journal, config = _find(which), default_journal(), None
    if timeout is not None:
        config = attrs.evolve(job.configs[0], timeout=timeout, fallback_configs=job.configs[1:])
    free = all(map(is_free, job.configs))
    Delivery(output=output, as_json=json, journal=journal, is_free=free).deliver(
        lambda on_progress: api.resume_video(
            job,
            config=config,
            on_progress=on_progress,
            journal=journal,
            save_to=output,
            overwrite=replace,
        )
    )


@app.command(cls=Command)
def cancel(which: WhichJob) -> None:
    """Ask the provider to stop a job.

    Stdout has the result in one word: confirmed, charged, left_running, too_late, unsupported or
    failed.
    """
    answer = api.cancel_video(_find(which), journal=default_journal())
    tell(words.CANCELLATIONS[answer])
    say(answer)


@app.command(cls=Command)
def adopt(
    which: WhichJob,
    job: Annotated[str, typer.Argument(metavar="JOB", help="The provider's id of its job.")],
) -> None:
    """Say which job an unknown submission became.

    Afterwards tarash resume goes on with it.
    """
    saved = _find(which)
    found = api.reconcile_video(saved, journal=default_journal(), job=job).generation
    if found is None or found.request_id != job:
        known = "nothing was submitted" if found is None else f"it has job {found.request_id}"
        message = f"{saved.id} is no unknown submission ({known}): tarash jobs lists what is open"
        raise ValidationError(message)
    tell(f"{saved.id} has job {job} now: tarash resume {saved.id} waits for it")


@app.command(cls=Command)
def forget(which: WhichJob) -> None:
    """Remove a job from the journal.

    Such as an unknown submission of which you have seen that there is no job.
    """
    settle(result_of(default_journal().forget(_find(which).id)))


@app.command(cls=Command)
def prune(
    older_than: Annotated[
        str,
        typer.Option(
            metavar="AGE", help="How long ago they ended: a number and m, h, d or w, such as 30d."
        ),
    ],
) -> None:
    """Remove the jobs that ended long ago.

    Stdout has their number. What may still be charged, or is not saved, stays. A submission key
    whose jobs are removed is new again: the same command with it generates, and pays, once more.
    """
    before = datetime.now(UTC) - words.age(older_than)
    say(settle(result_of(default_journal().prune(before))))
