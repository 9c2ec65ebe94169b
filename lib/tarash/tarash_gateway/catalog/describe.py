"""Model rows in words: for the command line and the documentation."""

from collections.abc import Sequence

import attrs

from .mapped import in_words
from .mapping import slot_text
from .rows import Choice, Frames, Ignored, Length, LengthAt, ModelRow, Rule, Together

NOTHING = "-"


@attrs.frozen(kw_only=True)
class Description:
    """One model in words; a dash stands for a field that it does not support."""

    model: str
    duration: str
    resolution: str
    aspect_ratio: str
    images: str
    video: str
    audio: str
    also: str


def describe(model: str, row: ModelRow) -> Description:
    """Return a model's row in words.

    >>> describe("m", ModelRow(length=Length(choices=(4, 6)))).duration
    '4, 6 s'
    """
    resolution, ratio = _choice(row.resolution), _choice(row.aspect_ratio)
    if row.size:
        more = ["any other"] if row.size.free else []
        resolution, ratio = ", ".join([*row.size.sizes, *more]), NOTHING
    slots = (slot_text(slot) + (" needed" if slot.required else "") for slot in row.images)
    return Description(
        model=model,
        duration=_length(row.length),
        resolution=resolution,
        aspect_ratio=ratio,
        images=", ".join(slots) or NOTHING,
        video=NOTHING if row.video is None else "needed" if row.video.required else "yes",
        audio="yes" if row.audio else NOTHING,
        also=_further(row),
    )


def _further(row: ModelRow) -> str:
    words = [
        *(["seed"] if row.seed else []),
        *(["negative prompt"] if row.negative_prompt else []),
        *(["enhance prompt"] if row.enhance else []),
        *(f"needs {field}" for field in (*row.required, *row.needs)),
        *([f"takes {row.soonest:g} s at least"] if row.soonest else []),
        *map(_rule, row.rules),
        *([f"retires on {row.retires.on}"] if row.retires else []),
    ]
    return ", ".join(words) or NOTHING


def _rule(rule: Rule) -> str:
    match rule:
        case Ignored(name=name, beside=beside):
            return f"ignores {name} beside {in_words(beside)}"
        case LengthAt(resolutions=resolutions, choices=choices):
            return f"{_run(choices)} s at {in_words(resolutions)}"
        case Together(field=field, value=value, beside=beside, of=of, apart=apart):
            what = field if value is None else f"{field} {value}"
            values = f" {in_words(map(str, of))}" if of else ""
            return f"{what} {'not' if apart else 'only'} beside {in_words(beside)}{values}"


def _length(length: Length | Frames | None) -> str:
    match length:
        case None:
            return NOTHING
        case Length(choices=choices, low=low, high=high):
            return f"{_run(choices)} s" if choices else f"{_span(low, high)} s".strip()
        case Frames(choices=counts, low=least, high=most, fps=fps):
            return f"{_run(counts) if counts else _span(least, most)} frames at {fps:g}/s"


def _span(low: float | None, high: float | None) -> str:
    least, most = ("" if bound is None else f"{bound:g}" for bound in (low, high))
    return f"{least}-{most}" if least or most else "any"


def _run(values: Sequence[float]) -> str:
    whole = [int(value) for value in values]
    if len(values) > 3 and whole == list(range(whole[0], whole[-1] + 1)):  # noqa: PLR2004 - worth it
        return f"{whole[0]}-{whole[-1]}"
    return ", ".join(f"{value:g}" for value in values)


def _choice(choice: Choice | None) -> str:
    return NOTHING if choice is None else ", ".join(choice.values) or "any"
