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

from ...exceptions import ContentModerationError, InsufficientCreditsError, TarashException
from ..errors import Complaint, ErrorWords, error_for
from .models import SUPPORT_CODES

GOOGLE: Final = ErrorWords(
    title="Google",
    key="the API key or the token",
    missing="model, job or file",
    advice={403: "check what the key or the token is allowed to do", 404: "check the model id"},
)
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
class ErrorBody(Complaint):
    """An error object of Google's, in our types.

    Attributes:
        status: Name of the RPC status, or empty.
        reasons: Machine-readable reasons.
        daily: Whether the quota of the day is exhausted.
    """

    status: str
    reasons: tuple[str, ...] = ()
    daily: bool = False


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


def moderation(error: Complaint) -> TarashException:
    """Return the error of content that Google refuses, with the categories of its support codes."""
    named = dict.fromkeys(SUPPORT_CODES.get(code, "") for code in _support_codes(error.text))
    about = ", ".join(name for name in named if name)
    subject = f" for {about}" if about else ""
    advice = (
        "the same prompt may pass the next time"
        if _BY_CHANCE in error.text.lower()
        else "change the prompt or the images"
    )
    message = f"Google refused the content{subject} ({error.shown}): {advice}"
    return ContentModerationError(message=message, raw_response=error.raw)


def _support_codes(text: str) -> list[str]:
    return [code for found in _SUPPORT.findall(text) for code in re.findall(r"\d{8}", found)]


def account(error: ErrorBody) -> TarashException | None:
    """Return the error of a key without permission, credit or quota for today, or None."""
    if error.status == "PERMISSION_DENIED":
        return error_for(GOOGLE, 403, error)
    if error.status != "RESOURCE_EXHAUSTED":
        return None
    if error.mentions(_CREDIT_WORDS):
        return error_for(GOOGLE, 402, error)
    if not error.daily:
        return None
    # The quota returns with the next day, whatever wait the reply names.
    message = (
        f"Google's quota of the day is exhausted ({error.shown}): wait until tomorrow or raise it"
    )
    return InsufficientCreditsError(message=message, raw_response=error.raw)
