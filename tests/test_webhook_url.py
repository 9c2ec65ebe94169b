"""A submission asks for a webhook, and the secret in its URL goes to the provider only."""

import logging
import pickle
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support import fal_replies as fal

from tarash.tarash_gateway import (
    MockConfig,
    Provider,
    SqliteJournal,
    TarashException,
    ValidationError,
    VideoGeneration,
    VideoGenerationConfig,
    VideoGenerationRequest,
    VideoPlan,
    generate_video,
    plan_video,
    resume_video,
    start_video,
)
from tarash.tarash_gateway.codec import from_json, to_json
from tarash.tarash_gateway.http.messages import HttpRequest
from tarash.tarash_gateway.lifecycle.fingerprint import fingerprint
from tarash.tarash_gateway.providers.webhooks import Told, Webhooks
from tarash.tarash_gateway.registry import BUILT_IN
from tarash.tarash_gateway.testing import ScriptedHttp, fake_effects, json_reply

_PLAIN = "https://example.com/hooks/kite"
_HOOK = f"{_PLAIN}?token=canary-0123&for=a%20kite"
_VERSION = "0" * 64
_MODELS = {
    "fal": "fal-ai/veo3",
    "replicate": "google/veo-3.1",
    "google": "gemini-omni-1.2-flash",
    "openai": "mine",
    "azure-openai": "mine",
    "runway": "gen4.5",
}


def _config(provider: str = "fal", **changes: Any) -> VideoGenerationConfig:
    usual = {"model": _MODELS[provider], "api_key": "id:secret", "webhook_url": _HOOK}
    return VideoGenerationConfig(provider=provider, **{**usual, **changes})


def _plan(config: VideoGenerationConfig, **fields: Any) -> VideoPlan:
    environment = {"AZURE_OPENAI_ENDPOINT": "https://mine.openai.azure.com"}
    request = VideoGenerationRequest(prompt="a kite", **fields)
    return plan_video(config, request, effects=fake_effects(environment=environment))


def _about_webhooks(warnings: tuple[str, ...]) -> list[str]:
    return [warning for warning in warnings if "webhook" in warning]


# What is asked.


def test_fal_is_asked_in_the_url() -> None:
    plan = _plan(_config())
    assert parse_qs(urlsplit(plan.url).query) == {"fal_webhook": [_HOOK]}
    assert plan.body == {"prompt": "a kite"}
    assert plan.warnings == ()
    # and beside another parameter of the queue
    both = _plan(_config(), extra_params={"fal_max_queue_length": 3})
    assert parse_qs(urlsplit(both.url).query) == {
        "fal_max_queue_length": ["3"],
        "fal_webhook": [_HOOK],
    }


@pytest.mark.parametrize(
    "model", ["google/veo-3.1", "deployments/acme/kite", f"acme/kite:{_VERSION}"]
)
def test_replicate_is_asked_beside_the_input_for_the_end_only(model: str) -> None:
    plan, without = (_plan(_config("replicate", model=model, **more)) for more in ({}, _NONE))
    hook = {"webhook": _HOOK, "webhook_events_filter": ["completed"]}
    assert plan.body == {**without.body, **hook}
    assert not _about_webhooks(plan.warnings)
    # and what the caller wants to be told stays
    more = _plan(_config("replicate"), extra_params={"webhook_events_filter": ["start"]})
    assert more.body["webhook_events_filter"] == ["start"]
    assert more.body["webhook"] == _HOOK


_NONE: dict[str, Any] = {"webhook_url": None}


@pytest.mark.parametrize(
    ("model", "field"), [("gemini-omni-1.2-flash", "webhook_config"), ("veo-9", "webhookConfig")]
)
def test_the_gemini_api_is_asked_beside_the_input(model: str, field: str) -> None:
    plan, without = (_plan(_config("google", model=model, **more)) for more in ({}, _NONE))
    assert plan.body == {**without.body, field: {"uris": [_HOOK]}}
    assert plan.warnings == without.warnings
    # and what the caller wants to be told again stays
    named = _plan(
        _config("google", model=model),
        extra_params={"webhook_config": {"user_metadata": {"job": "1"}}},
    )
    assert named.body[field] == {"user_metadata": {"job": "1"}, "uris": [_HOOK]}


