"""HTTP on urllib3's connections, in phases: connect, send, head, body.

This module neither retries nor follows redirects: the lifecycle decides what is sent again. It does
not use urllib3's pool because it must know in which phase an exchange failed: if connecting failed
(the name, the socket, a proxy's CONNECT, the TLS handshake), nothing was sent; after that, the
request may have arrived. Behind a proxy, urllib3's exceptions do not distinguish the two.
"""

import errno
import logging
import os
import ssl
import threading
import weakref
from collections.abc import Mapping
from functools import partial
from typing import Any, Final, cast

from returns.io import IOFailure, IOResult
from returns.result import Success
from urllib3.connection import HTTPConnection, HTTPSConnection, ProxyConfig
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.response import BaseHTTPResponse
from urllib3.util import parse_url

from ..exceptions import ValidationError
from ..http.messages import HttpRequest, Limits
from ..outcome import IOOutcome, Outcome, failed
from . import HttpReply
from .connections import Connection, Pool, SecureConnection
from .incoming import IncomingReply, RawReply
from .replies import FAULTS, ConnectionReply, connection_error
from .routes import Route, log_exchange, log_strange_head, route_of, url_host
from .timing import LONGEST, Timer
from .trust import Trust
from .writing import SMALL, PreparedRequest, content, head_of, pieces, write

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
            route = route_of(request.url)
            if failed(route):
                return IOFailure(route.failure())
            return _exchange(pool, ready.unwrap(), route.unwrap(), limits, timer)
        finally:
            _OURS.sending = False


def _tls(pool: Pool, trust: Trust | None) -> Outcome[ssl.SSLContext | None]:
    if trust is None or trust in pool.contexts:
        return Success(None if trust is None else pool.contexts[trust])
    return trust.context().map(partial(pool.contexts.setdefault, trust))


def _exchange(
    pool: Pool, ready: PreparedRequest, route: Route, limits: Limits, timer: Timer
) -> IOOutcome[HttpReply]:
    found = _connection_for(pool, route, limits)
    if failed(found):
        return IOFailure(found.failure())
    connection, sent = found.unwrap(), False
    try:
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
        connection.close()
        return IOFailure(error)
    except FAULTS as error:
        connection.close()
        return IOFailure(connection_error(route.host, timer, error, sent=sent))
    except BaseException:
        connection.close()
        raise
    log_exchange(route, ready.method, raw.status)
    return _reply(pool, connection, raw, route, limits, timer)


def _reply(  # noqa: PLR0913, PLR0917 - what a reply needs to be read and released
    pool: Pool,
    connection: HTTPConnection,
    raw: RawReply,
    route: Route,
    limits: Limits,
    timer: Timer,
) -> IOOutcome[HttpReply]:
    def release(ended: bool) -> None:  # noqa: FBT001 - `ConnectionReply` calls it
        if ended and isinstance(connection, Connection) and isinstance(raw, IncomingReply):
            pool.give(route, connection, is_spent=raw.is_spent)
        else:
            raw.close()
            connection.close()

    fail = partial(connection_error, route.host, timer, sent=True)
    began = partial(timer.begin, "the exchange")
    reply = ConnectionReply(raw, limits, began=began, fail=fail, release=release)
    if raw.status not in _FINAL:
        reply.close()
        return IOFailure(fail(ConnectionError(f"HTTP {raw.status}")))
    return IOResult.from_value(reply)


def _connection_for(pool: Pool, route: Route, limits: Limits) -> Outcome[HTTPConnection]:
    idle = pool.take(route)
    if idle is not None:
        return Success(idle)
    return _tls(pool, route.trust).map(partial(_connection, route, limits))


def _connection(route: Route, limits: Limits, tls: ssl.SSLContext | None) -> HTTPConnection:
    """Return a new connection of ours or of vcrpy's, which is not opened yet."""
    near = route.proxy or route
    pool = HTTPSConnectionPool if tls is not None else HTTPConnectionPool
    # vcrpy replaces this class by its own, which plays replies without a socket or a timer.
    cls: type[HTTPConnection] = cast("type[HTTPConnection]", pool.ConnectionCls)
    cls = {HTTPSConnection: SecureConnection, HTTPConnection: Connection}.get(cls, cls)
    settings: dict[str, Any] = {"timeout": min(limits.total, limits.idle, LONGEST)}
    if tls is not None:
        settings |= {"ssl_context": tls}
    if route.proxy is not None:
        settings |= {
            "proxy": parse_url(f"{near.scheme}://{url_host(near.host)}:{near.port}"),
            "proxy_config": ProxyConfig(
                ssl_context=tls,
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


def _raw_reply(
    connection: HTTPConnection, ready: PreparedRequest, route: Route, limits: Limits, timer: Timer
) -> RawReply:
    """Send the request, and return its reply once the head has arrived."""
    target, headers = route.addressed(ready)
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
    timer.begin_body()
    if not raw.is_clean:
        log_strange_head(route, ready.method)
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
