"""Each message that docs/troubleshooting.md quotes is what a user sees."""

import re
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import attrs
import pytest
from tests.support.wire import certified, new_http, port_of, raw_server, silent

from tarash.tarash_gateway import (
    HTTPConnectionError,
    MockConfig,
    SqliteJournal,
    TarashException,
    VideoGenerationConfig,
    VideoGenerationRequest,
    VideoGenerationUpdate,
    generate_video,
    plan_video,
    resume_video,
    start_video,
)
from tarash.tarash_gateway.effects.live import RandomIds
from tarash.tarash_gateway.http.messages import HttpResponse
from tarash.tarash_gateway.testing import ScriptedHttp, fake_effects, json_reply

_PAGE: Final = Path(__file__).parents[1] / "docs/troubleshooting.md"
_QUOTED: Final = re.compile(r"^> `(.*)`$", re.MULTILINE)
_REQUEST: Final = VideoGenerationRequest(prompt="a kite", duration_seconds=4)
_KEYS: Final = {"FAL_KEY": "key", "REPLICATE_API_TOKEN": "key"}
_ACCEPTED: Final = json_reply(200, {"request_id": "80e732af", "status": "IN_QUEUE"})
_RUNNING: Final = json_reply(200, {"status": "IN_PROGRESS"})
_BALANCE: Final = "User is locked. Reason: Exhausted balance."
_POLICY: Final = {"loc": ["body", "prompt"], "msg": "flagged", "type": "content_policy_violation"}


def _config(
    provider: str = "fal", model: str = "fal-ai/veo3", **fields: Any
) -> VideoGenerationConfig:
    return VideoGenerationConfig(provider=provider, model=model, **fields)


def _refused(call: Callable[[], object]) -> str:
    with pytest.raises(TarashException) as raised:
        call()
    return str(raised.value)


def _answered(
    *replies: HttpResponse | TarashException,
    config: VideoGenerationConfig | None = None,
    request: VideoGenerationRequest = _REQUEST,
    environment: Mapping[str, str] = _KEYS,
) -> str:
    """Return the message of a call that is answered so."""
    effects = fake_effects(http=ScriptedHttp(replies), environment=environment)
    return _refused(lambda: generate_video(config or _config(), request, effects=effects))


def _warned(model: str, seconds: float) -> str:
    request = VideoGenerationRequest(prompt="a kite", duration_seconds=seconds)
    plan = plan_video(_config(model=model), request, effects=fake_effects(environment=_KEYS))
    return plan.warnings[0]


def _saved_to(path: str) -> str:
    return _refused(lambda: generate_video(_config(mock=MockConfig()), _REQUEST, save_to=path))


def _of_another_call() -> str:
    """Return the message of a call for a job that a call waits for."""
    done = json_reply(200, {"status": "COMPLETED"})
    video = json_reply(200, {"video": {"url": "https://cdn.example/a.mp4"}})
    replies = [_ACCEPTED, _RUNNING, done, video]
    fakes = fake_effects(http=ScriptedHttp(replies), environment=_KEYS)
    # Two calls are told apart by their ids.
    effects = attrs.evolve(fakes, ids=RandomIds())
    journal = SqliteJournal("jobs.sqlite3")
    job = start_video(_config(), _REQUEST, effects=effects, journal=journal)
    said: list[str] = []

    def ask_too(_update: VideoGenerationUpdate) -> None:
        if not said:
            said.append(_refused(lambda: resume_video(job, effects=effects, journal=journal)))

    resume_video(job, effects=effects, journal=journal, on_progress=ask_too)
    return said[0]


def _over_the_network(**fields: Any) -> str:
    """Return the message of a call that opens connections, and does not wait between its tries."""
    config = _config(api_key="key", **fields)
    with closing(new_http()) as http:
        effects = fake_effects(http=http)
        return _refused(lambda: generate_video(config, _REQUEST, effects=effects))


def _untrusted(folder: Path) -> str:
    """Return the message about a certificate that nobody knows."""
    context, _ = certified(folder)
    with raw_server(silent, tls=context) as url:
        return _over_the_network(base_url=f"https://localhost:{port_of(url)}")


def _through_socks() -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HTTPS_PROXY", "socks5://localhost:1080")
        return _over_the_network()


@pytest.fixture
def produced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what each situation of the page says."""
    monkeypatch.chdir(tmp_path)
    Path("kite.mp4").touch()
    square = VideoGenerationRequest(prompt="a kite", aspect_ratio="1:1")
    picture = VideoGenerationRequest(prompt="a kite", image_list=["https://example.com/a.png"])
    community = _config(provider="replicate", model="lightricks/ltx-video")
    lost = HTTPConnectionError(message="the connection broke", request_sent=True)
    return [
        _answered(environment={}),
        _answered(json_reply(401, {"detail": "Cannot access application"})),
        _answered(json_reply(403, {"detail": _BALANCE})),
        _answered(config=_config(provider="fall")),
        _warned("fal-ai/veo33", 4),
        _answered(json_reply(404, {"detail": "no"}), config=_config(model="fal-ai/veo33")),
        _answered(json_reply(404, {"detail": "not found"}), config=community),
        _answered(_ACCEPTED, *[_RUNNING] * 12, config=_config(timeout=60)),
        _answered(lost),
        _saved_to("kite.mp4"),
        _saved_to("missing/kite.mp4"),
        _untrusted(tmp_path),
        _through_socks(),
        _of_another_call(),
        _warned("fal-ai/veo3", 5),
        _answered(request=square),
        _answered(request=picture),
        _answered(json_reply(422, {"detail": [_POLICY]})),
        _answered(*[json_reply(429, {"detail": "slowly"})] * 4),
    ]


def test_the_page_quotes_what_a_user_sees(produced: list[str]) -> None:
    quoted = _QUOTED.findall(_PAGE.read_text(encoding="utf-8"))
    for message, quote in zip(produced, quoted, strict=True):
        pattern = re.escape(quote).replace(re.escape("..."), ".+")
        assert re.fullmatch(pattern, message), f"the page says {quote}, and a user sees {message}"