@pytest.mark.parametrize(
    ("config", "warning"),
    [
        (_config("runway"), "provider runway takes no webhook_url"),
        (_config("azure-openai"), "provider azure-openai takes no webhook_url"),
        (
            _config("google", model="veo-9", provider_config={"project": "p"}),
            "provider google takes no webhook_url",
        ),
        (
            _config("openai"),
            (
                "provider openai takes no webhook_url, webhooks are set up for a project, on "
                "OpenAI's site or with its API"
            ),
        ),
        (
            VideoGenerationConfig(provider="mock", model="mock", webhook_url=_HOOK),
            "the mock calls no webhook",
        ),
    ],
    ids=lambda value: value.provider if isinstance(value, VideoGenerationConfig) else "",
)
def test_a_provider_that_cannot_be_asked_gets_a_warning(
    config: VideoGenerationConfig, warning: str
) -> None:
    plan = _plan(config)
    assert _about_webhooks(plan.warnings) == [f"{warning}: the job is polled"]
    without = _plan(attrs.evolve(config, webhook_url=None))
    assert (plan.url, plan.body) == (without.url, without.body)
    # and no other way to treat what a model does not support makes an error of it
    assert _about_webhooks(_plan(attrs.evolve(config, unsupported="error")).warnings)


def test_a_mocked_provider_calls_nothing_and_says_so() -> None:
    config = _config("fal", mock=MockConfig())
    response = generate_video(config, fal.REQUEST, effects=fake_effects())
    assert _about_webhooks(response.warnings) == ["the mock calls no webhook: the job is polled"]
    # and its plan is that of the provider
    assert "fal_webhook" in _plan(config).url


@pytest.mark.parametrize(
    ("provider", "extra"),
    [
        ("fal", {"fal_webhook": _PLAIN}),
        ("replicate", {"webhook": _PLAIN}),
        ("google", {"webhook_config": {"uris": [_PLAIN]}}),
        ("google", {"webhook_config": "not an object"}),
    ],
)
def test_the_provider_s_own_parameter_comes_first(provider: str, extra: dict[str, Any]) -> None:
    plan = _plan(_config(provider), extra_params=extra)
    without = _plan(_config(provider, **_NONE), extra_params=extra)
    assert (plan.url, plan.body) == (without.url, without.body)
    left_out = "webhook_url was left out: extra_params ask for another webhook"
    assert plan.warnings == (*without.warnings, left_out)


@pytest.mark.parametrize("provider", ["replicate", "google"])
def test_a_submission_without_json_is_left_as_it_is(provider: str) -> None:
    webhooks, request = BUILT_IN[provider].webhooks, HttpRequest(method="POST", url=_PLAIN)
    assert webhooks is not None
    assert webhooks.ask is not None
    assert webhooks.ask(request, _HOOK) == request


def test_a_provider_of_yours_is_asked_as_its_record_says() -> None:
    def ask(request: HttpRequest, url: str) -> HttpRequest:
        return attrs.evolve(request, headers={**request.headers, "X-Call": url})

    def mine(**webhooks: Any) -> dict[str, Provider]:
        told = Webhooks(told=lambda _: Told(request_id=None), signature=None, **webhooks)
        return {"mine": attrs.evolve(BUILT_IN["fal"], name="mine", webhooks=told)}

    config = attrs.evolve(_config(), provider="mine")
    plan = plan_video(config, fal.REQUEST, effects=fake_effects(), providers=mine(ask=ask))
    assert plan.headers["X-Call"] == _HOOK
    plan = plan_video(config, fal.REQUEST, effects=fake_effects(), providers=mine())
    assert _about_webhooks(plan.warnings) == [
        "provider mine takes no webhook_url, webhooks are set up on its site: the job is polled"
    ]


def test_each_config_of_a_chain_asks_for_its_own() -> None:
    # given a chain whose first config is refused
    first = _config("fal", webhook_url=_PLAIN)
    second = _config("replicate", webhook_url=_HOOK)
    http = ScriptedHttp(
        [
            json_reply(401, {"detail": "bad key"}),
            json_reply(201, {"id": "1", "status": "succeeded", "output": fal.URL}),
        ]
    )
    chain = attrs.evolve(first, fallback_configs=[second])
    generate_video(chain, fal.REQUEST, effects=fake_effects(http=http))
    # then each of the submissions names the URL of its own config
    one, other = http.requests
    assert parse_qs(urlsplit(one.url).query) == {"fal_webhook": [_PLAIN]}
    assert _HOOK in str(attrs.asdict(other, recurse=False)["body"].value)


# Which URL.


@pytest.mark.parametrize("url", ["http://localhost:8000/", "HTTPS://example.com", _HOOK, _PLAIN])
def test_a_url_is_taken_as_it_is(url: str) -> None:
    assert _config(webhook_url=url).webhook_url == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        " ",
        "example.com/canary",
        "ftp://example.com/canary",
        "https://me:canary@example.com/",
        "https://example.com/#canary",
        "https://example.com/a canary",
        "https://exämple.com/canary",
        "https://example.com/canary\n",
        "https:///canary",
        "https://[canary",
        5,
        b"https://a.b",
    ],
)
def test_what_no_provider_could_call_is_refused_and_not_shown(url: Any) -> None:
    with pytest.raises(ValidationError, match="webhook_url must be a URL with http") as caught:
        _config(webhook_url=url)
    assert "canary" not in str(caught.value)


