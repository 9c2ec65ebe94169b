"""Whether a message to a webhook is the provider's own, and what it says: pure."""

import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final, TypeAlias

import attrs
from returns.result import Failure, Success

from ..exceptions import TarashException, ValidationError, WebhookError
from ..http.messages import HttpResponse
from ..http.reading import object_of
from ..outcome import Outcome, catch_bugs
from ..providers.base import Provider
from ..providers.webhooks import Headers, Signed, Told, Webhooks
from ..values.checks import is_encodable, refuse
from ..values.webhook import WebhookEvent, WebhookKeys
from .webhook_signatures import genuine

# A message of fal's has the model's whole output, which is a few URLs, unless ``sync_mode`` puts
# the video itself there. Such a message is refused unread: its job is polled all the same.
MOST_BYTES: Final = 2**20
_LONGEST_ID: Final = 1024
GivenHeaders: TypeAlias = Mapping[str, str] | Iterable[tuple[str | bytes, str | bytes]]


def verify(  # noqa: PLR0913 - what a message is, and what it is checked by
    provider: Provider,
    headers: GivenHeaders,
    body: bytes,
    keys: WebhookKeys,
    now: datetime,
    *,
    tolerance: float,
) -> Outcome[WebhookEvent]:
    """Return what a message says, if it is the provider's own and was sent just now.

    Errors:
        WebhookError: It is not, or it cannot be understood.
        ValidationError: The provider sends no webhooks, or another argument is wrong.
    """
    webhooks = provider.webhooks
    if webhooks is None:
        message = (
            f"provider {provider.name} sends no webhooks, so this message is not from it: wait for "
            "its jobs with resume_video or check_video"
        )
        return Failure(ValidationError(message, provider=provider.name))
    return (
        _checked(headers, body, keys, now, tolerance)
        .bind(lambda lower: _signed(webhooks, lower, body))
        .bind(lambda signed: _believed(webhooks, signed, keys, now, tolerance))
        .bind(
            lambda signed: _told(webhooks, body).map(
                lambda told: _event(provider.name, body, signed, told)
            )
        )
        .alt(lambda error: attrs.evolve(error, provider=provider.name))
    )


def _event(provider: str, body: bytes, signed: Signed | None, told: Told) -> WebhookEvent:
    return WebhookEvent(
        provider=provider,
        # What is not signed has no name that could be trusted; the same text has the same.
        id=sha256(body).hexdigest() if signed is None else signed.id,
        request_id=told.request_id,
        status=told.status,
        sent_at=None if signed is None else datetime.fromtimestamp(signed.sent_at, UTC),
        verified=signed is not None,
    )


# What came.


def _checked(
    headers: object, body: object, keys: object, now: object, tolerance: object
) -> Outcome[dict[str, str]]:
    """Return the headers under lower-case names, unless an argument is wrong or the body too large.

    One that comes twice is joined by a comma (RFC 9110, section 5.3), which no time and no
    signature survives.
    """
    if not isinstance(body, bytes):
        allowed = "the bytes of the request as they came, because these are signed"
        return Failure(refuse("body", body, allowed))
    if not isinstance(keys, WebhookKeys):
        return Failure(refuse("keys", keys, "a WebhookKeys"))
    if not isinstance(now, datetime) or now.utcoffset() is None:
        return Failure(refuse("now", str(now), "an aware time, such as datetime.now(UTC)"))
    if not (isinstance(tolerance, int | float) and 0 <= tolerance < math.inf):
        return Failure(refuse("tolerance", tolerance, "a number of seconds of at least 0"))
    if len(body) > MOST_BYTES:
        message = (
            f"the message has {len(body)} bytes, and at most {MOST_BYTES} are read: its job is "
            "polled without it"
        )
        return Failure(WebhookError(message, reason="too_large"))
    lower: dict[str, str] = {}
    for pair in _pairs(headers):
        if pair is None:
            return Failure(refuse("headers", headers, "a mapping, or pairs, of strings or bytes"))
        name, value = pair[0].lower(), pair[1]
        lower[name] = f"{lower[name]}, {value}" if name in lower else value
    return Success(lower)


def _pairs(headers: object) -> Iterator[tuple[str, str] | None]:
    items = getattr(headers, "items", None)
    given: Any = items() if callable(items) else headers
    try:
        for name, value in given:
            texts = _text(name), _text(value)
            yield None if texts[0] is None or texts[1] is None else (texts[0], texts[1])
    except (TypeError, ValueError):
        yield None


def _text(value: object) -> str | None:
    """Return the text of a header, which has bytes in ASGI."""
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return value if isinstance(value, str) else None


# Whether it is believed.


def _signed(webhooks: Webhooks, headers: Headers, body: bytes) -> Outcome[Signed | None]:
    signature = webhooks.signature
    if signature is None:
        return Success(None)
    return catch_bugs("a provider's webhooks", lambda: signature(headers, body))


def _believed(
    webhooks: Webhooks,
    signed: Signed | None,
    keys: WebhookKeys,
    now: datetime,
    tolerance: float,
) -> Outcome[Signed | None]:
    if signed is None:
        return Success(None)
    return _in_time(signed, now, tolerance).bind(lambda _: genuine(webhooks, signed, keys))


def _in_time(signed: Signed, now: datetime, tolerance: float) -> Outcome[Signed]:
    age = now.timestamp() - signed.sent_at
    if abs(age) <= tolerance:
        return Success(signed)
    message = (
        f"the message was signed {abs(age):.0f} s {'ago' if age > 0 else 'in the future'}, and "
        f"{tolerance:g} s are tolerated: it may be an old one that somebody sends again; check the "
        "clock of this machine if every message is refused"
    )
    return Failure(WebhookError(message, reason="late" if age > 0 else "early"))


# What it says.


def _told(webhooks: Webhooks, body: bytes) -> Outcome[Told]:
    return (
        object_of(HttpResponse(status=200, body=body))
        .alt(lambda _: _malformed("its body is not a JSON object"))
        .bind(
            lambda payload: catch_bugs(
                "a provider's webhooks", lambda: Success(webhooks.told(payload))
            )
        )
        .bind(_with_usable_id)
    )


def _with_usable_id(told: Told | None) -> Outcome[Told]:
    if told is None:
        return Failure(_malformed("its body is none of the provider's messages"))
    name = told.request_id
    if name is None or (0 < len(name) <= _LONGEST_ID and is_encodable(name)):
        return Success(told)
    return Failure(_malformed("its body names a job by something that is no id"))


def _malformed(why: str) -> TarashException:
    message = f"the message cannot be understood, because {why}: answer with an error"
    return WebhookError(message, reason="malformed")
