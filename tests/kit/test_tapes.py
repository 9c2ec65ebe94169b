"""Cassettes: what is recorded shows no account, can be read, and is replayed as it was."""

import base64
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from tests.support.recorder import Answer, Recorded, Recorder, recorder
from tests.support.wire import limits

from tarash.tarash_gateway import (
    ValidationError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    VideoGenerationResponse,
    generate_video,
)
from tarash.tarash_gateway.effects.receiving import receive
from tarash.tarash_gateway.http.messages import (
    BytesBody,
    FormBody,
    FormPart,
    HttpRequest,
    HttpResponse,
    JsonBody,
)
from tarash.tarash_gateway.outcome import result_of
from tarash.tarash_gateway.testing import RecordMode, ScriptedVideo, recording, replay
from tarash.tarash_gateway.testing.dialects import DIALECTS, VIDEO
from tarash.tarash_gateway.testing.tapes.modes import MODES, current_mode

_PICTURE: Final = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 100
_FILM: Final = VIDEO[:32] + bytes(9000) + VIDEO[32:]


def _exchange(cassette: Path, request: HttpRequest, mode: RecordMode) -> HttpResponse:
    with replay(cassette, mode=mode) as effects:
        return result_of(receive(effects.http, request, limits=limits())).unwrap()


def _recorded(
    cassette: Path, answer: Answer, url: str = "/a", **request: Any
) -> tuple[HttpResponse, HttpResponse, Recorder]:
    """Return what a recording got, what the replay gets, and the server that was asked."""
    with recorder(lambda _: answer) as server:
        asked = HttpRequest(**{"method": "POST", "url": f"{server.url}{url}", **request})
        live = _exchange(cassette, asked, "once")
    return live, _exchange(cassette, asked, "none"), server


def test_keys_cookies_and_names_of_accounts_are_not_in_the_file(tmp_path: Path) -> None:
    cassette = tmp_path / "folder" / "tape.yaml"
    secret = "s3cr3t-0123456789"
    body = {
        "id": "job-1",
        "organization": secret,
        "video": f"https://a.example/v.mp4?X-Amz-Credential={secret}&X-Amz-Signature={secret}&n=1",
        "also": f"https://b.example/v.mp4?X-Goog-Signature={secret}",
        "hint": f"your key sk-{secret} is wrong",
        "resource": "projects/acme-film-42/locations/us-central1/operations/1",
    }
    headers = {
        "Content-Type": "application/json",
        "Set-Cookie": f"session={secret}",
        "OpenAI-Organization": secret,
        "Retry-After": "3",
    }
    live, played, server = _recorded(
        cassette,
        Answer(body=json.dumps(body).encode(), headers=headers),
        url=f"/a?key={secret}&page=2&fal_webhook=https%3A%2F%2Fme.example%2F%3Ftoken%3D{secret}",
        credential={"Authorization": f"Key {secret}", "x-goog-api-key": secret},
        body=JsonBody(value={"prompt": "a kite", "user": secret}),
    )
    # The call itself sees and sends everything.
    assert json.loads(live.body) == body
    assert secret in server.requests[0].path
    assert json.loads(server.requests[0].body)["user"] == secret
    # The file does not.
    text = cassette.read_text(encoding="utf-8")
    assert secret not in text
    assert "acme" not in text
    assert json.loads(played.body) == {
        "id": "job-1",
        "organization": "REDACTED",
        "video": "https://a.example/v.mp4?X-Amz-Credential=REDACTED&X-Amz-Signature=REDACTED&n=1",
        "also": "https://b.example/v.mp4?X-Goog-Signature=REDACTED",
        "hint": "your key REDACTED is wrong",
        "resource": "projects/my-project/locations/us-central1/operations/1",
    }
    assert played.headers.keys() == {"content-type", "retry-after", "date"}


def test_a_long_video_is_a_mark_and_plays(tmp_path: Path) -> None:
    cassette = tmp_path / "tape.yaml"
    answer = Answer(body=_FILM, headers={"Content-Type": "video/mp4"})
    live, played, _ = _recorded(cassette, answer)
    assert (live.body, played.body) == (_FILM, VIDEO)
    assert len(cassette.read_bytes()) < 1000


