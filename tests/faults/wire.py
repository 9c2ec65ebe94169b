"""Faults below HTTP's meaning, for the fault server."""

import asyncio
import gzip
from collections.abc import Sequence
from functools import cache

from aiohttp import web

from .dialects import Content

# The last two are larger than any reply of a trial may be.
WIRE_FAULTS: Sequence[str] = ("slow head", "interim flood", "gzip bomb", "oversized")
_BYTES = 18 * 2**20


async def on_the_wire(request: web.Request, content: Content, fault: str) -> web.StreamResponse:
    """Answer with one of `WIRE_FAULTS`."""
    if fault == "gzip bomb":
        headers = {"Content-Encoding": "gzip", "Content-Type": content.content_type}
        return web.Response(body=_bomb(), headers=headers)
    if fault == "oversized":
        return web.Response(body=bytes(_BYTES), headers={"Content-Type": content.content_type})
    if fault == "slow head":
        return await _trickling(request, b"HTTP/1.1 200 OK\r\nX-Pad: " + b"x" * 600, 1)
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
    return await _trickling(request, early * 600, len(early))


async def _trickling(request: web.Request, raw: bytes, step: int) -> web.StreamResponse:
    """Send raw bytes of a head little by little, and never its end."""
    transport = request.transport
    for place in range(0, len(raw), step):
        if transport is None or transport.is_closing():
            break
        transport.write(raw[place : place + step])
        await asyncio.sleep(0.05)
    if transport is not None:
        transport.abort()
    return web.Response()


@cache
def _bomb() -> bytes:
    return gzip.compress(bytes(_BYTES))
