"""Server-sent events, read from pieces of a stream: pure, and total for any bytes.

Source: https://html.spec.whatwg.org/multipage/server-sent-events.html, "Parsing an event stream"
and "Interpreting an event stream" (2026).
"""

import re
from typing import Final

import attrs

# The media type of a stream of events.
EVENTS: Final = "text/event-stream"
# Statuses of jobs have a few hundred bytes, with the lines of a log some thousands.
_LONGEST: Final = 1 << 18
_LINE_END: Final = re.compile(rb"\r\n|\r|\n")
_BOM: Final = b"\xef\xbb\xbf"


@attrs.frozen(kw_only=True)
class Event:
    """One event.

    Attributes:
        type: What the server calls it; ``"message"`` if it does not say.
        data: Its text.
        id: The last id that the stream has named so far, or empty.
    """

    type: str = "message"
    data: str
    id: str = ""


@attrs.frozen(kw_only=True)
class EventReader:
    r"""What was read of a stream: give it each piece, and go on with the reader that it returns.

    Attributes:
        too_long: Whether an event or a line is longer than 256 KiB; no more events come then.

    >>> reader, events = EventReader().feed(b"data: a k")
    >>> reader.feed(b"ite\n\n: ping\n\n")[1]
    (Event(type='message', data='a kite', id=''),)
    """

    too_long: bool = False
    _begun: bool = False
    # The beginning of a line whose end has not come yet.
    _rest: bytes = b""
    # Whether the last piece ended with CR: an LF at the start of the next one belongs to it.
    _after_cr: bool = False
    _type: str = ""
    _data: tuple[str, ...] = ()
    # Bytes of the lines of ``_data``.
    _size: int = 0
    _id: str = ""

    def feed(self, piece: bytes) -> tuple["EventReader", tuple[Event, ...]]:
        """Return the reader after the next bytes of the stream, and the events that they end."""
        if self.too_long or not piece:
            return self, ()
        # Only the piece is searched for the ends of lines, or a long line would be again and again.
        first, *others = _LINE_END.split(piece[self._after_cr and piece[:1] == b"\n" :])
        *lines, rest = self._rest + first, *others
        if lines and not self._begun:
            lines[0] = lines[0].removeprefix(_BOM)
        current = _Current(type=self._type, data=list(self._data), size=self._size, id=self._id)
        events: list[Event] = []
        for line in lines:
            if current.size + len(line) > _LONGEST:
                return EventReader(too_long=True), tuple(events)
            if (event := current.take(line)) is not None:
                events.append(event)
        reader = EventReader(
            too_long=current.size + len(rest) > _LONGEST,
            begun=self._begun or bool(lines),
            rest=rest,
            after_cr=piece.endswith(b"\r"),
            type=current.type,
            data=tuple(current.data),
            size=current.size,
            id=current.id,
        )
        return reader, tuple(events)


@attrs.define(kw_only=True)
class _Current:
    """The event whose lines are being read."""

    type: str
    data: list[str]
    size: int
    id: str

    def take(self, line: bytes) -> Event | None:
        """Take in a line without its end; return the event if the line ends one that has data."""
        if not line:
            return self._end()
        field, _, value = line.decode("utf-8", "replace").partition(":")
        value = value.removeprefix(" ")
        match field:
            case "event":
                self.type = value
            case "data":
                self.data.append(value)
                self.size += len(line)
            case "id" if "\0" not in value:
                self.id = value
            case _:
                # A comment, the time to reconnect, or a field of a later version.
                pass
        return None

    def _end(self) -> Event | None:
        kind, data = self.type, self.data
        self.type, self.data, self.size = "", [], 0
        if not data:
            return None
        return Event(type=kind or "message", data="\n".join(data), id=self.id)
