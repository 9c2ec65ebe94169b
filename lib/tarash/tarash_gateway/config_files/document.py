"""A file of configs that was read: its tables, their names, and where each field is."""

import tomllib
from collections.abc import Mapping
from typing import Any

import attrs
from returns.result import Failure, Success

from ..exceptions import TarashException, ValidationError
from ..outcome import Outcome
from ..values.spelling import did_you_mean
from .lines import KeyPath, lines_of
from .variables import Variables, filled

_DEFAULT = "default"


@attrs.frozen
class Document:
    """A file of configs.

    Attributes:
        file: The name of the file, for messages.
        tables: The table of each config, by its name, in the order of the file.
        default: The name of the config that is meant without a name, or None.
        lines: The line of each key.
    """

    file: str
    # Keys may be written in it.
    tables: Mapping[str, Mapping[str, Any]] = attrs.field(repr=False)
    default: str | None
    lines: Mapping[KeyPath, int] = attrs.field(repr=False)

    def refuse(self, path: KeyPath, why: str) -> ValidationError:
        """Return the error about the field at a path, with its line and its config."""
        nearest = (path[:end] for end in range(len(path), 0, -1))
        line = next((self.lines[each] for each in nearest if each in self.lines), None)
        place = self.file if line is None else f"{self.file}:{line}"
        if path[:1] == (_DEFAULT,) and _DEFAULT not in self.tables:
            return ValidationError(f"{place}: default: {why}")
        name, *fields = path or ("",)
        return ValidationError(f"{place}: [{name}] {_dotted(fields)}{why}")

    def chosen(self, name: str | None, variables: Variables) -> Outcome[str]:
        """Return the name of the config that is meant; None is the one of the file.

        Errors:
            ValidationError: No config has this name; or no name was given, and the file
                does not say which config is meant.
        """
        if name is not None:
            return self._known(name, ValidationError(f"{self.file}: {self.no_config(name)}"))
        if (written := self.default) is not None:
            named = filled(written, variables).alt(self._about_default)
            return named.bind(lambda found: self._known(found, self._no_default(written)))
        if len(self.tables) == 1:
            return Success(next(iter(self.tables)))
        many = f'name one of {self._names()}, or write default = "NAME" at the top of the file'
        none = "it has no config: write a table such as [fast] with provider and model"
        return Failure(ValidationError(f"{self.file}: {many if self.tables else none}"))

    def _about_default(self, error: TarashException) -> TarashException:
        return self.refuse((_DEFAULT,), error.message)

    def _known(self, name: str, error: ValidationError) -> Outcome[str]:
        return Success(name) if name in self.tables else Failure(error)

    def _no_default(self, written: str) -> ValidationError:
        return self.refuse((_DEFAULT,), self.no_config(written))

    def no_config(self, name: str) -> str:
        """Return the sentence about a name that no table has, as it is written in the file."""
        known = self._names() or "none"
        return f"there is no config {name!r} (there is {known}){did_you_mean(name, self.tables)}"

    def _names(self) -> str:
        return ", ".join(self.tables)


def _dotted(fields: list[str | int]) -> str:
    """Return the fields of a path for a message.

    >>> _dotted(["mock", "responses", 0, "weight"]), _dotted([])
    ('mock.responses[0].weight: ', '')
    """
    text = "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in fields)
    return f"{text.lstrip('.')}: " if text else ""


def document_of(file: str, content: bytes) -> Outcome[Document]:
    """Return what a file contains.

    Args:
        file: Its name, for messages.
        content: Its bytes.

    Errors:
        ValidationError: It is not TOML, or has something beside configs at the top.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Failure(ValidationError(f"{file}: it is not UTF-8: save it as UTF-8 text"))
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return Failure(ValidationError(_syntax(file, text, str(error))))
    except RecursionError:
        return Failure(ValidationError(f"{file}: its values are nested too deeply"))
    lines = lines_of(text)
    default = found.get(_DEFAULT)
    tables = {name: table for name, table in found.items() if isinstance(table, dict)}
    if isinstance(default, dict):
        default = _DEFAULT
    document = Document(file, tables, default, lines)
    for name in found:
        if name not in tables and (name != _DEFAULT or not isinstance(default, str)):
            return Failure(_stray(document, name))
    return Success(document)


def _stray(document: Document, name: str) -> ValidationError:
    line = document.lines.get((name,))
    place = document.file if line is None else f"{document.file}:{line}"
    if name == _DEFAULT:
        return ValidationError(f"{place}: default: must be the name of a config, in quotes")
    return ValidationError(
        f"{place}: {name}: it belongs to no config: write the name of one above it, such as [fast]"
    )


def _syntax(file: str, text: str, problem: str) -> str:
    """Return tomllib's words about an error with the line where others have it.

    >>> _syntax("a.toml", "", "Invalid value (at line 3, column 5)")
    'a.toml:3: this is not TOML: Invalid value (column 5)'
    """
    what, _, where = problem.rpartition(" (at ")
    if where.startswith("line "):
        line, _, column = where.removeprefix("line ").partition(", ")
        return f"{file}:{line}: this is not TOML: {what} ({column}"
    if where.startswith("end of document"):
        return f"{file}:{text.count(chr(10)) + 1}: this is not TOML: {what} (at its end)"
    return f"{file}: this is not TOML: {problem}"