@pytest.mark.parametrize("prefix", ["", "data:video/mp4;base64,"])
def test_a_video_inside_json_is_one_too(tmp_path: Path, prefix: str) -> None:
    cassette = tmp_path / "tape.yaml"
    film = {"videos": [{"bytesBase64Encoded": prefix + base64.b64encode(_FILM).decode()}]}
    answer = Answer(body=json.dumps(film).encode())
    live, played, _ = _recorded(cassette, answer)
    assert json.loads(live.body) == film
    text = json.loads(played.body)["videos"][0]["bytesBase64Encoded"]
    assert text.startswith(prefix)
    assert base64.b64decode(text.removeprefix(prefix)) == VIDEO
    assert len(cassette.read_bytes()) < 1000


_UPLOADS: Final = {
    "bytes": lambda picture: BytesBody(content=picture, content_type="image/png"),
    "form": lambda picture: FormBody(
        parts=(
            FormPart(name="prompt", value="a kite"),
            FormPart(name="f", filename="a.png", content_type="image/png", content=picture),
        )
    ),
    "data URL": lambda picture: JsonBody(
        value={"image": f"data:image/png;base64,{base64.b64encode(picture).decode()}"}
    ),
}


@pytest.mark.parametrize("make", _UPLOADS.values(), ids=_UPLOADS)
def test_a_picture_that_is_sent_is_a_mark_and_is_compared(tmp_path: Path, make: Any) -> None:
    cassette = tmp_path / "tape.yaml"
    _, played, server = _recorded(cassette, Answer(), body=make(_PICTURE))
    assert played.body == b"{}"
    assert len(server.requests[0].body) > len(_PICTURE) * 0.9
    assert len(cassette.read_bytes()) < 2000
    assert re.search(r"<image/png, 25608 bytes, sha256 [0-9a-f]{16}>", cassette.read_text("utf-8"))
    # Another picture of the same size is another request.
    other = HttpRequest(method="POST", url=f"{server.url}/a", body=make(_PICTURE[:-1] + b"!"))
    with pytest.raises(Exception, match="no recorded interaction matches"):
        _exchange(cassette, other, "none")


def test_json_is_written_as_what_it_says(tmp_path: Path) -> None:
    cassette = tmp_path / "tape.yaml"
    value = {"prompt": "പട്ടം 🪁", "at": "2026-01-01", "n": 1.5, "deep": [{"a": None}], "t": "yes"}
    answer = Answer(body=json.dumps(value).encode())
    _, played, _ = _recorded(cassette, answer, body=JsonBody(value=value))
    assert json.loads(played.body) == value
    tape = yaml.safe_load(cassette.read_text(encoding="utf-8"))
    assert tape["interactions"][0]["request"]["body"] == {"json": value}
    assert "prompt: പട്ടം 🪁\n" in cassette.read_text(encoding="utf-8")


def _tick(place: list[int]) -> Any:
    def answer(_: Recorded) -> Answer:
        place[0] += 1
        return Answer(body=b'{"n": %d}' % place[0])

    return answer


def test_each_mode_does_what_it_says(tmp_path: Path) -> None:
    cassette, ticks = tmp_path / "tape.yaml", [0]
    with recorder(_tick(ticks)) as server:
        first, second = (
            HttpRequest(method="GET", url=f"{server.url}/{name}") for name in ("first", "second")
        )

        def got(request: HttpRequest, mode: RecordMode) -> int:
            return int(json.loads(_exchange(cassette, request, mode).body)["n"])

        with pytest.raises(AssertionError, match="there is no cassette"):
            got(first, "none")
        assert [got(first, "once"), got(first, "once"), got(first, "none")] == [1, 1, 1]
        assert [got(first, "new_episodes"), got(second, "new_episodes")] == [1, 2]
        assert got(first, "all") == 3
        assert len(yaml.safe_load(cassette.read_text())["interactions"]) == 2
        assert got(second, "rewrite") == 4
        assert len(yaml.safe_load(cassette.read_text())["interactions"]) == 1
        # A rewrite in which nothing was sent leaves the file alone.
        before = cassette.read_bytes()
        with replay(cassette, mode="rewrite"):
            pass
        assert cassette.read_bytes() == before
    assert ticks == [4]


