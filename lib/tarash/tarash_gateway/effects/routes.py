"""The way of an exchange to its server: directly, or through a proxy of the environment."""

import logging
import re
from functools import lru_cache
from typing import Final

import attrs
from returns.result import Failure, Success
from urllib3.exceptions import LocationValueError
from urllib3.util import parse_url

from ..outcome import Outcome, failed
from ..values.urls import PORTS, origin
from .proxies import Proxy, proxy_of
from .trust import Trust
from .writing import PreparedRequest, not_sent

_log = logging.getLogger("tarash.tarash_gateway.http")
# A URL that needs no escapes and has no dot segments: all but a few are like this, and urllib3's
# parser, which handles the others, takes as long as sending a request.
_USUAL: Final = re.compile(
    r"https?://[a-z0-9.:-]+((?:/(?!\.)[\w.~!$&'()*+,;=:@-]*)+(?:\?[\w.~!$&'()*+,;=:@/?-]*)?)",
    re.ASCII,
)


@attrs.frozen(kw_only=True)
class Route:
    """The way to a server; idle connections are stored by it.

    Attributes:
        scheme: ``"http"`` or ``"https"``.
        host: Host, its name in ASCII.
        port: Port.
        target: Path and query, which do not belong to the way.
        proxy: The proxy, or None.
        trust: The trusted certificates, or None where nothing is encrypted.
    """

    scheme: str
    host: str
    port: int
    target: str = attrs.field(eq=False, repr=False)
    proxy: Proxy | None
    trust: Trust | None = attrs.field(repr=False)

    @property
    def forwarder(self) -> Proxy | None:
        """The proxy that receives the request itself, or None; https uses a tunnel instead."""
        return self.proxy if self.scheme == "http" else None

    @property
    def place(self) -> str:
        """The host as a URL has it, with the port unless it is the usual one."""
        port = "" if self.port == PORTS[self.scheme] else f":{self.port}"
        return f"{url_host(self.host)}{port}"

    def addressed(self, ready: PreparedRequest) -> tuple[str, dict[str, str]]:
        """Return the target and the headers with which a request is sent this way."""
        headers = dict(ready.headers)
        if not ready.names_host:
            headers = {"Host": self.place} | headers
        if self.forwarder is None:
            return self.target, headers
        return f"http://{self.place}{self.target}", headers | dict(self.forwarder.headers)


def url_host(host: str) -> str:
    """Return a host in the form that URLs have: an IPv6 address in brackets."""
    return f"[{host}]" if ":" in host else host


@attrs.frozen
class _Place:
    scheme: str
    host: str
    port: int
    target: str


# A job is polled at one URL, and taking it apart takes longer than looking it up.
@lru_cache(maxsize=512)
def _place_of(url: str) -> Outcome[_Place]:
    place = origin(url)
    try:
        if place is None or place[2] is None:
            return not_sent("the URL of the request is not an HTTP URL: check base_url")
        if usual := _USUAL.fullmatch(url):
            return Success(_Place(place[0], place[1], place[2], usual[1]))
        host = place[1].encode("idna").decode()
        return Success(_Place(place[0], host, place[2], parse_url(url).request_uri))
    except (UnicodeError, LocationValueError):
        return not_sent("the URL of the request has an invalid host: check base_url")


def route_of(url: str) -> Outcome[Route]:
    """Return the way to a URL, as the environment says now.

    Errors:
        HTTPConnectionError: The URL has no host, or the environment names something else than a
            proxy; nothing was sent.
    """
    found = _place_of(url)
    if failed(found):
        return Failure(found.failure())
    place = found.unwrap()
    through = proxy_of(place.scheme, place.host, place.port)
    if failed(through):
        return Failure(through.failure())
    proxy = through.unwrap()
    encrypted = place.scheme == "https" or (proxy is not None and proxy.scheme == "https")
    return Success(
        Route(
            scheme=place.scheme,
            host=place.host,
            port=place.port,
            target=place.target,
            proxy=proxy,
            trust=Trust.of_environment() if encrypted else None,
        )
    )


def log_exchange(route: Route, method: str, status: int) -> None:
    """Log an exchange as urllib3 does, without the query, which may hold keys."""
    if _log.isEnabledFor(logging.DEBUG):
        place = f"{route.scheme}://{route.host}:{route.port}"
        _log.debug('%s "%s %s HTTP/1.1" %d', place, method, route.target.partition("?")[0], status)


def log_strange_head(route: Route, method: str) -> None:
    """Warn of a head in which not every line was a header."""
    path = route.target.partition("?")[0]
    _log.warning("Failed to parse headers of the reply to %s %s", method, path)
