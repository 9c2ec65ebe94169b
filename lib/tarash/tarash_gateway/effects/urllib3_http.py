"""HTTP on urllib3's connections, in phases: connect, send, head, body.

What may be sent again is decided by the lifecycle: there are no retries and no redirects here. The
phases are why urllib3's own pool is not used: a failure while connecting (the name, the socket, a
proxy's CONNECT, the TLS handshake) says for certain that nothing was sent; after that, anything may
have arrived. urllib3's exceptions do not tell these apart behind a proxy.
"""

import errno
import logging
import os
import re
import socket
import ssl
import threading
import weakref
from collections.abc import Mapping
from functools import cache, partial
from importlib import metadata
from typing import IO, Any, Final, cast

import attrs
from returns.io import IOFailure, IOResult, IOSuccess
from returns.result import Failure, Success
from urllib3.connection import HTTPConnection, HTTPSConnection, ProxyConfig
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import LocationValueError, ReadTimeoutError
from urllib3.response import BaseHTTPResponse
from urllib3.util import parse_url
from urllib3.util.ssl_match_hostname import CertificateError

from ..exceptions import HTTPConnectionError
from ..messages import HttpRequest, Limits, StreamBody, origin, streamed
from ..outcome import IOOutcome, Outcome
from . import HttpReply
from .connections import Connection, Kept, SecureConnection
from .proxies import Proxy, proxy_of
from .replies import FAULTS, ConnectionReply
from .timing import LONGEST, Timer
from .trust import Trust

_log = logging.getLogger("tarash.tarash_gateway.http")
# Whether this thread is in one of our exchanges: other users of urllib3 keep their log.
_OURS: Final = threading.local()


class _WithoutQueries(logging.Filter):
    """Cuts the queries off the URLs that urllib3 logs of our requests: they may hold keys."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record; never drop it."""
        if getattr(_OURS, "sending", False) and isinstance(record.args, tuple):
            record.args = tuple(
                text.partition("?")[0] if isinstance(text, str) else text for text in record.args
            )
        return True


for _name in ("urllib3.connection", "urllib3.connectionpool"):
    logging.getLogger(_name).addFilter(_WithoutQueries())

# Bodies up to this many bytes are sent as they are, longer ones as a file.
_SMALL: Final = 1 << 16
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
# The server has closed its side while the body was on its way: its reply may be there already.
_HUNG_UP: Final = frozenset({errno.EPIPE, errno.ECONNRESET, errno.EPROTOTYPE})
_FINAL: Final = range(200, 600)
_PROXY_AUTHENTICATION: Final = "407"


@attrs.frozen(kw_only=True)
class _Route:
    """Where an exchange goes; connections are kept under it.

    Attributes:
        scheme: ``"http"`` or ``"https"``.
        host: The host, in ASCII.
        port: Port.
        target: What the request line says.
        proxy: The proxy between, or None.
        tls: The context, or None where there is no TLS.
    """

    scheme: str
    host: str
    port: int
    target: str = attrs.field(eq=False, repr=False)
    proxy: Proxy | None
    tls: ssl.SSLContext | None = attrs.field(repr=False)

    @property
    def forwarded(self) -> Proxy | None:
        """The proxy that gets the request itself, or None: https goes through a tunnel."""
        return self.proxy if self.scheme == "http" else None


