"""Combine the rows of a model's endpoints into one row for tables."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import attrs

from .limits import MediaLimits
from .rows import ImageSlot, ModelRow

# For all other fields, the first endpoint that has a value decides.
_COMBINED: Final = frozenset(
    {"images", "image_limits", "video_limits", "required", "needs", "rules", "generic", "retires"}
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
    needed = [{slot.field for slot in row.images if slot.required} for row in rows]
    changes: dict[str, Any] = {
        field.name: next((v for row in rows if (v := getattr(row, field.name)) is not None), None)
        for field in attrs.fields(ModelRow)
        if field.name not in _COMBINED
    }
    changes |= {
        "images": tuple(
            attrs.evolve(slot, required=all(name in fields for fields in needed))
            for name, slot in slots.items()
        ),
        "required": tuple(n for n in first.required if all(n in row.required for row in rows)),
        "needs": tuple(n for n in first.needs if all(n in row.needs for row in rows)),
        "image_limits": _common([row.image_limits for row in rows if row.images]),
        "video_limits": _common([row.video_limits for row in rows if row.video]),
        "rules": tuple(dict.fromkeys(rule for row in rows for rule in row.rules)),
    }
    if changes["video"]:
        required = all(row.video and row.video.required for row in rows)
        changes["video"] = attrs.evolve(changes["video"], required=required)
    return attrs.evolve(first, **changes)


def _common(limits: Sequence[MediaLimits | None]) -> MediaLimits | None:
    """Return the limits that all endpoints have; each endpoint checks its own beside them."""
    return limits[0] if limits and all(one == limits[0] for one in limits) else None


def summaries(rows: Mapping[str, Mapping[Any, ModelRow]]) -> dict[str, ModelRow]:
    """Return one row for each model, to show in tables."""
    return {model: summary(tuple(of_model.values())) for model, of_model in rows.items()}
