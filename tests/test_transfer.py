"""A download is total: whatever a host answers, the result is a value or a declared error."""

import attrs
from hypothesis import given
from hypothesis import strategies as st
from returns.result import Failure, Success

from tarash.tarash_gateway.exceptions import (
    HTTPConnectionError,
    HTTPError,
    NotFoundError,
    UnexpectedReplyError,
    ValidationError,
)
from tarash.tarash_gateway.lifecycle.transfer import (
    Complete,
    Receiving,
    Redirected,
    Transfer,
    broken,
    check,
    receive,
    request_of,
)

_NAMES = [
    "location",
    "content-length",
    "content-range",
    "content-encoding",
    "etag",
    "last-modified",
    "digest",
    "repr-digest",
    "x-goog-hash",
    "content-md5",
    "x-amz-checksum-sha256",
    "x-goog-stored-content-encoding",
]
_sizes = st.integers(min_value=0, max_value=2**70)
# What hosts send, and what nobody should.
_values = st.one_of(
    st.text(max_size=40),
    st.builds("bytes {}-{}/{}".format, _sizes, _sizes, st.one_of(_sizes, st.just("*"))),
    st.builds("sha-256=:{}:".format, st.binary(max_size=40).map(lambda raw: raw.hex())),
    st.builds("md5={}==".format, st.text("AZaz09+/=", max_size=24)),
    st.integers(min_value=-5).map(str),
    # Python converts no more than 4300 digits.
    st.sampled_from(["9" * 5000, f"bytes {'9' * 5000}-9/*", f"bytes 0-1/{'9' * 5000}"]),
    st.sampled_from(["gzip", "identity", '"tag"', 'W/"tag"', "http://[", "//x", "ftp://a/b", "/b"]),
)
_headers = st.dictionaries(st.sampled_from(_NAMES), _values)
_replies = st.lists(
    st.tuples(st.sampled_from([200, 206, 302, 403, 408, 416, 429, 500, 503, 599]), _headers),
    max_size=8,
)


@given(_replies, st.lists(_sizes, min_size=8, max_size=8))
def test_any_host_leads_to_a_value_or_a_declared_error(
    replies: list[tuple[int, dict[str, str]]], counts: list[int]
) -> None:
    # given a download of any history
    transfer = Transfer.of("https://cdn.example/video.mp4?signature=secret")
    for (status, headers), received in zip(replies, counts, strict=False):
        asked = request_of(transfer)
        assert asked.method == "GET"
        assert not asked.credential
        # when a host answers anything
        head = receive(transfer, status, headers)
        if isinstance(head, Failure):
            error = head.failure()
            assert isinstance(error, NotFoundError | HTTPError | UnexpectedReplyError)
            assert "secret" not in error.message
        else:
            found = head.unwrap()
            assert isinstance(found, Redirected | Receiving | Complete)
            transfer = found.transfer
            error = HTTPConnectionError("the connection broke")
            checked = check(transfer, received, {"md5": b"1" * 16, "sha256": b"2" * 32})
            assert isinstance(checked, Success) or isinstance(checked.failure(), HTTPError)
        # then it goes on from what came, or ends with that error
        going_on = broken(transfer, received, error)
        if isinstance(going_on, Failure):
            assert going_on.failure() is error
            return
        transfer = going_on.unwrap()
        assert transfer.url == transfer.source
        assert transfer.received in {0, received}


@given(st.integers(min_value=100, max_value=999), _headers)
def test_any_status_is_understood(status: int, headers: dict[str, str]) -> None:
    receive(Transfer.of("https://cdn.example/video.mp4"), status, headers)


@given(_sizes, st.sampled_from([HTTPConnectionError("lost"), HTTPError("no", status_code=503)]))
def test_a_download_without_progress_ends(received: int, error: HTTPError) -> None:
    transfer = attrs.evolve(Transfer.of("https://cdn.example/a"), farthest=received)
    for _ in range(7):
        going_on = broken(transfer, received, error)
        if isinstance(going_on, Failure):
            return
        transfer = going_on.unwrap()
    raise AssertionError(transfer)


def test_an_error_of_ours_is_not_tried_again() -> None:
    error = ValidationError("a redirect leads to a private address")
    assert broken(Transfer.of("https://cdn.example/a"), 1, error).failure() is error
