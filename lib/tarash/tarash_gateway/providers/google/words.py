"""Google's error objects, and the meanings that calls and jobs share.

Source: ai.google.dev/gemini-api/docs/troubleshooting, 2026; googleapis/googleapis,
google/rpc/code.proto and error_details.proto, 2026; for the support codes,
cloud.google.com/vertex-ai/generative-ai/docs/video/responsible-ai-and-usage-guidelines, 2026.
"""

import math
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

import attrs

from ...exceptions import (
    AuthenticationError,
    ContentModerationError,
    InsufficientCreditsError,
    TarashException,
)
from .models import SUPPORT_CODES

_SHOWN: Final = 300
_SUPPORT: Final = re.compile(r"support codes?\s*:?\s*((?:\d{8}[\s,]*)+)", re.IGNORECASE)
GUIDELINES: Final = ("usage guidelines", "support code")
_BY_CHANCE: Final = "issue with the audio"
_CREDIT_WORDS: Final = ("prepayment credits", "credits are depleted")
_OF_A_DAY: Final = "PerDay"
# The RPC status of an HTTP status, for a gateway's reply that does not name one.
STATUS: Final[Mapping[int, str]] = MappingProxyType(
    {
        400: "INVALID_ARGUMENT",
        401: "UNAUTHENTICATED",
        403: "PERMISSION_DENIED",
        404: "NOT_FOUND",
        413: "INVALID_ARGUMENT",
        414: "INVALID_ARGUMENT",
        415: "INVALID_ARGUMENT",
        422: "INVALID_ARGUMENT",
        429: "RESOURCE_EXHAUSTED",
    }
)
# The RPC status of the codes that operations use.
CODES: Final[Mapping[int, str]] = MappingProxyType(
    {
        1: "CANCELLED",
        3: "INVALID_ARGUMENT",
        5: "NOT_FOUND",
        7: "PERMISSION_DENIED",
        8: "RESOURCE_EXHAUSTED",
        9: "FAILED_PRECONDITION",
        14: "UNAVAILABLE",
        16: "UNAUTHENTICATED",
    }
)
KNOWN: Final = frozenset({*STATUS.values(), *CODES.values()})


@attrs.frozen(kw_only=True)
class ErrorBody:
    """An error object of Google's, in our types.

    Attributes:
        status: Name of the RPC status, or empty.
        text: The message, with the fields that the error names.
        reasons: Machine-readable reasons.
        wait: Seconds to wait, or None.
        daily: Whether the quota of the day is exhausted.
        raw: The JSON of the reply.
    """

    status: str
    text: str
    reasons: tuple[str, ...] = ()
    wait: float | None = None
    daily: bool = False
    raw: Any = attrs.field(default=None, hash=False)

    def mentions(self, words: tuple[str, ...]) -> bool:
        """Tell whether the text contains one of the words."""
        text = self.text.lower()
        return any(word in text for word in words)


# Reading.


def read(error: Mapping[str, Any], raw: Any) -> ErrorBody:
    """Return the object under ``error`` in our types.

    Args:
        error: The object. Fields of wrong types count as missing.
        raw: The JSON of the whole reply, or its text if it is not JSON.
    """
    details = list(_dicts(error.get("details")))
    status = error.get("status")
    fields = [
        f"{_text(violation, 'field')}: {_text(violation, 'description')}"
        for detail in details
        for violation in _dicts(detail.get("fieldViolations"))
    ]
    text = error.get("message")
    # Vertex AI's older form keeps the reasons under "errors".
    reasons = [item.get("reason") for item in (*details, *_dicts(error.get("errors")))]
    waits = [_seconds(detail.get("retryDelay")) for detail in details]
    quotas = [
        _text(violation, "quotaId")
        for detail in details
        for violation in _dicts(detail.get("violations"))
    ]
    return ErrorBody(
        status=status if isinstance(status, str) else "",
        text="; ".join([*([text] if isinstance(text, str) and text else []), *fields]),
        reasons=tuple(reason for reason in reasons if isinstance(reason, str)),
        wait=next((wait for wait in waits if wait is not None), None),
        daily=any(_OF_A_DAY in quota for quota in quotas),
        raw=raw,
    )


def _text(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name)
    return value if isinstance(value, str) else "?"


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


# Meaning.


def moderation(text: str, raw: Any) -> TarashException:
    """Return the error of content that Google refuses, with the categories of its support codes."""
    named = dict.fromkeys(SUPPORT_CODES.get(code, "") for code in _support_codes(text))
    about = ", ".join(name for name in named if name)
    advice = (
        "the same prompt may pass the next time"
        if _BY_CHANCE in text.lower()
        else "change the prompt or the images"
    )
    message = (
        f"Google refused the content{f' for {about}' if about else ''} ({short(text)}): {advice}"
    )
    return ContentModerationError(message=message, raw_response=raw)


def _support_codes(text: str) -> list[str]:
    return [code for found in _SUPPORT.findall(text) for code in re.findall(r"\d{8}", found)]


def short(text: str) -> str:
    """Return the text shortened for one of our messages."""
    return text[:_SHOWN].strip().rstrip(".")


def no_permission(error: ErrorBody) -> TarashException | None:
    """Return the error of a key without the permission, or None."""
    if error.status != "PERMISSION_DENIED":
        return None
    message = f"Google denied permission ({short(error.text)}): check what the key is allowed to do"
    return AuthenticationError(message=message, raw_response=error.raw)


def out_of_quota(error: ErrorBody) -> TarashException | None:
    """Return the error of an account without credit or without quota for today, or None."""
    shown, raw = short(error.text), error.raw
    if error.status != "RESOURCE_EXHAUSTED":
        return None
    if error.mentions(_CREDIT_WORDS):
        message = f"the Google account is out of credit ({shown}): top it up"
        return InsufficientCreditsError(message=message, raw_response=raw)
    if error.daily:
        # The quota returns with the next day, whatever wait the reply names.
        message = (
            f"Google's quota of the day is exhausted ({shown}): wait until tomorrow or raise it"
        )
        return InsufficientCreditsError(message=message, raw_response=raw)
    return None
