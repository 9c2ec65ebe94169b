"""HTTP on urllib3's connections, in phases: connect, send, head, body.

This module neither retries nor follows redirects: the lifecycle decides what is sent again. It does
not use urllib3's pool because it must know in which phase an exchange failed: if connecting failed
(the name, the socket, a proxy's CONNECT, the TLS handshake), nothing was sent; after that, the
request may have arrived. Behind a proxy, urllib3's exceptions do not distinguish the two.
"""

import errno
import logging
import os
import re
import ssl
import threading
import weakref
from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from typing import Any, Final, cast

import attrs
from returns.io import IOFailure, IOResult
from returns.result import Failure, Success
from urllib3.connection import HTTPConnection, HTTPSConnection, ProxyConfig
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import LocationValueError
from urllib3.response import BaseHTTPResponse
from urllib3.util import parse_url

from ..exceptions import ValidationError
from ..http.messages import HttpRequest, Limits
from ..outcome import IOOutcome, Outcome, failed
from ..values.urls import PORTS, origin
from . import HttpReply
from .connections import Connection, Pool, SecureConnection
from .incoming import IncomingReply, RawReply
from .proxies import Proxy, proxy_of
from .replies import FAULTS, ConnectionReply, connection_error
from .timing import LONGEST, Timer
from .trust import Trust
from .writing import SMALL, PreparedRequest, content, head_of, not_sent, pieces, write

_log = logging.getLogger("tarash.tarash_gateway.http")
# Whether this thread is in one of our exchanges: the log of other users of urllib3 is not changed.
_OURS: Final = threading.local()


class _WithoutQueries(logging.Filter):
    """Removes the queries, which may hold keys, from the URLs in urllib3's log of our requests."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record, but never drop it."""
        if getattr(_OURS, "sending", False) and isinstance(record.args, tuple):
            record.args = tuple(
                text.partition("?")[0] if isinstance(text, str) else text for text in record.args
            )
        return True


for _name in ("urllib3.connection", "urllib3.connectionpool"):
    logging.getLogger(_name).addFilter(_WithoutQueries())

# The server closed its side while the body was being sent: its reply may have arrived already.
_HUNG_UP: Final = frozenset({errno.EPIPE, errno.ECONNRESET, errno.EPROTOTYPE})
_FINAL: Final = range(200, 600)


@attrs.frozen(kw_only=True)
class _Route:
    """The way to a server, which may lead through a proxy; idle connections are stored by it."""

    scheme: str
    host: str
    port: int
    # The path and the query.
    target: str = attrs.field(eq=False, repr=False)
    proxy: Proxy | None
    tls: ssl.SSLContext | None = attrs.field(repr=False)

    @property
    def forwarder(self) -> Proxy | None:
        """The proxy that receives the request itself, or None; https uses a tunnel instead."""
        return self.proxy if self.scheme == "http" else None

    @property
    def place(self) -> str:
        """The host as a URL has it, with the port unless it is the usual one."""
        port = "" if self.port == PORTS[self.scheme] else f":{self.port}"
        return f"{_url_host(self.host)}{port}"


class Urllib3Http:
    """Sends requests and reuses connections; safe to share between threads and forks.

    Honours ``HTTPS_PROXY``, ``HTTP_PROXY``, ``ALL_PROXY``, ``NO_PROXY`` (see `proxies`) and
    ``SSL_CERT_FILE``, ``SSL_CERT_DIR``, ``REQUESTS_CA_BUNDLE``, ``CURL_CA_BUNDLE`` (see `trust`) as
    they are at the time of sending. TLS certificates are always verified.

    The limits do not bound the resolution of a name, which cannot be interrupted.
    """

    def __init__(self) -> None:
        """Make the sender, without opening a connection or reading the environment."""
        self._pool = self._new_pool()

    def _new_pool(self) -> Pool:
        pool = Pool()
        weakref.finalize(self, pool.close)
        return pool

    def _own_pool(self) -> Pool:
        """Return this process's pool; a forked child gets a new one."""
        if self._pool.process != os.getpid():
            # The sockets and TLS sessions belong to the parent.
            self._pool.close()
            self._pool = self._new_pool()
        return self._pool

    def close(self) -> None:
        """Close the idle connections; further requests can still be sent."""
        self._own_pool().close()

    def open(self, request: HttpRequest, *, limits: Limits) -> IOOutcome[HttpReply]:
        """Send the request and return its reply: see `effects.Http`."""
        timer = Timer(limits)
        pool = self._own_pool()
        _OURS.sending = True
        try:
            ready = write(request)
            if failed(ready):
                return IOFailure(ready.failure())
            route = _route(pool, request.url)
            if failed(route):
                return IOFailure(route.failure())
            return _exchange(pool, ready.unwrap(), route.unwrap(), limits, timer)
        finally:
            _OURS.sending = False


# A URL that needs no escapes and has no dot segments: all but a few are like this, and urllib3's
# parser, which handles the others, takes as long as sending the request.
_USUAL: Final = re.compile(
    r"https?://[a-z0-9.:-]+((?:/(?!\.)[\w.~!$&'()*+,;=:@-]*)+(?:\?[\w.~!$&'()*+,;=:@/?-]*)?)",
    re.ASCII,
)


