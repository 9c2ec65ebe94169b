"""A cattrs converter that does not coerce."""

from collections.abc import Callable
from typing import Any

import cattrs


def _exactly(*kinds: type) -> Callable[[object, object], Any]:
    def hook(value: object, _: object) -> Any:
        if type(value) in kinds:
            return kinds[0](value)
        message = f"expected {kinds[0].__name__}, got {type(value).__name__}"
        raise TypeError(message)

    return hook


def strict(converter: cattrs.Converter) -> cattrs.Converter:
    """Make ``converter`` refuse wrong primitive types.

    cattrs coerces by default: null would become the string "None".
    """
    for kinds in ((str,), (bool,), (int,), (float, int)):
        converter.register_structure_hook(kinds[0], _exactly(*kinds))
    return converter
