"""Files of requests, row by row: JSON lines, or CSV with a header."""

import csv
import io
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias

import attrs
from returns.result import Failure, Result, Success, safe

from ..exceptions import ValidationError

# A column of CSV for one parameter of the provider, e.g. ``extra_params.cfg_scale``.
_EXTRA: Final = "extra_params."
_WORDS: Final = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}

Fields: TypeAlias = Mapping[str, Any]


@attrs.frozen
class RawRow:
    """A row as the file has it: the number of its line, and its fields or what is wrong."""

    line: int
    fields: Result[Fields, str]


@attrs.frozen(kw_only=True)
class RowFile:
    """A file of requests, which is read as often as it is iterated over.

    Attributes:
        path: The file, or None for the text.
        text: What came from stdin, which can be read only once.
    """

    path: Path | None
    text: str = attrs.field(default="", repr=False)

    @classmethod
    def named(cls, name: str) -> "RowFile":
        """Return the file of this name; ``-`` is stdin.

        Raises:
            ValidationError: It cannot be read.
        """
        if name == "-":
            return cls(path=None, text=sys.stdin.read())
        path = Path(name)
        try:
            with path.open(encoding="utf-8-sig") as file:
                file.read(1)
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or error
            raise ValidationError(
                message=f"{name} cannot be read ({why}): check its name"
            ) from error
        return cls(path=path)

    def __iter__(self) -> Iterator[RawRow]:
        """Yield the rows; a file whose first character is not ``{`` is CSV with a header."""
        file = io.StringIO(self.text) if self.path is None else self._open(self.path)
        with file:
            begins = next((line for line in file if line.strip()), "")
            file.seek(0)
            yield from _json_lines(file) if begins.lstrip().startswith("{") else _csv(file)

    @staticmethod
    def _open(path: Path) -> io.TextIOWrapper:
        # The line breaks in the cells of CSV are its own.
        return path.open(encoding="utf-8-sig", newline="", errors="backslashreplace")


def _json_lines(lines: io.TextIOBase) -> Iterator[RawRow]:
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield RawRow(number, _parsed(line.rstrip()).alt(_not_json).bind(_object))


_parsed = safe(exceptions=(ValueError, RecursionError))(json.loads)


def _not_json(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"is not JSON: {error.msg} at column {error.colno}"
    return f"is not JSON: {error}"


def _object(value: object) -> Result[Fields, str]:
    if isinstance(value, dict):
        return Success({name: given for name, given in value.items() if given is not None})
    return Failure('is not an object such as {"prompt": "a kite"}')


def _csv(lines: io.TextIOBase) -> Iterator[RawRow]:
    reader = csv.DictReader(lines, skipinitialspace=True)
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield RawRow(reader.line_num, Failure(f"is not CSV: {error}"))
            continue
        if cells is None:
            return
        yield RawRow(reader.line_num, _fields_of_cells(cells))


def _fields_of_cells(cells: Mapping[str | None, Any]) -> Result[Fields, str]:
    if None in cells:
        return Failure("has more cells than the header")
    fields: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    for column, cell in cells.items():
        name, text = str(column).strip(), (cell or "").strip()
        if not text:
            continue
        if name.startswith(_EXTRA):
            extra[name.removeprefix(_EXTRA)] = _parsed(text).value_or(text)
            continue
        value = _CELLS.get(name, Success)(text)
        if isinstance(value, Failure):
            return Failure(f"{name} must be {value.failure()}, not {text!r}")
        fields[name] = value.unwrap()
    return Success({**fields, "extra_params": {**fields.get("extra_params", {}), **extra}})


def _number(kind: type[float] | type[int], allowed: str) -> Callable[[str], Result[Any, str]]:
    return lambda text: safe(exceptions=(ValueError,))(kind)(text).alt(lambda _: allowed)


def _flag(text: str) -> Result[Any, str]:
    found = _WORDS.get(text.lower())
    return Failure("true or false") if found is None else Success(found)


def _images(text: str) -> Result[Any, str]:
    if text.startswith("["):
        return _parsed(text).alt(lambda _: "a JSON list, or names that are separated by ;")
    return Success([name.strip() for name in text.split(";") if name.strip()])


def _params(text: str) -> Result[Any, str]:
    found = _parsed(text).value_or(None)
    return Success(found) if isinstance(found, dict) else Failure("a JSON object")


_CELLS: Final[Mapping[str, Callable[[str], Result[Any, str]]]] = {
    "duration_seconds": _number(float, "a number of seconds"),
    "seed": _number(int, "a whole number"),
    "generate_audio": _flag,
    "enhance_prompt": _flag,
    "image_list": _images,
    "extra_params": _params,
}
