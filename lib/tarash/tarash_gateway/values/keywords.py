"""What to write in place of arguments that a value does not take."""

from collections.abc import Callable, Collection
from functools import wraps
from typing import Any, TypeVar

import attrs

from .spelling import did_you_mean

T = TypeVar("T")


def explained(cls: type[T]) -> type[T]:
    """Let the TypeError of a class of attrs say which field was probably meant."""
    init: Callable[..., None] = cls.__init__

    @wraps(init)
    def explaining(self: T, *arguments: Any, **fields: Any) -> None:
        try:
            init(self, *arguments, **fields)
        except TypeError:
            advice = _advice(cls, arguments, fields)
            if advice is None:
                # A converter raised it, or it speaks for itself.
                raise
            message = f"{cls.__name__}() {advice}"
            raise TypeError(message) from None

    cls.__init__ = explaining  # type: ignore[method-assign, assignment]  # it takes the same
    return cls


def _advice(cls: type[Any], arguments: Collection[Any], fields: Collection[str]) -> str | None:
    known = [field.name for field in attrs.fields(cls)]
    if arguments:
        return f"takes its fields by name: {cls.__name__}({known[0]}=..., ...)"
    required = [field.name for field in attrs.fields(cls) if field.default is attrs.NOTHING]
    missing = [name for name in required if name not in fields]
    unknown = [name for name in fields if name not in known]
    for name in unknown:
        if meant := did_you_mean(name, known):
            return f"got an unexpected keyword argument {name!r}{meant}"
    if missing:
        return f"lacks {' and '.join(missing)}"
    if unknown:
        offered = ", ".join(known)
        return f"got an unexpected keyword argument {unknown[0]!r}: its fields are {offered}"
    return None
