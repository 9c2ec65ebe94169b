"""The matrix of all models, which docs/assets/models.js filters in the page."""

from collections.abc import Iterable, Iterator
from html import escape
from itertools import product

from site_tables import code, words

from tarash.tarash_gateway import ModelInfo, list_models
from tarash.tarash_gateway.catalog.choosing import Wanted
from tarash.tarash_gateway.catalog.rows import ModelRow
from tarash.tarash_gateway.registry import BUILT_IN
from tarash.tarash_gateway.values.media import ROLES

# What the page offers to choose from. `list_models` takes any value.
SECONDS = (*range(1, 13), 15, 20, 25, 30)
RESOLUTIONS = ("360p", "480p", "540p", "720p", "1080p", "1440p", "4k")
RATIOS = ("16:9", "9:16", "1:1", "4:3", "3:4", "21:9", "9:21", "3:2", "2:3")
_COLUMNS = ("seconds", "resolution", "aspect ratio", "images", "video", "audio", "also")


def matrix(_: str = "") -> str:
    """Return the table of all models, each row with what it takes as data."""
    head = "".join(f'<th scope="col">{c}</th>' for c in ("model", *_COLUMNS))
    infos = list_models(retired=True)
    rows = "".join(_row(info, BUILT_IN[info.provider].models[info.model]) for info in infos)
    return (
        '<div class="matrix" data-seconds="{}" data-resolution="{}" data-ratio="{}" '
        'data-image="{}">'
        '<div class="matrix__box" tabindex="0" role="region" aria-label="Models">'
        '<table class="matrix__table"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>'
        "</div></div>"
    ).format(*map(_listed, (SECONDS, RESOLUTIONS, RATIOS, ROLES)), head, rows)


def _row(info: ModelInfo, row: ModelRow) -> str:
    data = {
        "name": info.name,
        "provider": info.provider,
        "seconds": _listed(n for n in SECONDS if _fits(info, row, seconds=n)),
        "resolution": _listed(r for r in RESOLUTIONS if _fits(info, row, resolution=r)),
        "ratio": _listed(a for a in RATIOS if _fits(info, row, aspect_ratio=a)),
        "not": _listed(_apart(info, row)),
        "image": _listed(sorted(info.image_roles)),
        "video": "yes" * info.video,
        "audio": "yes" * info.audio,
        "retires": "" if info.retires is None else info.retires.isoformat(),
    }
    given = "".join(f' data-{key}="{escape(value)}"' for key, value in data.items() if value)
    d = info.description
    seconds = d.duration.removesuffix(" s")
    texts = (seconds, d.resolution, d.aspect_ratio, d.images, d.video, d.audio, d.also)
    pairs = zip(_COLUMNS, texts, strict=True)
    cells = "".join(f'<td data-of="{column}">{words(text)}</td>' for column, text in pairs)
    name = f"{escape(info.provider)}: {code(info.model)}"
    return f'<tr{given}><th scope="row">{name}</th>{cells}</tr>'


def _apart(info: ModelInfo, row: ModelRow) -> Iterator[str]:
    """Yield the pairs of values that the model takes one by one, and not together."""
    if not row.rules and row.size is None:
        return
    for seconds, resolution in product(SECONDS, RESOLUTIONS):
        if _parts(info, row, seconds=seconds, resolution=resolution):
            yield f"{seconds}+{resolution}"
    for resolution, ratio in product(RESOLUTIONS, RATIOS):
        if _parts(info, row, resolution=resolution, aspect_ratio=ratio):
            yield f"{resolution}+{ratio}"


def _parts(info: ModelInfo, row: ModelRow, **wanted: object) -> bool:
    each = all(_fits(info, row, **{name: value}) for name, value in wanted.items())
    return each and not _fits(info, row, **wanted)


def _fits(info: ModelInfo, row: ModelRow, **wanted: object) -> bool:
    return Wanted(**wanted).fits(info, row)


def _listed(values: Iterable[object]) -> str:
    return " ".join(map(str, values))
