"""Puts the model tables into the provider pages: they are written once, as rows."""

import re
from typing import Any

from tarash.tarash_gateway.catalog.describe import describe
from tarash.tarash_gateway.providers.google import provider as google
from tarash.tarash_gateway.registry import BUILT_IN

# Where one provider id stands for several APIs, a page has a table for each.
_TABLES = {
    **{name: provider.models for name, provider in BUILT_IN.items()},
    "google": google.WITH_KEY,
    "google-vertex": google.ON_VERTEX,
}
_MARK = re.compile(r"^<!-- models: (\S+) -->$", re.MULTILINE)
_HEAD = (
    "| model | duration | resolution | aspect ratio | images | video | audio | also |\n"
    "|---|---|---|---|---|---|---|---|\n"
)


def _table(found: re.Match[str]) -> str:
    lines = []
    for model, row in _TABLES[found[1]].items():
        d = describe(model, row)
        cells = (d.duration, d.resolution, d.aspect_ratio, d.images, d.video, d.audio, d.also)
        lines.append(f"| `{model}` | {' | '.join(cells)} |")
    return _HEAD + "\n".join(lines)


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Return the page with its tables."""
    return _MARK.sub(_table, markdown)
