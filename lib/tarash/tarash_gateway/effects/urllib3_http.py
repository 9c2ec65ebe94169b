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
from contextlib import ExitStack
from functools import partial
from typing import Any, Final, cast

from returns.io import IOFailure, IOResult
from returns.result import Failure, Success
from urllib3.connection import HTTPConnection, HTTPSConnection, ProxyConfig
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util import parse_url

from ..exceptions import ValidationError
from ..http.messages import HttpRequest, Limits
from ..outcome import IOOutcome, Outcome
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
            return IOResult.from_result(
                write(request).bind(
                    lambda ready: route_of(request.url).map(lambda route: (ready, route))
                )
            ).bind(lambda both: _exchange(pool, *both, limits, timer))
        finally:
            _OURS.sending = False


def _tls(pool: Pool, trust: Trust | None) -> Outcome[ssl.SSLContext | None]:
    if trust is None:
        return Success(None)
    if trust in pool.contexts:
        return Success(pool.contexts[trust])
    return trust.context().map(partial(pool.contexts.setdefault, trust))


def _exchange(
    pool: Pool, ready: PreparedRequest, route: Route, limits: Limits, timer: Timer
) -> IOOutcome[HttpReply]:
    tls, sent = _tls(pool, route.trust), False
    if isinstance(tls, Failure):
        return IOFailure(tls.failure())
    with ExitStack() as unless_replied:
        try:
            connection = pool.take(route) or _connection(route, tls.unwrap(), limits)
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
    log_exchange(route, ready.method, raw.status)
    return IOResult.from_value(reply)


def _connection(route: Route, tls: ssl.SSLContext | None, limits: Limits) -> HTTPConnection:
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
        log_strange_head(route, ready.method)
    return raw


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
    return connection.getresponse()
