"""The command ``tarash batch``: a video for each row of a file that lacks one."""

from functools import cache
from pathlib import Path
from typing import Annotated

import typer

from . import asking, batch_show, exits, options
from .batch_run import BatchRun
from .configs import Chosen
from .failures import end
from .helping import Command
from .journal import default_journal
from .options import RESULT, SAFETY, WAITING, option
from .plans import Plans, planned
from .row_files import RowFile
from .rows import RowReader
from .terminal import tell

app = typer.Typer(rich_markup_mode=None)

_EXAMPLES = """Examples:
  tarash batch prompts.csv -o clips/ --mock
  tarash batch prompts.csv -o clips/ -m fal:fal-ai/veo3 --dry-run
  tarash batch prompts.csv -o clips/ -m fal:fal-ai/veo3 --max-failures 3
"""


@app.command(cls=Command, epilog=_EXAMPLES)
def batch(  # noqa: PLR0913, PLR0917 - one option each
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE", help="JSON lines, or CSV with a header; - reads from stdin."
        ),
    ],
    output_dir: Annotated[
        str,
        option(RESULT, "--output-dir", "-o", metavar="FOLDER", help="The folder for the videos."),
    ],
    provider: options.Provider = "",
    model: options.Model = "",
    config: options.ConfigFile = "",
    fallback: options.Fallback = None,
    base_url: options.BaseUrl = None,
    api_version: options.ApiVersion = None,
    provider_config: options.ProviderConfig = None,
    mock: options.Mock = False,
    unsupported: options.Unsupported = None,
    timeout: options.Timeout = None,
    max_polls: options.MaxPolls = None,
    poll_interval: options.PollInterval = None,
    max_in_flight: Annotated[
        int,
        option(
            WAITING,
            "--max-in-flight",
            metavar="N",
            min=1,
            help="Most videos at a time.  [default: 8]",
        ),
    ] = 8,
    max_failures: Annotated[
        int | None,
        option(
            SAFETY,
            "--max-failures",
            metavar="N",
            min=1,
            help="Start nothing more after so many failures.",
        ),
    ] = None,
    retry_failed: Annotated[
        bool,
        option(
            SAFETY,
            "--retry-failed",
            help="Make the rows again whose jobs failed; both may be charged.",
        ),
    ] = False,
    prefix: Annotated[
        str,
        option(
            SAFETY,
            "--prefix",
            metavar="TEXT",
            help="Put before each id, where other files have the same ids.",
        ),
    ] = "",
    skip_bad: Annotated[
        bool, option(RESULT, "--skip-bad", help="Leave out the rows that cannot be used.")
    ] = False,
    dry_run: Annotated[
        bool, option(SAFETY, "--dry-run", help="Print what would be made; send nothing.")
    ] = False,
    json: options.AsJson = False,
    yes: options.Yes = False,
) -> None:
    """Generate a video for each row of a file.

    A second run makes only what is missing. A row has the fields of a request (prompt,
    duration_seconds, resolution, aspect_ratio, generate_audio, image_list, video, seed,
    negative_prompt, enhance_prompt, extra_params), and may have an id, a provider and a model. Its
    video is named after its id.
    """
    chosen = Chosen(
        provider=provider,
        model=model,
        file=config,
        mock=mock,
        fallbacks=fallback,
        settings=provider_config,
        others={
            "timeout": timeout,
            "max_poll_attempts": max_polls,
            "poll_interval": poll_interval,
            "base_url": base_url,
            "api_version": api_version,
            "unsupported": unsupported,
        },
    )
    reader = RowReader(config=cache(chosen.of_row), prefix=prefix, mark=".mock" if mock else "")
    folder, rows = Path(output_dir), RowFile.named(file)
    journal = None if mock else default_journal()
    plans = planned(reader.read(rows), folder, journal)
    if plans.bad:
        _tell_bad(plans, skip=skip_bad)
    if dry_run:
        batch_show.plans(plans, as_json=json)
        return
    if plans.lines and not mock:
        _ask(plans, yes=yes or file == "-")
    folder.mkdir(exist_ok=True)
    run = BatchRun(folder=folder, journal=journal, plans=plans, again=retry_failed)
    code = run.make(reader.read(rows), max_in_flight=max_in_flight, max_failures=max_failures)
    batch_show.summary(run.all_told(), str(folder), as_json=json)
    if run.told:
        tell(run.receipt())
    if run.problem:
        tell(f"error: {run.problem}")
    if code or run.problem:
        raise typer.Exit(code)


def _ask(plans: Plans, *, yes: bool) -> None:
    """Ask on a terminal before many videos are paid for."""
    count = len(plans.lines)
    several = "1 video" if count == 1 else f"{count} videos"
    if not asking.confirm(f"Make {several}, and pay for them?", yes=yes, otherwise=True):
        end("nothing was sent", exits.USAGE)


def _tell_bad(plans: Plans, *, skip: bool) -> None:
    for bad in plans.bad:
        tell(f"{'warning' if skip else 'error'}: {bad}")
    count = len(plans.bad)
    if not skip:
        several = "1 row cannot be used" if count == 1 else f"{count} rows cannot be used"
        end(f"{several}: nothing was sent; correct them, or leave them out (--skip-bad)", 2)
