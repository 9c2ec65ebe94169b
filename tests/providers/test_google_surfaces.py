"""Google's models as native fields, its hosts and keys, its errors by their bodies: surfaces."""

from typing import Any

import pytest
from tests.support.google_cases import _omni, _refused, _submit, _target, _veo, _vertex

from tarash.tarash_gateway.lifecycle.keys import authenticate_request, key_of
from tarash.tarash_gateway.lifecycle.links import variables
from tarash.tarash_gateway.providers.google import vertex as google_vertex
from tarash.tarash_gateway.providers.google.models import OMNI, OMNI_VERTEX, VEO, VERTEX
from tarash.tarash_gateway.providers.google.provider import ON_VERTEX, PROVIDER, WITH_KEY
from tarash.tarash_gateway.values.request import VideoGenerationRequest
from tarash.tarash_gateway.values.secrets import Secret


@pytest.mark.parametrize(
    ("environment", "key"),
    [
        ({"GOOGLE_API_KEY": "a", "GEMINI_API_KEY": "b"}, "a"),
        ({"GOOGLE_API_KEY": " ", "GEMINI_API_KEY": "b\n"}, "b"),
    ],
)
def test_keys_are_read_in_the_official_order(environment: dict[str, str], key: str) -> None:
    found = key_of(_veo().config, PROVIDER, environment).unwrap()
    assert found == Secret(key)
    assert found is not None
    assert PROVIDER.authenticate(found) == {"x-goog-api-key": key}


def test_without_a_key_both_variables_are_named() -> None:
    error = key_of(_veo().config, PROVIDER, {}).failure()
    assert "GOOGLE_API_KEY, or GEMINI_API_KEY" in error.message


def test_the_environment_of_every_variant_is_read() -> None:
    wanted = set(variables({"google": PROVIDER}))
    assert wanted >= {"GOOGLE_GEMINI_BASE_URL", "GOOGLE_VERTEX_BASE_URL"}
    assert wanted >= set(variables({"google": google_vertex.VEO}))


@pytest.mark.parametrize(
    ("settings", "environment", "vertex"),
    [
        ({}, {}, False),
        ({"project": "p"}, {}, True),
        ({"gcp_project": "p"}, {}, True),
        ({"vertexai": "true"}, {}, True),
        ({"vertexai": "0", "project": "p"}, {}, False),
        ({"location": "us-central1"}, {"GOOGLE_CLOUD_PROJECT": "p"}, True),
        ({}, {"GOOGLE_CLOUD_PROJECT": "p"}, False),
        ({}, {"GOOGLE_GENAI_USE_VERTEXAI": "TRUE"}, True),
        ({}, {"GOOGLE_GENAI_USE_VERTEXAI": "1"}, True),
        ({}, {"GOOGLE_GENAI_USE_VERTEXAI": "yes"}, False),
        ({}, {"GOOGLE_GENAI_USE_ENTERPRISE": "true"}, True),
        (
            {},
            {"GOOGLE_GENAI_USE_VERTEXAI": "true", "GOOGLE_GENAI_USE_ENTERPRISE": "false"},
            False,
        ),
        ({"project": "p"}, {"GOOGLE_GENAI_USE_VERTEXAI": "false"}, True),
        ({"vertexai": False}, {"GOOGLE_GENAI_USE_VERTEXAI": "true"}, False),
        ({"project": "p", "vertexai": True}, {}, True),
    ],
)
def test_vertex_is_chosen_by_settings_then_by_the_environment(
    settings: dict[str, Any], environment: dict[str, str], *, vertex: bool
) -> None:
    target = _target("veo-3.1-generate-001", environment, provider_config=settings)
    assert (target.provider == google_vertex.VEO) is vertex
    assert target.provider.name == "google"
    assert ("aiplatform" in target.base_url) is vertex


@pytest.mark.parametrize(
    ("model", "location", "host"),
    [
        ("veo-3.1-generate-001", None, "us-central1-aiplatform.googleapis.com"),
        ("veo-3.1-generate-001", "europe-west4", "europe-west4-aiplatform.googleapis.com"),
        ("veo-3.1-generate-001", "global", "aiplatform.googleapis.com"),
        ("veo-3.1-generate-001", "eu", "aiplatform.eu.rep.googleapis.com"),
        ("gemini-omni-1.1-flash", None, "aiplatform.googleapis.com"),
        ("gemini-omni-1.1-flash", "us", "aiplatform.us.rep.googleapis.com"),
        ("gemini-omni-1.1-flash", "us-central1", "aiplatform.googleapis.com"),
    ],
)
def test_a_location_is_a_host(model: str, location: str | None, host: str) -> None:
    assert _vertex(model, location=location).base_url == f"https://{host}"
    environment = {"GOOGLE_CLOUD_LOCATION": location} if location else {}
    named = _target(model, environment, provider_config={"project": "p"})
    assert named.base_url == f"https://{host}"


