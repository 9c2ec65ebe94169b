"""Checks for fields; each error names the field, the value and what is allowed."""

import math
from collections.abc import Callable, Collection, Iterable
from typing import Any, TypeAlias

import attrs

from ..exceptions import ValidationError

Check: TypeAlias = Callable[[Any, "attrs.Attribute[Any]", Any], None]

_LONGEST = 60


def preview(value: object) -> str:
    """Return a short text for ``value`` that is safe in a message; bytes appear as their length.

    >>> preview(b"abc"), preview("x" * 100)[-4:]
    ('3 bytes', "...'")
    """
    if isinstance(value, bytes | bytearray):
        return f"{len(value)} bytes"
    if isinstance(value, str) and len(value) > _LONGEST:
        return repr(value[: _LONGEST - 3] + "...")
    if isinstance(value, str | int | float | bool | None):
        return repr(value)
    return f"a {type(value).__name__}"


def refuse(field: str, value: object, allowed: str) -> ValidationError:
    """Return the error for a field with a wrong value."""
    return ValidationError(message=f"{field} must be {allowed}, not {preview(value)}")


def _check(allowed: str, holds: Callable[[Any], bool]) -> Check:
    def check(_instance: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
        if not holds(value):
            raise refuse(attribute.name, value, allowed)

    return check


def _is_number(value: object) -> bool:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        # An integer with hundreds of digits does not fit in a float.
        return False


def text(allowed: str = "a non-empty string") -> Check:
    """Accept a string that is not blank and can be encoded as UTF-8."""
    return _check(
        allowed, lambda value: isinstance(value, str) and bool(value.strip()) and is_whole(value)
    )


def is_whole(value: str) -> bool:
    r"""Tell whether a text can be encoded as UTF-8: half of a surrogate pair cannot.

    >>> is_whole("kite"), is_whole("\ud800")
    (True, False)
    """
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def optional(check: Check) -> Check:
    """Accept None, or what ``check`` accepts."""

    def check_unless_none(
        instance: object, attribute: "attrs.Attribute[Any]", value: object
    ) -> None:
        if value is not None:
            check(instance, attribute, value)

    return check_unless_none


def number(*, above: float | None = None, least: float | None = None, unit: str = "") -> Check:
    """Accept a finite number ``> above`` or ``>= least``; ``unit`` is for the message."""
    bound = f" above {above:g}" if above is not None else f" of at least {least:g}"
    return _check(
        f"a number{' of ' + unit if unit else ''}{bound}",
        lambda value: (
            _is_number(value)
            and (above is None or value > above)
            and (least is None or value >= least)
        ),
    )


def whole(least: int | None = None) -> Check:
    """Accept an integer, ``>= least`` if given, but not a bool."""
    return _check(
        "a whole number" + (f" of at least {least}" if least is not None else ""),
        lambda value: (
            isinstance(value, int)
            and not isinstance(value, bool)
            and (least is None or value >= least)
        ),
    )


def flag() -> Check:
    """Accept True or False."""
    return _check("True or False", lambda value: isinstance(value, bool))


def one_of(values: Collection[str]) -> Check:
    """Accept one of ``values``."""
    return _check(
        "one of " + ", ".join(repr(value) for value in sorted(values)),
        lambda value: isinstance(value, str) and value in values,
    )


def instances(kind: type, allowed: str) -> Check:
    """Accept a tuple of instances of ``kind``."""
    return _check(
        allowed,
        lambda value: isinstance(value, tuple) and all(isinstance(item, kind) for item in value),
    )


def instance_of(kind: type, allowed: str) -> Check:
    """Accept an instance of ``kind``."""
    return _check(allowed, lambda value: isinstance(value, kind))


def string_keys(field: str, value: object) -> dict[str, Any]:
    """Return a copy of a mapping whose keys are strings.

    Raises:
        ValidationError: If it is not a mapping, or a key is not a string.
    """
    if not hasattr(value, "keys") or not hasattr(value, "__getitem__"):
        raise refuse(field, value, "a mapping with string keys")
    copy: dict[str, Any] = dict(value)
    if not all(isinstance(key, str) for key in copy):
        raise refuse(field, value, "a mapping with string keys")
    return copy


def as_tuple(field: str, value: object) -> tuple[Any, ...]:
    """Return the items of an iterable as a tuple.

    Raises:
        ValidationError: If ``value`` is not iterable, or is a string, bytes or a mapping.
    """
    if isinstance(value, str | bytes) or hasattr(value, "keys") or not isinstance(value, Iterable):
        raise refuse(field, value, "a list")
    return tuple(value)
