"""The invisible marks that a model's maker declares for its videos. Pure."""

import re
from collections.abc import Mapping
from typing import Final

import attrs

from .rows import ModelRow

# Google puts it into the pictures of every video of Veo and of Gemini Omni, whoever sells them:
# ai.google.dev/gemini-api/docs/video, "Veo videos are watermarked with SynthID" (2026-07);
# deepmind.google/models/synthid (2026-11).
SYNTHID: Final = "SynthID"
# OpenAI declares signed metadata for every video of Sora: openai.com/index/
# launching-sora-responsibly (2025-09-30). Another seller's copy may lose it, so only the models of
# OpenAI's own API have this mark.
C2PA: Final = "C2PA"

# Before a model's id, some configs name who made it or who sells it; after it, a version.
_AROUND: Final = re.compile(r"^(?:publishers/google/models/|models/|runway/|google/|openai/)|:.*$")


def with_marks(rows: Mapping[str, ModelRow], *marks: str) -> dict[str, ModelRow]:
    """Return the rows of a family whose videos all have the same marks.

    >>> with_marks({"a": ModelRow()}, "SynthID")["a"].marks
    ('SynthID',)
    """
    return {model: attrs.evolve(row, marks=marks) for model, row in rows.items()}


def marks_of(models: Mapping[str, ModelRow], model: str) -> tuple[str, ...]:
    """Return the marks of a model's row, or nothing for a model without a row.

    Args:
        models: A provider's table.
        model: The id as a config names it: a version may follow it.

    >>> marks_of({"google/veo-3": ModelRow(marks=("SynthID",))}, "google/veo-3:0123")
    ('SynthID',)
    """
    bare = model.strip("/")
    if bare in models:
        return models[bare].marks
    names = (bare.partition(":")[0], _AROUND.sub("", bare))
    return next((models[name].marks for name in names if name in models), ())
