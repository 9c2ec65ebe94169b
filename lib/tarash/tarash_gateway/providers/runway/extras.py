"""Runway's own parameters, in whichever spelling they come.

Runway's API and its JavaScript client spell names in camelCase, its Python client in snake_case:
what works there should work here.

Source: runwayml/sdk-python 5.24.0, src/runwayml/types/*_create_params.py, 2026-11: every alias is
the camelCase of its field, and the two names of a key frame's ``range`` have no alias.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from returns.result import Failure, Success

from ...exceptions import ValidationError
from ...outcome import Outcome

_BREAK: Final = re.compile(r"(?<=[A-Za-z0-9])_([a-z0-9])")
# These two are snake_case at Runway as well.
_AS_THEY_ARE: Final = frozenset({"start_seconds", "end_seconds"})


def native(extra: Mapping[str, Any]) -> Outcome[Mapping[str, Any]]:
    """Return the parameters under Runway's names, those inside of others included.

    Errors:
        ValidationError: One is given in both spellings.

    >>> native({"content_moderation": {"public_figure_threshold": "low"}}).unwrap()
    {'contentModeration': {'publicFigureThreshold': 'low'}}
    """
    named: dict[str, Any] = {}
    for name, value in extra.items():
        if _camel(name) in named:
            message = f"extra_params bring {_camel(name)} in two spellings: give it in one of them"
            return Failure(ValidationError(message=message))
        named[_camel(name)] = _renamed(value)
    return Success(named)


def _camel(name: str) -> str:
    if name in _AS_THEY_ARE:
        return name
    return _BREAK.sub(lambda found: found[1].upper(), name)


def _renamed(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            _camel(name) if isinstance(name, str) else name: _renamed(inner)
            for name, inner in value.items()
        }
    return [_renamed(item) for item in value] if isinstance(value, list | tuple) else value
