"""A credential that nothing prints, pickles or serialises."""

from typing import Final, NoReturn

HIDDEN: Final = "**********"


class Secret:
    """A credential that only `reveal` shows.

    Its repr and str are asterisks. A pickled secret loads as None, so that a key never
    leaves the process; copies within the process contain it.

    >>> Secret("key-id:key-secret")
    Secret('**********')
    >>> f"{Secret('key')}"
    '**********'
    """

    __slots__ = ("_value",)
    _value: str

    def __init__(self, value: str) -> None:
        """Store ``value`` without the white space around it.

        Values from environment files often end in a newline, which makes a key invalid.
        """
        object.__setattr__(self, "_value", value.strip())

    def reveal(self) -> str:
        """Return the credential in clear, to authenticate a request."""
        return self._value

    def __setattr__(self, name: str, value: object) -> NoReturn:
        message = "a Secret cannot be changed"
        raise AttributeError(message)

    def __repr__(self) -> str:
        return f"Secret('{HIDDEN}')"

    def __str__(self) -> str:
        return HIDDEN

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __copy__(self) -> "Secret":
        return self

    def __deepcopy__(self, memo: object) -> "Secret":
        return self

    def __reduce__(self) -> tuple[object, ...]:
        return (_withheld, ())


def _withheld() -> None:
    """Replace a key in a loaded pickle; the key is then read from the environment."""


def optional_secret(value: str | Secret | None) -> Secret | None:
    """Return ``value`` as a secret, or None for None and blank strings."""
    secret = Secret(value) if isinstance(value, str) else value
    return secret or None