def _route(pool: Pool, url: str) -> Outcome[_Route]:
    place, usual = origin(url), _USUAL.fullmatch(url)
    try:
        if place is None or place[2] is None:
            return not_sent("the URL of the request is not an HTTP URL: check base_url")
        scheme, host, port = place[0], place[1], place[2]
        if usual is None:
            host = host.encode("idna").decode()
        target = parse_url(url).request_uri if usual is None else usual[1]
    except (UnicodeError, LocationValueError):
        return not_sent("the URL of the request has an invalid host: check base_url")
    proxy = proxy_of(scheme, host, port)
    if failed(proxy):
        return Failure(proxy.failure())
    way = partial(_Route, scheme=scheme, host=host, port=port, target=target, proxy=proxy.unwrap())
    return _tls(pool, scheme, proxy.unwrap()).map(lambda tls: way(tls=tls))


def _tls(pool: Pool, scheme: str, proxy: Proxy | None) -> Outcome[ssl.SSLContext | None]:
    if "https" not in {scheme, proxy and proxy.scheme}:
        return Success(None)
    trust = Trust.of_environment()
    if trust in pool.contexts:
        return Success(pool.contexts[trust])
    return trust.context().map(partial(pool.contexts.setdefault, trust))


def _exchange(
    pool: Pool, ready: PreparedRequest, route: _Route, limits: Limits, timer: Timer
) -> IOOutcome[HttpReply]:
    sent = False
    with ExitStack() as unless_replied:
        try:
            connection = pool.take(route) or _connection(route, limits)
            unless_replied.callback(connection.close)
            timer.begin("connecting", limits.connect)
            timer.patience()
            if isinstance(connection, Connection):
                connection.timer = timer
            if connection.sock is None:
                connection.connect()
            sent = True
            raw = _raw_reply(connection, ready, route, limits, timer)
        except ValidationError as error:
            # The caller's file cannot be sent, whatever the connection does.
            return IOFailure(error)
        except FAULTS as error:
            return IOFailure(connection_error(route.host, timer, error, sent=sent))
        unless_replied.pop_all()

    def release(ended: bool) -> None:  # noqa: FBT001 - `ConnectionReply` calls it
        if ended and isinstance(connection, Connection) and isinstance(raw, IncomingReply):
            pool.give(route, connection, is_spent=raw.is_spent)
        else:
            raw.close()
            connection.close()

    fail = partial(connection_error, route.host, timer, sent=True)
    reply = ConnectionReply(raw, limits, fail=fail, release=release)
    if raw.status not in _FINAL:
        reply.close()
        return IOFailure(fail(ConnectionError(f"HTTP {raw.status}")))
    path = route.target.partition("?")[0]
    place = f"{route.scheme}://{route.host}:{route.port}"
    _log.debug('%s "%s %s HTTP/1.1" %d', place, ready.method, path, raw.status)
    return IOResult.from_value(reply)


def _connection(route: _Route, limits: Limits) -> HTTPConnection:
    """Return a new connection of ours or of vcrpy's, which is not opened yet."""
    near = route.proxy or route
    pool = HTTPSConnectionPool if route.tls is not None else HTTPConnectionPool
    # vcrpy replaces this class by its own, which plays replies without a socket or a timer.
    cls: type[HTTPConnection] = cast("type[HTTPConnection]", pool.ConnectionCls)
    cls = {HTTPSConnection: SecureConnection, HTTPConnection: Connection}.get(cls, cls)
    settings: dict[str, Any] = {"timeout": min(limits.total, limits.idle, LONGEST)}
    if route.tls is not None:
        settings |= {"ssl_context": route.tls}
    if route.proxy is not None:
        settings |= {
            "proxy": parse_url(f"{near.scheme}://{_url_host(near.host)}:{near.port}"),
            "proxy_config": ProxyConfig(
                ssl_context=route.tls,
                use_forwarding_for_https=False,
                assert_hostname=None,
                assert_fingerprint=None,
            ),
        }
    connection = cls(near.host, near.port, blocksize=SMALL, **settings)
    if route.proxy is not None and route.forwarder is None:
        connection.set_tunnel(
            route.host, route.port, headers=route.proxy.headers, scheme=route.proxy.scheme
        )
    return connection


def _url_host(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _raw_reply(
    connection: HTTPConnection, ready: PreparedRequest, route: _Route, limits: Limits, timer: Timer
) -> RawReply:
    """Send the request, and return its reply once the head has arrived."""
    target, headers = route.target, {"Host": route.place, **ready.headers}
    if route.forwarder is not None:
        target = f"http://{route.place}{target}"
        headers |= route.forwarder.headers
    timer.begin("sending")
    if not isinstance(connection, Connection):
        return _replayed(connection, ready, target, headers)
    try:
        connection.transmit(head_of(ready.method, target, headers), pieces(ready))
    except OSError as error:
        if error.errno not in _HUNG_UP:
            raise
        connection.spoilt = True
    timer.begin("the head of the reply", limits.head)
    raw = connection.receive()
    timer.begin("the exchange")
    if not raw.is_clean:
        path = target.partition("?")[0]
        _log.warning("Failed to parse headers of the reply to %s %s", ready.method, path)
    return raw


class _Replayed:
    """A reply of vcrpy's."""

    def __init__(self, raw: BaseHTTPResponse) -> None:
        self.status = raw.status
        self.headers = {name.lower(): value for name, value in raw.headers.items()}
        self.read1 = raw.read1
        self.close = raw.close


def _replayed(
    connection: HTTPConnection, ready: PreparedRequest, target: str, headers: Mapping[str, str]
) -> RawReply:
    """Exchange a request over a connection of vcrpy's, which records and compares it."""
    connection.request(
        ready.method,
        target,
        body=content(ready),
        headers=headers,
        preload_content=False,
        decode_content=False,
    )
    return _Replayed(connection.getresponse())
