"""The addresses of a host."""

import socket

from returns.io import IOFailure, IOSuccess

from ..exceptions import HTTPConnectionError
from ..outcome import IOOutcome
from .proxies import proxy_of


class SystemNames:
    """The resolver of the machine."""

    def addresses(self, host: str) -> IOOutcome[tuple[str, ...]]:
        """Return the addresses of a host; none where a proxy resolves its name."""
        if proxy_of("https", host, 443).value_or(None) is not None:
            nothing_known: IOOutcome[tuple[str, ...]] = IOSuccess(())
            return nothing_known
        try:
            found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            message = f"the name {host} cannot be resolved: nothing was sent; check the network"
            return IOFailure(HTTPConnectionError(message, request_sent=False))
        addresses: IOOutcome[tuple[str, ...]] = IOSuccess(tuple(str(one[4][0]) for one in found))
        return addresses
