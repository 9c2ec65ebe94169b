"""What Omni takes: data, no logic. The fields are nearly the same on both hosts.

Source: ai.google.dev/gemini-api/docs/omni, 2026-11; TanStack/ai, pull request 1273, 2026 (the
preview makes 720p only).
"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

import attrs

from ....catalog.rows import Choice, ImageSlot, Length, ModelRow, VideoSlot
from .fields import FIRST, LAST, REFERENCES
from .parts import DEPRECATIONS, LITELLM, Rows, ends, lines, rows

_FIRST: Final = ImageSlot(field=FIRST, roles=("first_frame", "reference"))
_LAST: Final = ImageSlot(field=LAST, roles=("last_frame",))
# Resellers allow 3 references and a page of Google Cloud allows 10. The row has the larger number,
# and the API decides.
_REFERENCES: Final = ImageSlot(
    field=REFERENCES, roles=("asset", "reference", "style"), many=True, most=10
)
_OMNI_1_1: Final = ModelRow(
    length=Length(low=3, high=10, step=0.5, form="seconds"),
    aspect_ratio=Choice(field="aspect_ratio", values=("16:9", "9:16")),
    resolution=lines(360, 720, 1080, "4k"),
    seed="seed",
    images=(_FIRST, _LAST),
    video=VideoSlot(field="video"),
)
_PREVIEW: Final = attrs.evolve(_OMNI_1_1, resolution=lines(720), images=(_FIRST,))


def _rows(row: ModelRow) -> Rows:
    frames = tuple(
        attrs.evolve(slot, roles=tuple(role for role in slot.roles if role != "reference"))
        for slot in row.images
    )
    return rows(row, attrs.evolve(row, images=(*frames, _REFERENCES)))


_SUCCESSOR: Final = "gemini-omni-1.2-flash"
OMNI: Final[Mapping[str, Rows]] = MappingProxyType(
    {
        _SUCCESSOR: _rows(
            attrs.evolve(_OMNI_1_1, length=Length(low=3, high=15, step=0.5, form="seconds"))
        ),
        "gemini-omni-1.1-flash": _rows(
            attrs.evolve(
                _OMNI_1_1,
                retires=ends(
                    date(2026, 12, 3), _SUCCESSOR, f"{DEPRECATIONS}, as quoted by {LITELLM}"
                ),
            )
        ),
        # LiteLLM says 2026-10-22. Google's page said 2026-09-30, and TanStack/ai removed the model
        # on 2026-10-08 because it "shut down on 2026-09-30". The row has Google's own date.
        "gemini-omni-flash-preview": _rows(
            attrs.evolve(_PREVIEW, retires=ends(date(2026, 9, 30), _SUCCESSOR, DEPRECATIONS))
        ),
    }
)
# Google has not published a shutdown of Omni on Vertex AI. Dates that others report only cause a
# warning.
OMNI_VERTEX: Final[Mapping[str, Rows]] = MappingProxyType(
    {
        **OMNI,
        "gemini-omni-1.1-flash": _rows(_OMNI_1_1),
        "gemini-omni-1.1-flash-preview": _rows(_OMNI_1_1),
        "gemini-omni-flash-preview": _rows(
            attrs.evolve(
                _PREVIEW,
                retires=ends(date(2026, 11, 6), _SUCCESSOR, LITELLM, published=False),
            )
        ),
    }
)
OMNI_GENERIC: Final = _rows(
    attrs.evolve(
        _OMNI_1_1,
        length=Length(step=0.5, form="seconds"),
        aspect_ratio=Choice(field="aspect_ratio", values=()),
        resolution=lines(),
        generic=True,
    )
)
