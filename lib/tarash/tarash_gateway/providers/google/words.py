"""What Google's errors say, and what that means for a call and for a job alike.

Source: ai.google.dev/gemini-api/docs/troubleshooting, 2026; googleapis/googleapis,
google/rpc/code.proto and error_details.proto, 2026; docs.cloud.google.com, "Responsible AI and
usage guidelines for Veo", 2026, for the support codes.
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
# HTTP statuses that a gateway may send without the name of the RPC status.
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
# The numbers of google.rpc that operations use.
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
class Said:
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


# Reading.


def read(error: Mapping[str, Any], raw: Any) -> Said:
    """Return what the object under ``error`` says.

    Args:
        error: The object; fields of wrong types count as missing.
        raw: The JSON around it, or the text that stands instead.
    """
    details = list(_dicts(error.get("details")))
    status = error.get("status")
    fields = [
        f"{_text(violation, 'field')}: {_text(violation, 'description')}"
        for detail in details
        for violation in _dicts(detail.get("fieldViolations"))
    ]
    text = error.get("message")
    # Vertex AI's older form has its reasons under "errors".
    reasons = [item.get("reason") for item in (*details, *_dicts(error.get("errors")))]
    waits = [_seconds(detail.get("retryDelay")) for detail in details]
    quotas = [
        _text(violation, "quotaId")
        for detail in details
        for violation in _dicts(detail.get("violations"))
    ]
    return Said(
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
    """Return the error of content that Google refuses, with what its support codes stand for."""
    named = dict.fromkeys(SUPPORT_CODES.get(code, "") for code in _support_codes(text))
    about = ", ".join(name for name in named if name)
    advice = (
        "the same prompt may pass the next time"
        if _BY_CHANCE in text.lower()
        else "change the prompt or the images"
    )
    message = (
        f"Google refused the content{f' for {about}' if about else ''} ({short(text)}); {advice}"
    )
    return ContentModerationError(message=message, raw_response=raw)


def _support_codes(text: str) -> list[str]:
    return [code for found in _SUPPORT.findall(text) for code in re.findall(r"\d{8}", found)]


def short(text: str) -> str:
    """Return the text as it stands within one of our sentences."""
    return text[:_SHOWN].strip().rstrip(".")


def forbidden(said: Said) -> TarashException | None:
    """Return the error of a key that may not do what it is used for."""
    if said.status != "PERMISSION_DENIED":
        return None
    message = f"the key may not do this ({short(said.text)}); check what it is allowed to"
    return AuthenticationError(message=message, raw_response=said.raw)


def used_up(said: Said) -> TarashException | None:
    """Return the error of an account that has nothing left, be it told of a call or of a job."""
    shown, raw = short(said.text), said.raw
    if said.status != "RESOURCE_EXHAUSTED":
        return None
    if said.mentions(_CREDIT_WORDS):
        message = f"the Google account has no credit left ({shown}); top it up"
        return InsufficientCreditsError(message=message, raw_response=raw)
    if said.daily:
        # Asking again within the day is in vain, whatever wait the reply names.
        message = f"the quota of the day is used up ({shown}); wait until tomorrow, or raise it"
        return InsufficientCreditsError(message=message, raw_response=raw)
    return None
