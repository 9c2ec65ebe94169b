"""Check which native fields may be sent together, by the rules of a model's row."""

from collections.abc import Iterator, Mapping
from typing import Any

from returns.result import Failure, Success

from ..exceptions import ValidationError
from ..outcome import Outcome
from .mapped import Mapped
from .rows import ModelRow, Together


def check_together(model: str, row: ModelRow, mapped: Mapped) -> Outcome[Mapped]:
    """Return the mapping, or an error if the model refuses these fields together.

    Errors:
        ValidationError: A rule of the row is broken.
    """
    broken = (rule for rule in _broken_rules(row, mapped.fields) if not rule.only_warns)
    rule = next(broken, None)
    if rule is None:
        return Success(mapped)
    return Failure(ValidationError(message=rule.message.format(model=model), model=model))


def hints(model: str, row: ModelRow, mapped: Mapped) -> tuple[str, ...]:
    """Return the warnings about fields that are sent unchanged."""
    broken = _broken_rules(row, mapped.fields)
    return tuple(rule.message.format(model=model) for rule in broken if rule.only_warns)


def _broken_rules(row: ModelRow, fields: Mapping[str, Any]) -> Iterator[Together]:
    rules = (rule for rule in row.rules if isinstance(rule, Together))
    return (rule for rule in rules if _is_broken(rule, fields))


def _is_broken(rule: Together, fields: Mapping[str, Any]) -> bool:
    if rule.field not in fields or rule.value not in (None, fields[rule.field]):
        return False
    present = [name for name in rule.beside if fields.get(name, rule.default) is not None]
    if rule.apart or not present:
        return rule.apart == bool(present)
    return bool(rule.of) and all(fields.get(name, rule.default) not in rule.of for name in present)
