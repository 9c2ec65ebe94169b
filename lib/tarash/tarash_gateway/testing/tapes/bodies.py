"""Bodies for a cassette: without secrets, and with a mark in the place of media: pure."""

import base64
import binascii
import hashlib
import json
import re
from typing import Any, Final

from ...values.signatures import sniff
from ..dialects import VIDEO
from .words import without_secret_fields, without_secrets

# Longer media do not stand in a cassette.
_LONGEST: Final = 4096
_DATA_URL: Final = re.compile(r"data:([\w.+-]+/[\w.+-]+);base64,(.+)", re.DOTALL)
_BASE64: Final = re.compile(r"[A-Za-z0-9+/\r\n]+={0,2}\s*")
# What stands in a file for the clip that stands for every video.
MARK: Final = "<tarash: the packaged clip>"
_CLIP: Final = base64.b64encode(VIDEO).decode()


def mark_of(content: bytes, kind: str | None = None) -> str:
    """Return what stands for media that were sent: equal media have equal marks."""
    digest = hashlib.sha256(content).hexdigest()[:16]
    return f"<{kind or sniff(content) or 'bytes'}, {len(content)} bytes, sha256 {digest}>"


def content_of(body: Any) -> bytes | None:
    """Return the bytes of a body as VCR has it: a text, bytes, a file, or an iterator of pieces."""
    if body is None or isinstance(body, bytes):
        return body
    if isinstance(body, str):
        return body.encode("utf-8", "surrogatepass")
    if hasattr(body, "read"):
        return bytes(body.read())
    return b"".join(bytes(piece) for piece in body)


def sent(body: bytes, content_type: str) -> bytes:
    """Return the body of a request."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return _form(body, content_type)
    value = json_of(body)
    if value is not None:
        return _dumped(_without_media(without_secret_fields(value), is_sent=True))
    if len(body) > _LONGEST and sniff(body) is not None:
        return mark_of(body).encode()
    return _text(body)


def received(body: bytes, content_type: str) -> bytes:
    """Return the body of a reply: a long video becomes the packaged clip, which plays."""
    kind = content_type.partition(";")[0].strip().lower()
    value = json_of(body)
    if value is not None:
        return _dumped(_without_media(without_secret_fields(value), is_sent=False))
    if len(body) <= _LONGEST:
        return _text(body)
    found = sniff(body) or kind
    if found.startswith("video/"):
        return VIDEO
    return mark_of(body, found).encode() if found.startswith(("image/", "audio/")) else _text(body)


def json_of(body: bytes) -> Any:
    """Return the object or the list that a body is, or None."""
    if body[:1] not in {b"{", b"["}:
        return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _dumped(value: Any) -> bytes:
    return json.dumps(value).encode()


def _text(body: bytes) -> bytes:
    try:
        return without_secrets(body.decode()).encode()
    except UnicodeDecodeError:
        return body


def _form(body: bytes, content_type: str) -> bytes:
    _, named, boundary = content_type.partition("boundary=")
    if not named:
        return body
    return (b"--" + boundary.strip('"').encode()).join(
        map(_part, body.split(b"--" + boundary.strip('"').encode()))
    )


def _part(part: bytes) -> bytes:
    head, blank, content = part.partition(b"\r\n\r\n")
    if not blank or len(content) <= _LONGEST:
        return part
    return head + blank + mark_of(content.removesuffix(b"\r\n")).encode() + b"\r\n"


def _without_media(value: Any, *, is_sent: bool) -> Any:
    match value:
        case dict():
            return {k: _without_media(inner, is_sent=is_sent) for k, inner in value.items()}
        case list():
            return [_without_media(inner, is_sent=is_sent) for inner in value]
        case str() if len(value) > _LONGEST:
            return _medium(value, is_sent=is_sent)
        case _:
            return value


def _medium(text: str, *, is_sent: bool) -> str:
    """Return what stands for base64, or the text itself if it is no media."""
    url = _DATA_URL.fullmatch(text)
    kind, data = url.groups() if url else (None, text)
    if _BASE64.fullmatch(data) is None:
        return text
    try:
        content = base64.b64decode(data)
    except binascii.Error:
        return text
    found = kind or sniff(content)
    if found is None:
        return text
    if not is_sent and found.startswith("video/"):
        return f"data:{found};base64,{_CLIP}" if url else _CLIP
    return mark_of(content, found)


def with_marks(value: Any) -> Any:
    """Return a JSON value for a file: the packaged clip is a mark in it."""
    return _exchanged(value, _CLIP, MARK)


def with_clips(value: Any) -> Any:
    """Return a JSON value of a file as it was before `with_marks`."""
    return _exchanged(value, MARK, _CLIP)


def _exchanged(value: Any, old: str, new: str) -> Any:
    match value:
        case dict():
            return {name: _exchanged(inner, old, new) for name, inner in value.items()}
        case list():
            return [_exchanged(inner, old, new) for inner in value]
        case str():
            return value.replace(old, new)
        case _:
            return value
