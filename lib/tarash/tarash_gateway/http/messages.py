"""HTTP requests and replies as values; encoding them is pure."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal, TypeAlias

import attrs
from returns.result import Failure, Success

from ..exceptions import ValidationError
from ..outcome import Outcome
from .parts import FormPart as FormPart
from .parts import StreamBody as StreamBody
from .parts import shown_length

Method: TypeAlias = Literal["GET", "POST", "PUT", "DELETE"]


def _copy(headers: Mapping[str, str]) -> dict[str, str]:
    return dict(headers)


@attrs.frozen(kw_only=True)
class JsonBody:
    """A body sent as ``application/json``.

    Attributes:
        value: The JSON value.
        content: Its bytes, after `fixed` has encoded them.
    """

    value: Any = attrs.field(hash=False, repr=False)
    content: bytes | None = attrs.field(default=None, eq=False, repr=False)


@attrs.frozen(kw_only=True)
class BytesBody:
    """A body that is sent unchanged, such as an upload."""

    content: bytes = attrs.field(repr=shown_length)
    content_type: str


@attrs.frozen(kw_only=True)
class FormBody:
    """A body sent as ``multipart/form-data``."""

    parts: tuple[FormPart, ...]


Body: TypeAlias = JsonBody | FormBody | BytesBody | StreamBody


@attrs.frozen(kw_only=True)
class HttpRequest:
    """One exchange to make.

    Attributes:
        method: HTTP method.
        url: Absolute URL.
        headers: Headers except those of the body and the credential.
        body: What to send, or None.
        credential: Headers that authenticate; never shown, and only sent to the origin of ``url``.
        optional: Whether nothing depends on the answer: a scripted effect need not have one.
        keyless: Whether the URL itself is the permission, as a signed one is: no key goes with it,
            even to the provider's own host.
    """

    method: Method
    url: str
    headers: Mapping[str, str] = attrs.field(factory=dict, converter=_copy, hash=False)
    body: Body | None = attrs.field(default=None, repr=False)
    credential: Mapping[str, str] = attrs.field(
        factory=dict, converter=_copy, hash=False, repr=False
    )
    optional: bool = attrs.field(default=False, eq=False, repr=False)
    keyless: bool = False


def _lower_keys(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


@attrs.frozen(kw_only=True)
class HttpResponse:
    """A whole reply, whatever its status.

    Attributes:
        status: HTTP status, 100 to 599.
        headers: Headers under lower-case names.
        body: The decoded bytes.
    """

    status: int
    headers: Mapping[str, str] = attrs.field(
        factory=dict, converter=_lower_keys, hash=False, repr=False
    )
    body: bytes = attrs.field(default=b"", repr=shown_length)


@attrs.frozen(kw_only=True)
class Limits:
    """The limits of one exchange.

    No phase may take longer than what is left of ``total``.

    Attributes:
        total: Seconds for the whole exchange, from the call to the body's last byte, > 0.
        head: Seconds from the request's last byte to the end of the reply's head.
        first: Seconds from there to the first byte of the decoded body, or None for ``idle``.
        idle: Most seconds between two bytes, sending or receiving.
        connect: Seconds for connecting, for all addresses of the host together, including a
            proxy's CONNECT and the TLS handshake.
        size: Most bytes of the decoded body of the reply.
        rate: Least bytes a second of the body, measured over ``idle`` seconds; 0 for no limit.
            A new transfer is usually faster than one that has become this slow.
        size_setting: The name of the config's field that raises ``size``, for the message.
    """

    total: float
    head: float
    idle: float
    connect: float = 10.0
    size: int
    rate: float = 0.0
    first: float | None = None
    size_setting: str = "max_json_bytes"


_HEADER_TEXT: Final = re.compile(r"[\x20-\x7e\x80-\xff]*")


def is_header_text(text: str) -> bool:
    r"""Tell whether a text can be the value of an HTTP header: one line of latin-1.

    Source: RFC 9110, section 5.5: no CR, LF or NUL; http.client encodes headers as latin-1.

    >>> is_header_text("Bearer abc"), is_header_text("a\nb"), is_header_text("\u20ac")
    (True, False, False)
    """
    return _HEADER_TEXT.fullmatch(text) is not None


def as_stream(body: Body) -> StreamBody:
    """Return any body as a stream; equal bodies give equal bytes.

    Raises:
        TypeError: A JSON body holds an object that has no JSON form; `fixed` reports it earlier.
        ValueError: A JSON body holds a NaN, an infinity or a circular reference.
    """
    match body:
        case StreamBody():
            return body
        case JsonBody(value=value, content=content):
            encoded = _json_bytes(value) if content is None else content
            return _pieces((encoded,), "application/json")
        case BytesBody(content=content, content_type=content_type):
            return _pieces((content,), content_type)
        case FormBody(parts=parts):
            return _form(parts)


def _pieces(pieces: tuple[bytes, ...], content_type: str) -> StreamBody:
    length = sum(map(len, pieces))
    return StreamBody(chunks=lambda: pieces, length=length, content_type=content_type)


def encode(body: Body) -> tuple[bytes, str]:
    """Return the bytes and the content type of a body; equal bodies give equal bytes.

    >>> encode(JsonBody(value={"prompt": "a kite"}))
    (b'{"prompt": "a kite"}', 'application/json')
    """
    stream = as_stream(body)
    return b"".join(stream.chunks()), stream.content_type


# NaN is not JSON, and servers reject it with errors that do not name the field. `json.dumps` would
# make this encoder anew for each body.
_JSON: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False)


def _json_bytes(value: Any) -> bytes:
    return _JSON.encode(value).encode()


def fixed(request: HttpRequest) -> Outcome[HttpRequest]:
    """Return the request with its JSON body encoded, so that each try sends the same bytes.

    Errors:
        ValidationError: ``extra_params`` hold a value that has no JSON form.
    """
    if not isinstance(request.body, JsonBody):
        return Success(request)
    try:
        text = _JSON.encode(request.body.value)
        content = text.encode()
    except (TypeError, ValueError, RecursionError) as error:
        message = f"extra_params must hold JSON values: {error}"
        return Failure(ValidationError(message=message))
    body = JsonBody(value=json.loads(text), content=content)
    return Success(attrs.evolve(request, body=body))


def _form(parts: tuple[FormPart, ...]) -> StreamBody:
    # The boundary is a digest of the parts, so that a repeated request has the same bytes.
    digest = hashlib.sha256()
    heads_and_contents = [(_part_head(part), _part_content(part)) for part in parts]
    for head, content in heads_and_contents:
        digest.update(head)
        # What is streamed is not read twice.
        digest.update(content if isinstance(content, bytes) else str(content.length).encode())
    boundary = digest.hexdigest()[:32]
    mark, end = f"--{boundary}\r\n".encode(), f"--{boundary}--\r\n".encode()

    def chunks() -> Iterable[bytes]:
        # This does not copy the contents.
        for head, content in heads_and_contents:
            yield from (mark, head)
            yield from (content,) if isinstance(content, bytes) else content.chunks()
            yield b"\r\n"
        yield end

    length = len(end) + sum(
        len(mark) + len(head) + (len(content) if isinstance(content, bytes) else content.length) + 2
        for head, content in heads_and_contents
    )
    content_type = f"multipart/form-data; boundary={boundary}"
    return StreamBody(chunks=chunks, length=length, content_type=content_type)


def _part_head(part: FormPart) -> bytes:
    head = f'Content-Disposition: form-data; name="{_escape(part.name)}"'
    if part.filename is not None:
        head += f'; filename="{_escape(part.filename)}"'
    if part.content_type is not None:
        head += f"\r\nContent-Type: {part.content_type}"
    return f"{head}\r\n\r\n".encode()


def _part_content(part: FormPart) -> bytes | StreamBody:
    return part.content if part.content is not None else (part.value or "").encode()


def _escape(text: str) -> str:
    # The escapes of the WHATWG HTML standard, which browsers, httpx and urllib3 use as well.
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
