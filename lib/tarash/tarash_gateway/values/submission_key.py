"""The caller's own name of a paid submission, and the attempts below it."""

import attrs

from ..exceptions import ValidationError
from . import checks
from .shown import Shown

_LONGEST = 256


@attrs.frozen(kw_only=True)
class KeyedAttempt(Shown):
    """An attempt below a submission key.

    Attributes:
        key: The submission key, as the caller gave it.
        number: Place of the attempt below the key, from 1.
        fingerprint: Digest of the request and the chain for which the key is used.
    """

    key: str
    number: int
    fingerprint: str

    @property
    def id(self) -> str:
        """The id of the attempt's entry in a journal: no other attempt of any key has the same.

        >>> KeyedAttempt(key="order-17/clip-1", number=2, fingerprint="").id
        'order-17/clip-1#2'
        """
        return f"{self.key}#{self.number}"

    def following(self) -> "KeyedAttempt":
        """Return the next attempt below the key."""
        return attrs.evolve(self, number=self.number + 1)


def wrong_key(key: object) -> ValidationError | None:
    r"""Return the error about a value that cannot be a submission key, or None.

    >>> wrong_key("order-17/clip-1") is None
    True
    >>> wrong_key("line\nbreak").message
    "key must be a text of 1 to 256 printable characters, not 'line\\nbreak'"
    """
    if isinstance(key, str) and key.strip() and key.isprintable() and len(key) <= _LONGEST:
        return None
    return checks.refuse("key", key, f"a text of 1 to {_LONGEST} printable characters")
