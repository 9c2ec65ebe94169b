"""A cattrs converter that does not coerce."""

from collections.abc import Callable
from typing import Any

import cattrs


def _strict(kind: type, also: tuple[type, ...] = ()) -> Callable[[object, object], Any]:
    def hook(value: object, _: object) -> Any:
        if type(value) is kind or type(value) in also:
            return kind(value)
        message = f"expected {kind.__name__}, got {type(value).__name__}"
        raise TypeError(message)

    return hook


def strict(converter: cattrs.Converter) -> cattrs.Converter:
    """Make ``converter`` refuse wrong primitive types.

    cattrs coerces by default: null would become the string "None".
    """
    converter.register_structure_hook(str, _strict(str))
    converter.register_structure_hook(bool, _strict(bool))
    converter.register_structure_hook(int, _strict(int))
    converter.register_structure_hook(float, _strict(float, (int,)))
    return converter
