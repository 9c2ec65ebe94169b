"""What there is to choose from: ``tarash models`` and ``tarash providers``."""

from typing import Annotated, Any, Final

import attrs
import typer

from .. import api
from ..catalog.describe import NOTHING
from ..catalog.info import ModelInfo, ProviderInfo
from . import completion, tables
from .helping import Command
from .options import AsJson, option
from .tables import Stack
from .terminal import say_json, tell

app = typer.Typer(rich_markup_mode=None)

_FILTERS: Final = "Only models that"
_EXAMPLES: Final = """Examples:
  tarash models fal
  tarash models --image last_frame --seconds 8 --resolution 1080p
  tarash models --aspect-ratio 9:16 --audio --json
  tarash models | cut -f 1 | grep kling
"""
_COLUMNS: Final = (
    *("model", "duration", "resolution", "aspect ratio", "images", "video", "audio", "also"),
)


@app.command(cls=Command, epilog=_EXAMPLES)
def models(  # noqa: PLR0913, PLR0917 - one option for each filter
    provider: Annotated[
        str | None,
        typer.Argument(
            metavar="PROVIDER", help="Only this provider's.", autocompletion=completion.providers
        ),
    ] = None,
    image: Annotated[
        str | None,
        option(
            _FILTERS,
            "--image",
            "-i",
            metavar="yes|no|ROLE",
            help="Take images, take none, or take one of that role, such as last_frame.",
        ),
    ] = None,
    video: Annotated[
        bool | None, option(_FILTERS, "--video/--no-video", help="Take a video, or take none.")
    ] = None,
    seconds: Annotated[
        float | None,
        option(_FILTERS, "--seconds", "-d", metavar="N", help="Make this length, not rounded."),
    ] = None,
    resolution: Annotated[
        str | None, option(_FILTERS, "--resolution", "-r", metavar="TEXT", help="Make this one.")
    ] = None,
    aspect_ratio: Annotated[
        str | None,
        option(_FILTERS, "--aspect-ratio", "-a", metavar="TEXT", help="Make this one."),
    ] = None,
    audio: Annotated[
        bool | None,
        option(_FILTERS, "--audio/--no-audio", help="Have a switch for sound, or have none."),
    ] = None,
    seed: Annotated[
        bool | None, option(_FILTERS, "--seed/--no-seed", help="Take a seed, or take none.")
    ] = None,
    negative_prompt: Annotated[
        bool | None,
        option(
            _FILTERS,
            "--negative-prompt/--no-negative-prompt",
            help="Take a negative prompt, or take none.",
        ),
    ] = None,
    retired: Annotated[
        bool, typer.Option("--retired", help="List the models that are no longer offered as well.")
    ] = False,
    json: AsJson = False,
) -> None:
    """List the models, and what each of them takes.

    A model that is not listed can be used all the same, where its provider has others.
    """
    wanted: Any = {"yes": True, "no": False}.get(image or "", image)
    filters: dict[str, Any] = {
        "image": wanted,
        "video": video,
        "seconds": seconds,
        "resolution": resolution,
        "aspect_ratio": aspect_ratio,
        "audio": audio,
        "seed": seed,
        "negative_prompt": negative_prompt,
    }
    found = api.list_models(provider, retired=retired, **filters)
    if json:
        say_json([_model(info) for info in found])
    elif found:
        tables.show(_COLUMNS, [tuple(info.cells().values()) for info in found], _takes)
    elif any(one is not None for one in filters.values()):
        tell("no known model takes all of that: leave out an option")
    else:
        tell(_none_listed(provider, retired=retired))


def _none_listed(provider: str | None, *, retired: bool) -> str:
    """Return why a list without a filter is empty."""
    if not retired and api.list_models(provider, retired=True):
        return f"{provider} offers none of its models any more: --retired lists them"
    return f"{provider or 'nobody'} lists no models"


def _model(info: ModelInfo) -> dict[str, Any]:
    retires = info.retires and info.retires.isoformat()
    return {"name": info.name, **attrs.asdict(info), "retires": retires}


def _takes(name: str, *texts: str) -> Stack:
    """Return the columns of a model as a text: all that are not empty."""
    titles = ("", "", "", "images", "video", "audio", "")
    named = (_named(*pair) for pair in zip(titles, texts, strict=True) if pair[1] != NOTHING)
    return Stack(name, ("; ".join(named) or NOTHING,))


def _named(title: str, text: str) -> str:
    if text == "yes":
        return title
    return f"{title}: {text}" if title else text


@app.command(cls=Command)
def providers(json: AsJson = False) -> None:
    """List the providers, and whether their keys are set.

    No key is shown.
    """
    found = api.list_providers()
    if json:
        say_json([attrs.asdict(info) for info in found])
    else:
        rows = [(info.name, key_status(info), str(info.models)) for info in found]
        tables.show(("provider", "key", "models"), rows, _has)


def _has(name: str, key: str, models: str) -> Stack:
    return Stack(name, (f"key {key}", f"{models} models"))


def key_status(info: ProviderInfo) -> str:
    """Return where a provider's key comes from, what to set, or why the provider is broken.

    >>> key_status(ProviderInfo(name="fal", keys=(("FAL_KEY",), ("ID", "SECRET"))))
    'missing: set FAL_KEY, or ID and SECRET'
    """
    if info.broken or not info.keys:
        return info.broken or "not needed"
    if info.has_key:
        return f"set ({' and '.join(info.key_source)})"
    return f"missing: set {', or '.join(map(' and '.join, info.keys))}"
