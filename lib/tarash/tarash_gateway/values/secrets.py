"""A credential that nothing prints, pickles or serialises."""

from typing import Final, NoReturn

HIDDEN: Final = "**********"


class Secret:
    """A credential: readable only through `reveal`.

    Its repr and str show asterisks; pickled, it loads as None, so that a key never
    leaves the process; copies within the process keep it.

    >>> Secret("key-id:key-secret")
    Secret('**********')
    >>> f"{Secret('key')}"
    '**********'
    """

    __slots__ = ("_value",)
    _value: str

    def __init__(self, value: str) -> None:
        """Keep ``value`` without the white space around it.

        A trailing newline out of an environment file makes a 401: wire/fal.md, section 1.
        """
        object.__setattr__(self, "_value", value.strip())

    def reveal(self) -> str:
        """Return the credential in clear: only where a request is authenticated."""
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
    """Stand for a key in a loaded pickle: the environment is asked again instead."""


def optional_secret(value: str | Secret | None) -> Secret | None:
    """Return ``value`` as a secret; None and the empty string mean that there is none."""
    secret = Secret(value) if isinstance(value, str) else value
    return secret or None
