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
_SNAKE_CASE: Final = frozenset({"start_seconds", "end_seconds"})


def native(extra: Mapping[str, Any]) -> Outcome[Mapping[str, Any]]:
    """Return the parameters under Runway's names, those inside of others included.

    Errors:
        ValidationError: One is given in both spellings.

    >>> native({"content_moderation": {"public_figure_threshold": "low"}}).unwrap()
    {'contentModeration': {'publicFigureThreshold': 'low'}}
    """
    names = [_camel(name) for name in extra]
    twice = next((name for place, name in enumerate(names) if name in names[:place]), None)
    if twice is not None:
        message = f"extra_params bring {twice} in two spellings: give it in one of them"
        return Failure(ValidationError(message=message))
    return Success(_rename(extra))


def _camel(name: Any) -> Any:
    if not isinstance(name, str) or name in _SNAKE_CASE:
        return name
    return _BREAK.sub(lambda found: found[1].upper(), name)


def _rename(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {_camel(name): _rename(inner) for name, inner in value.items()}
    return [_rename(item) for item in value] if isinstance(value, list | tuple) else value
