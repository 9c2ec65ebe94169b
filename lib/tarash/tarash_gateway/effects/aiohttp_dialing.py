"""Open a connection on an event loop: name, socket, the CONNECT of a proxy, TLS handshake."""

import asyncio
import socket
import ssl
from functools import partial
from http import HTTPStatus
from typing import Final

from aiohappyeyeballs import start_connection

from .aiohttp_lines import Line
from .routes import Route, url_host
from .writing import head_of

# Seconds until the next address of a host is tried as well: RFC 8305, section 5.
_STAGGER: Final = 0.25
# The caller's limit is shorter; asyncio's own would be one minute.
_HANDSHAKE: Final = 1e6


async def dial(lines: set[Line], route: Route, context: ssl.SSLContext | None) -> Line:
    """Return a new line to a host, through its proxy if there is one.

    The caller limits how long this takes. Resolving a name goes on in its thread all the same.

    Raises:
        OSError: There is no connection, the proxy refuses, or TLS fails.
    """
    loop = asyncio.get_running_loop()
    near = route.proxy or route
    addresses = await loop.getaddrinfo(near.host, near.port, type=socket.SOCK_STREAM)
    sock = await start_connection(addresses, happy_eyeballs_delay=_STAGGER, loop=loop)
    encrypted = near.scheme == "https"
    _, line = await loop.create_connection(
        partial(Line, loop, lines),
        sock=sock,
        ssl=context if encrypted else None,
        server_hostname=_name(near.host) if encrypted else None,
        ssl_handshake_timeout=_HANDSHAKE if encrypted else None,
    )
    if route.proxy is None or context is None or route.forwarder is not None:
        return line
    try:
        await _consent(line, route)
        return await _secured(line, lines, route.host, context)
    except BaseException:
        line.hang_up()
        raise


async def _consent(line: Line, route: Route) -> None:
    """Ask the proxy for a tunnel."""
    place = f"{url_host(route.host)}:{route.port}"
    headers = route.proxy.headers if route.proxy is not None else {}
    line.begin()
    line.send(head_of("CONNECT", place, {"Host": place, **headers}))
    head = await line.head()
    if head.status != HTTPStatus.OK:
        refusal = f"Tunnel connection failed: {head.status}"
        raise OSError(refusal)


async def _secured(line: Line, lines: set[Line], host: str, context: ssl.SSLContext) -> Line:
    """Return the line inside the tunnel."""
    loop, outer = asyncio.get_running_loop(), line.transport
    inner = Line(loop, lines)
    # The new line has the connection from now on, and asyncio does not tell either of them.
    lines.discard(line)
    secured = outer and await loop.start_tls(
        outer, inner, context, server_hostname=_name(host), ssl_handshake_timeout=_HANDSHAKE
    )
    if secured is None:
        message = "the proxy closed the tunnel"
        raise ConnectionResetError(message)
    inner.connection_made(secured)
    return inner


def _name(host: str) -> str:
    # A certificate has no dot at the end.
    return host.rstrip(".")