def test_a_base_url_of_the_environment_is_that_of_its_surface() -> None:
    urls = {
        "GOOGLE_GEMINI_BASE_URL": "https://a.example/",
        "GOOGLE_VERTEX_BASE_URL": "https://b.example",
    }
    assert _target("veo-x", urls).base_url == "https://a.example"
    assert _target("veo-x", urls, provider_config={"project": "p"}).base_url == "https://b.example"


def test_an_omni_model_that_moves_is_told() -> None:
    submission = _submit(_vertex("gemini-omni-1.1-flash", location="us-central1")).unwrap()
    assert submission.adjusted == (
        "location 'us-central1' became 'global': Omni models are in global, us and eu only",
    )
    assert "/locations/global/interactions" in submission.request.url
    assert _submit(_vertex("gemini-omni-1.1-flash", location="eu")).unwrap().adjusted == ()


@pytest.mark.parametrize("location", ["evil.example/", "us central1", "US", 3])
def test_a_location_that_is_none_is_refused(location: object) -> None:
    target = _vertex(location=location)
    assert "is malformed" in _refused(target)
    assert target.base_url == "https://us-central1-aiplatform.googleapis.com"


def test_vertex_needs_a_project() -> None:
    target = _target("veo-3.1-generate-001", {"GOOGLE_GENAI_USE_VERTEXAI": "true"})
    assert "GOOGLE_CLOUD_PROJECT" in _refused(target)
    named = {"GOOGLE_GENAI_USE_VERTEXAI": "true", "GOOGLE_CLOUD_PROJECT": "from-env"}
    url = _submit(_target("veo-3.1-generate-001", named)).unwrap().request.url
    assert "/projects/from-env/locations/us-central1/" in url


@pytest.mark.parametrize(
    ("model", "version", "path"),
    [
        ("veo-3.1-generate-001", None, "/v1/projects/my-project/"),
        ("veo-2.0-generate-exp", None, "/v1beta1/projects/my-project/"),
        ("gemini-omni-1.1-flash", None, "/v1beta1/projects/my-project/"),
        ("veo-3.1-generate-001", "v1beta1", "/v1beta1/projects/my-project/"),
    ],
)
def test_vertex_s_version_is_the_model_s(model: str, version: str | None, path: str) -> None:
    target = _target(model, provider_config={"project": "my-project"}, api_version=version)
    assert path in _submit(target).unwrap().request.url


@pytest.mark.parametrize(
    "model", ["veo-9", "models/veo-9", "google/veo-9", "publishers/google/models/veo-9"]
)
def test_a_prefix_of_a_model_is_not_doubled(model: str) -> None:
    url = _submit(_target(model)).unwrap().request.url
    assert url == (
        "https://generativelanguage.googleapis.com/v1beta/models/veo-9:predictLongRunning"
    )
    assert "/publishers/google/models/veo-9:" in _submit(_vertex(model)).unwrap().request.url


def test_a_token_is_a_bearer() -> None:
    target = _vertex()
    sent = authenticate_request(target, _submit(target).unwrap().request)
    assert sent.credential == {"Authorization": "Bearer key"}


def test_the_original_name_of_a_project_is_read() -> None:
    target = _target("veo-3.1-generate-001", provider_config={"gcp_project": "theirs"})
    assert "/projects/theirs/locations/us-central1/" in _submit(target).unwrap().request.url
    omni = _target("gemini-omni-1.2-flash", provider_config={"gcp_project": "theirs"})
    assert "/projects/theirs/locations/global/" in _submit(omni).unwrap().request.url


def test_two_projects_are_one_too_many() -> None:
    both = {"project": "a", "gcp_project": "b"}
    message = _refused(_target("veo-3.1-generate-001", provider_config=both))
    assert message == "provider_config names two projects, 'a' and 'b': keep one"
    same = {"project": "a", "gcp_project": "a"}
    target = _target("veo-3.1-generate-001", provider_config=same)
    assert "/projects/a/" in _submit(target).unwrap().request.url


def test_the_models_of_both_surfaces_are_listed() -> None:
    assert set(PROVIDER.models) == {*VEO, *OMNI, *VERTEX, *OMNI_VERTEX}
    assert PROVIDER.models["veo-3.1-generate-001"].audio is not None
    assert set(WITH_KEY) == {*VEO, *OMNI}
    assert set(ON_VERTEX) == {*VERTEX, *OMNI_VERTEX}


def test_the_settings_are_declared_and_the_token_is_a_secret() -> None:
    assert PROVIDER.settings is not None
    assert {setting.name: setting.secret for setting in PROVIDER.settings} == {
        "vertexai": False,
        "project": False,
        "gcp_project": False,
        "location": False,
        "credentials_path": False,
        "access_token": True,
    }
    assert google_vertex.VEO.settings == google_vertex.OMNI.settings == PROVIDER.settings


def test_the_one_record_of_the_registry_submits_for_all() -> None:
    for target, path in (
        (_veo(), ":predictLongRunning"),
        (_omni(), "/interactions"),
        (_vertex(), "/publishers/google/models/veo-3.1-generate-001:predictLongRunning"),
    ):
        request = VideoGenerationRequest(prompt="a kite")
        url = PROVIDER.submit(target, request).unwrap().request.url
        assert url.endswith(path)
