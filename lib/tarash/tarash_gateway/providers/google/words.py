"""Google's error objects in our types.

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

from ..errors import Complaint

_SUPPORT: Final = re.compile(r"support codes?\s*:?\s*((?:\d{8}[\s,]*)+)", re.IGNORECASE)
_OF_A_DAY: Final = "PerDay"
# What the filter's support codes stand for.
_CATEGORIES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "child safety": ("58061214", "17301594"),
        "a celebrity or a public person": ("29310472", "15236754"),
        "video safety": ("64151117", "42237218"),
        "dangerous content": ("62263041",),
        "hate": ("57734940", "22137204"),
        "other safety": ("74803281", "29578790", "42876398"),
        "prohibited content": ("89371032", "49114662", "63429089", "72817394", "60599140"),
        "third-party content": ("35561574", "35561575"),
        "sexual content": ("90789179", "43188360"),
        "toxic content": ("78610348",),
        "violence": ("61493863", "56562880"),
        "vulgar content": ("32635315",),
        "people or faces": ("39322892",),
        "personal information": ("92201652",),
    }
)
_SUPPORT_CODES: Final = {
    code: category for category, codes in _CATEGORIES.items() for code in codes
}
# The RPC status of an HTTP status, for a gateway's reply that does not name one.
STATUS: Final[Mapping[int, str]] = MappingProxyType(
    {
        **dict.fromkeys((400, 413, 414, 415, 422), "INVALID_ARGUMENT"),
        401: "UNAUTHENTICATED",
        403: "PERMISSION_DENIED",
        404: "NOT_FOUND",
        429: "RESOURCE_EXHAUSTED",
    }
)
# The RPC status of the codes that operations use.
_CODES: Final[Mapping[int, str]] = MappingProxyType(
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
KNOWN: Final = frozenset({*STATUS.values(), *_CODES.values()})


@attrs.frozen(kw_only=True)
class ErrorBody(Complaint):
    """An error object of Google's.

    Attributes:
        status: Name of the RPC status, or empty.
        reasons: Machine-readable reasons.
        daily: Whether the quota of the day is exhausted.
    """

    status: str
    reasons: tuple[str, ...] = ()
    daily: bool = False


def objects(value: object) -> list[dict[str, Any]]:
    """Return the JSON objects of a list; any other value counts as an empty list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def read(error: Mapping[str, Any], raw: Any) -> ErrorBody:
    """Return the object under ``error`` in our types.

    Args:
        error: The object. Fields of wrong types count as missing.
        raw: The JSON of the whole reply, or its text if it is not JSON.
    """
    details = objects(error.get("details"))
    text = _text(error.get("message"))
    fields = [
        f"{_text(blamed.get('field'), '?')}: {_text(blamed.get('description'), '?')}"
        for blamed in _inner(details, "fieldViolations")
    ]
    # Vertex AI's older form keeps the reasons under "errors".
    reasons = [_text(item.get("reason")) for item in (*details, *objects(error.get("errors")))]
    waits = [_seconds(detail.get("retryDelay")) for detail in details]
    return ErrorBody(
        status=_text(error.get("status")),
        text="; ".join([*([text] if text else []), *fields]),
        reasons=tuple(filter(None, reasons)),
        wait=next((wait for wait in waits if wait is not None), None),
        daily=any(_OF_A_DAY in _text(v.get("quotaId")) for v in _inner(details, "violations")),
        raw=raw,
    )


def _text(value: object, default: str = "") -> str:
    return value if isinstance(value, str) else default


def _inner(details: list[dict[str, Any]], name: str) -> Iterator[dict[str, Any]]:
    return (item for detail in details for item in objects(detail.get(name)))


def _seconds(text: object) -> float | None:
    """Return the seconds of a protobuf duration, or None.

    >>> _seconds("59.5s"), _seconds("soon"), _seconds(3)
    (59.5, None, None)
    """
    try:
        seconds = float(_text(text).removesuffix("s"))
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def job_status(code: object, name: str) -> str:
    """Return the name of a job's RPC status.

    >>> job_status(8, ""), job_status("urn:x", ""), job_status(99, ""), job_status(429, "")
    ('RESOURCE_EXHAUSTED', '', 'UNKNOWN', 'RESOURCE_EXHAUSTED')
    """
    # type(), because True is an int. An interaction's code is a text that Google does not document.
    if type(code) is not int:
        return name
    return _CODES.get(code) or name or STATUS.get(code, "UNKNOWN")


def categories(text: str) -> list[str]:
    """Return what the support codes in a text stand for.

    >>> categories("Support codes: 29310472, 15236754")
    ['a celebrity or a public person']
    """
    codes = [code for found in _SUPPORT.findall(text) for code in re.findall(r"\d{8}", found)]
    return list(dict.fromkeys(_SUPPORT_CODES[code] for code in codes if code in _SUPPORT_CODES))
