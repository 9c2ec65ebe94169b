"""A receiver of webhooks as an ASGI application.

Source: https://asgi.readthedocs.io/en/latest/specs/www.html (2026-11), version 3 of the interface.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

from ..lifecycle.webhooks import MOST_BYTES
from . import answering
from .answering import Answer, Handler
from .receiving import Receiver
from .tasks import start

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
AsgiApplication: TypeAlias = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]


def application(receiver: Receiver, handler: Handler) -> AsgiApplication:
    """Return the application."""

    async def receive_webhooks(
        scope: MutableMapping[str, Any], receive: Receive, send: Send
    ) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1000})
        else:
            reply = await _answer(receiver, handler, scope, receive)
            if reply is not None:
                await _reply(reply, send)

    return receive_webhooks


async def _answer(
    receiver: Receiver, handler: Handler, scope: MutableMapping[str, Any], receive: Receive
) -> Answer | None:
    if scope["method"] != "POST":
        return answering.WRONG_METHOD
    headers = [(bytes(name), bytes(value)) for name, value in scope["headers"]]
    declared = next((value for name, value in headers if name.lower() == b"content-length"), b"0")
    if declared.isdigit() and int(declared[:19]) > MOST_BYTES:
        return answering.TOO_LARGE
    try:
        body = await asyncio.wait_for(_body(receive), answering.SLOWEST)
    except TimeoutError:
        return answering.TOO_SLOW
    if not isinstance(body, bytes):
        return body
    outcome = await start(answering.answer(receiver, handler, headers, body))
    return outcome.value_or(answering.LATER)


async def _body(receive: Receive) -> bytes | Answer | None:
    """Return the body, an answer if it is too large, or None if the client is gone."""
    pieces: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return None
        piece = message.get("body", b"")
        size += len(piece)
        if size > MOST_BYTES:
            return answering.TOO_LARGE
        pieces.append(piece)
        more = message.get("more_body", False)
    return b"".join(pieces)


async def _reply(reply: Answer, send: Send) -> None:
    headers = [(name.encode(), value.encode()) for name, value in reply.headers]
    if reply.status != answering.DONE.status:
        headers.append((b"content-length", b"0"))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
