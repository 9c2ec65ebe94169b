"""Replicate's requests, replies and models against wire/replicate.md: requests."""

from typing import Any

import pytest
from tests.support.replicate_cases import (
    _API,
    _IMAGE,
    _VERSION,
    _as,
    _body,
    _refused,
    _submission,
    _target,
)

from tarash.tarash_gateway import (
    AuthenticationError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    generate_video,
    plan_video,
)
from tarash.tarash_gateway.providers.base import Job
from tarash.tarash_gateway.providers.replicate.provider import PROVIDER
from tarash.tarash_gateway.testing import ScriptedHttp, fake_effects, json_reply


@pytest.mark.parametrize(
    ("model", "config", "path", "version"),
    [
        ("minimax/video-01", {}, "/models/minimax/video-01/predictions", None),
        (f"lightricks/ltx-video:{_VERSION}", {}, "/predictions", _VERSION),
        ("lightricks/ltx-video:dp-1", {}, "/predictions", "dp-1"),
        (_VERSION, {}, "/predictions", _VERSION),
        ("deployments/acme/clips", {}, "/deployments/acme/clips/predictions", None),
        (
            "minimax/video-01",
            {"deployment": "acme/clips"},
            "/deployments/acme/clips/predictions",
            None,
        ),
        ("someone/a?b#c", {}, "/models/someone/a%3Fb%23c/predictions", None),
    ],
)
def test_a_model_id_tells_where_its_prediction_is_made(
    model: str, config: dict[str, Any], path: str, version: str | None
) -> None:
    made = _submission(model, {"provider_config": config})
    assert (made.request.method, made.request.url) == ("POST", f"{_API}{path}")
    expected: dict[str, Any] = {"input": {"prompt": "a kite"}}
    assert _body(made) == (expected if version is None else {**expected, "version": version})


@pytest.mark.parametrize(
    "model",
    ["video-01", "minimax/", "a/b/c", "deployments/acme/", "a/b:", "/", _VERSION[:-1], "a b/c"],
)
def test_a_model_id_of_another_form_is_refused(model: str) -> None:
    assert "owner/name:version" in _refused(model)


@pytest.mark.parametrize(
    ("model", "deployment", "words"),
    [
        ("minimax/video-01", "acme", "'owner/name'"),
        ("deployments/acme/x:1", "acme/x", "model must be"),
        ("minimax/video-01", 5, "'owner/name'"),
        (f"lightricks/ltx-video:{_VERSION}", "acme/clips", "model must be"),
        (_VERSION, "acme/clips", "model must be"),
    ],
)
def test_a_deployment_of_another_form_is_refused(model: str, deployment: Any, words: str) -> None:
    assert words in _refused(model, {"provider_config": {"deployment": deployment}})


def test_a_deployment_takes_the_fields_of_the_model_it_runs() -> None:
    made = _submission(
        "kwaivgi/kling-v2.1",
        {"provider_config": {"deployment": "acme/fast-kling"}},
        image_list=[_IMAGE],
        resolution="1080p",
    )
    assert _body(made) == {"input": {"prompt": "a kite", "mode": "pro", "start_image": _IMAGE}}
    assert made.warnings == ()


def test_a_version_takes_the_fields_of_its_model() -> None:
    made = _submission(f"lightricks/ltx-video:{_VERSION}", duration_seconds=5)
    assert _body(made)["input"] == {"prompt": "a kite", "length": 129}
    assert made.duration == 5.16
    assert not any("model table" in line for line in made.warnings)


@pytest.mark.parametrize("model", ["someone/new-model", _VERSION, "deployments/acme/clips"])
def test_an_unlisted_model_gets_usual_names_and_its_own_parameters(model: str) -> None:
    made = _submission(
        model,
        duration_seconds=5,
        seed=0,
        image_list=[_IMAGE, _as("last_frame"), _as("reference")],
        extra_params={"motion_bucket": 127},
    )
    assert _body(made)["input"] == {
        "prompt": "a kite",
        "duration": 5,
        "seed": 0,
        "image": _IMAGE,
        "last_frame_image": _IMAGE,
        "reference_images": [_IMAGE],
        "motion_bucket": 127,
    }
    assert made.adjusted == ()
    assert [line for line in made.warnings if f"{model} is not in replicate's model table" in line]


def test_the_first_request_carries_the_token_and_does_not_wait() -> None:
    config = VideoGenerationConfig(
        provider="replicate",
        model="minimax/video-01",
        api_key="r8_secret",
        provider_config={"cancel_after": "10m"},
    )
    http = ScriptedHttp([json_reply(401, {"status": 401})])
    with pytest.raises(AuthenticationError):
        generate_video(
            config,
            VideoGenerationRequest(prompt="a kite"),
            effects=fake_effects(http=http),
            providers={"replicate": PROVIDER},
        )
    (asked,) = http.requests
    assert asked.headers == {"Accept": "application/json", "Cancel-After": "10m"}
    assert asked.credential == {"Authorization": "Bearer r8_secret"}


def test_no_other_header_without_a_wish() -> None:
    made = _submission("minimax/video-01", {"provider_config": {"cancel_after": None}})
    assert made.request.headers == {"Accept": "application/json"}


@pytest.mark.parametrize("given", ["", "  ", 600, "10", "10m\r\nX: y", ["10m"], True])
def test_a_time_limit_of_another_form_is_refused(given: Any) -> None:
    config = {"provider_config": {"cancel_after": given}}
    assert "'30s' or '1h30m'" in _refused("minimax/video-01", config)


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("https://proxy.example", "https://proxy.example/v1"),
        ("https://proxy.example/", "https://proxy.example/v1"),
        ("https://proxy.example/v1", "https://proxy.example/v1"),
        ("https://proxy.example:8443/replicate/v1/", "https://proxy.example:8443/replicate/v1"),
    ],
)
def test_a_base_url_may_end_in_v1_or_not(given: str, used: str) -> None:
    for target in (
        _target(base_url=given),
        _target(environment={"REPLICATE_BASE_URL": given}),
    ):
        made = PROVIDER.submit(target, VideoGenerationRequest(prompt="a kite")).unwrap()
        assert made.request.url == f"{used}/models/minimax/video-01/predictions"
        assert PROVIDER.poll(target, Job(id="a/b")).url == f"{used}/predictions/a%2Fb"


def test_the_variables_are_those_of_the_official_client() -> None:
    assert [key.names for key in PROVIDER.keys] == [("REPLICATE_API_TOKEN",)]
    assert PROVIDER.base_url_variable == "REPLICATE_BASE_URL"
    plan = plan_video(
        VideoGenerationConfig(provider="replicate", model="minimax/video-01"),
        VideoGenerationRequest(prompt="a kite"),
        providers={"replicate": PROVIDER},
    )
    assert plan.headers["Authorization"] == "Bearer $REPLICATE_API_TOKEN"


def test_a_webhook_stands_beside_the_input() -> None:
    """Replicate's own fields are not the model's."""
    hook = {"webhook": "https://example.com/hook", "webhook_events_filter": ["completed"]}
    fields: dict[str, Any] = {"seed": 3, "extra_params": hook}
    for model in ("google/veo-3.1", f"acme/model:{_VERSION}", "deployments/acme/model"):
        made = _submission(model, **fields)
        body = _body(made)
        assert body["input"] == {"prompt": "a kite", "seed": 3}
        assert {name: body[name] for name in hook} == hook
        assert made.adjusted == ()
    assert "webhook" not in _body(_submission("google/veo-3.1"))