def test_a_note_says_where_each_part_comes_from(tmp_path: Path) -> None:
    cassette = tmp_path / "tape.yaml"
    cassette.write_text("# Source: transcribed from a page\nversion: 1\ninteractions: []\n")
    with recorder(lambda _: Answer()) as server:
        request = HttpRequest(method="GET", url=f"{server.url}/a")
        _exchange(cassette, request, "new_episodes")
        old, new, *_ = cassette.read_text().splitlines()
        assert old == "# Source: transcribed from a page"
        assert new.startswith(f"# Source: recorded from {server.url.removeprefix('http://')} on ")
        _exchange(cassette, request, "rewrite")
    assert "transcribed" not in cassette.read_text()


def test_the_option_holds_for_every_cassette(tmp_path: Path) -> None:
    cassette = tmp_path / "tape.yaml"
    with recorder(lambda _: Answer()) as server, recording("once"), replay(cassette) as effects:
        request = HttpRequest(method="GET", url=f"{server.url}/a")
        assert result_of(receive(effects.http, request, limits=limits())).unwrap().body == b"{}"
    assert cassette.exists()
    with replay(cassette) as effects:
        assert result_of(receive(effects.http, request, limits=limits())).unwrap().body == b"{}"


def test_the_newest_mode_counts() -> None:
    assert current_mode() == "none"
    with recording("once"):
        with recording("none"):
            assert current_mode() == "none"
        assert current_mode() == "once"
    assert current_mode() == "none"


def test_a_mode_is_one_of_five() -> None:
    assert MODES == ("none", "once", "new_episodes", "all", "rewrite")
    wrong: Any = "live"
    with pytest.raises(ValidationError, match="mode must be one of none, once"), recording(wrong):
        pass


# The base URL of each provider's API at a server that plays all of them.
_PLACES: Final = {name: "/v1" if name in {"openai", "replicate"} else "" for name in DIALECTS}
_KEYS: Final = (
    "FAL_KEY",
    "OPENAI_API_KEY",
    "AZURE_OPENAI_API_KEY",
    "RUNWAYML_API_SECRET",
    "REPLICATE_API_TOKEN",
    "GEMINI_API_KEY",
)


@contextmanager
def _playing(world: ScriptedVideo) -> Iterator[Recorder]:
    """Run a server that plays the providers."""

    def answer(asked: Recorded) -> Answer:
        url = f"http://{asked.headers['host']}{asked.path}"
        value = json.loads(asked.body) if asked.body[:1] == b"{" else {}
        headers = {"Authorization": asked.headers.get("authorization", "")}
        method: Any = asked.method
        request = HttpRequest(method=method, url=url, headers=headers, body=JsonBody(value=value))
        reply = result_of(world.open(request, limits=limits())).unwrap()
        content = result_of(reply.read(10**6)).unwrap()
        return Answer(status=reply.status, headers=reply.headers, body=content)

    with recorder(answer) as server:
        yield server


@pytest.mark.parametrize("name", _PLACES)
def test_a_cassette_of_any_provider_can_be_replaced_by_a_recording(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a cassette that somebody transcribed, and keys of one's own
    cassette = tmp_path / "success.yaml"
    cassette.write_text("# Source: transcribed from a page\nversion: 1\ninteractions: []\n")
    for key in _KEYS:
        monkeypatch.setenv(key, "mine:0123456789abcdef")
    dialect = DIALECTS[name]
    more: dict[str, Any] = {}
    if "Vertex" in name:
        more = {"provider_config": {"project": "my-project"}, "api_key": "ya29.mine"}

    def make(mode: RecordMode) -> VideoGenerationResponse:
        config = VideoGenerationConfig(
            provider=dialect.provider,
            model=dialect.model,
            base_url=f"{server.url}{_PLACES[name]}",
            poll_interval=0.01,
            **more,
        )
        with replay(cassette, environment=dict.fromkeys(_KEYS, "fake"), mode=mode) as effects:
            return generate_video(config, VideoGenerationRequest(prompt="a kite"), effects=effects)

    # when its test is run in the mode "rewrite", where the provider is
    with _playing(ScriptedVideo().completes()) as server:
        live = make("rewrite")
    # then the cassette is the provider's own, and shows no key
    text = cassette.read_text(encoding="utf-8")
    assert text.startswith("# Source: recorded from 127.0.0.1:")
    assert "mine" not in text
    # and the test passes without the provider and without the keys
    for key in _KEYS:
        monkeypatch.delenv(key)
    again = make("none")
    assert (again.status, again.request_id) == (live.status, live.request_id)
