"""Keys and tokens of Google's two surfaces, and the models that a key has no right to."""

import pytest
from tests.support.google_cases import _omni, _refused, _submit, _target, _veo, _vertex

from tarash.tarash_gateway import generate_video
from tarash.tarash_gateway.exceptions import AuthenticationError, NotFoundError
from tarash.tarash_gateway.lifecycle.keys import key_of
from tarash.tarash_gateway.lifecycle.preview import plan
from tarash.tarash_gateway.providers.base import Job
from tarash.tarash_gateway.providers.google.provider import PROVIDER
from tarash.tarash_gateway.testing import ScriptedHttp, fake_effects, json_reply
from tarash.tarash_gateway.values.config import VideoGenerationConfig
from tarash.tarash_gateway.values.request import VideoGenerationRequest
from tarash.tarash_gateway.values.secrets import Secret


@pytest.mark.parametrize(
    ("credential", "sent"),
    [
        ("AIzaSyExample", {"x-goog-api-key": "AIzaSyExample"}),
        (" AQ.Ab8example\n", {"x-goog-api-key": "AQ.Ab8example"}),
        ("ya29.example", {"Authorization": "Bearer ya29.example"}),
        ("eyJhbGciOi.e30.x", {"Authorization": "Bearer eyJhbGciOi.e30.x"}),
    ],
)
@pytest.mark.parametrize("model", ["veo-3.1-generate-001", "gemini-omni-1.2-flash"])
def test_an_api_key_of_vertex_goes_in_its_own_header(
    model: str, credential: str, sent: dict[str, str]
) -> None:
    http = ScriptedHttp([json_reply(401, {})])
    config = VideoGenerationConfig(
        provider="google", model=model, api_key=credential, provider_config={"project": "p"}
    )
    with pytest.raises(AuthenticationError):
        generate_video(
            config,
            VideoGenerationRequest(prompt="a kite"),
            effects=fake_effects(http=http),
            providers={"google": PROVIDER},
        )
    (asked,) = http.requests
    assert asked.credential == sent
    assert "/projects/p/locations/" in asked.url


def test_a_key_stands_for_its_project() -> None:
    express = {"vertexai": True}
    target = _target("veo-3.1-generate-001", api_key="AIzaSy", provider_config=express)
    assert _submit(target).unwrap().request.url == (
        "https://aiplatform.googleapis.com/v1/publishers/google/models/"
        "veo-3.1-generate-001:predictLongRunning"
    )
    # The operation's name brings the project along.
    name = "projects/1/locations/us-central1/publishers/google/models/m/operations/2"
    assert target.provider.poll(target, Job(id=name)).url == (
        "https://aiplatform.googleapis.com/v1/projects/1/locations/us-central1/publishers/google"
        "/models/m:fetchPredictOperation"
    )
    for model, credential in (
        ("gemini-omni-1.2-flash", "AQ.x"),
        ("veo-3.1-generate-001", "ya29.x"),
    ):
        needy = _target(model, api_key=credential, provider_config=express)
        assert "needs a project" in _refused(needy)


@pytest.mark.parametrize(
    ("environment", "by_key"),
    [
        ({"GOOGLE_API_KEY": "AIzaSy"}, True),
        ({"GOOGLE_API_KEY": " "}, False),
        ({"GOOGLE_API_KEY": "AIzaSy", "GOOGLE_CLOUD_PROJECT": "p"}, False),
    ],
)
def test_a_key_of_the_environment_counts_where_no_project_does(
    environment: dict[str, str], *, by_key: bool
) -> None:
    target = _target("veo-3.1-generate-001", environment, provider_config={"vertexai": True})
    assert (target.provider.oauth is None) is by_key
    found = key_of(target.config, target.provider, environment)
    assert found.value_or(None) == (Secret("AIzaSy") if by_key else None)


def test_the_plan_shows_how_the_key_is_sent() -> None:
    config = VideoGenerationConfig(
        provider="google",
        model="veo-3.1-generate-001",
        api_key="AIzaSy",
        provider_config={"project": "p"},
    )
    shown = plan(config, VideoGenerationRequest(prompt="a kite"), {"google": PROVIDER}, {}).unwrap()
    assert shown.headers["x-goog-api-key"] == "$GOOGLE_API_KEY"
    assert "Authorization" not in shown.headers


@pytest.mark.parametrize("model", ["veo-3.1-generate-001", "models/veo-9"])
def test_a_veo_model_with_a_key_is_told_where_it_lives(model: str) -> None:
    config = VideoGenerationConfig(provider="google", model=model, api_key="key")
    request = VideoGenerationRequest(prompt="a kite")
    advice = "Google offers Veo on Vertex AI"
    shown = plan(config, request, {"google": PROVIDER}, {}).unwrap()
    assert any(advice in word and "provider_config" in word for word in shown.warnings)
    http = ScriptedHttp([json_reply(404, {"error": {"message": "models/… is not found"}})])
    with pytest.raises(NotFoundError) as caught:
        generate_video(
            config, request, effects=fake_effects(http=http), providers={"google": PROVIDER}
        )
    assert advice in caught.value.message
    assert "provider_config={'project': ...}" in caught.value.message


def test_others_are_not_told_of_vertex() -> None:
    behind = _submit(_veo()).unwrap()
    here = [_submit(target).unwrap() for target in (_omni("gemini-omni-1.2-flash"), _vertex())]
    assert [submission.warnings for submission in (behind, *here)] == [(), (), ()]
    reply = json_reply(404, {"error": {"message": "gone"}})
    for target in (_omni(), _vertex()):
        assert "Vertex" not in target.provider.failure(target, reply, "submit").error.message
    # An operation that is gone says nothing of the model.
    veo = _target("veo-9")
    assert "Vertex" not in veo.provider.failure(veo, reply, "poll").error.message
