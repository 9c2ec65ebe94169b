"""What fal's error bodies say, whatever their shape.

Sources: https://fal.ai/docs/errors and https://fal.ai/docs/documentation/model-apis/request-errors
(2026); vercel/ai:packages/fal/src/fal-error.test.ts (2026) for ``{"error": {"message": …}}``.
"""

import json
from collections.abc import Mapping
from typing import Any

import attrs
from returns.result import safe

from ...http.messages import HttpResponse
from ..errors import Complaint, complaint_of


@attrs.frozen(kw_only=True)
class Body(Complaint):
    """What an error says, whatever its shape.

    Attributes:
        types: Types of the model's complaints.
        platform_type: The platform's type, or None.
        spoken: Whether it is a JSON object that names a complaint: fal's own answer.
    """

    types: tuple[str, ...] = ()
    platform_type: str | None = None
    spoken: bool = False


def of_reply(reply: HttpResponse) -> Body:
    """Return what an error reply says."""
    complaint = complaint_of(reply, lambda raw: of_payload(raw).text)
    header = reply.headers.get("x-fal-error-type") or None
    if not isinstance(complaint.raw, dict):
        return Body(
            platform_type=header, text=complaint.text, raw=complaint.raw, wait=complaint.wait
        )
    # A type within an error object may be a proxy's: under an error status only fal's own counts.
    kind = text_or_none(complaint.raw.get("error_type")) or header
    return attrs.evolve(
        of_payload(complaint.raw), platform_type=kind, text=complaint.text, wait=complaint.wait
    )


def of_payload(raw: Mapping[str, Any]) -> Body:
    """Return what a JSON object says about an error."""
    detail, error, kind = raw.get("detail"), raw.get("error"), text_or_none(raw.get("error_type"))
    items = [item for listed in (detail, error) for item in _items(listed)]
    texts = ("; ".join(map(_item_text, items)), _text_of(detail), _text_of(error))
    return Body(
        types=tuple(str(item.get("type", "")) for item in items),
        platform_type=kind or _type_within(error) or _type_within(detail),
        text=next(filter(None, texts), text_or_none(raw.get("status")) or ""),
        raw=raw,
        spoken=bool(detail or error or kind),
    )


def _items(listed: object) -> list[dict[str, Any]]:
    return [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []


def text_or_none(value: object) -> str | None:
    """Return a text that is not empty, or None for anything else."""
    return value if isinstance(value, str) and value else None


def _type_within(value: object) -> str | None:
    if not isinstance(value, dict):
        return None
    return text_or_none(value.get("error_type")) or text_or_none(value.get("type"))


def _item_text(item: Mapping[str, Any]) -> str:
    loc = item.get("loc")
    path = ".".join(str(part) for part in loc if part != "body") if isinstance(loc, list) else ""
    message = str(item.get("msg", "no message"))
    return f"{path}: {message}" if path else message


_dumped = safe(exceptions=(ValueError, RecursionError))(json.dumps)


def _text_of(value: object) -> str:
    if not value or isinstance(value, str):
        return text_or_none(value) or ""
    named = value if isinstance(value, dict) else {}
    texts = (text_or_none(named.get(name)) for name in ("message", "msg", "detail"))
    found = next(filter(None, texts), None)
    if found is not None:
        return found
    text: str = _dumped(value, ensure_ascii=False).value_or("an error that cannot be shown")
    return text
