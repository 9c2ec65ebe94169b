"""The tables of media limits on the pages of providers."""

from collections.abc import Iterator
from typing import Literal

from site_models import TABLES
from site_tables import code, folded, grouped, words

from tarash.tarash_gateway import VideoGenerationConfig
from tarash.tarash_gateway.catalog.limits import MediaLimits, MediaRules
from tarash.tarash_gateway.catalog.media_rules import limits_in_words
from tarash.tarash_gateway.providers.base import Target
from tarash.tarash_gateway.registry import BUILT_IN

_COLUMNS = ("in a request", "uploaded first", "formats", "pixels", "source")


def limits(name: str) -> str:
    """Return the tables of the limits: those of most models, and the others."""
    images, video = tuple(_of_medium(name, "images")), tuple(_of_medium(name, "video"))
    table = grouped(_COLUMNS, (*images[:1], *video[:1]))
    if not (others := (*images[1:], *video[1:])):
        return table
    return f"{table}\n\n{folded('Models with other limits', grouped(_COLUMNS, others))}"


def _of_medium(
    name: str, medium: Literal["images", "video"]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield a heading and cells for each set of limits; the first is the most frequent one."""
    groups: dict[MediaLimits, list[str]] = {}
    for model, row in TABLES[name].items():
        if getattr(row, medium):
            groups.setdefault(getattr(_rules(name, model), medium), []).append(model)
    ordered = sorted(groups.items(), key=lambda group: -len(group[1]))
    for place, (found, models) in enumerate(ordered):
        others = "all models" if len(ordered) == 1 else "all other models"
        named = " ".join(map(code, models)) if place else others
        w = limits_in_words(found)
        cells = (w.inline, w.uploaded, w.formats, w.pixels, w.source)
        yield f"{medium}: {named}", tuple(map(words, cells))


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
