"""The way of an exchange to its server: directly, or through a proxy of the environment."""

import logging
from functools import lru_cache, partial

import attrs
from returns.result import Success
from urllib3.exceptions import LocationValueError
from urllib3.util import parse_url

from ..outcome import Outcome
from ..values.urls import PORTS, origin
from .proxies import Proxy, proxy_of
from .trust import Trust
from .writing import not_sent

_log = logging.getLogger("tarash.tarash_gateway.http")


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


def url_host(host: str) -> str:
    """Return a host in the form that URLs have: an IPv6 address in brackets."""
    return f"[{host}]" if ":" in host else host


# A job is polled at one URL, and taking it apart takes longer than looking it up.
@lru_cache(maxsize=512)
def _direct(url: str) -> Outcome[Route]:
    """Return the way without a proxy and without TLS."""
    place = origin(url)
    try:
        if place is None or place[2] is None:
            return not_sent("the URL of the request is not an HTTP URL: check base_url")
        scheme, host, port = place[0], place[1].encode("idna").decode(), place[2]
        target = parse_url(url).request_uri
    except (UnicodeError, LocationValueError):
        return not_sent("the URL of the request has an invalid host: check base_url")
    return Success(
        Route(scheme=scheme, host=host, port=port, target=target, proxy=None, trust=None)
    )


def route_of(url: str) -> Outcome[Route]:
    """Return the way to a URL, as the environment says now.

    Errors:
        HTTPConnectionError: The URL has no host, or the environment names something else than a
            proxy; nothing was sent.
    """
    return _direct(url).bind(
        lambda direct: proxy_of(direct.scheme, direct.host, direct.port).map(
            partial(_led_through, direct)
        )
    )


def _led_through(direct: Route, proxy: Proxy | None) -> Route:
    encrypted = "https" in {direct.scheme, proxy and proxy.scheme}
    if proxy is None and not encrypted:
        return direct
    trust = Trust.of_environment() if encrypted else None
    return attrs.evolve(direct, proxy=proxy, trust=trust)


def log_exchange(route: Route, method: str, status: int) -> None:
    """Log an exchange as urllib3 does, without the query, which may hold keys."""
    if _log.isEnabledFor(logging.DEBUG):
        place = f"{route.scheme}://{route.host}:{route.port}"
        _log.debug('%s "%s %s HTTP/1.1" %d', place, method, route.target.partition("?")[0], status)


def log_strange_head(route: Route, method: str) -> None:
    """Warn of a head in which not every line was a header."""
    path = route.target.partition("?")[0]
    _log.warning("Failed to parse headers of the reply to %s %s", method, path)
