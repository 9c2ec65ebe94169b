"""Choose the proxy of an exchange from the environment."""

import base64
import re
import urllib.request
from collections.abc import Mapping
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

import attrs
from returns.result import Failure, Success

from ..exceptions import HTTPConnectionError
from ..outcome import Outcome

_HOST: Final = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+")
_PORTS: Final = {"http": 80, "https": 443}


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
    variables = urllib.request.getproxies_environment()
    if variables:
        # typeshed declares the second parameter on some systems only.
        bypass = urllib.request.proxy_bypass_environment(f"{host}:{port}", variables)  # type: ignore[attr-defined,unused-ignore]
    else:
        variables = urllib.request.getproxies()
        bypass = variables and urllib.request.proxy_bypass(host)
    name = next((name for name in (scheme, "all") if variables.get(name)), None)
    if name is None or bypass:
        return Success(None)
    return _proxy(variables[name], f"{name.upper()}_PROXY")


def _proxy(url: str, name: str) -> Outcome[Proxy | None]:
    # Messages never show the URL, which may hold a password.
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        scheme, host, port = parts.scheme.lower(), parts.hostname or "", parts.port
    except ValueError:
        why = "is not a URL"
    else:
        if scheme in _PORTS and _HOST.fullmatch(host):
            return Success(Proxy(scheme, host, port or _PORTS[scheme], _headers(parts)))
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
