"""The options that several commands share."""

from typing import Annotated, Any, Final, Literal, TypeAlias

import typer

from . import completion

VIDEO: Final = "What the video shows"
WHERE: Final = "Where it is made"
WAITING: Final = "How long to wait"
RESULT: Final = "What becomes of it"
SAFETY: Final = "Money and crashes"
# The variable that names the file of `--config`.
CONFIG_VARIABLE: Final = "TARASH_CONFIG"


def option(panel: str, *names: str, help: str, **others: Any) -> Any:  # noqa: A002 - typer's name
    """Return an option of a group of the help text."""
    return typer.Option(*names, help=help, rich_help_panel=panel, show_default=False, **others)


Provider: TypeAlias = Annotated[
    str,
    option(
        WHERE,
        "--provider",
        "-p",
        metavar="ID",
        help="Provider id, such as fal.",
        autocompletion=completion.providers,
    ),
]
Model: TypeAlias = Annotated[
    str,
    option(
        WHERE,
        "--model",
        "-m",
        metavar="ID",
        help="Model id; or both in one: PROVIDER:MODEL.",
        autocompletion=completion.models,
    ),
]
ConfigFile: TypeAlias = Annotated[
    str,
    option(
        WHERE,
        "--config",
        "-c",
        metavar="FILE[:NAME]",
        help="A TOML file of configs, and which of them; the other options replace its values.",
        envvar=CONFIG_VARIABLE,
    ),
]
Fallback: TypeAlias = Annotated[
    list[str] | None,
    option(
        WHERE,
        "--fallback",
        metavar="PROVIDER:MODEL",
        help="What to try next if that fails. May be repeated.",
        autocompletion=completion.names,
    ),
]
BaseUrl: TypeAlias = Annotated[
    str | None, option(WHERE, "--base-url", help="Another base URL.", metavar="URL")
]
ApiVersion: TypeAlias = Annotated[
    str | None,
    option(WHERE, "--api-version", help="API version, where a provider has one.", metavar="TEXT"),
]
ProviderConfig: TypeAlias = Annotated[
    list[str] | None,
    option(
        WHERE,
        "--provider-config",
        metavar="NAME=VALUE",
        help="A setting of the provider, such as project=ID. May be repeated.",
    ),
]
Mock: TypeAlias = Annotated[
    bool, option(WHERE, "--mock", help="Make a test clip on this machine, for free.")
]
Timeout: TypeAlias = Annotated[
    float | None,
    option(
        WAITING, "--timeout", metavar="SECONDS", help="Seconds to wait at most.  [default: 600]"
    ),
]
MaxPolls: TypeAlias = Annotated[
    int | None,
    option(
        WAITING, "--max-polls", metavar="N", help="Ask for the state so many times at most.", min=1
    ),
]
PollInterval: TypeAlias = Annotated[
    float | None,
    option(
        WAITING,
        "--poll-interval",
        metavar="SECONDS",
        help="Seconds between two such questions.  [default: 5]",
    ),
]
Unsupported: TypeAlias = Annotated[
    Literal["warn", "error", "adapt"] | None,
    option(
        VIDEO,
        "--unsupported",
        help="What the model cannot take: warn rounds it and refuses another shape, error refuses "
        "all of it, adapt adapts all of it.  [default: warn]",
    ),
]
AsJson: TypeAlias = Annotated[bool, option(RESULT, "--json", help="Print JSON, an error as well.")]
Output: TypeAlias = Annotated[
    str | None,
    option(
        RESULT,
        "--output",
        "-o",
        metavar="FILE",
        help="Write the video to this file; or into this folder, named after its job.",
    ),
]
Overwrite: TypeAlias = Annotated[
    bool, option(RESULT, "--overwrite", help="Replace the file if it exists.")
]
Yes: TypeAlias = Annotated[
    bool, option(SAFETY, "--yes", "-y", help="Answer the questions of this command with yes.")
]
WhichJob: TypeAlias = Annotated[
    str,
    typer.Argument(
        metavar="ID", help="The job's id: ours or the provider's.", autocompletion=completion.jobs
    ),
]
