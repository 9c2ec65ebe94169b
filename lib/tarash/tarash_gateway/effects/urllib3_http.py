"""HTTP on urllib3: the only module that opens a socket.

Its own retries and redirects are off: what may be sent again is decided by the lifecycle.
"""

import logging
import os
import ssl
import threading
import time
import traceback
import urllib.request
from functools import cached_property
from importlib import metadata
from typing import Final
from urllib.parse import urlsplit

import urllib3
from returns.io import IOFailure, IOSuccess
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    LocationValueError,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
    ProxyError,
)

from ..exceptions import HTTPConnectionError
from ..messages import HttpRequest, HttpResponse, encode, origin
from ..outcome import IOOutcome


class _WithoutQueries(logging.Filter):
    """Cuts the queries off the URLs that urllib3 logs of our requests: they may hold keys."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record; never drop it."""
        if getattr(_OURS, "sending", False) and isinstance(record.args, tuple):
            record.args = tuple(
                text.partition("?")[0] if isinstance(text, str) else text for text in record.args
            )
        return True


# Whether this thread is in one of our exchanges: other users of urllib3 keep their log.
_OURS: Final = threading.local()
logging.getLogger("urllib3.connectionpool").addFilter(_WithoutQueries())

_CONNECT_TIMEOUT: Final = 10.0
_CHUNK: Final = 1 << 16
# Kept open to one host: as many as asyncio calls may use at once.
_CONNECTIONS: Final = 32
# These say for certain that the request did not leave this machine.
_NOT_SENT: Final = (
    NewConnectionError,
    NameResolutionError,
    ConnectTimeoutError,
    ProxyError,
    LocationValueError,
)


class Urllib3Http:
    """Sends requests with pooled connections; safe to share between threads.

    Proxy variables (``HTTPS_PROXY``, ``HTTP_PROXY``, ``NO_PROXY``) and ``SSL_CERT_FILE`` are
    honoured; TLS is always verified.
    """

    def __init__(self) -> None:
        """Make the sender; nothing is opened and no environment is read until it sends."""
        self._proxied: dict[str, urllib3.PoolManager] = {}

    def send(self, request: HttpRequest, *, timeout: float) -> IOOutcome[HttpResponse]:
        """Return the reply, whatever its status: see `effects.Http`."""
        if origin(request.url) is None:
            message = "the URL of the request is no HTTP URL: check base_url"
            return IOFailure(HTTPConnectionError(message=message, request_sent=False))
        started = time.monotonic()
        _OURS.sending = True
        try:
            reply: IOOutcome[HttpResponse] = IOSuccess(self._exchange(request, timeout, started))
        except HTTPError as error:
            return IOFailure(_connection_error(request, error))
        finally:
            _OURS.sending = False
        return reply

    def _exchange(self, request: HttpRequest, timeout: float, started: float) -> HttpResponse:
        content, headers = None, {"User-Agent": _user_agent(), **request.headers}
        if request.body is not None:
            content, headers["Content-Type"] = encode(request.body)
        elif request.method in {"POST", "PUT"}:
            content = b""
        raw = self._pool(request.url).request(
            request.method,
            request.url,
            body=content,
            headers={**headers, **request.credential},
            timeout=urllib3.Timeout(connect=min(timeout, _CONNECT_TIMEOUT), total=timeout),
            retries=False,
            redirect=False,
            preload_content=False,
        )
        try:
            body = _read(raw, started + timeout)
        finally:
            raw.release_conn()
        return HttpResponse(status=raw.status, headers=dict(raw.headers), body=body)

    def _pool(self, url: str) -> urllib3.PoolManager:
        proxy = _proxy_of(url)
        if proxy is None:
            return self._direct
        if proxy not in self._proxied:
            self._proxied[proxy] = urllib3.ProxyManager(
                proxy, ssl_context=self._tls, maxsize=_CONNECTIONS
            )
        return self._proxied[proxy]

    @cached_property
    def _direct(self) -> urllib3.PoolManager:
        return urllib3.PoolManager(ssl_context=self._tls, maxsize=_CONNECTIONS)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=os.environ.get("SSL_CERT_FILE") or None)


def _read(raw: urllib3.BaseHTTPResponse, until: float) -> bytes:
    chunks = []
    # What has come, and not a whole chunk: urllib3's timeout is for each read, and slow bytes
    # would go on for ever.
    while chunk := raw.read1(_CHUNK):
        chunks.append(chunk)
        if time.monotonic() > until:
            raw.close()
            message = "the reply did not end in time"
            raise ProtocolError(message)
    return b"".join(chunks)


def _user_agent() -> str:
    try:
        version = metadata.version("tarash-gateway")
    except metadata.PackageNotFoundError:
        version = "0"
    return f"tarash-gateway/{version} (python)"


def _proxy_of(url: str) -> str | None:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if urllib.request.proxy_bypass(host):
        return None
    return urllib.request.getproxies().get(parts.scheme)


def _connection_error(request: HttpRequest, error: HTTPError) -> HTTPConnectionError:
    # The URL is left out but for its host: a query may hold a key.
    host = urlsplit(request.url).hostname or "the host"
    sent = not (isinstance(error, _NOT_SENT) or _in_handshake(error))
    so = "the request may have arrived" if sent else "nothing was sent"
    message = (
        f"no reply from {host} ({type(error).__name__}): {so}; check the network and try again"
    )
    return HTTPConnectionError(message=message, request_sent=sent)


def _in_handshake(error: BaseException | None) -> bool:
    """Tell whether TLS failed before the first byte of the request.

    urllib3 raises the same errors for a failed handshake and a failed read: only the place where
    they come from tells them apart.
    """
    if error is None:
        return False
    frames = traceback.walk_tb(error.__traceback__)
    here = any(frame.f_code.co_name == "do_handshake" for frame, _ in frames)
    return here or _in_handshake(error.__cause__ or error.__context__)
