"""Where a redirect leads."""

from typing import Final
from urllib.parse import urljoin

from ..values.urls import origin as origin

REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
MOST_REDIRECTS: Final = 5


def followed(url: str, location: str) -> str | None:
    """Return the target of a redirect from ``url``, or None if it is not an HTTP URL.

    >>> followed("https://a.example/b", "/c"), followed("https://a.example/b", "ftp://d.example")
    ('https://a.example/c', None)
    """
    try:
        target = urljoin(url, location)
    except ValueError:
        return None
    return None if origin(target) is None else target
