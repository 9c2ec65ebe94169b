"""The native field names in a model's row."""

from collections.abc import Mapping

from .rows import Frames, Ignored, ModelRow, Standard


def natives_of(row: ModelRow) -> Mapping[Standard, str]:
    """Return the native field of each standard field that a model supports.

    >>> natives_of(ModelRow(seed="random_seed"))
    {'prompt': 'prompt', 'seed': 'random_seed'}
    """
    resolution, ratio = row.size or row.resolution, row.size or row.aspect_ratio
    found: dict[Standard, str | None] = {
        "prompt": row.prompt,
        "duration_seconds": None if row.length is None else row.length.field,
        "resolution": None if resolution is None else resolution.field,
        "aspect_ratio": None if ratio is None else ratio.field,
        "generate_audio": None if row.audio is None else row.audio.field,
        "negative_prompt": row.negative_prompt,
        "seed": row.seed,
        "enhance_prompt": None if row.enhance is None else row.enhance.field,
    }
    return {name: native for name, native in found.items() if native is not None}


def declares(row: ModelRow, name: str) -> bool:
    """Tell whether a row names a native field.

    >>> declares(ModelRow(required=("video_id",)), "video_id")
    True
    """
    more = (
        row.size.height_field if row.size else None,
        row.length.fps_field if isinstance(row.length, Frames) else None,
        row.video.field if row.video else None,
    )
    return (
        name in natives_of(row).values()
        or name in more
        or name in row.required
        or any(slot.field == name for slot in row.images)
        or any(isinstance(rule, Ignored) and name in rule.beside for rule in row.rules)
    )
