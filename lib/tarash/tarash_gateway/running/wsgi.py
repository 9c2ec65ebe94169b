"""A receiver of webhooks as a WSGI application (PEP 3333)."""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, Final, TypeAlias

from ..lifecycle.webhooks import MOST_BYTES
from . import answering
from .answering import Answer, Handler
from .receiving import Receiver
from .tasks import block

Environ: TypeAlias = dict[str, Any]
WsgiApplication: TypeAlias = Callable[[Environ, Callable[..., object]], Iterable[bytes]]

_PIECE: Final = 1 << 16
_LENGTH_REQUIRED: Final = Answer(411, (("connection", "close"),))


def application(receiver: Receiver, handler: Handler) -> WsgiApplication:
    """Return the application."""

    def receive_webhooks(
        environ: Environ, start_response: Callable[..., object]
    ) -> Iterable[bytes]:
        reply = _answer(receiver, handler, environ)
        headers = [(name.title(), value) for name, value in reply.headers if name != "connection"]
        if reply.status != answering.DONE.status:
            headers.append(("Content-Length", "0"))
        start_response(f"{reply.status} {HTTPStatus(reply.status).phrase}", headers)
        return []

    return receive_webhooks


def _answer(receiver: Receiver, handler: Handler, environ: Environ) -> Answer:
    if environ["REQUEST_METHOD"] != "POST":
        return answering.WRONG_METHOD
    body = _body(receiver, environ)
    if not isinstance(body, bytes):
        return body
    outcome = block(answering.answer(receiver, handler, _headers(environ), body))
    return outcome.value_or(answering.LATER)


def _headers(environ: Environ) -> list[tuple[str, str]]:
    return [
        (name.removeprefix("HTTP_").replace("_", "-").lower(), value)
        for name, value in environ.items()
        if name.startswith("HTTP_")
    ]


def _body(receiver: Receiver, environ: Environ) -> bytes | Answer:
    """Return the body, or an answer if it is too large, too slow, or of unknown length."""
    declared = environ.get("CONTENT_LENGTH") or ""
    if declared.isascii() and declared.isdigit():
        left = int(declared[:19])
    elif environ.get("wsgi.input_terminated"):
        # The server ends the stream where the body ends, which was sent in chunks.
        left = MOST_BYTES + 1
    else:
        return _LENGTH_REQUIRED
    exact = bool(declared)
    if exact and left > MOST_BYTES:
        return answering.TOO_LARGE
    clock, pieces = receiver.effects.clock, []
    until = clock.monotonic() + answering.SLOWEST
    while left:
        piece = environ["wsgi.input"].read(min(_PIECE, left))
        if not piece:
            break
        pieces.append(piece)
        left -= len(piece)
        if clock.monotonic() > until:
            return answering.TOO_SLOW
    body = b"".join(pieces)
    return answering.TOO_LARGE if len(body) > MOST_BYTES else body
