"""How long a provider's key set is believed, and when it may be asked for again: pure."""

from collections.abc import Mapping
from typing import Any, Final

import attrs
from returns.result import Failure, Success

from ..exceptions import TarashException, UnexpectedReplyError
from ..http.messages import HttpRequest, HttpResponse, Limits
from ..http.reading import object_of
from ..outcome import Outcome

# A message whose signature fits no key may be signed with a new one, or forged: many forged ones
# must not become many requests to the provider.
_AGAIN: Final = 60.0
# The same after a request that brought nothing.
_RETRY: Final = 5.0
# Key sets have a few hundred bytes for each key.
LIMITS: Final = Limits(total=10.0, head=10.0, idle=10.0, connect=5.0, size=256 * 1024)
_OK: Final = 200


@attrs.frozen(kw_only=True)
class KeySet:
    """A provider's public keys, as far as they are known.

    Attributes:
        keys: The parsed JSON of the key set, or None.
        asked: When it was last asked for: monotonic seconds.
        until: When ``keys`` are out of date: monotonic seconds.
        error: Why the last request brought nothing, or None.
    """

    keys: Mapping[str, Any] | None = attrs.field(default=None, hash=False, repr=False)
    asked: float
    until: float
    error: TarashException | None = None

    def usable(self, now: float) -> Mapping[str, Any] | None:
        """Return the keys if they are still believed.

        >>> KeySet(keys={"keys": []}, asked=0, until=60).usable(59.0)
        {'keys': []}
        """
        return self.keys if now < self.until else None

    def may_ask(self, now: float) -> bool:
        """Tell whether the key set may be asked for again.

        >>> known = KeySet(keys={"keys": []}, asked=0, until=3600)
        >>> known.may_ask(59.0), known.may_ask(60.0)
        (False, True)
        """
        pause = _AGAIN if self.error is None and self.usable(now) is not None else _RETRY
        return now - self.asked >= pause


def request_of(url: str) -> HttpRequest:
    """Return the request for a key set: no key goes with it."""
    return HttpRequest(method="GET", url=url, headers={"Accept": "application/json"}, keyless=True)


def answered(
    known: KeySet | None, reply: Outcome[HttpResponse], longest: float, now: float
) -> KeySet:
    """Return what is known after a request for the key set.

    Keys that were known stay so until their time is over, whatever the provider answers.

    Args:
        known: What was known before.
        reply: The answer.
        longest: How long the provider's record lets a key set be believed, in seconds.
        now: Monotonic seconds.
    """
    read = reply.bind(_read)
    if isinstance(read, Failure):
        if known is None:
            return KeySet(asked=now, until=now, error=read.failure())
        return attrs.evolve(known, asked=now, error=read.failure())
    seconds = _lifetime(reply.map(lambda got: got.headers).value_or({}), longest)
    return KeySet(keys=read.unwrap(), asked=now, until=now + seconds)


def _read(reply: HttpResponse) -> Outcome[Mapping[str, Any]]:
    found = object_of(reply).value_or(None) if reply.status == _OK else None
    if found is None or not isinstance(found.get("keys"), list):
        message = (
            f"the provider's key set cannot be read (HTTP {reply.status}): no message that is "
            "signed with a key of it can be checked now; answer with an error, so that it is sent "
            "again"
        )
        return Failure(UnexpectedReplyError(message, status_code=reply.status))
    return Success(found)


def _lifetime(headers: Mapping[str, str], longest: float) -> float:
    """Return how many seconds a key set is believed: as long as its reply and its record say.

    An answer that may not be kept at all (RFC 9111, section 5.2.2) is kept for a minute: otherwise
    each message would cost the provider a request.

    >>> _lifetime({"cache-control": "public, max-age=3600"}, 86_400.0), _lifetime({}, 86_400.0)
    (3600.0, 86400.0)
    >>> _lifetime({"cache-control": "no-store"}, 86_400.0)
    60.0
    """
    seconds = longest
    for part in headers.get("cache-control", "").lower().split(","):
        name, _, value = part.strip().partition("=")
        if name in {"no-store", "no-cache"}:
            seconds = 0.0
        elif name == "max-age" and value.isascii() and value.isdigit():
            seconds = min(seconds, float(value[:9]))
    return max(seconds, _AGAIN)
