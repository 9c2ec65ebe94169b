"""The native field names in a model's row."""

from collections.abc import Mapping

from .rows import Choice, Frames, Ignored, Length, ModelRow, Size, Standard, Switch


def natives_of(row: ModelRow) -> Mapping[Standard, str]:
    """Return the native field of each standard field that a model supports.

    >>> natives_of(ModelRow(seed="random_seed"))
    {'prompt': 'prompt', 'seed': 'random_seed'}
    """
    found: dict[Standard, str | Choice | Frames | Length | Size | Switch | None] = {
        "prompt": row.prompt,
        "duration_seconds": row.length,
        "resolution": row.size or row.resolution,
        "aspect_ratio": row.size or row.aspect_ratio,
        "generate_audio": row.audio,
        "negative_prompt": row.negative_prompt,
        "seed": row.seed,
        "enhance_prompt": row.enhance,
    }
    return {
        name: native if isinstance(native, str) else native.field
        for name, native in found.items()
        if native is not None
    }


def declares(row: ModelRow, name: str) -> bool:
    """Tell whether a row names a native field.

    >>> declares(ModelRow(required=("video_id",)), "video_id")
    True
    """
    return (
        name in natives_of(row).values()
        or name == getattr(row.size, "height_field", None)
        or name == getattr(row.length, "fps_field", None)
        or name == getattr(row.video, "field", None)
        or name in row.required
        or any(slot.field == name for slot in row.images)
        or any(isinstance(rule, Ignored) and name in rule.beside for rule in row.rules)
    )