@given(st.text() | st.text().map(lambda text: f"https://example.com/{text}"))
def test_any_text_is_taken_or_refused(url: str) -> None:
    try:
        config = _config(webhook_url=url)
    except ValidationError:
        return
    for provider in ("fal", "replicate", "google"):
        there = attrs.evolve(config, provider=provider, model=_MODELS[provider])
        assert not _about_webhooks(_plan(there).warnings) or url.endswith("?...")


def test_a_submission_key_stands_for_the_video_and_not_for_the_webhook() -> None:
    prints = {fingerprint(_config(webhook_url=url), fal.REQUEST) for url in (None, _PLAIN, _HOOK)}
    assert prints == {fingerprint(_config(timeout=5, **_NONE), fal.REQUEST)}


# The secret.


def test_a_config_does_not_show_its_query() -> None:
    config = _config(fallback_configs=[_config("replicate")])
    texts = (repr(config), to_json(config), repr(pickle.dumps(config)))
    assert not [text for text in texts if "canary" in text or "token" in text]
    assert "webhook_url='https://example.com/hooks/kite?...'" in repr(config)
    # and without a query, nothing is hidden
    plain = _config(webhook_url=_PLAIN, api_key=None)
    assert from_json(to_json(plain), VideoGenerationConfig) == plain
    assert pickle.loads(pickle.dumps(plain)) == plain  # noqa: S301 - our own bytes
    assert f"webhook_url={_PLAIN!r}" in repr(plain)


def test_a_call_leaves_no_trace_of_the_secret(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    journal = SqliteJournal(tmp_path / "journal.sqlite3")
    # given a provider that repeats the URL in its replies, as Replicate does, and one that fails
    echo = {"id": "1", "webhook": _HOOK, "logs": f"calls {_HOOK}"}
    replies = [
        json_reply(201, {**echo, "status": "starting"}),
        json_reply(200, {**echo, "status": "failed", "error": f"no answer of {_HOOK}"}),
        json_reply(500, {"detail": f"?fal_webhook={_HOOK}"}),
    ]
    http = ScriptedHttp(replies)
    chain = _config("replicate", fallback_configs=[_config("fal")])
    with pytest.raises(TarashException) as caught:
        generate_video(chain, fal.REQUEST, effects=fake_effects(http=http), journal=journal)
    # then it went to the providers, and is nowhere else
    assert "canary" in str(http.requests[0].body) + str(attrs.asdict(http.requests[0]))
    error = caught.value
    shown = f"{error} {error!r} {error.raw_response!r} {error.attempts!r} {caplog.text}"
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert "canary" not in shown
    assert b"canary" not in kept + pickle.dumps(error)


def _kept(**changes: Any) -> VideoGeneration:
    """Return a generation as another process reads it: its job failed, and a config is left."""
    chain = _config(fallback_configs=[_config("replicate", **changes)])
    effects = fake_effects(http=ScriptedHttp([fal.queued()]))
    return VideoGeneration.from_json(start_video(chain, fal.REQUEST, effects=effects).to_json())


def _went_on(kept: VideoGeneration, tmp_path: Path, **config: Any) -> tuple[Any, tuple[str, ...]]:
    # Only a call that owns the job falls back.
    journal = SqliteJournal(tmp_path / "journal.sqlite3")
    done = json_reply(201, {"id": "1", "status": "succeeded", "output": fal.URL})
    http = ScriptedHttp([fal.failed(), done])
    environment = {"FAL_KEY": "id:secret", "REPLICATE_API_TOKEN": "t"}
    response = resume_video(
        kept,
        effects=fake_effects(http=http, environment=environment),
        journal=journal,
        **config,
    )
    assert "replicate" in http.requests[-1].url
    return http.requests[-1].body, response.warnings


def test_a_resumed_chain_asks_for_a_webhook_without_a_query_again(tmp_path: Path) -> None:
    body, warnings = _went_on(_kept(webhook_url=_PLAIN), tmp_path)
    assert body.value["webhook"] == _PLAIN
    assert not _about_webhooks(warnings)


def test_a_resumed_chain_says_that_a_query_is_not_stored(tmp_path: Path) -> None:
    body, warnings = _went_on(_kept(), tmp_path)
    assert "webhook" not in body.value
    (warning,) = _about_webhooks(warnings)
    assert warning.startswith("webhook_url was left out, because its query is not stored")


def test_a_resumed_chain_asks_again_if_it_gets_the_config(tmp_path: Path) -> None:
    chain = _config(fallback_configs=[_config("replicate")])
    body, warnings = _went_on(_kept(), tmp_path, config=chain)
    assert body.value["webhook"] == _HOOK
    assert not _about_webhooks(warnings)
