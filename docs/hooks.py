"""Puts tables of models and of limits into the provider pages: they are written once, as data."""

import re
from collections.abc import Iterator
from typing import Any, Literal

from tarash.tarash_gateway import VideoGenerationConfig
from tarash.tarash_gateway.catalog.describe import describe
from tarash.tarash_gateway.catalog.limits import MediaLimits, MediaRules
from tarash.tarash_gateway.catalog.media_rules import limits_in_words
from tarash.tarash_gateway.providers.base import Target
from tarash.tarash_gateway.providers.google import provider as google
from tarash.tarash_gateway.registry import BUILT_IN

# Where one provider id stands for several APIs, a page has a table for each.
_TABLES = {
    **{name: provider.models for name, provider in BUILT_IN.items()},
    "google": google.WITH_KEY,
    "google-vertex": google.ON_VERTEX,
}
_MARK = re.compile(r"^<!-- (models|limits): (\S+) -->$", re.MULTILINE)
_HEAD = (
    "| model | duration | resolution | aspect ratio | images | video | audio | also |\n"
    "|---|---|---|---|---|---|---|---|\n"
)


_LIMITS_HEAD = (
    "| of | models | in a request | uploaded first | formats | pixels | source |\n"
    "|---|---|---|---|---|---|---|\n"
)


def _table(found: re.Match[str]) -> str:
    return _models(found[2]) if found[1] == "models" else _limits(found[2])


def _models(name: str) -> str:
    lines = []
    for model, row in _TABLES[name].items():
        d = describe(model, row)
        cells = (d.duration, d.resolution, d.aspect_ratio, d.images, d.video, d.audio, d.also)
        lines.append(f"| `{model}` | {' | '.join(cells)} |")
    return _HEAD + "\n".join(lines)


def _limits(name: str) -> str:
    return _LIMITS_HEAD + "\n".join((*_of_medium(name, "images"), *_of_medium(name, "video")))


def _of_medium(name: str, medium: Literal["images", "video"]) -> Iterator[str]:
    """Yield a line for each set of limits; the first is the most frequent one."""
    groups: dict[MediaLimits, list[str]] = {}
    for model, row in _TABLES[name].items():
        if getattr(row, medium):
            groups.setdefault(getattr(_rules(name, model), medium), []).append(model)
    ordered = sorted(groups.items(), key=lambda group: -len(group[1]))
    for place, (limits, models) in enumerate(ordered):
        named = ", ".join(f"`{model}`" for model in models)
        others = "all" if len(ordered) == 1 else "all others"
        w = limits_in_words(limits)
        cells = (w.inline, w.uploaded, w.formats, w.pixels, w.source)
        yield f"| {medium} | {named if place else others} | {' | '.join(cells)} |"


def _rules(name: str, model: str) -> MediaRules:
    """Return the rules that a call with this model follows."""
    on_vertex = name == "google-vertex"
    provider = BUILT_IN["google" if on_vertex else name]
    config = VideoGenerationConfig(
        provider=provider.name,
        model=model,
        provider_config={"project": "p"} if on_vertex else {},
    )
    record = provider if provider.variant is None else provider.variant(config, {})
    rules = record.media
    return MediaRules() if rules is None else rules(Target(provider=record, config=config))


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Return the page with its tables."""
    return _MARK.sub(_table, markdown)
