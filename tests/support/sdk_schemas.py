"""JSON schemas of the request types that the official Python clients ship."""

import types
import typing
from collections.abc import Mapping, Sequence
from typing import (
    Any,
    Final,
    Literal,
    NotRequired,
    Required,
    TypeAlias,
    Union,
    get_args,
    get_origin,
)

Schema: TypeAlias = Mapping[str, Any]

_SCALARS: Final[Mapping[object, str]] = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    type(None): "null",
}


_UNKNOWN: Final = "UnrecognizedStr"


def schema_of(hint: Any) -> Schema:
    """Return the schema of a type.

    An object has no other fields than its type has. A type that JSON does not have, such as an open
    file, takes a text: a URL stands in its place.
    """
    origin = get_origin(hint)
    if origin in {typing.Annotated, Required, NotRequired} or hasattr(hint, "__value__"):
        return schema_of(getattr(hint, "__value__", None) or get_args(hint)[0])
    if hasattr(hint, "__required_keys__"):
        return _object(hint)
    if hint in _SCALARS:
        return {"type": _SCALARS[hint]}
    if origin is Literal:
        return {"enum": list(get_args(hint))}
    if origin in {Union, types.UnionType}:
        # Google's client lets words through that it does not know: they describe nothing.
        known = (each for each in get_args(hint) if getattr(each, "__name__", "") != _UNKNOWN)
        return {"anyOf": [schema_of(each) for each in known]}
    if origin is not tuple and (_is(origin, Sequence) or _is_iterable(origin)):
        return {"type": "array", "items": schema_of(get_args(hint)[0])}
    return _of_any_object(hint)


def _of_any_object(hint: Any) -> Schema:
    if _is(get_origin(hint), Mapping):
        return {"type": "object"}
    return {} if hint in (object, Any) else {"type": "string"}


def _is(origin: object, kind: type) -> bool:
    return isinstance(origin, type) and issubclass(origin, kind)


def _is_iterable(origin: object) -> bool:
    """Tell whether a type is one of the clients' own sequences, which exclude texts."""
    return getattr(origin, "__name__", "") in {"Iterable", "SequenceNotStr"}


def _object(shape: Any) -> Schema:
    hints = typing.get_type_hints(shape, include_extras=True)
    return {
        "type": "object",
        "properties": {_alias(name, hint): schema_of(hint) for name, hint in hints.items()},
        "required": [_alias(n, hint) for n, hint in hints.items() if _is_required(shape, hint)],
        "additionalProperties": False,
    }


def _is_required(shape: Any, hint: Any) -> bool:
    # Where annotations are texts, a typed dictionary does not know by itself what it requires.
    return get_origin(hint) is Required or (shape.__total__ and get_origin(hint) is not NotRequired)


def _alias(name: str, hint: Any) -> str:
    """Return the name on the wire, which the clients note beside a field."""
    while get_origin(hint) in {Required, NotRequired}:
        hint = get_args(hint)[0]
    if get_origin(hint) is typing.Annotated:
        return next(
            (mark.alias for mark in hint.__metadata__ if getattr(mark, "alias", None)), name
        )
    return name
