"""Server-sent events: whatever a server sends, in whatever pieces, the events are the same."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarash.tarash_gateway.http.events import Event, EventReader

_LINES = st.sampled_from(
    [
        *("data: {}", "data:x", "data", "data:  two", "event: ping", "event:", "id: 7", "id"),
        *("id: a\0b", ": ping", ":", "retry: 10", "other: x", "", "", "\ufeffdata: x", "é: ü"),
    ]
)
_STREAMS = st.one_of(
    st.binary(max_size=200),
    st.lists(st.tuples(_LINES, st.sampled_from(["\n", "\r", "\r\n"])), max_size=20).map(
        lambda lines: "".join(line + end for line, end in lines).encode()
    ),
)


def _events(*pieces: bytes) -> tuple[Event, ...]:
    reader = EventReader()
    found: list[Event] = []
    for piece in pieces:
        reader, events = reader.feed(piece)
        found += events
    return tuple(found)


def _simply(stream: bytes) -> list[Event]:
    """Do what the standard says, with the whole stream at hand."""
    text = stream.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    *lines, _ = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    found, data, kind, last = [], "", "", ""
    for line in lines:
        name, _, value = line.partition(":")
        value = value[1:] if value[:1] == " " else value
        if line == "":
            found += [Event(type=kind or "message", data=data[:-1], id=last)] if data else []
            data, kind = "", ""
        elif name == "event":
            kind = value
        elif name == "data":
            data += value + "\n"
        elif name == "id" and "\0" not in value:
            last = value
    return found


@given(_STREAMS, st.data())
def test_any_pieces_give_the_events_of_the_standard(stream: bytes, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=30)))
    pieces = [stream[start:end] for start, end in pairwise([0, *cuts, len(stream)])]

    assert list(_events(*pieces)) == _simply(stream)


@pytest.mark.parametrize(
    ("stream", "events"),
    [
        (b'data: {"status": "IN_QUEUE"}\n\n', [Event(data='{"status": "IN_QUEUE"}')]),
        (b": ping\n\ndata: x\n\n", [Event(data="x")]),
        (b"data: a\ndata: b\n\n", [Event(data="a\nb")]),
        (b"event: done\nid: 3\ndata: x\n\n", [Event(type="done", data="x", id="3")]),
        (b"id: 3\n\ndata: x\n\n", [Event(data="x", id="3")]),
        (b"data: the connection was lost bef", []),
        (b"data: a line without the empty one that ends the event\n", []),
    ],
)
def test_a_stream_as_providers_send_it(stream: bytes, events: list[Event]) -> None:
    assert list(_events(stream)) == events


@pytest.mark.parametrize("size", [100, 1000, 70_000])
def test_an_event_of_any_length_does_not_fill_the_memory(size: int) -> None:
    """A server that never ends its line is read no further than a quarter of a megabyte."""
    # given an event that is read to its end, and then one that goes on for ever
    reader, events = EventReader().feed(b"data: first\n\ndata: ")
    piece, taken = b"x" * size, 0
    # when its pieces arrive
    while not reader.too_long:
        reader, more = reader.feed(piece)
        events, taken = events + more, taken + size
        assert taken <= 2**18 + 70_000
    # then nothing of it is kept, and nothing after it is read
    assert events == (Event(data="first"),)
    assert reader.feed(b"\n\ndata: next\n\n") == (reader, ())


def test_many_short_lines_are_bounded_too() -> None:
    reader, events = EventReader().feed(b"data: 0123456789\n" * 2**15)
    assert (reader.too_long, events) == (True, ())
