"""Choose the proxy of an exchange from the environment."""

import base64
import os
import re
import urllib.request
from collections.abc import Mapping
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

import attrs
from returns.result import Failure, Success

from ..exceptions import HTTPConnectionError
from ..outcome import Outcome
from ..values.urls import PORTS

# Whether the operating system has settings beside the environment.
_HAS_SETTINGS: Final = urllib.request.getproxies is not urllib.request.getproxies_environment
_HOST: Final = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+")


@attrs.frozen
class Proxy:
    """A proxy; ``scheme`` is that of the connection to it, ``"http"`` or ``"https"``."""

    scheme: str
    host: str
    port: int
    # The headers for the proxy itself.
    headers: Mapping[str, str] = attrs.field(repr=False, hash=False)


def proxy_of(scheme: str, host: str, port: int) -> Outcome[Proxy | None]:
    """Return the proxy for this origin, or None.

    It reads ``HTTPS_PROXY`` or ``HTTP_PROXY``, then ``ALL_PROXY``; ``NO_PROXY`` excludes hosts.
    Lower-case names take precedence. Without any of them, the operating system's settings apply.

    Errors:
        HTTPConnectionError: The variable does not name an HTTP proxy; nothing was sent.
    """
    # The names are looked up one by one: the function of the standard library goes through the
    # whole environment, which takes longer than sending a request.
    found = _given(scheme) or _given("all")
    if found is None:
        return _proxy_of_system(scheme, host)
    name, url = found
    excepted = _given("no")
    # typeshed declares the second parameter on some systems only.
    if excepted is not None and urllib.request.proxy_bypass_environment(  # type: ignore[attr-defined,unused-ignore]
        f"{host}:{port}", {"no": excepted[1]}
    ):
        return Success(None)
    return _proxy(url, name.upper())


def _proxy_of_system(scheme: str, host: str) -> Outcome[Proxy | None]:
    """Return the proxy that the operating system's settings name, or None."""
    if not _HAS_SETTINGS:
        return Success(None)
    settings = urllib.request.getproxies()
    name = next((name for name in (scheme, "all") if settings.get(name)), None)
    if name is None or urllib.request.proxy_bypass(host):
        return Success(None)
    return _proxy(settings[name], f"{name.upper()}_PROXY")


# The variables of each kind of proxy; the first one that is set decides, even if it is empty.
_VARIABLES: Final[Mapping[str, tuple[str, str]]] = {
    kind: (f"{kind}_proxy", f"{kind.upper()}_PROXY") for kind in ("http", "https", "all", "no")
}


def _given(kind: str) -> tuple[str, str] | None:
    """Return the variable about one kind of proxy with its value, or None if nothing is set."""
    for name in _VARIABLES[kind]:
        if (value := os.environ.get(name)) is not None:
            # In a CGI script, this variable is the header "Proxy" of whoever sent the request.
            forged = name == "HTTP_PROXY" and "REQUEST_METHOD" in os.environ
            return (name, value) if value and not forged else None
    return None


def _proxy(url: str, name: str) -> Outcome[Proxy | None]:
    # Messages never show the URL, which may hold a password.
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        scheme, host, port = parts.scheme.lower(), parts.hostname or "", parts.port
    except ValueError:
        why = "is not a URL"
    else:
        if scheme in PORTS and _HOST.fullmatch(host):
            return Success(Proxy(scheme, host, port or PORTS[scheme], _headers(parts)))
        why = "does not name an HTTP proxy"
        if scheme.startswith("socks"):
            why = f"names a SOCKS proxy ({scheme}), which is not supported"
    message = (
        f"the variable {name} {why}: nothing was sent; set it to http://user:password@host:port, "
        "or put the provider's host into NO_PROXY"
    )
    return Failure(HTTPConnectionError(message=message, request_sent=False))


def _headers(parts: SplitResult) -> dict[str, str]:
    if parts.username is None:
        return {}
    who = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    credentials = base64.b64encode(who.encode("utf-8", "replace")).decode()
    return {"Proxy-Authorization": f"Basic {credentials}"}
