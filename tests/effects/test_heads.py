"""What is checked at once is checked as one by one, and aiohttp is told where a body ends."""

from hypothesis import example, given
from hypothesis import strategies as st

from tarash.tarash_gateway.effects.heads import framing, parse_head
from tarash.tarash_gateway.effects.writing import _TOKEN, _VALUE, _are_valid

_PARTS = st.sampled_from(["A", "b", ":", " ", "\t", "\n", "\r", "\0", "é", ": c\n", "Content-Type"])
_TEXTS = st.lists(_PARTS, max_size=4).map("".join)


@given(st.dictionaries(_TEXTS, _TEXTS, max_size=3))
@example({"A": "b\nC\0d"})
@example({"A\0b\nC": "d"})
@example({"A:b": "c"})
@example({"": "c"})
def test_headers_are_valid_if_each_of_them_is(headers: dict[str, str]) -> None:
    each = [_TOKEN.fullmatch(name) and _VALUE.fullmatch(headers[name]) for name in headers]
    assert _are_valid(headers) is all(each)


@given(
    st.sampled_from([b"Content-Length: 3", b"Transfer-Encoding: chunked", b"Connection: close"]),
    st.sampled_from([200, 204, 304, 404, 599]),
    st.sampled_from([b"1.0", b"1.1"]),
)
def test_a_plain_head_ends_its_body_in_the_same_way(
    line: bytes, status: int, version: bytes
) -> None:
    head = parse_head(b"HTTP/%b %d Strange\r\n%b\r\n\r\n" % (version, status, line))
    plain = parse_head(framing(head))
    assert (plain.chunked, plain.length) == (head.chunked, head.length)
    assert plain.keeps_open is head.keeps_open
