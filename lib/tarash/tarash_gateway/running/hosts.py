"""Which hosts a redirect may lead to: a public server must not send us into a private network."""

import ipaddress
from collections.abc import Callable
from urllib.parse import urlsplit

from returns.result import Failure, Success

from ..effects import Effects
from ..exceptions import ValidationError
from ..outcome import Outcome, result_of


def is_private(url: str, effects: Effects) -> bool:
    """Tell whether a URL's host is, or one of its addresses is, private, local or reserved."""
    host = (urlsplit(url).hostname or "").rstrip(".").lower()
    if host == "localhost" or host.endswith(".localhost") or _is_private(host):
        return True
    return any(_is_private(one) for one in result_of(effects.names.addresses(host)).value_or(()))


def _is_private(address: str) -> bool:
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None) or found
    return not inner.is_global or inner.is_multicast


def refused_redirect(
    url: str, effects: Effects, source: str, private: Callable[[], bool] = lambda: False
) -> Outcome[None]:
    """Return success where a redirect may be followed.

    No name is resolved before there is a redirect.

    Args:
        url: Where it leads.
        effects: The world.
        source: The URL that was asked for first: a private host may lead to another one.
        private: Tells whether a private address is expected for another reason.

    Errors:
        ValidationError: It leads from a public host to a private address.
    """
    if not is_private(url, effects) or is_private(source, effects) or private():
        return Success(None)
    message = (
        f"the video's URL redirects to {urlsplit(url).hostname}, which is an address of a private "
        "network: nothing was asked there; fetch the video yourself if you trust it"
    )
    return Failure(ValidationError(message))
