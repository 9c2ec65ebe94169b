"""Combine the rows of a model's endpoints into one row for tables."""

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from .rows import ImageSlot, ModelRow

_FIELDS = (
    "prompt",
    "length",
    "aspect_ratio",
    "resolution",
    "size",
    "audio",
    "negative_prompt",
    "seed",
    "enhance",
)


def summary(rows: Sequence[ModelRow]) -> ModelRow:
    """Return one row for all endpoints of a model, to show in tables.

    It supports what any endpoint supports, and requires what all of them require.

    >>> summary([ModelRow(prompt=None), ModelRow(prompt="p", seed="s")]).seed
    's'
    """
    first = rows[0]
    slots: dict[str, ImageSlot] = {}
    for slot in (slot for row in rows for slot in row.images):
        slots.setdefault(slot.field, slot)
    videos = [row.video for row in rows]
    video = next((slot for slot in videos if slot is not None), None)
    changes: dict[str, Any] = {
        name: next((v for row in rows if (v := getattr(row, name)) is not None), None)
        for name in _FIELDS
    }
    return attrs.evolve(
        first,
        **changes,
        images=tuple(
            attrs.evolve(slot, required=all(_needs(row, slot) for row in rows))
            for slot in slots.values()
        ),
        video=video
        and attrs.evolve(video, required=all(slot and slot.required for slot in videos)),
        required=tuple(n for n in first.required if all(n in row.required for row in rows)),
        needs=tuple(n for n in first.needs if all(n in row.needs for row in rows)),
        rules=tuple(dict.fromkeys(rule for row in rows for rule in row.rules)),
    )


def _needs(row: ModelRow, slot: ImageSlot) -> bool:
    return any(other.field == slot.field and other.required for other in row.images)


def summaries(rows: Mapping[str, Mapping[Any, ModelRow]]) -> dict[str, ModelRow]:
    """Return one row for each model, to show in tables."""
    return {model: summary(tuple(of_model.values())) for model, of_model in rows.items()}
