"""How values show themselves in a console, a notebook and a log: briefly.

The repr of a class of attrs that inherits `Shown` has the fields that differ from their defaults,
and stays below `MOST` characters, whatever a provider replied.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import date
from typing import Any, Final

import attrs

# Characters of a value, and of one of its fields.
MOST: Final = 200
_FIELD: Final = 80
_LEFT_OUT: Final = "..."
# Items of a sequence that rich shows.
_ITEMS: Final = 10


class Shown:
    """Shows a value of attrs by the fields that differ from their defaults."""

    __slots__ = ()

    def __init_subclass__(cls) -> None:
        """Give each class this repr as its own: attrs makes one for a class that has none."""
        super().__init_subclass__()
        cls.__repr__ = Shown.__repr__  # type: ignore[method-assign]  # that is the point

    def __repr__(self) -> str:
        return _value(self, MOST)

    def __rich_repr__(self) -> Iterator[tuple[str, Any]]:
        """Yield the same fields to rich, which breaks lines by the width of the terminal."""
        for name, item in _fields(self):
            yield name, _for_rich(item)


class _Text:
    """A text that stands for a value: its repr has no quotes."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


def keys(value: Mapping[str, Any] | None) -> str:
    """Return how a mapping that may be long, or hold anything, is shown: by its size.

    >>> keys({"request_id": "1", "video": {}}), keys({"seed": 1})
    ('<2 keys>', '<1 key>')
    """
    return _count(len(value or ()), "key")


def _count(number: int, noun: str) -> str:
    return f"<{number} {noun}{'' if number == 1 else 's'}>"


def _fields(value: Any) -> Iterator[tuple[str, Any]]:
    for field in attrs.fields(type(value)):
        item = getattr(value, field.name)
        if field.repr and not _is_default(field, item):
            yield field.name, _Text(field.repr(item)) if callable(field.repr) else item


def _is_default(field: "attrs.Attribute[Any]", item: Any) -> bool:
    default: Any = field.default
    if default is attrs.NOTHING:
        return False
    if hasattr(default, "takes_self"):
        default = default.factory()
    # The stubs of attrs lack this documented attribute.
    key: Callable[[Any], Any] | None = getattr(field, "eq_key", None)
    return bool(item == default if key is None else key(item) == key(default))


def _value(value: Any, room: int) -> str:
    name = type(value).__name__
    parts = ((f"{field}=", item) for field, item in _fields(value))
    return f"{name}({_run(parts, room - len(name) - 2)})"


def _run(parts: Iterable[tuple[str, Any]], room: int) -> str:
    """Return the parts that find room, each with what stands before it."""
    texts: list[str] = []
    for before, item in parts:
        # Values may be nested deeper than Python calls functions: the depth is limited, too.
        inside = min(_FIELD, room - len(before) - len(f", {_LEFT_OUT}"))
        text = _LEFT_OUT if inside <= 0 else before + _item(item, inside)
        # What follows may be left out, and then needs its sign.
        if inside <= 0 or len(text) > room - len(f", {_LEFT_OUT}"):
            texts.append(_LEFT_OUT)
            break
        texts.append(text)
        room -= len(text) + 2
    return ", ".join(texts)


def _item(item: Any, room: int) -> str:
    match item:
        case str():
            return _quoted(item, room)
        case bytes() | bytearray():
            return _count(len(item), "byte")
        case date():
            return item.isoformat()
        case _ if isinstance(item, Shown):
            return _value(item, room)
        case Mapping() if not attrs.has(type(item)):
            text = _run(((f"{key!r}: ", value) for key, value in item.items()), room - 2)
            return keys(item) if text.endswith(_LEFT_OUT) else f"{{{text}}}"
        case tuple() | list() | AbstractSet():
            return _several(item, room)
        case _ if callable(item):
            return f"<{getattr(item, '__name__', type(item).__name__)}>"
        case _:
            return cut(repr(item), room)


def _several(items: Iterable[Any], room: int) -> str:
    ordered = sorted(items, key=repr) if isinstance(items, AbstractSet) else list(items)
    text = _run((("", item) for item in ordered), room - 2)
    comma = "," if len(ordered) == 1 and isinstance(items, tuple) and text != _LEFT_OUT else ""
    brackets = {list: "[]", tuple: "()"}.get(type(items), "{}")
    return f"{brackets[0]}{text}{comma}{brackets[1]}"


def _quoted(text: str, room: int) -> str:
    """Return a text in quotes, or as much of it as finds room.

    >>> _quoted("a kite", 20), _quoted("a kite over the sea", 12)
    ("'a kite'", "'a kite ...'")
    """
    whole = repr(text[:room])
    if len(text) <= room and len(whole) <= room:
        return whole
    # A character that is escaped takes more room than one.
    short = text[: max(0, room - len(_LEFT_OUT) - 2)]
    while short and len(repr(short)) + len(_LEFT_OUT) > room:
        short = short[:-1]
    return repr(short + _LEFT_OUT)


def cut(text: str, room: int) -> str:
    """Return a text, or as much of it as finds room.

    >>> cut("a kite", 20), cut("a kite over the sea", 12)
    ('a kite', 'a kite ov...')
    """
    return text if len(text) <= room else text[: max(0, room - len(_LEFT_OUT))] + _LEFT_OUT


def _for_rich(item: Any) -> Any:
    """Return what rich shows of a field: it looks into values and sequences by itself."""
    if isinstance(item, Shown):
        return item
    if isinstance(item, tuple | list):
        more = [_Text(f"... {len(item) - _ITEMS} more")] if len(item) > _ITEMS else []
        return type(item)([*map(_for_rich, item[:_ITEMS]), *more])
    return _Text(_item(item, _FIELD))
