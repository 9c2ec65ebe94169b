"""Check which native fields may be sent together, by the rules of a model's row."""

from collections.abc import Mapping
from typing import Any

from returns.result import Success

from ..outcome import Outcome
from .mapped import Mapped, refusal
from .rows import ModelRow, Together


def check_together(model: str, row: ModelRow, mapped: Mapped) -> Outcome[Mapped]:
    """Return the mapping, or an error if the model refuses these fields together.

    Errors:
        ValidationError: A rule of the row is broken.
    """
    messages = _messages(model, row, mapped, only_warns=False)
    return refusal(model, messages[0]) if messages else Success(mapped)


def hints(model: str, row: ModelRow, mapped: Mapped) -> tuple[str, ...]:
    """Return the warnings about fields that are sent unchanged."""
    return _messages(model, row, mapped, only_warns=True)


def _messages(model: str, row: ModelRow, mapped: Mapped, *, only_warns: bool) -> tuple[str, ...]:
    rules = (rule for rule in row.rules if isinstance(rule, Together))
    return tuple(
        rule.message.format(model=model)
        for rule in rules
        if rule.only_warns == only_warns and _is_broken(rule, mapped.fields)
    )


def _is_broken(rule: Together, fields: Mapping[str, Any]) -> bool:
    if rule.field not in fields or rule.value not in (None, fields[rule.field]):
        return False
    present = [name for name in rule.beside if fields.get(name, rule.default) is not None]
    if rule.apart or not present:
        return rule.apart == bool(present)
    return bool(rule.of) and all(fields.get(name, rule.default) not in rule.of for name in present)
