"""Google's errors as ours: of HTTP replies, of operations, of filters.

Source: wire/google.md, section 4 (envelope 4.1, HTTP 4.2, operations 4.3, filters 4.4) and
section 3.2 (interactions); wire/google-vertex.md, section 4, with the support codes of 4.4.
"""

import math
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

import attrs

from ..exceptions import (
    AuthenticationError,
    ContentModerationError,
    GenerationFailedError,
    HTTPError,
    InsufficientCreditsError,
    NotFoundError,
    RateLimitError,
    TarashException,
    ValidationError,
)
from ..messages import HttpResponse
from ..reading import json_of, retry_after, text_of
from .base import Refusal, ReplyTo, Target
from .google_models import SUPPORT_CODES

_SHOWN: Final = 300
# Google knows no such reply; gateways in front of it do.
_PAYMENT_REQUIRED: Final = 402
_SUPPORT: Final = re.compile(r"support codes?\s*:?\s*((?:\d{8}[\s,]*)+)", re.IGNORECASE)
_GUIDELINES: Final = ("usage guidelines", "support code")
# Within an operation, these words mean the filter too; in a 400 they may name a field.
_FILTER_WORDS: Final = (*_GUIDELINES, "safety", "blocked")
_BY_CHANCE: Final = "issue with the audio"
_CREDIT_WORDS: Final = ("prepayment credits", "credits are depleted")
_BAD_KEY_WORDS: Final = ("api key not valid", "api key expired")
_BAD_KEY_REASONS: Final = ("API_KEY_", "ACCESS_TOKEN_", "CREDENTIALS_")
_OF_A_DAY: Final = "PerDay"
# HTTP statuses that a gateway may send without the name of the RPC status.
_STATUS: Final[Mapping[int, str]] = MappingProxyType(
    {
        400: "INVALID_ARGUMENT",
        401: "UNAUTHENTICATED",
        403: "PERMISSION_DENIED",
        404: "NOT_FOUND",
        413: "INVALID_ARGUMENT",
        422: "INVALID_ARGUMENT",
        429: "RESOURCE_EXHAUSTED",
    }
)
# The numbers of google.rpc that operations use.
_CODES: Final[Mapping[int, str]] = MappingProxyType(
    {
        3: "INVALID_ARGUMENT",
        5: "NOT_FOUND",
        7: "PERMISSION_DENIED",
        8: "RESOURCE_EXHAUSTED",
        9: "FAILED_PRECONDITION",
        14: "UNAVAILABLE",
        16: "UNAUTHENTICATED",
    }
)
_KNOWN: Final = frozenset({*_STATUS.values(), *_CODES.values()})


@attrs.frozen(kw_only=True)
class _Said:
    """What an error says.

    Attributes:
        status: Name of the RPC status, or empty.
        text: Its words, with the fields that it names.
        reasons: Machine-readable reasons.
        wait: Seconds to wait, or None.
        daily: Whether a quota of the day is used up.
        raw: The JSON as it came.
    """

    status: str
    text: str
    reasons: tuple[str, ...] = ()
    wait: float | None = None
    daily: bool = False
    raw: Any = attrs.field(default=None, hash=False)

    def mentions(self, words: tuple[str, ...]) -> bool:
        """Tell whether one of the words stands in the text."""
        text = self.text.lower()
        return any(word in text for word in words)


def failure(target: Target, reply: HttpResponse, to: ReplyTo) -> Refusal:
    """Return what an error reply means: of the exchange always, for a failed job is a 200."""
    raw = json_of(reply).value_or(None)
    # Sometimes the envelope stands alone in a list.
    body = raw[0] if isinstance(raw, list) and raw else raw
    error = body.get("error") if isinstance(body, dict) else None
    said = _read(error if isinstance(error, dict) else {"message": error}, raw or text_of(reply))
    wait = retry_after(reply)
    known = attrs.evolve(
        said,
        status=said.status if said.status in _KNOWN else _STATUS.get(reply.status, ""),
        text=said.text or text_of(reply) or "no reason was given",
        wait=said.wait if wait is None else wait,
    )
    return Refusal(error=_of_exchange(known, reply.status))


def of_operation(error: Mapping[str, Any], raw: Mapping[str, Any]) -> TarashException:
    """Return the error of a finished job: section 4.3.

    Args:
        error: ``{"code": ..., "message": ...}``, with a number of google.rpc as its code.
        raw: The whole reply.
    """
    said = _read(error, raw)
    code = error.get("code")
    # Interactions have texts as codes, and no word tells what they are.
    status = _CODES.get(code, "UNKNOWN") if type(code) is int else said.status
    return _of_job(attrs.evolve(said, status=status, text=said.text or "no reason was given"))


def filtered(reasons: object, raw: Mapping[str, Any]) -> TarashException:
    """Return the error of a job whose videos were all held back: section 4.4.

    Args:
        reasons: ``raiMediaFilteredReasons``, sentences; anything else is no reason.
        raw: The whole reply.
    """
    return _moderation(reasons_of(reasons) or "the filter gave no reason", raw)


def reasons_of(reasons: object) -> str:
    """Return the filter's sentences as one text."""
    items = reasons if isinstance(reasons, list) else []
    return " ".join(item.strip() for item in items if isinstance(item, str))


def _moderation(text: str, raw: Any) -> TarashException:
    named = dict.fromkeys(SUPPORT_CODES.get(code, "") for code in _support_codes(text))
    about = ", ".join(name for name in named if name)
    advice = (
        "the same prompt may pass the next time"
        if _BY_CHANCE in text.lower()
        else "change the prompt or the images"
    )
    message = (
        f"Google refused the content{f' for {about}' if about else ''} ({_short(text)}); {advice}"
    )
    return ContentModerationError(message=message, raw_response=raw)


