"""The command line's entry point, and the commands that do not read the journal."""

import sys
from importlib import metadata
from typing import Annotated, Literal

import typer

from .. import api
from ..exceptions import SubmissionUnknownError, TarashException, ValidationError
from ..lifecycle.links import variables
from ..registry import known_providers
from ..running.worlds import world_of
from ..values.request import VideoGenerationRequest
from . import batch, exits, jobs, show, words
from .journal import default_journal, is_in_journal
from .output import AsJson, Delivery, Output, Overwrite, check_output
from .terminal import prepare, say, say_json, say_lines, tell, warn

app = typer.Typer(
    help="Generate video with any provider.",
    epilog="Exit codes: 0 done; 1 unexpected; 2 wrong usage, request or model; 3 key or credit; "
    "4 the job failed, was cancelled, or was refused for its content; 5 try again later; 6 a job "
    "may exist, run on, or wait to be saved: see tarash jobs before you generate again.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(batch.app)
app.add_typer(jobs.app)


def run() -> None:
    """Run the command line; a failure prints one sentence and sets an exit code."""
    with prepare():
        try:
            app()
        except TarashException as error:
            ended = not error.attempts or error.attempts[-1].job_ended
            job = error.generation
            if job is not None and not ended and is_in_journal(job.id):
                tell(f"the job is in the journal: run tarash resume {job.id}")
            if isinstance(error, SubmissionUnknownError) and any(
                is_in_journal(each.generation.id) for each in error.unknown
            ):
                tell("what became of it: run tarash jobs --reconcile in some minutes")
            tell(f"error: {error}")
            sys.exit(exits.code_of(error))


def _version(wanted: bool) -> None:
    if wanted:
        say(metadata.version("tarash-gateway"))
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Generate video with any provider."""


@app.command()
def generate(  # noqa: PLR0913, PLR0917 - one option each
    prompt: Annotated[str, typer.Argument(help="What the video shows.")],
    provider: Annotated[str, typer.Option(help="Provider id, e.g. fal.")] = "",
    model: Annotated[str, typer.Option(help="Model id, e.g. fal-ai/veo3.")] = "",
    duration: Annotated[float | None, typer.Option(help="Seconds.")] = None,
    resolution: Annotated[str | None, typer.Option(help="E.g. 1080p.")] = None,
    aspect_ratio: Annotated[str | None, typer.Option(help="E.g. 16:9.")] = None,
    audio: Annotated[bool | None, typer.Option("--audio/--no-audio", help="With sound.")] = None,
    image: Annotated[
        list[str] | None,
        typer.Option(
            help="A file or a URL; ROLE=FILE for a role (first_frame, last_frame, reference, "
            "asset, style). May be repeated."
        ),
    ] = None,
    video: Annotated[str | None, typer.Option(help="A file or a URL to extend or edit.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed for reproducible output.")] = None,
    negative_prompt: Annotated[str | None, typer.Option(help="What to avoid.")] = None,
    enhance_prompt: Annotated[
        bool | None, typer.Option("--enhance-prompt/--no-enhance-prompt", help="Let it rewrite.")
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="The provider's own parameter, NAME=VALUE. May be repeated."),
    ] = None,
    timeout: Annotated[float, typer.Option(help="Seconds to wait at most.")] = 600,
    base_url: Annotated[str | None, typer.Option(help="Another base URL.")] = None,
    webhook_url: Annotated[
        str | None, typer.Option(help="A URL of yours for the provider to call at the job's end.")
    ] = None,
    unsupported: Annotated[
        Literal["warn", "error", "adapt"],
        typer.Option(
            help="What the model cannot take: warn rounds it and refuses another shape, error "
            "refuses all of it, adapt adapts all of it."
        ),
    ] = "warn",
    mock: Annotated[bool, typer.Option("--mock", help="Generate a test clip offline.")] = False,
    plan: Annotated[bool, typer.Option("--plan", help="Print what would be sent.")] = False,
    journal: Annotated[
        bool,
        typer.Option(
            "--journal/--no-journal", help="Store the job, so that a crash does not lose it."
        ),
    ] = True,
    key: Annotated[
        str | None,
        typer.Option(
            help="Your own name for this video: the same command with the same key pays once."
        ),
    ] = None,
    json: AsJson = False,
    output: Output = None,
    overwrite: Overwrite = False,
) -> None:
    """Generate a video: progress goes to stderr, the file's name or URL to stdout."""
    config = words.config(
        provider,
        model,
        mock=mock,
        timeout=timeout,
        base_url=base_url,
        webhook_url=webhook_url,
        unsupported=unsupported,
    )
    request = VideoGenerationRequest(
        prompt=prompt,
        duration_seconds=duration,
        resolution=resolution,
        aspect_ratio=aspect_ratio,
        generate_audio=audio,
        image_list=[words.image(item) for item in image or ()],
        video=None if video is None else words.medium(video),
        seed=seed,
        negative_prompt=negative_prompt,
        enhance_prompt=enhance_prompt,
        extra_params=words.settings(set_ or ()),
    )
    if plan:
        first = api.plan_video(config, request)
        warn(first.warnings)
        if json:
            say_json(first)
        else:
            say_lines("\n".join([*map(words.upload, first.uploads), first.curl()]))
        return
    check_output(output, overwrite=overwrite)
    kept = default_journal() if journal and (key is not None or not mock) else None
    Delivery(output=output, as_json=json, journal=kept).deliver(
        lambda on_progress: api.generate_video(
            config,
            request,
            on_progress,
            journal=kept,
            key=key,
            save_to=output,
            overwrite=overwrite,
        )
    )


@app.command()
def models(
    provider: Annotated[str | None, typer.Argument(help="Only this provider's.")] = None,
    json: AsJson = False,
) -> None:
    """List the known models, and what each of them supports."""
    known = known_providers()
    if provider is not None and provider not in known:
        message = f"provider {provider!r} is not known: use one of {', '.join(sorted(known))}"
        raise ValidationError(message=message)
    if provider is not None and (why := known[provider].broken) is not None:
        raise ValidationError(message=why, provider=provider)
    chosen = {name: p.models for name, p in known.items() if provider in {None, name}}
    if json:
        say_json({name: list(rows) for name, rows in chosen.items()})
    else:
        show.models({name: rows for name, rows in chosen.items() if rows})


@app.command()
def providers(json: AsJson = False) -> None:
    """List the providers, and whether their keys are set; no key is shown."""
    known, environment = known_providers(), world_of(None).environment
    found = {name: environment.get(name) or "" for name in variables(known)}
    if json:
        say_json({name: show.status(p, found) for name, p in known.items()})
    else:
        show.providers(known, found)