class Urllib3Http:
    """Sends requests over connections that it keeps; safe to share between threads and forks.

    Honours ``HTTPS_PROXY``, ``HTTP_PROXY``, ``ALL_PROXY``, ``NO_PROXY`` (see `proxies`) and
    ``SSL_CERT_FILE``, ``SSL_CERT_DIR``, ``REQUESTS_CA_BUNDLE``, ``CURL_CA_BUNDLE`` (see `trust`) as
    they are when it sends. TLS is always verified.

    One thing is not bounded by the limits: resolving a name, which the system cannot interrupt.
    """

    def __init__(self) -> None:
        """Make the sender; nothing is opened and no environment is read until it sends."""
        self._start()

    def _start(self) -> None:
        self._process = os.getpid()
        self._kept = Kept()
        self._contexts: dict[Trust, ssl.SSLContext] = {}
        weakref.finalize(self, self._kept.close)

    def close(self) -> None:
        """Close the connections that are kept; it may go on sending."""
        self._kept.close()

    def open(self, request: HttpRequest, *, limits: Limits) -> IOOutcome[HttpReply]:
        """Send the request and return its reply: see `effects.Http`."""
        timer = Timer(limits)
        if self._process != os.getpid():
            # Forked: sockets and TLS sessions are the parent's.
            inherited = self._kept
            self._start()
            inherited.close()
        _OURS.sending = True
        try:
            return (
                IOResult.from_result(_written(request))
                .bind(
                    lambda written: IOResult.from_result(
                        self._route(request.url).map(lambda route: (written, route))
                    )
                )
                .bind(lambda both: self._exchange(*both, limits, timer))
            )
        finally:
            _OURS.sending = False

    def _route(self, url: str) -> Outcome[_Route]:
        place = origin(url)
        try:
            if place is None or place[2] is None:
                return _not_sent("the URL of the request is not an HTTP URL: check base_url")
            scheme, host, port = place[0], place[1].encode("idna").decode(), place[2]
            target = parse_url(url).request_uri
        except (UnicodeError, LocationValueError):
            return _not_sent("the URL of the request names no possible host: check base_url")

        def through(proxy: Proxy | None) -> Outcome[_Route]:
            secure = scheme == "https" or (proxy is not None and proxy.scheme == "https")
            tls: Outcome[ssl.SSLContext | None] = self._tls() if secure else Success(None)
            return tls.map(
                lambda context: _Route(
                    scheme=scheme, host=host, port=port, target=target, proxy=proxy, tls=context
                )
            )

        return proxy_of(scheme, host, port).bind(through)

    def _tls(self) -> Outcome[ssl.SSLContext | None]:
        trust = Trust.of_environment()
        if trust in self._contexts:
            return Success(self._contexts[trust])
        made = trust.context()
        if isinstance(made, Failure):
            return Failure(made.failure())
        return Success(self._contexts.setdefault(trust, made.unwrap()))

    def _exchange(
        self, written: "_Written", route: _Route, limits: Limits, timer: Timer
    ) -> IOOutcome[HttpReply]:
        sent, kept = False, self._kept
        connection = kept.take(route) or _connection(route, limits)
        try:
            timer.begin("connecting", limits.connect)
            timer.patience()
            if isinstance(connection, Connection):
                connection.use(timer)
            if connection.sock is None:
                connection.connect()
            sent = True
            raw = _raw_reply(connection, written, route, limits, timer)
        except FAULTS as error:
            connection.close()
            return IOFailure(_connection_error(route, timer, error, sent=sent))
        except BaseException:
            connection.close()
            raise

        def release(ended: bool) -> None:  # noqa: FBT001 - `ConnectionReply` calls it
            if ended and isinstance(connection, Connection):
                kept.give(route, connection)
            else:
                raw.close()
                connection.close()

        if raw.status not in _FINAL:
            release(False)  # noqa: FBT003
            strange = ConnectionError(f"HTTP {raw.status}")
            return IOFailure(_connection_error(route, timer, strange, sent=True))
        shown = f"{route.scheme}://{route.host}:{route.port}"
        path = route.target.partition("?")[0]
        _log.debug('%s "%s %s HTTP/1.1" %d', shown, written.method, path, raw.status)
        fail = partial(_connection_error, route, timer, sent=True)
        reply: IOOutcome[HttpReply] = IOSuccess(
            ConnectionReply(raw, limits, fail=fail, release=release)
        )
        return reply


@attrs.frozen(kw_only=True)
class _Written:
    """A request as it is sent."""

    method: str
    headers: Mapping[str, str] = attrs.field(repr=False)
    body: StreamBody | None


def _written(request: HttpRequest) -> Outcome[_Written]:
    headers, body = {"User-Agent": _user_agent(), **request.headers}, None
    if request.body is not None:
        try:
            body = streamed(request.body)
        except (TypeError, ValueError, RecursionError) as error:
            return _not_sent(f"the body of the request is not JSON ({type(error).__name__})")
        headers |= {"Content-Type": body.content_type, "Content-Length": str(body.length)}
    elif request.method in {"POST", "PUT"}:
        headers["Content-Length"] = "0"
    headers |= request.credential
    for name, value in headers.items():
        if not _TOKEN.fullmatch(name):
            return _not_sent("the name of a header is not a token: check the config")
        # The value is not shown: it may be a key.
        if _CONTROLS.search(value) or not _is_latin(value):
            what = f"the header {name} has a line break or a character that is not latin-1"
            return _not_sent(f"{what}: check the key, or where else it comes from")
    return Success(_Written(method=request.method, headers=headers, body=body))


def _is_latin(text: str) -> bool:
    return all(ord(character) < 256 for character in text)  # noqa: PLR2004 - latin-1's