def _support_codes(text: str) -> list[str]:
    return [code for found in _SUPPORT.findall(text) for code in re.findall(r"\d{8}", found)]


def _short(text: str) -> str:
    return text[:_SHOWN].strip().rstrip(".")


# Reading.


def _read(error: Mapping[str, Any], raw: Any) -> _Said:
    details = list(_dicts(error.get("details")))
    status = error.get("status")
    fields = [
        f"{violation.get('field')}: {violation.get('description')}"
        for detail in details
        for violation in _dicts(detail.get("fieldViolations"))
    ]
    text = error.get("message")
    # Vertex AI's older form has its reasons under "errors".
    reasons = [item.get("reason") for item in (*details, *_dicts(error.get("errors")))]
    waits = [_seconds(detail.get("retryDelay")) for detail in details]
    quotas = [
        str(violation.get("quotaId"))
        for detail in details
        for violation in _dicts(detail.get("violations"))
    ]
    return _Said(
        status=status if isinstance(status, str) else "",
        text="; ".join([*([text] if isinstance(text, str) and text else []), *fields]),
        reasons=tuple(reason for reason in reasons if isinstance(reason, str)),
        wait=next((wait for wait in waits if wait is not None), None),
        daily=any(_OF_A_DAY in quota for quota in quotas),
        raw=raw,
    )


def _dicts(value: object) -> Iterator[Mapping[str, Any]]:
    items = value if isinstance(value, list) else []
    return (item for item in items if isinstance(item, dict))


def _seconds(text: object) -> float | None:
    """Return the seconds of a protobuf duration, or None.

    >>> _seconds("59.5s"), _seconds("soon"), _seconds(3)
    (59.5, None, None)
    """
    try:
        seconds = float(text.removesuffix("s")) if isinstance(text, str) else math.nan
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


# Classes.


def _of_exchange(said: _Said, http: int) -> TarashException:
    shown, raw = _short(said.text), said.raw
    if said.status == "INVALID_ARGUMENT" and said.mentions(_GUIDELINES):
        return _moderation(said.text, raw)
    if _blames_key(said):
        message = f"Google does not know the key or the token ({shown}); check it"
        return AuthenticationError(message=message, raw_response=raw)
    common = _common(said)
    if common is not None:
        return common
    if http == _PAYMENT_REQUIRED:
        message = f"the account has no credit left ({shown}); top it up"
        return InsufficientCreditsError(message=message, raw_response=raw)
    if said.status == "INVALID_ARGUMENT":
        message = f"Google refused the request ({shown}); correct what it names"
        return ValidationError(message=message, raw_response=raw)
    if said.status == "FAILED_PRECONDITION":
        message = f"Google does not serve this account ({shown}); check its region and billing"
        return AuthenticationError(message=message, raw_response=raw)
    if said.status == "NOT_FOUND":
        message = f"Google has no such model, job or file ({shown}); check the model id"
        return NotFoundError(message=message, raw_response=raw)
    message = f"Google answered HTTP {http}: {shown}"
    return HTTPError(message=message, status_code=http, retry_after=said.wait, raw_response=raw)


def _blames_key(said: _Said) -> bool:
    # A bad key is an INVALID_ARGUMENT like a bad field: its reason tells.
    return (
        said.status == "UNAUTHENTICATED"
        or any(reason.startswith(_BAD_KEY_REASONS) for reason in said.reasons)
        or (said.status == "INVALID_ARGUMENT" and said.mentions(_BAD_KEY_WORDS))
    )


def _common(said: _Said) -> TarashException | None:
    """Return the error of a status that means the same for an exchange and for a job."""
    shown, raw = _short(said.text), said.raw
    if said.status == "PERMISSION_DENIED":
        message = f"the key may not do this ({shown}); check what it is allowed to"
        return AuthenticationError(message=message, raw_response=raw)
    if said.status != "RESOURCE_EXHAUSTED":
        return None
    if said.mentions(_CREDIT_WORDS):
        message = f"the Google account has no credit left ({shown}); top it up"
        return InsufficientCreditsError(message=message, raw_response=raw)
    if said.daily:
        # Asking again within the day is in vain, whatever wait the reply names.
        message = f"the quota of the day is used up ({shown}); wait until tomorrow, or raise it"
        return InsufficientCreditsError(message=message, raw_response=raw)
    message = f"Google asks to slow down ({shown}); try again later"
    return RateLimitError(message=message, retry_after=said.wait, raw_response=raw)


def _of_job(said: _Said) -> TarashException:
    shown, raw = _short(said.text), said.raw
    words = _FILTER_WORDS if said.status in {"INVALID_ARGUMENT", ""} else ("support code",)
    if said.mentions(words):
        return _moderation(said.text, raw)
    common = _common(said)
    if common is not None:
        return common
    match said.status:
        case "INVALID_ARGUMENT" | "NOT_FOUND" | "FAILED_PRECONDITION":
            message = f"Google refused the job ({shown}); correct what it names"
            return ValidationError(message=message, raw_response=raw)
        case "UNAUTHENTICATED":
            message = f"Google no longer knows the key or the token ({shown}); check it"
            return AuthenticationError(message=message, raw_response=raw)
        case "UNAVAILABLE":
            message = f"Google was not available for the job ({shown}); submit it anew later"
            return HTTPError(message=message, status_code=503, raw_response=raw)
        case _:
            message = f"the job failed on Google's side ({shown}); submit it anew"
            return GenerationFailedError(message=message, raw_response=raw)
