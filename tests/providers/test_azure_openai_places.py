"""Where Azure OpenAI is asked, with which version and which credential."""

from typing import Any

import pytest
from tests.support.azure_openai_cases import _END, _V1, _config, _refused, _submit, _target

from tarash.tarash_gateway import (
    ValidationError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    plan_video,
)
from tarash.tarash_gateway.lifecycle.keys import key_of
from tarash.tarash_gateway.lifecycle.links import provider_of
from tarash.tarash_gateway.lifecycle.planned import VideoPlan
from tarash.tarash_gateway.outcome import settle
from tarash.tarash_gateway.providers.azure_openai.provider import PROVIDER
from tarash.tarash_gateway.providers.base import Job, Provider
from tarash.tarash_gateway.testing import fake_effects


@pytest.mark.parametrize(
    "given",
    [
        _END,
        f"{_END}/",
        f"{_END}/openai",
        f"{_END}/openai/v1/",
        f"{_END}/openai/v1/videos",
        f"{_END}/openai/deployments/sora-2",
    ],
)
def test_any_part_of_the_endpoint_will_do(given: str) -> None:
    assert _submit(_config(base_url=given)).unwrap().request.url == f"{_V1}/videos"


@pytest.mark.parametrize("base", ["https://openai", "http://openai.example/proxy/openai-eu"])
def test_a_host_or_a_path_may_be_called_openai(base: str) -> None:
    assert _submit(_config(base_url=base)).unwrap().request.url == f"{base}/openai/v1/videos"


@pytest.mark.parametrize("given", ["https://", "https://u:p@h", f"{_END}#a", "r.openai.azure.com"])
def test_an_endpoint_that_is_none_is_refused(given: str) -> None:
    # The config refuses its own; nobody has looked at the variable.
    target = _target(_config(base_url=None), {"AZURE_OPENAI_ENDPOINT": given})
    message = _refused(target.provider.submit(target, VideoGenerationRequest(prompt="a cat")))
    assert "AZURE_OPENAI_ENDPOINT" in message
    assert "u:p" not in message


@pytest.mark.parametrize(
    "given",
    [
        f"{_END}?key=1",
        f"{_END}?api-version=v1&key=1",
        f"{_END}?api-version=",
        f"{_END}?api-version=v1#a",
        f"{_END}?api-version=v1?api-version=v1&",
    ],
)
def test_any_other_query_of_a_base_url_is_refused(given: str) -> None:
    with pytest.raises(ValidationError, match="base_url must be a URL") as caught:
        _config(base_url=given)
    assert "key=1" not in str(caught.value)


def test_only_azure_takes_its_version_out_of_a_base_url() -> None:
    with pytest.raises(ValidationError, match="base_url must be a URL"):
        VideoGenerationConfig(
            provider="openai", model="sora-2", base_url=f"{_V1}?api-version=preview"
        )


def test_there_is_no_default_host() -> None:
    assert "AZURE_OPENAI_ENDPOINT" in _refused(_submit(_config(base_url=None)))


@pytest.mark.parametrize(
    ("more", "environment", "query"),
    [
        ({}, {}, ""),
        ({"api_version": "preview"}, {}, "?api-version=preview"),
        ({"api_version": "v1"}, {}, "?api-version=v1"),
        (
            {"base_url": None},
            {"AZURE_OPENAI_ENDPOINT": f"{_V1}/?api-version=preview"},
            "?api-version=preview",
        ),
        ({"base_url": f"{_END}?api-version=preview"}, {}, "?api-version=preview"),
        ({"base_url": f"{_V1}/?api-version=v1"}, {}, "?api-version=v1"),
        (
            {"base_url": f"{_V1}/?api-version=v1", "api_version": "preview"},
            {},
            "?api-version=preview",
        ),
        ({}, {"OPENAI_API_VERSION": "preview"}, "?api-version=preview"),
        # The variable is often set for chats.
        ({}, {"OPENAI_API_VERSION": "2024-10-21"}, ""),
        ({"api_version": "v1"}, {"OPENAI_API_VERSION": "preview"}, "?api-version=v1"),
    ],
)
def test_the_version_is_in_every_url(
    more: dict[str, Any], environment: dict[str, str], query: str
) -> None:
    target = _target(_config(**more), environment)
    provider = target.provider
    submission = provider.submit(target, VideoGenerationRequest(prompt="a cat")).unwrap()
    assert submission.request.url == f"{_V1}/videos{query}"
    assert submission.warnings == ()
    assert provider.poll(target, Job(id="a/b")).url == f"{_V1}/videos/a%2Fb{query}"
    assert provider.collect is not None
    mark = f"{query}&" if query else "?"
    assert provider.collect(target, Job(id="a")).url == f"{_V1}/videos/a/content{mark}variant=video"


