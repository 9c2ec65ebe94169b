"""On which line of a TOML text each key is: tomllib tells it of syntax errors only."""

import re
import tomllib
from collections.abc import Iterator
from typing import Final, TypeAlias

import attrs

# The keys that lead to a value, and the places in lists of tables.
KeyPath: TypeAlias = tuple[str | int, ...]

_PART: Final = r"""(?:"(?:\\.|[^"\\\n])*"|'[^'\n]*'|[A-Za-z0-9_-]+)"""
_KEY: Final = rf"{_PART}(?:[ \t]*\.[ \t]*{_PART})*"
_SPACE: Final = re.compile(r"(?:[ \t\r\n]|#[^\n]*)+")
_HEADER: Final = re.compile(rf"(?P<open>\[\[?)[ \t]*(?P<key>{_KEY})[ \t]*\]\]?")
_FIELD: Final = re.compile(rf"(?P<key>{_KEY})[ \t]*=")
# What a value is made of: strings, whose brackets and line breaks mean nothing, and single signs.
_TOKEN: Final = re.compile(
    r'"""(?:\\.|[^\\])*?""""{0,2}'
    r"|'''.*?''''{0,2}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|.",
    re.DOTALL,
)


@attrs.define
class _Tables:
    """The tables of a text so far: how many each list of tables has."""

    counts: dict[KeyPath, int] = attrs.field(factory=dict)

    def open(self, keys: tuple[str, ...], *, in_list: bool) -> KeyPath:
        """Return the path of a table whose header comes next."""
        path: KeyPath = ()
        for key in keys[:-1]:
            path = self._last((*path, key))
        path = (*path, keys[-1])
        if not in_list:
            return self._last(path)
        number = self.counts.get(path, 0)
        self.counts[path] = number + 1
        return (*path, number)

    def _last(self, path: KeyPath) -> KeyPath:
        return (*path, self.counts[path] - 1) if path in self.counts else path


def lines_of(text: str) -> dict[KeyPath, int]:
    r"""Return the line of each table and of each key outside of inline tables, from 1.

    Args:
        text: A TOML text that tomllib reads without an error.

    >>> lines_of('[a]\nb = [\n  "]"\n]\nc = 1')
    {('a',): 1, ('a', 'b'): 2, ('a', 'c'): 5}
    """
    found: dict[KeyPath, int] = {}
    for path, offset in _places(text):
        line = text.count("\n", 0, offset) + 1
        # A dotted key makes the tables on its way.
        for end in range(1, len(path) + 1):
            found.setdefault(path[:end], line)
    return found


def _places(text: str) -> Iterator[tuple[KeyPath, int]]:
    tables, at = _Tables(), 0
    table: KeyPath = ()
    while at < len(text):
        if space := _SPACE.match(text, at):
            at = space.end()
        elif header := _HEADER.match(text, at):
            table = tables.open(_keys(header["key"]), in_list=header["open"] == "[[")
            yield table, at
            at = header.end()
        elif field := _FIELD.match(text, at):
            yield (*table, *_keys(field["key"])), at
            at = _end_of_value(text, field.end())
        else:
            # Whatever tomllib reads and this does not: the lines after it are not known.
            return


def _keys(text: str) -> tuple[str, ...]:
    """Return the parts of a dotted key, unquoted as tomllib does it.

    >>> _keys('a . "b.c"')
    ('a', 'b.c')
    """
    keys: list[str] = []
    inner: object = tomllib.loads(f"{text} = 0")
    while isinstance(inner, dict):
        ((key, inner),) = inner.items()
        keys.append(key)
    return tuple(keys)


def _end_of_value(text: str, at: int) -> int:
    """Return the offset of the line break after a value."""
    depth = 0
    for token in _TOKEN.finditer(text, at):
        if token[0] == "\n" and not depth:
            return token.start()
        depth += (token[0] in {"[", "{"}) - (token[0] in {"]", "}"})
    return len(text)
