"""The head of a reply and the end of its body, against what Python's own http.client reads."""

import io
import socket
from contextlib import closing
from http.client import BadStatusLine, HTTPException, HTTPResponse
from typing import cast

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.wire import heard, limits, raw_server, sent
from urllib3.util import parse_url

from tarash.tarash_gateway.effects.heads import parse_head
from tarash.tarash_gateway.effects.incoming import IncomingReply, Source
from tarash.tarash_gateway.effects.routes import route_of
from tarash.tarash_gateway.effects.timing import Timer
from tarash.tarash_gateway.effects.urllib3_http import Urllib3Http
from tarash.tarash_gateway.http.messages import HttpRequest

_NAMES = st.from_regex(r"X-[A-Za-z0-9-]{1,8}", fullmatch=True)
_VALUES = st.from_regex(r"[!-~]([ -~]{0,20}[!-~])?", fullmatch=True)


@attrs.frozen
class Sent:
    """What a server sends, and where its body is surely complete."""

    content: bytes
    complete: int


@st.composite
def replies(draw: st.DrawFn, framing: str | None = None) -> Sent:
    """Return a reply whose body ends by a length, by chunks, or with the connection."""
    framing = framing or draw(st.sampled_from(["length", "chunks", "end"]))
    body = draw(st.binary(max_size=60))
    status = draw(st.integers(200, 599).filter(lambda code: code not in {204, 304}))
    lines = [f"HTTP/1.1 {status} Some Words"]
    lines += [f"{name}: {value}" for name, value in draw(st.lists(st.tuples(_NAMES, _VALUES)))]
    if framing == "length":
        lines.append(f"Content-Length: {len(body)}")
    if framing == "chunks":
        lines.append("Transfer-Encoding: chunked")
        sizes = draw(st.lists(st.integers(1, 20), min_size=1))
        parts, rest = list[bytes](), body
        for size in sizes:
            parts, rest = [*parts, rest[:size]], rest[size:]
        chunks = [b"%x;a=b\r\n%b\r\n" % (len(part), part) for part in (*parts, rest) if part]
        body = b"".join(chunks) + b"0\r\n"
    head = "\r\n".join((*lines, "", "")).encode()
    trailer = b"Trailer: x\r\n\r\n" if framing == "chunks" else b""
    return Sent(head + body + trailer, len(head + body))


@attrs.define
class Pieces:
    """A socket from which bytes arrive in pieces of these sizes, again and again."""

    content: bytes
    sizes: list[int]
    _place: int = 0
    _turn: int = 0

    def settimeout(self, seconds: float) -> None:
        """Be read with any patience."""

    def recv(self, most: int) -> bytes:
        """Return the next piece."""
        size = min(most, self.sizes[self._turn % len(self.sizes)])
        self._turn += 1
        piece = self.content[self._place : self._place + size]
        self._place += size
        return piece


def _read(content: bytes, sizes: list[int], most: int = 7) -> tuple[IncomingReply, bytes]:
    source = Source(cast("socket.socket", Pieces(content, sizes)), Timer(limits()))
    reply = IncomingReply(source, source.head())
    return reply, b"".join(iter(lambda: reply.read1(most), b""))


@attrs.frozen
class File:
    """A socket for http.client, which reads it as a file."""

    content: bytes

    def makefile(self, mode: str) -> io.BytesIO:
        """Return all that arrives."""
        assert mode == "rb"
        return io.BytesIO(self.content)


_SIZES = st.lists(st.integers(1, 40), min_size=1, max_size=5)


@given(replies(), _SIZES, st.integers(1, 30))
def test_a_reply_in_any_pieces_is_what_http_client_reads(
    reply: Sent, sizes: list[int], most: int
) -> None:
    theirs = HTTPResponse(cast("socket.socket", File(reply.content)))
    theirs.begin()
    ours, body = _read(reply.content, sizes, most)
    names = {name.lower() for name, _ in theirs.getheaders()}
    assert ours.status == theirs.status
    assert ours.headers == {name: ", ".join(theirs.headers.get_all(name) or []) for name in names}
    assert body == theirs.read()


