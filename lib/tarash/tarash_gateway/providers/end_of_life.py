"""Models that a provider stops offering: refused from the published day on, warned of before it."""

from datetime import timedelta
from typing import Final

from returns.result import Failure, Success

from ..catalog.rows import ModelRow, Retirement
from ..exceptions import ValidationError
from ..outcome import Outcome
from .base import Target

# How long before its end a model is warned of.
_NOTICE: Final = timedelta(days=60)


def _instead(end: Retirement) -> str:
    return f"; use {end.successor}" if end.successor else ""


def offered(target: Target, model: str, row: ModelRow) -> Outcome[ModelRow]:
    """Return the row, unless its model is retired and would go to the provider's own host.

    Only a date that the provider published refuses, and only by the clock: without a date of
    today, every model is offered.

    Errors:
        ValidationError: The provider no longer offers the model.
    """
    end, today = row.retires, target.today
    if end is None or today is None or today < end.on or not end.published:
        return Success(row)
    # Another host may stand for an older version of the API, so it is asked.
    if not target.at_own_host:
        return Success(row)
    message = f"{model} is no longer offered since {end.on}{_instead(end)}"
    return Failure(ValidationError(message=message, model=model))


def leaving(target: Target, model: str, row: ModelRow) -> tuple[str, ...]:
    """Return the warnings about a model that is superseded, about to be retired, or said to be.

    A report of somebody else is a warning on every host: the model may be a deployment of the
    caller's own, whose host nobody else knows.
    """
    superseded = (
        f"{model} is no longer in {target.provider.name}'s published API and may be refused: "
        f"use {row.superseded_by}"
    )
    return ((superseded,) if row.superseded_by else ()) + _retiring(target, model, row)


def _retiring(target: Target, model: str, row: ModelRow) -> tuple[str, ...]:
    end, today = row.retires, target.today
    if end is None or today is None or today < end.on - _NOTICE:
        return ()
    if not end.published:
        report = f"{model} is reported to be no longer offered from {end.on} ({end.source})"
        return (report + _instead(end),)
    if today >= end.on or not target.at_own_host:
        return ()
    return (f"{model} is no longer offered from {end.on}{_instead(end)}",)
