"""The code in the documentation runs, and says what the guide promises."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs
import psycopg
import pytest
from starlette.testclient import TestClient
from tests.support.pages.blocks import ROOT, blocks_of, text_of
from tests.support.pages.running import KEYS, opened, run_page

from tarash.tarash_gateway import (
    AuthenticationError,
    ContentModerationError,
    GenerationFailedError,
    HTTPError,
    InsufficientCreditsError,
    NotFoundError,
    RateLimitError,
    TarashException,
    ValidationError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    WebhookError,
    generate_video,
    generate_video_async,
    plan_video,
    register_provider,
    registry,
    verify_webhook,
)
from tarash.tarash_gateway.provider_kit import Event, Failure, Job, JsonBody, Provider, Target
from tarash.tarash_gateway.testing import (
    ScriptedHttp,
    fake_effects,
    json_reply,
    signed_webhook,
)

_GUIDES = "docs/guides"


@pytest.fixture
def kite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> VideoGenerationConfig:
    """Run the pages that add a provider."""
    names: dict[str, Any] = {}
    for page in ("adding-a-provider", "provider-extras", "adding-a-model"):
        folder = tmp_path / page
        folder.mkdir()
        names |= run_page(f"{_GUIDES}/{page}.md", folder).names
    monkeypatch.setattr(registry, "_REGISTERED", {})
    # The last page has added a row to the record that it shows.
    register_provider("kite", names["KITE"])
    register_provider("kite-handler", names["KiteHandler"]())
    for way in ("by_code", "that_tells", "that_calls"):
        register_provider(f"kite-{way.replace('_', '-')}", names[f"KITE_{way.upper()}"])
    return VideoGenerationConfig(provider="kite", model="kite-1")


def test_a_whole_provider_is_short() -> None:
    name = f"{_GUIDES}/adding-a-provider.md"
    record = blocks_of(name, text_of(name))[0].code
    assert len([line for line in record.splitlines() if line.strip()]) < 60


_KEY = {"KITE_KEY": "secret"}
_REQUEST = VideoGenerationRequest(prompt="a kite", duration_seconds=5, aspect_ratio="16:9", seed=0)


def _generate(config: VideoGenerationConfig, replies: list[Any]) -> Any:
    http = ScriptedHttp([json_reply(200, reply) for reply in replies])
    effects = fake_effects(http=http, environment=_KEY)
    return generate_video(config, _REQUEST, effects=effects), http


def test_the_made_up_provider_works(kite: VideoGenerationConfig) -> None:
    done = {"id": "k1", "state": "done", "url": "https://cdn.kite.example/a.mp4"}
    response, http = _generate(
        kite, [{"id": "k1", "state": "waiting"}, {"id": "k1", "state": "working"}, done]
    )
    assert response.video == "https://cdn.kite.example/a.mp4"
    assert response.warnings == ("duration_seconds 5 became 4: kite-1 takes 4 or 8",)
    assert http.requests[0].body.value == {
        "model": "kite-1",
        "prompt": "a kite",
        "seconds": 4,
        "ratio": "16:9",
        "seed": 0,
    }
    assert http.requests[0].credential == {"Authorization": "Bearer secret"}


def test_the_made_up_provider_fails_well(kite: VideoGenerationConfig) -> None:
    with pytest.raises(GenerationFailedError, match="no wind"):
        _generate(
            kite,
            [
                {"id": "k1", "state": "waiting"},
                {"id": "k1", "state": "failed", "reason": "no wind"},
            ],
        )
    with pytest.raises(AuthenticationError, match="set KITE_KEY"):
        generate_video(kite, _REQUEST, effects=fake_effects())
    style = VideoGenerationRequest(
        prompt="a kite", image_list=[{"image": "https://example.com/a.png", "type": "style"}]
    )
    with pytest.raises(ValidationError, match="kite-1 takes only first_frame"):
        generate_video(kite, style, effects=fake_effects(environment=_KEY))


@pytest.mark.parametrize(
    ("status", "text", "expected", "words"),
    [
        (401, "who are you", AuthenticationError, "check KITE_KEY"),
        (402, "pay", InsufficientCreditsError, "top it up"),
        (403, "You have no coins left", InsufficientCreditsError, "top it up"),
        (403, "not yours", AuthenticationError, "permissions"),
        (404, "what", NotFoundError, "check the model"),
        (400, "against the House Rules", ContentModerationError, "change the prompt"),
        (400, "ratio?", ValidationError, "ratio?"),
        (408, "late", HTTPError, "HTTP 408"),
        (500, "no coins left", HTTPError, "HTTP 500"),
    ],
)
@pytest.mark.usefixtures("kite")
def test_the_made_up_provider_says_what_to_do(
    status: int, text: str, expected: type[TarashException], words: str
) -> None:
    provider = registry._REGISTERED["kite"]
    reply = json_reply(status, {"error": {"message": text}})
    refusal = provider.failure(_target(provider), reply, "submit")
    assert type(refusal.error) is expected
    assert text in refusal.error.message
    assert words in refusal.error.message


@pytest.mark.parametrize(
    ("name", "expected"), [("kite", ValidationError), ("kite-by-code", ContentModerationError)]
)
@pytest.mark.usefixtures("kite")
def test_the_made_up_provider_can_read_another_field(
    name: str, expected: type[TarashException]
) -> None:
    provider = registry._REGISTERED[name]
    reply = json_reply(422, {"detail": "no", "code": "unsafe"})
    assert type(provider.failure(_target(provider), reply, "submit").error) is expected


def test_the_made_up_provider_is_heard(kite: VideoGenerationConfig) -> None:
    provider = registry._REGISTERED["kite-that-tells"]
    assert isinstance(provider, Provider)
    assert provider.stream is not None
    target, job = Target(provider=provider, config=kite), Job(id="k1")

    asked = provider.stream.request(target, job, "")
    assert (asked.url, asked.headers) == (
        f"{provider.poll(target, job).url}/events",
        {"Accept": "text/event-stream"},
    )
    runs = provider.stream.heard(target, job, Event(data='{"id": "k1", "state": "waiting"}'))
    assert runs.unwrap().progress is not None
    ended = provider.stream.heard(target, job, Event(data='{"id": "k1", "state": "failed"}'))
    assert ended.unwrap().news
    assert isinstance(provider.stream.heard(target, job, Event(data="<html>")), Failure)


def test_the_made_up_provider_calls_back(kite: VideoGenerationConfig) -> None:
    # given a provider that is asked to call
    hook = "https://example.com/kite"
    config = attrs.evolve(kite, provider="kite-that-calls", webhook_url=hook)
    plan = plan_video(config, _REQUEST, effects=fake_effects(environment=_KEY))
    assert plan.body["callback"] == hook
    # when it calls
    provider = registry._REGISTERED["kite-that-calls"]
    assert isinstance(provider, Provider)
    now = datetime(2026, 11, 26, tzinfo=UTC)
    message = signed_webhook(provider, {"id": "k1", "state": "done"}, sent_at=now)
    event = verify_webhook(provider, message.headers, message.body, message.keys, now)
    # then it is believed
    assert (event.request_id, event.status, event.verified) == ("k1", "completed", True)
    with pytest.raises(WebhookError):
        verify_webhook(provider, message.headers, message.body + b" ", message.keys, now)


def test_the_guide_s_receiver_believes_replicate_only(tmp_path: Path) -> None:
    receive = run_page(f"{_GUIDES}/checking-webhooks.md", tmp_path).names["on_request"]
    body = {"id": "1", "status": "succeeded"}
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    message = signed_webhook("replicate", body, sent_at=datetime.now(UTC), secret=secret)
    assert receive(message.headers, message.body) == 204
    assert receive(message.headers, b"{}") == 401
    assert receive({}, message.body) == 401


def test_the_guide_s_application_saves_a_video_that_it_hears_of(tmp_path: Path) -> None:
    # given the page, with a job that was started on it
    name = f"{_GUIDES}/webhooks.md"
    with opened(name, text_of(name), tmp_path) as page:
        page.run_all()
        job = page.names["generation"].request_id
        body, secret = {"id": job, "status": "succeeded"}, KEYS["REPLICATE_WEBHOOK_SECRET"]
        message = signed_webhook(
            "replicate", body, id="msg_2", sent_at=datetime.now(UTC), secret=secret
        )
        # when the provider calls
        with TestClient(page.names["app"]) as client:
            url = "/webhooks/replicate"
            answer = client.post(url, content=message.body, headers=dict(message.headers))
            forged = client.post(url, content=b"{}", headers=dict(message.headers))
        # then its video is there, and nobody else is believed
        assert (answer.status_code, forged.status_code) == (204, 401)
        assert Path(f"{job}.mp4").stat().st_size > 0


def test_the_guide_s_message_marks_its_order_once(tmp_path: Path) -> None:
    # given the page, and an order whose video is made
    name = f"{_GUIDES}/journals.md"
    with opened(name, text_of(name), tmp_path) as page:
        page.run_all()
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
            connection.execute("INSERT INTO orders (job) VALUES ('job-1')")
            # when a message comes, and comes again after somebody has taken the mark away
            page.names["on_message"]("msg_1", "job-1")
            first = connection.execute("SELECT video_ready FROM orders").fetchone()
            connection.execute("UPDATE orders SET video_ready = FALSE")
            page.names["on_message"]("msg_1", "job-1")
            second = connection.execute("SELECT video_ready FROM orders").fetchone()
    # then only the first one counts
    assert (first, second) == ((True,), (False,))


def test_the_made_up_row_has_rules(kite: VideoGenerationConfig) -> None:
    config = attrs.evolve(kite, model="kite-2")
    last = VideoGenerationRequest(
        prompt="a kite", image_list=[{"image": "https://example.com/a.png", "type": "last_frame"}]
    )
    with pytest.raises(ValidationError, match="only beside a first_frame image"):
        generate_video(config, last, effects=fake_effects(environment=_KEY))
    first = VideoGenerationRequest(
        prompt="a kite",
        duration_seconds=10,
        resolution="1080p",
        aspect_ratio="9:16",
        image_list=[{"image": "https://example.com/a.png", "type": "first_frame"}],
    )
    http = ScriptedHttp([json_reply(200, {"id": "k1"}), json_reply(200, {"state": "failed"})])
    with pytest.raises(GenerationFailedError):
        generate_video(config, first, effects=fake_effects(http=http, environment=_KEY))
    fields = {"seconds": 8, "quality": "hd", "image": "https://example.com/a.png"}
    body = JsonBody(value={"model": "kite-2", "prompt": "a kite", **fields})
    assert http.requests[0].body == body


@pytest.mark.usefixtures("kite")
def test_the_made_up_provider_waits_as_long_as_a_rate_limit_asks() -> None:
    provider = registry._REGISTERED["kite"]
    reply = json_reply(429, {"message": "slowly"}, {"Retry-After": "7"})
    error = provider.failure(_target(provider), reply, "submit").error
    assert isinstance(error, RateLimitError)
    assert error.retry_after == 7


def _target(provider: Provider) -> Target:
    return Target(provider=provider, config=VideoGenerationConfig(provider="kite", model="kite-1"))


async def test_the_made_up_handler_works(kite: VideoGenerationConfig) -> None:
    config = attrs.evolve(kite, provider="kite-handler")
    response = generate_video(config, _REQUEST, effects=fake_effects())
    assert response.video == "https://kite.example/1.mp4"
    assert await generate_video_async(config, _REQUEST, effects=fake_effects()) == response


def test_the_readme_begins_with_the_guide_s_first_example() -> None:
    first = [
        next(block for block in blocks_of(page, text_of(page)) if block.language == "python")
        for page in (f"{_GUIDES}/video-generation.md", "README.md")
    ]
    assert first[0].code == first[1].code


def test_the_page_of_the_guide_begins_with_the_guide() -> None:
    guide = (ROOT / "tests/support/user_guide.md").read_text(encoding="utf-8")
    assert text_of(f"{_GUIDES}/video-generation.md").startswith(guide.rstrip("\n") + "\n")