def test_a_dated_version_of_sora_2_is_left_out_and_told() -> None:
    submission = _submit(_config(api_version="2024-05-01-preview")).unwrap()
    assert submission.request.url == f"{_V1}/videos"
    line = "api_version '2024-05-01-preview' was omitted: this route takes v1 or preview"
    assert (submission.adjusted, submission.warnings) == ((line,), (line,))


@pytest.mark.parametrize(
    ("model", "more", "path"),
    [
        ("sora-2", {}, "videos"),
        ("mine", {}, "videos"),
        ("mine", {"api_version": "preview"}, "videos"),
        ("mine", {"api_version": "2025-02-15-preview"}, "video/generations/jobs"),
        ("sora", {}, "video/generations/jobs"),
        ("mine", {"provider_config": {"video_api": "jobs"}}, "video/generations/jobs"),
        ("sora", {"provider_config": {"video_api": "videos"}}, "videos"),
    ],
)
def test_the_config_chooses_the_api(model: str, more: dict[str, Any], path: str) -> None:
    url = _submit(_config(model, **more)).unwrap().request.url
    assert url.partition("?")[0] == f"{_V1}/{path}"
    assert path == "videos" or url.endswith("?api-version=preview")


def test_a_dated_version_of_the_older_api_is_told_and_no_reason_to_refuse() -> None:
    submission = _submit(_config("mine", api_version="2025-02-15-preview")).unwrap()
    assert submission.adjusted == ()
    assert any("2025-02-15-preview" in line for line in submission.warnings)


def test_a_dated_version_may_stand_in_the_endpoint() -> None:
    endpoint = {"AZURE_OPENAI_ENDPOINT": f"{_END}?api-version=2025-02-15-preview"}
    target = _target(_config("mine", base_url=None), endpoint)
    submission = target.provider.submit(target, VideoGenerationRequest(prompt="a cat")).unwrap()
    assert submission.request.url == f"{_V1}/video/generations/jobs?api-version=preview"


@pytest.mark.parametrize(
    "settings", [{"video_api": "chat"}, {"video_api": []}, {"auth": "basic"}, {"auth": 1}]
)
def test_a_setting_that_is_none_is_refused(settings: dict[str, Any]) -> None:
    message = _refused(_submit(_config(provider_config=settings)))
    assert next(iter(settings)) in message


@pytest.mark.parametrize(
    ("more", "environment", "headers"),
    [
        ({}, {"AZURE_OPENAI_API_KEY": "K"}, {"api-key": "K"}),
        (
            {},
            {"AZURE_OPENAI_API_KEY": "K", "AZURE_OPENAI_AD_TOKEN": "T"},
            {"Authorization": "Bearer T"},
        ),
        ({"api_key": "C"}, {"AZURE_OPENAI_AD_TOKEN": "T"}, {"api-key": "C"}),
        (
            {"api_key": "C", "provider_config": {"auth": "bearer"}},
            {},
            {"Authorization": "Bearer C"},
        ),
        (
            {"provider_config": {"auth": "api-key"}},
            {"AZURE_OPENAI_API_KEY": "K", "AZURE_OPENAI_AD_TOKEN": "T"},
            {"api-key": "K"},
        ),
    ],
)
@pytest.mark.parametrize("model", ["sora-2", "sora"])
def test_one_credential_is_sent(
    model: str, more: dict[str, Any], environment: dict[str, str], headers: dict[str, str]
) -> None:
    config = _config(model, **more)
    provider: Provider = settle(provider_of(config, {"azure-openai": PROVIDER}, environment))
    key = settle(key_of(config, provider, environment))
    assert key is not None
    assert provider.authenticate(key) == headers


def test_the_environment_names_the_resource() -> None:
    plan: VideoPlan = plan_video(
        VideoGenerationConfig(provider="azure-openai", model="my-sora2"),
        VideoGenerationRequest(prompt="a cat"),
        effects=fake_effects(environment={"AZURE_OPENAI_ENDPOINT": f"{_END}/"}),
        providers={"azure-openai": PROVIDER},
    )
    assert plan.url == f"{_V1}/videos"
    assert plan.headers["api-key"] == "$AZURE_OPENAI_API_KEY"
    assert plan.body == {"prompt": "a cat", "model": "my-sora2"}
    assert "not in azure-openai's model table" in plan.warnings[0]