def _connection(route: _Route, limits: Limits) -> HTTPConnection:
    """Return a new connection, which is ours or one of vcrpy's; nothing is opened."""
    near = route.proxy or route
    pool = HTTPSConnectionPool if route.tls is not None else HTTPConnectionPool
    # vcrpy puts a class of its own there, without a timer: it plays replies without a socket.
    made: type[HTTPConnection] = cast("type[HTTPConnection]", pool.ConnectionCls)
    made = {HTTPSConnection: SecureConnection, HTTPConnection: Connection}.get(made, made)
    settings: dict[str, Any] = {
        "timeout": min(limits.total, limits.idle, LONGEST),
        "blocksize": _SMALL,
    }
    if route.tls is not None:
        settings |= {"ssl_context": route.tls}
    if route.proxy is not None:
        settings["proxy"] = parse_url(f"{near.scheme}://{_bracketed(near.host)}:{near.port}")
        settings["proxy_config"] = ProxyConfig(
            ssl_context=route.tls,
            use_forwarding_for_https=False,
            assert_hostname=None,
            assert_fingerprint=None,
        )
    connection = made(near.host, near.port, **settings)
    if route.proxy is not None and route.forwarded is None:
        connection.set_tunnel(
            route.host, route.port, headers=route.proxy.headers, scheme=route.proxy.scheme
        )
    return connection


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _raw_reply(
    connection: HTTPConnection, written: _Written, route: _Route, limits: Limits, timer: Timer
) -> BaseHTTPResponse:
    """Send the request, and return its reply once the head is there."""
    target, headers = route.target, written.headers
    if route.forwarded is not None:
        port = "" if route.port == HTTPConnection.default_port else f":{route.port}"
        target = f"http://{_bracketed(route.host)}{port}{target}"
        headers = {**headers, **route.forwarded.headers}
    timer.begin("sending")
    try:
        connection.request(
            written.method,
            target,
            body=_content(written.body),
            headers=headers,
            preload_content=False,
            decode_content=False,
        )
    except OSError as error:
        if error.errno not in _HUNG_UP:
            raise
        if isinstance(connection, Connection):
            connection.spoilt = True
    timer.begin("the head of the reply", limits.head)
    raw = connection.getresponse()
    timer.begin("the exchange")
    return raw


def _content(body: StreamBody | None) -> bytes | IO[bytes] | None:
    if body is None:
        return None
    upload = Upload(body)
    # urllib3 asks a file for nothing but `read`.
    return upload.read() if body.length <= _SMALL else cast("IO[bytes]", upload)


class Upload:
    """A body as a file: what urllib3 sends piece by piece, and vcrpy records and compares."""

    def __init__(self, body: StreamBody) -> None:
        """Begin at the first byte."""
        self._pieces = iter(body.chunks())
        self._rest = memoryview(b"")
        self._missing = body.length

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, at most ``size`` of them; all if it is negative.

        Raises:
            OSError: The body cannot be read, or is not as long as it says.
        """
        if size < 0:
            return b"".join(iter(partial(self.read, _SMALL), b""))
        try:
            while not self._rest:
                self._rest = memoryview(next(self._pieces))
        except StopIteration:
            if self._missing:
                message = "the body is shorter than it says"
                raise OSError(message) from None
            return b""
        except Exception as error:
            message = f"the body cannot be read ({type(error).__name__})"
            raise OSError(message) from error
        piece, self._rest = self._rest[:size], self._rest[size:]
        self._missing -= len(piece)
        if self._missing < 0:
            message = "the body is longer than it says"
            raise OSError(message)
        return bytes(piece)


@cache
def _user_agent() -> str:
    try:
        version = metadata.version("tarash-gateway")
    except metadata.PackageNotFoundError:
        version = "0"
    return f"tarash-gateway/{version} (python)"


def _not_sent(what: str) -> Outcome[Any]:
    return Failure(HTTPConnectionError(message=f"{what}; nothing was sent", request_sent=False))


def _connection_error(
    route: _Route, timer: Timer, error: Exception, *, sent: bool
) -> HTTPConnectionError:
    # Of the URL, the host alone is named: a query may hold a key.
    so = "the request may have arrived" if sent else "nothing was sent"
    advice = "check the network and try again"
    if isinstance(error, ssl.SSLCertVerificationError | CertificateError):
        why = getattr(error, "verify_message", "") or "it is for another host"
        why = f"its certificate is not trusted: {why}"
        advice = "if a proxy signs it, let SSL_CERT_FILE name a PEM file with the proxy's CA"
    else:
        why = _reason(timer, error)
    message = f"no reply from {route.host} ({why}): {so}; {advice}"
    return HTTPConnectionError(message=message, request_sent=sent)


def _reason(timer: Timer, error: Exception) -> str:
    if isinstance(error, TimeoutError | ReadTimeoutError):
        return timer.complaint
    if isinstance(error, socket.gaierror):
        return "its name cannot be resolved"
    refused = re.match(r"Tunnel connection failed: (\d{3})", str(error))
    if refused is not None:
        hint = ": check its user and password" if refused[1] == _PROXY_AUTHENTICATION else ""
        return f"the proxy refused to connect, HTTP {refused[1]}{hint}"
    return type(error).__name__
