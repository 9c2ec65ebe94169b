"""The origin of a URL, and how one is shown."""

from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

PORTS: Final = {"http": 80, "https": 443}
# Stands for a query that may be a secret.
HIDDEN_QUERY: Final = "?..."


# One URL is looked at several times in an exchange: whether it may get the key, by what comes
# before it is sent, and by what sends it.
@lru_cache(maxsize=1024)
def origin(url: str) -> tuple[str, str, int | None] | None:
    """Return scheme, host and port of ``url``, or None if it is not an absolute HTTP URL.

    >>> origin("https://queue.fal.run/fal-ai/veo3") == origin("HTTPS://QUEUE.fal.run:443/x")
    True
    >>> origin("not a url") is None
    True
    """
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError:
        return None
    # Both are in lower case.
    scheme = parts.scheme
    if scheme not in PORTS or not host or "@" in parts.netloc:
        return None
    return scheme, host, port or PORTS[scheme]


def without_query(url: str) -> str:
    """Return a URL as it may be shown and written: what a query says may be a secret.

    >>> without_query("https://example.com/hook?token=kite"), without_query("https://example.com/")
    ('https://example.com/hook?...', 'https://example.com/')
    """
    place, mark, _ = url.partition("?")
    return f"{place}{HIDDEN_QUERY}" if mark else url
