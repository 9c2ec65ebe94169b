"""The tables of models on the pages of providers, by family."""

import pkgutil
from collections.abc import Iterator, Mapping
from importlib import import_module

from site_tables import NOTHING, code, folded, grouped, words

from tarash.tarash_gateway.catalog.describe import describe
from tarash.tarash_gateway.catalog.rows import ModelRow
from tarash.tarash_gateway.providers.google import provider as google
from tarash.tarash_gateway.registry import BUILT_IN

# Where one provider id stands for several APIs, a page has a table for each.
TABLES: Mapping[str, Mapping[str, ModelRow]] = {
    **{name: provider.models for name, provider in BUILT_IN.items()},
    "google": google.WITH_KEY,
    "google-vertex": google.ON_VERTEX,
}
_COLUMNS = ("seconds", "resolution", "aspect ratio", "images", "video", "audio", "also")
_ENDS = ("not offered from", "use instead", "source")
# The modules of a provider's tables, each a family.
_FAMILIES = {
    "alibaba": "Wan and HappyHorse",
    "edits": "Editing, upscaling, talking heads",
    "gen4": "Runway's own models and tools",
    "google": "Google",
    "grok": "Grok Imagine",
    "hunyuan": "Hunyuan",
    "kling": "Kling",
    "kling_3": "Kling 3, O1 and O3",
    "ltx": "LTX",
    "luma": "Luma",
    "minimax": "MiniMax and Hailuo",
    "others": "Other makers",
    "pixverse": "PixVerse",
    "seedance": "Seedance",
    "sora": "Sora",
    "veo": "Veo",
    "wan": "Wan",
}
# A table of more rows than this is folded, where it is the only one of its page.
_SHOWN = 6
_ENDS_SHOWN = 3


def models(name: str) -> str:
    """Return the tables of the models of a provider."""
    rows = TABLES[name]
    families = _families(name, rows)
    if len(families) == 1:
        return _table(rows, shown=_SHOWN)
    return "\n\n".join(
        f"### {title}\n\n{_table({model: rows[model] for model in members})}"
        for title, members in families.items()
    )


def retired(name: str) -> str:
    """Return the table of what is no longer offered, or will not be."""
    ending: dict[tuple[str, ...], list[str]] = {}
    for model, row in TABLES[name].items():
        if row.retires or row.superseded_by:
            ending.setdefault(_end(row), []).append(model)
    if not ending:
        return "None of the models below has a known end."
    groups = sorted((cells, " ".join(map(code, models))) for cells, models in ending.items())
    table = grouped(_ENDS, ((models, tuple(map(words, cells))) for cells, models in groups))
    return (
        table
        if len(groups) <= _ENDS_SHOWN
        else folded(_count(sum(map(len, ending.values()))), table)
    )


def _end(row: ModelRow) -> tuple[str, ...]:
    end = row.retires
    if end is None:
        return "left the provider's client; sent, with a warning", row.superseded_by, NOTHING
    day = f"{end.on}" if end.published else f"{end.on}, as others report; sent, with a warning"
    return day, end.successor or NOTHING, end.source


def _families(name: str, rows: Mapping[str, ModelRow]) -> dict[str, list[str]]:
    """Return the models of each family, in the order of the table."""
    place = f"tarash.tarash_gateway.providers.{name.replace('-', '_')}.models"
    home = {} if name.startswith("google") else dict(_homes(place, rows))
    families: dict[str, list[str]] = {}
    for model in rows:
        families.setdefault(_FAMILIES[home[model]] if home else "", []).append(model)
    return families


def _homes(place: str, rows: Mapping[str, ModelRow]) -> Iterator[tuple[str, str]]:
    try:
        package = import_module(place)
    except ModuleNotFoundError:
        return
    for found in pkgutil.iter_modules(getattr(package, "__path__", ())):
        for table in vars(import_module(f"{place}.{found.name}")).values():
            if isinstance(table, Mapping) and table and all(model in rows for model in table):
                yield from ((model, found.name) for model in table)


def _table(rows: Mapping[str, ModelRow], *, shown: int = 0) -> str:
    groups: dict[tuple[str, ...], list[str]] = {}
    for model, row in rows.items():
        groups.setdefault(tuple(_cells(model, row)), []).append(model)
    table = grouped(
        _COLUMNS, ((" ".join(map(code, members)), cells) for cells, members in groups.items())
    )
    return table if len(groups) <= shown else folded(_count(len(rows)), table)


def _count(models: int) -> str:
    return "1 model" if models == 1 else f"{models} models"


def _cells(model: str, row: ModelRow) -> Iterator[str]:
    d = describe(model, row)
    seconds = d.duration.removesuffix(" s")
    for text in (seconds, d.resolution, d.aspect_ratio, d.images, d.video, d.audio, d.also):
        yield words(text or NOTHING)
