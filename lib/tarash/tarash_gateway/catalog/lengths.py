"""Convert seconds to a native length, in seconds or in frames, and back."""

import re
from collections.abc import Mapping
from typing import Any, Final

import attrs

from .mapped import NOTHING, Mapped, in_words, omission
from .nearest import nearest, to_step
from .rows import Frames, Length, LengthAt, ModelRow, NumberForm

_SECONDS: Final = re.compile(r"(\d{1,6}(?:\.\d{1,6})?)s?")
_DAY: Final = 86_400


def length(model: str, row: ModelRow, wanted: float | None, fields: Mapping[str, Any]) -> Mapped:
    """Return the nearest native length to the ``wanted`` seconds.

    The native ``fields`` may limit the lengths: the resolution, the frame rate.
    """
    if wanted is None:
        return NOTHING
    decides = row.resolution or row.size
    resolution = str(fields.get(decides.field, "")) if decides else ""
    at = (r for r in row.rules if isinstance(r, LengthAt) and resolution in r.resolutions)
    match row.length:
        case None:
            return omission(model, "duration_seconds")
        case Length() as offered:
            if rule := next(at, None):
                there = f"{model} at {resolution}"
                return _seconds(there, attrs.evolve(offered, choices=rule.choices), wanted)
            return _seconds(model, offered, wanted)
        case Frames() as frames:
            return _frames(model, frames, _frame_rate(frames, fields), wanted)


def in_form(value: float, form: NumberForm) -> int | float | str:
    """Return a number as the JSON value of a model; whole numbers are integers.

    >>> in_form(5.0, "number"), in_form(5.0, "text"), in_form(5.0, "seconds")
    (5, '5', '5s')
    """
    number = int(value) if float(value).is_integer() else value
    return {"number": number, "text": f"{number:g}", "seconds": f"{number:g}s"}[form]


def _seconds(model: str, offered: Length, wanted: float) -> Mapped:
    if offered.choices:
        value = nearest(wanted, offered.choices)
    else:
        value = to_step(wanted, offered.step, offered.low or offered.step, offered.high)
    adjusted: tuple[str, ...] = ()
    if value != wanted:
        change = f"duration_seconds {wanted:g} became {value:g}: {model} takes {offer(offered)}"
        adjusted = (change,)
    return Mapped(
        fields={offered.field: in_form(value, offered.form)},
        adjusted=adjusted,
        duration=float(value),
    )


def offer(offered: Length) -> str:
    """Return the lengths that a model supports, in words.

    >>> offer(Length(choices=(4, 8))), offer(Length(low=2, high=15))
    ('4 or 8', 'whole seconds from 2 up to 15')
    """
    if offered.choices:
        return in_words(f"{choice:g}" for choice in offered.choices)
    grid = "whole seconds" if offered.step == 1 else f"steps of {offered.step:g} seconds"
    low = f" from {offered.low:g}" if offered.low is not None else ""
    high = f" up to {offered.high:g}" if offered.high is not None else ""
    return grid + low + high


def _frames(model: str, frames: Frames, fps: float, wanted: float) -> Mapped:
    exact = wanted * fps
    if frames.choices:
        count = nearest(exact, frames.choices)
    else:
        count = to_step(exact, 1, frames.low or 1, frames.high)
    seconds = count / fps
    change = (
        f"duration_seconds {wanted:g} became {seconds:.4g}: "
        f"{model} makes {count:g} frames at {fps:g} a second"
    )
    return Mapped(
        fields={frames.field: in_form(count, frames.form)},
        # Rounding to a whole frame needs no warning.
        adjusted=() if abs(count - exact) <= 0.5 else (change,),  # noqa: PLR2004
        duration=seconds,
    )


def _frame_rate(frames: Frames, fields: Mapping[str, Any]) -> float:
    rate = number_of(fields.get(frames.fps_field)) if frames.fps_field else None
    return frames.fps if rate is None else rate


def number_of(value: object) -> float | None:
    """Return a native number > 0, in any of the forms, or None for anything else.

    >>> number_of(5), number_of("5"), number_of("5s"), number_of("auto"), number_of(True)
    (5.0, 5.0, 5.0, None, None)
    """
    if isinstance(value, str):
        found = _SECONDS.fullmatch(value.strip())
        return (float(found[1]) or None) if found else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # The comparison comes first because a huge integer does not fit in a float.
    return float(value) if 0 < value < _DAY else None


def sent_seconds(row: ModelRow, fields: Mapping[str, Any]) -> float | None:
    """Return the seconds that native fields request, or None if they do not set a length."""
    if row.length is None:
        return None
    value = number_of(fields.get(row.length.field))
    if value is None or isinstance(row.length, Length):
        return value
    return value / _frame_rate(row.length, fields)
