"""The command line's entry point."""

import os
import sys
from importlib import metadata
from typing import Annotated, Final

import typer

from . import batch, completion, exits, generate, jobs, lists, trying
from .helping import HELP_OPTIONS, Group
from .terminal import prepare, say, tell

_EPILOG: Final = """Begin with:
  tarash try                                        a first video, step by step
  tarash generate "A kite over the sea" --mock -o kite.mp4
  tarash models fal

Exit codes: 0 done; 1 unexpected; 2 wrong usage, request or model; 3 key or
credit; 4 the job failed, was cancelled, or was refused for its content; 5 try
again later; 6 a job may exist, run on, or wait to be saved: see tarash jobs
before you generate again.
"""

app = typer.Typer(
    cls=Group,
    help="Generate video with any provider.",
    epilog=_EPILOG,
    no_args_is_help=True,
    context_settings=HELP_OPTIONS,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for part in (generate, trying, batch, jobs, lists):
    app.add_typer(part.app)


def run() -> None:
    """Run the command line; a failure prints one sentence and sets an exit code."""
    completion.prepare(os.environ)
    with prepare():
        try:
            app(prog_name="tarash")
        except BrokenPipeError:
            # The reader of a pipe went away, such as head. What is buffered has nowhere to go.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(exits.UNEXPECTED)
        except OSError as error:
            tell(f"error: {error.strerror or error}: {error.filename or 'the system refused it'}")
            sys.exit(exits.UNEXPECTED)


def _version(wanted: bool) -> None:
    if wanted:
        say(metadata.version("tarash-gateway"))
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Generate video with any provider."""
