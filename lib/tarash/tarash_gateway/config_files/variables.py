"""Environment variables in the strings of a file: ``${NAME}``, and ``$$`` for a ``$``."""

import re
from collections.abc import Callable
from typing import Final, TypeAlias

from returns.result import Failure, Success

from ..exceptions import ValidationError
from ..outcome import Outcome

# Returns the value of a variable, or None if it is not set.
Variables: TypeAlias = Callable[[str], str | None]

_NAME: Final = r"[A-Za-z_][A-Za-z0-9_]*"
_DOLLAR: Final = re.compile(rf"\$(?:\$|\{{(?P<name>{_NAME})\}}|(?P<wrong>\{{))")


def filled(text: str, variables: Variables) -> Outcome[str]:
    """Return a text with the values of the variables that it names.

    Errors:
        ValidationError: A variable is not set or empty, or its name cannot be one. No value of a
            variable is in the message.

    >>> filled("https://${HOST}/a$$b$c", {"HOST": "example.org"}.get)
    <Success: https://example.org/a$b$c>
    """
    parts: list[str] = []
    at = 0
    for dollar in _DOLLAR.finditer(text):
        parts.append(text[at : dollar.start()])
        at = dollar.end()
        name = dollar["name"]
        if dollar["wrong"]:
            return Failure(
                ValidationError(
                    "${ begins a variable, such as ${FAL_KEY}: write $${ for the characters ${"
                )
            )
        value = "$" if name is None else variables(name)
        if value is None or not value.strip():
            state = "not set" if value is None else "empty"
            return Failure(ValidationError(f"the environment variable {name} is {state}: set it"))
        parts.append(value)
    return Success("".join((*parts, text[at:])))
