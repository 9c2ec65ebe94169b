"""Bodies that are sent piece by piece can be recorded, and compared when they are played."""

from pathlib import Path

import pytest
import vcr
from tests.support.recorder import Answer, recorder
from tests.support.wire import limits, sent

from tarash.tarash_gateway.effects.receiving import receive
from tarash.tarash_gateway.http.messages import (
    Body,
    BytesBody,
    FormBody,
    FormPart,
    HttpRequest,
    JsonBody,
    StreamBody,
    encode,
)
from tarash.tarash_gateway.outcome import result_of
from tarash.tarash_gateway.testing import replay

_LONG = "x" * 100_000
_KINDS = ("JSON", "form", "bytes", "stream")


def _body(kind: str, text: str) -> Body:
    content = text.encode()
    match kind:
        case "JSON":
            return JsonBody(value=text)
        case "form":
            return FormBody(parts=(FormPart(name="a", filename="a.png", content=content),))
        case "bytes":
            return BytesBody(content=content, content_type="video/mp4")
        case _:
            halves = (content[:50_000], content[50_000:])
            return StreamBody(chunks=lambda: halves, length=len(content), content_type="video/mp4")


@pytest.mark.parametrize("kind", _KINDS)
def test_a_long_body_is_recorded_and_compared(kind: str, tmp_path: Path) -> None:
    body, other = _body(kind, _LONG), _body(kind, f"{_LONG[1:]}y")
    cassette = tmp_path / "tape.yaml"
    with recorder(lambda _: Answer(body=b"kept")) as server:
        request = HttpRequest(method="POST", url=f"{server.url}/a?b=c", body=body)
        with vcr.use_cassette(str(cassette)):
            assert sent(request).unwrap().body == b"kept"
    assert server.requests[0].body == encode(body)[0]
    # The server is gone: the tape answers, and only what was recorded.
    with replay(cassette) as effects:
        assert result_of(receive(effects.http, request, limits=limits())).unwrap().body == b"kept"
    changed = HttpRequest(method="POST", url=f"{server.url}/a?b=c", body=other)
    with (
        pytest.raises(Exception, match="no recorded interaction matches"),
        replay(cassette) as effects,
    ):
        receive(effects.http, changed, limits=limits())
