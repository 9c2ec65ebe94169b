"""Checks for fields; each error names the field, the value and what is allowed."""

import math
import sys
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Final, TypeAlias

import attrs

from ..exceptions import ValidationError

Check: TypeAlias = Callable[[Any, "attrs.Attribute[Any]", Any], None]

_LONGEST: Final = 60


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


def is_encodable(value: str) -> bool:
    r"""Tell whether a text can be encoded as UTF-8: half of a surrogate pair cannot.

    >>> is_encodable("kite"), is_encodable("\ud800")
    (True, False)
    """
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


text: Final = _check(
    "a non-empty string",
    lambda value: isinstance(value, str) and bool(value.strip()) and is_encodable(value),
)
flag: Final = _check("True or False", lambda value: isinstance(value, bool))


def number(unit: str = "", *, or_zero: bool = False) -> Check:
    """Accept a finite number above 0, or also 0; ``unit`` is for the message."""
    # An integer with hundreds of digits can be compared with a float, but not converted to one.
    return _check(
        f"a number{' of ' + unit if unit else ''} {'of at least' if or_zero else 'above'} 0",
        lambda value: (
            isinstance(value, int | float)
            and not isinstance(value, bool)
            and (0 < value <= sys.float_info.max or (or_zero and value == 0))
        ),
    )


def whole(least: int | None = None) -> Check:
    """Accept an integer, ``>= least`` if given, but not a bool."""
    bound = -math.inf if least is None else least
    return _check(
        "a whole number" + (f" of at least {least}" if least is not None else ""),
        lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= bound,
    )


def one_of(values: Collection[str]) -> Check:
    """Accept one of ``values``."""
    return _check(
        "one of " + ", ".join(map(repr, sorted(values))),
        lambda value: isinstance(value, str) and value in values,
    )


def instances(kind: type) -> Check:
    """Accept a tuple of instances of ``kind``."""
    return _check(
        f"a list of {kind.__name__}",
        lambda value: isinstance(value, tuple) and all(isinstance(item, kind) for item in value),
    )


def instance_of(kind: type, allowed: str | None = None) -> Check:
    """Accept an instance of ``kind``; ``allowed`` is for the message."""
    return _check(allowed or f"a {kind.__name__}", lambda value: isinstance(value, kind))


def string_keys(field: str, value: Any) -> dict[str, Any]:
    """Return a copy of a mapping whose keys are strings; raise an error for anything else."""
    is_mapping = hasattr(value, "keys") and hasattr(value, "__getitem__")
    copy: dict[str, Any] = dict(value) if is_mapping else {}
    if not is_mapping or not all(isinstance(key, str) for key in copy):
        raise refuse(field, value, "a mapping with string keys")
    return copy


def as_tuple(field: str, value: object) -> tuple[Any, ...]:
    """Return the items of an iterable; raise an error for a string, bytes or a mapping."""
    if isinstance(value, str | bytes) or hasattr(value, "keys") or not isinstance(value, Iterable):
        raise refuse(field, value, "a list")
    return tuple(value)


def as_dict(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of a mapping."""
    return dict(value)