@given(st.sampled_from(["length", "chunks"]).flatmap(replies), _SIZES, st.data())
def test_half_a_reply_is_no_reply(reply: Sent, sizes: list[int], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, reply.complete - 1))
    with pytest.raises((HTTPException, ValueError)):
        _read(reply.content[:cut], sizes)


@pytest.mark.parametrize(
    ("head", "chunked", "length", "keeps_open"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n", False, 3, True),
        (b"HTTP/1.1 200 OK\nContent-Length: 3\n", False, 3, True),
        (b"HTTP/1.1 200\r\nContent-Length: 3, 3\r\n", False, 3, True),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -3\r\n", False, None, False),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: Close\r\n", False, 3, False),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 3\r\n", False, 3, False),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 3\r\nConnection: keep-alive\r\n", False, 3, True),
        (b"HTTP/1.1 204 No Content\r\n", False, 0, True),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n", False, 0, True),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\nContent-Length: 3\r\n",
            True,
            None,
            True,
        ),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n", False, None, False),
        (b"HTTP/1.1 200 OK\r\nno colon\r\nContent-Length: 3\r\n", False, 3, False),
        (b"HTTP/1.1 200 OK\r\nContent-Length : 4\r\nContent-Length: 3\r\n", False, 3, False),
    ],
)
def test_the_head_says_where_the_body_ends(
    head: bytes, *, chunked: bool, length: int | None, keeps_open: bool
) -> None:
    found = parse_head(head + b"\r\n")
    assert (found.chunked, found.length, found.keeps_open) == (chunked, length, keeps_open)


def test_a_header_may_have_several_lines_and_stand_several_times() -> None:
    head = b"HTTP/1.1 200 OK\r\nA: 1\r\n  2\r\nB: x\r\na: 3\r\nC: d\re\r\n\r\n"
    assert parse_head(head).headers == {"a": "1 2, 3", "b": "x", "c": "d e"}


@pytest.mark.parametrize(
    "head", [b"HTTP/2 200 OK", b"HTTP/1.1 099 No", b"HTTP/1.1 20 OK", b"ICY 200 OK", b""]
)
def test_what_does_not_begin_like_a_reply_is_none(head: bytes) -> None:
    with pytest.raises(BadStatusLine):
        parse_head(head + b"\r\n\r\n")


def test_garbage_is_refused_before_its_line_ends() -> None:
    # A server that speaks something else may never send a line break.
    with pytest.raises(BadStatusLine):
        _read(b"\x15\x03\x03\x00\x02", [5, 10_000])


def test_a_head_or_a_trailer_without_end_is_refused() -> None:
    endless = b"A: b\r\n" * 60_000
    with pytest.raises(ValueError, match="head of the reply is too long"):
        _read(b"HTTP/1.1 200 OK\r\n" + endless, [1 << 16])
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
    with pytest.raises(ValueError, match="trailer of the reply is too long"):
        _read(chunked + endless, [1 << 16])


def test_a_connection_with_a_strange_head_is_not_used_again() -> None:
    # Given a server with a line in its heads that is no header,
    connections: list[int] = []

    def talk(connection: socket.socket) -> None:
        connections.append(1)
        while heard(connection):
            connection.sendall(b"HTTP/1.1 200 OK\r\nno colon\r\nContent-Length: 2\r\n\r\nok")

    with raw_server(talk) as url, closing(Urllib3Http()) as http:
        # when two requests are sent,
        bodies = [sent(HttpRequest(method="GET", url=url), http=http).unwrap().body for _ in "ab"]
    # then both replies are read, and the second comes over a connection of its own.
    assert bodies == [b"ok", b"ok"]
    assert len(connections) == 2


@given(st.from_regex(r"(/[\w.~!$&'()*+,;=:@%-]{0,9}){1,4}(\?[\w.~&=/?%-]{0,12})?", fullmatch=True))
def test_a_path_is_sent_as_urllib3_would_send_it(target: str) -> None:
    url = f"https://queue.fal.run{target}"
    assert route_of(url).unwrap().target == parse_url(url).request_uri
