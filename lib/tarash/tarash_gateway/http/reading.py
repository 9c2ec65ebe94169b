"""Reading replies: JSON, then an attrs class; each step is an Outcome and total."""

import email.utils
import json
import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Generic, NamedTuple, TypeVar

import cattrs
from cattrs.errors import CattrsError
from returns.result import Failure, Success

from ..exceptions import UnexpectedReplyError
from ..outcome import Outcome
from ..values.strict import strict
from .messages import HttpResponse

T = TypeVar("T")
_SHOWN: Final = 500
_WIRE: Final = strict(cattrs.Converter())
# Deeper values are refused: json, pickle, cattrs and repr would end in a RecursionError, at a depth
# that depends on the Python and on where they are called from. Providers' replies have about ten.
_DEEPEST: Final = 200


def _depth_exceeds(value: Any, most: int) -> bool:
    level = [value]
    for _ in range(most + 1):
        containers = [each for each in level if isinstance(each, dict | list)]
        if not containers:
            return False
        level = [
            inner
            for outer in containers
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
    return True


def text_of(reply: HttpResponse) -> str:
    """Return the beginning of the body as text, for messages."""
    return reply.body[:_SHOWN].decode("utf-8", "replace").strip()


def json_of(reply: HttpResponse) -> Outcome[Any]:
    """Return the JSON value of the body.

    Errors:
        UnexpectedReplyError: The body is not JSON.
    """
    try:
        value = json.loads(reply.body)
    except (ValueError, RecursionError):
        pass
    else:
        # No value is deeper than it has brackets.
        flat = reply.body.count(b"{") + reply.body.count(b"[") <= _DEEPEST
        if flat or not _depth_exceeds(value, _DEEPEST):
            return Success(value)
    message = f"the reply (HTTP {reply.status}) is not JSON"
    return Failure(UnexpectedReplyError(message=message, raw_response=text_of(reply)))


def object_of(reply: HttpResponse) -> Outcome[dict[str, Any]]:
    """Return the JSON object of the body.

    Errors:
        UnexpectedReplyError: The body is not a JSON object.
    """
    decoded = json_of(reply)
    value: Any = decoded.value_or({})
    if isinstance(value, dict):
        return decoded
    message = f"the reply (HTTP {reply.status}) is not a JSON object"
    return Failure(UnexpectedReplyError(message=message, raw_response=value))


def shape_of(payload: Mapping[str, Any], shape: type[T]) -> Outcome[T]:
    """Return ``payload`` as ``shape``; unknown fields are ignored, wrong types are not coerced.

    Errors:
        UnexpectedReplyError: With every problem and its JSON path.
    """
    try:
        return Success(_WIRE.structure(payload, shape))
    except (CattrsError, TypeError) as error:
        problems = tuple(cattrs.transform_error(error))
        message = f"the reply cannot be understood: {'; '.join(problems)}"
        return Failure(
            UnexpectedReplyError(message=message, problems=problems, raw_response=payload)
        )


class Parsed(NamedTuple, Generic[T]):
    """A reply that was read; a pair, for code that unpacks it.

    Attributes:
        value: What was looked for in it.
        payload: Its JSON object as it came.
    """

    value: T
    payload: dict[str, Any]


def read(reply: HttpResponse, shape: type[T]) -> Outcome[Parsed[T]]:
    """Return the reply as ``shape``, with its JSON object as it came.

    Errors:
        UnexpectedReplyError: The body is not a JSON object of this shape.
    """
    return object_of(reply).bind(
        lambda payload: shape_of(payload, shape).map(lambda value: Parsed(value, payload))
    )


def retry_after(reply: HttpResponse) -> float | None:
    """Return the seconds that ``Retry-After`` (or ``retry-after-ms``) asks for, or None.

    A date is read against the reply's own ``Date``, so that no clock is needed.

    >>> retry_after(HttpResponse(status=429, headers={"Retry-After": "2"}))
    2.0
    """
    if (millis := seconds_of(reply.headers.get("retry-after-ms", ""))) is not None:
        return millis / 1000
    text = reply.headers.get("retry-after", "")
    if not text:
        return None
    if (seconds := seconds_of(text)) is not None:
        return seconds
    until, now = _date(text), _date(reply.headers.get("date", ""))
    return max(0.0, (until - now).total_seconds()) if until and now else None


def seconds_of(text: str) -> float | None:
    """Return a number of seconds that somebody can mean, or None.

    >>> seconds_of("59.5"), seconds_of("soon"), seconds_of("-1")
    (59.5, None, None)
    """
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def _date(text: str) -> datetime | None:
    try:
        date = email.utils.parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    return date if date.tzinfo is not None else None
