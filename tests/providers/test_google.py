"""Google's models as native fields, its hosts and keys, its errors by their bodies."""

import re
from typing import Any, Final

import pytest
from returns.result import Success

from tarash.tarash_gateway import generate_video
from tarash.tarash_gateway.config import VideoGenerationConfig
from tarash.tarash_gateway.exceptions import (
    AuthenticationError,
    ContentModerationError,
    GenerationFailedError,
    HTTPError,
    InsufficientCreditsError,
    NotFoundError,
    RateLimitError,
    TarashException,
    UnexpectedReplyError,
    ValidationError,
)
from tarash.tarash_gateway.lifecycle import authenticated
from tarash.tarash_gateway.media import MediaContent
from tarash.tarash_gateway.messages import HttpRequest, HttpResponse, JsonBody
from tarash.tarash_gateway.outcome import Outcome
from tarash.tarash_gateway.planning import key_of, variables
from tarash.tarash_gateway.providers import google_vertex
from tarash.tarash_gateway.providers.base import Job, Progress, Ready, ReplyTo, Submission, Target
from tarash.tarash_gateway.providers.base import Video as Found
from tarash.tarash_gateway.providers.google import PROVIDER
from tarash.tarash_gateway.request import VideoGenerationRequest
from tarash.tarash_gateway.secrets import Secret
from tarash.tarash_gateway.testing import ScriptedHttp, fake_effects, json_reply

_GATEWAY: Final = "https://gateway.example.com"
_PNG: Final = MediaContent(b"\x89PNG\r\n\x1a\n", "image/png")
_WIRE_PNG: Final = {"bytesBase64Encoded": "iVBORw0KGgo=", "mimeType": "image/png"}
_FILE: Final = "https://generativelanguage.googleapis.com/v1beta/files/qu4d28:download?alt=media"


def _target(model: str, environment: dict[str, str] | None = None, **config: Any) -> Target:
    made = VideoGenerationConfig(provider="google", model=model, **config)
    assert PROVIDER.variant is not None
    provider = PROVIDER.variant(made, environment or {})
    return Target(provider=provider, config=made, key=Secret("key"), environment=environment or {})


def _veo(model: str = "veo-3.1-generate-preview") -> Target:
    return _target(model, base_url=_GATEWAY)


def _omni(model: str = "gemini-omni-1.1-flash") -> Target:
    return _target(model)


def _vertex(model: str = "veo-3.1-generate-001", **settings: Any) -> Target:
    return _target(model, provider_config={"project": "my-project", **settings})


def _submit(target: Target, **fields: Any) -> Outcome[Submission]:
    return target.provider.submit(target, VideoGenerationRequest(prompt="a kite", **fields))


def _body(target: Target, **fields: Any) -> Any:
    request = _submit(target, **fields).unwrap().request
    assert isinstance(request.body, JsonBody)
    return request.body.value


def _refused(target: Target, **fields: Any) -> str:
    error = _submit(target, **fields).failure()
    assert isinstance(error, ValidationError)
    return error.message


# Hosts, keys and the choice between them.


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
    assert "location must be" in _refused(target)
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
    sent = authenticated(target, _submit(target).unwrap().request)
    assert sent.credential == {"Authorization": "Bearer key"}


def test_the_one_record_of_the_registry_submits_for_all() -> None:
    for target, path in (
        (_veo(), ":predictLongRunning"),
        (_omni(), "/interactions"),
        (_vertex(), "/publishers/google/models/veo-3.1-generate-001:predictLongRunning"),
    ):
        request = VideoGenerationRequest(prompt="a kite")
        url = PROVIDER.submit(target, request).unwrap().request.url
        assert url.endswith(path)


# Models.

_RETIRED: Final = (
    "veo-2.0-generate-001",
    "veo-3.0-generate-001",
    "veo-3.0-fast-generate-001",
    "veo-3.1-generate-preview",
    "veo-3.1-fast-generate-preview",
    "veo-3.1-lite-generate-preview",
    "gemini-omni-flash-preview",
)


@pytest.mark.parametrize("model", _RETIRED)
def test_a_retired_model_is_refused_at_google_s_host_only(model: str) -> None:
    message = _refused(_target(model))
    assert message.startswith(f"{model} is retired: ")
    assert "gemini-omni-1.1-flash" in message
    assert isinstance(_submit(_target(model, base_url=_GATEWAY)), Success)


@pytest.mark.parametrize(
    "model",
    [
        "veo-3.0-generate-001",
        "veo-3.0-fast-generate-001",
        "veo-3.1-generate-preview",
        "veo-3.1-fast-generate-preview",
    ],
)
def test_a_model_that_vertex_retired_is_refused_in_every_region(model: str) -> None:
    for location in ("us-central1", "europe-west4", "global", "us"):
        assert "use veo-3.1-generate-001" in _refused(_vertex(model, location=location))
    elsewhere = _target(model, base_url=_GATEWAY, provider_config={"project": "p"})
    assert isinstance(_submit(elsewhere), Success)


def test_no_page_tells_that_vertex_retired_an_omni_model() -> None:
    for model in ("gemini-omni-flash-preview", "gemini-omni-1.1-flash-preview"):
        assert _submit(_vertex(model), resolution="1080p").unwrap().warnings[1:] == ()
    (told,) = _submit(_vertex("gemini-omni-flash-preview"), resolution="4k").unwrap().adjusted
    assert told.startswith("resolution '4k' became '720p'")


@pytest.mark.parametrize("target", [_target("veo-9"), _target("gemini-omni-9"), _vertex("veo-9")])
def test_an_unknown_model_is_told(target: Target) -> None:
    submission = _submit(target, resolution="8k", duration_seconds=30).unwrap()
    (told,) = submission.warnings
    assert "not in google's model table" in told
    assert submission.duration == 30


def test_veo_s_fields_stand_in_the_instance_or_in_the_parameters() -> None:
    assert _body(
        _veo(),
        duration_seconds=4,
        aspect_ratio="9:16",
        resolution="720p",
        seed=0,
        negative_prompt="fog",
        enhance_prompt=True,
        person_generation="allow_all",
        webhookConfig={"uris": ["https://example.com/h"]},
    ) == {
        "instances": [{"prompt": "a kite"}],
        "parameters": {
            "durationSeconds": 4,
            "aspectRatio": "9:16",
            "resolution": "720p",
            "seed": 0,
            "negativePrompt": "fog",
            "enhancePrompt": True,
            "personGeneration": "allow_all",
        },
        "webhookConfig": {"uris": ["https://example.com/h"]},
    }


def test_a_parameter_under_two_names_is_refused() -> None:
    message = _refused(_vertex(), storage_uri="gs://a/", output_gcs_uri="gs://b/")
    assert "output_gcs_uri, storage_uri" in message


@pytest.mark.parametrize("resolution", ["1080p", "4k"])
def test_large_videos_with_a_key_take_eight_seconds(resolution: str) -> None:
    submission = _submit(_veo(), resolution=resolution, duration_seconds=4).unwrap()
    assert submission.duration == 8
    assert submission.adjusted == (
        f"duration_seconds 4 became 8: veo-3.1-generate-preview at {resolution} takes 8",
    )
    assert _submit(_vertex(), resolution=resolution, duration_seconds=4).unwrap().duration == 4


def test_veo_3_always_rewrites_and_says_so() -> None:
    for target in (_veo(), _vertex()):
        submission = _submit(target, enhance_prompt=False).unwrap()
        (told,) = submission.adjusted
        assert told.startswith("enhance_prompt=False was left out")
    assert _body(_vertex("veo-2.0-generate-001"), enhance_prompt=False)["parameters"] == {
        "sampleCount": 1,
        "enhancePrompt": False,
    }


def test_sound_is_a_switch_on_vertex_only() -> None:
    assert _body(_vertex(), generate_audio=False)["parameters"]["generateAudio"] is False
    for target in (_veo(), _omni(), _vertex("veo-2.0-generate-001")):
        (told,) = _submit(target, generate_audio=False).unwrap().adjusted
        assert told.startswith("generate_audio was left out")


def test_lite_with_a_key_refuses_what_it_has_no_place_for() -> None:
    lite = _veo("veo-3.1-lite-generate-preview")
    (told,) = _submit(lite, negative_prompt="fog").unwrap().adjusted
    assert told.startswith("negative_prompt was left out")
    assert "image_list[0]" in _refused(lite, image_list=[{"image": _PNG, "type": "asset"}])
    assert "video was given" in _refused(lite, video=_FILE)


def test_vertex_asks_for_one_video_unless_told_otherwise() -> None:
    assert _body(_vertex())["parameters"] == {"sampleCount": 1}
    assert _body(_vertex(), number_of_videos=2)["parameters"] == {"sampleCount": 2}
    assert "parameters" not in _body(_veo())


# Images and videos.


def test_frames_are_fields_and_assets_are_references() -> None:
    frames = [{"image": _PNG, "type": "first_frame"}, {"image": _PNG, "type": "last_frame"}]
    assert _body(_veo(), image_list=frames)["instances"] == [
        {"prompt": "a kite", "image": _WIRE_PNG, "lastFrame": _WIRE_PNG}
    ]
    submission = _submit(
        _veo(), image_list=[{"image": _PNG, "type": "asset"}] * 2, duration_seconds=6
    ).unwrap()
    assert isinstance(submission.request.body, JsonBody)
    assert (
        submission.request.body.value["instances"][0]["referenceImages"]
        == [{"image": _WIRE_PNG, "referenceType": "ASSET"}] * 2
    )
    assert submission.duration == 8


def test_one_reference_is_the_first_frame_and_several_are_references() -> None:
    one = {"image": _PNG, "type": "reference"}
    assert _body(_veo(), image_list=[one])["instances"][0]["image"] == _WIRE_PNG
    assert len(_body(_veo(), image_list=[one] * 3)["instances"][0]["referenceImages"]) == 3
    assert "image_list[3]" in _refused(_veo(), image_list=[one] * 4)


def test_what_excludes_each_other_is_refused() -> None:
    asset = {"image": _PNG, "type": "asset"}
    assert "image_list[0]" in _refused(_veo(), image_list=[_PNG, asset])
    assert "image_list[0]" in _refused(_veo(), image_list=[_PNG], video=_FILE)
    last = {"image": _PNG, "type": "last_frame"}
    assert "image_list needs a first_frame" in _refused(_veo(), image_list=[last])
    style = {"image": _PNG, "type": "style"}
    assert "image_list[0]" in _refused(_veo(), image_list=[style])


def test_style_images_are_for_veo_2_on_vertex() -> None:
    style = {"image": _PNG, "type": "style"}
    assert _body(_vertex("veo-2.0-generate-exp"), image_list=[style])["instances"][0] == {
        "prompt": "a kite",
        "referenceImages": [{"image": _WIRE_PNG, "referenceType": "STYLE"}],
    }


def test_native_references_go_as_they_are() -> None:
    given = [{"image": {"gcsUri": "gs://b/i"}, "referenceType": "asset"}]
    body = _body(_vertex(), referenceImages=given)
    assert body["instances"] == [{"prompt": "a kite", "referenceImages": given}]


def test_a_key_extends_its_own_videos_only() -> None:
    submission = _submit(_veo(), video=_FILE, resolution="1080p").unwrap()
    assert isinstance(submission.request.body, JsonBody)
    assert submission.request.body.value["instances"][0]["video"] == {"uri": _FILE}
    (told,) = submission.adjusted
    assert told.startswith("resolution '1080p' became '720p'")
    assert "video is a URL" in _refused(_veo(), video="https://example.com/a.mp4")
    assert "video is bytes" in _refused(_veo(), video=MediaContent(b"x", "video/mp4"))


def test_vertex_extends_by_seven_seconds_from_a_bucket_or_bytes() -> None:
    submission = _submit(_vertex(), video="gs://b/v.mp4", duration_seconds=5).unwrap()
    assert submission.duration == 7
    assert _body(_vertex(), video="gs://b/v.mp4")["instances"][0]["video"] == {
        "gcsUri": "gs://b/v.mp4",
        "mimeType": "video/mp4",
    }
    sent = _body(_vertex(), video=MediaContent(b"abc", "video/mp4"))["instances"][0]["video"]
    assert sent == {"bytesBase64Encoded": "YWJj", "mimeType": "video/mp4"}


@pytest.mark.parametrize("target", [_veo(), _omni(), _vertex(), _vertex("gemini-omni-1.1-flash")])
def test_a_url_of_elsewhere_is_refused_and_named(target: Target) -> None:
    message = _refused(target, image_list=[_PNG, "https://example.com/a.png"])
    assert message.startswith("image_list[1] is a URL that cannot be sent")


@pytest.mark.parametrize("uri", ["gs://b/name", "gs://b", "gs://b/name.txt"])
def test_an_object_in_a_bucket_must_tell_its_type(uri: str) -> None:
    assert "whose name tells its type" in _refused(_vertex(), image_list=[uri])


def test_omni_s_fields_stand_in_their_places() -> None:
    assert _body(
        _omni(),
        duration_seconds=4.5,
        aspect_ratio="9:16",
        resolution="4k",
        seed=0,
        task="extend",
        previous_interaction_id="v1_abc",
        response_format={"delivery": "inline"},
        store=True,
    ) == {
        "model": "gemini-omni-1.1-flash",
        "background": True,
        "input": "a kite",
        "response_modalities": ["video"],
        "response_format": {
            "type": "video",
            "duration": "4.5s",
            "aspect_ratio": "9:16",
            "resolution": "4k",
            "delivery": "inline",
        },
        "generation_config": {"seed": 0, "video_config": {"task": "extend"}},
        "previous_interaction_id": "v1_abc",
        "store": True,
    }


@pytest.mark.parametrize(
    ("model", "wanted", "taken"),
    [
        ("gemini-omni-1.1-flash", 1, 3),
        ("gemini-omni-1.1-flash", 12, 10),
        ("gemini-omni-1.2-flash", 12, 12),
        ("gemini-omni-1.2-flash", 20, 15),
    ],
)
def test_omni_s_lengths_are_a_range(model: str, wanted: float, taken: float) -> None:
    assert _submit(_omni(model), duration_seconds=wanted).unwrap().duration == taken


def test_omni_is_told_the_roles_of_images_in_the_prompt() -> None:
    images = [
        {"image": _PNG, "type": "style"},
        {"image": _PNG, "type": "last_frame"},
        {"image": _PNG, "type": "first_frame"},
        {"image": _PNG, "type": "reference"},
    ]
    text, *parts = _body(_omni(), image_list=images)["input"][0]["content"]
    assert text == {
        "type": "text",
        "text": (
            "[# Sources <FIRST_FRAME>@Image1 <LAST_FRAME>@Image2] "
            "[# References <IMAGE_REF_0>@Image3 <IMAGE_REF_1>@Image4] a kite"
        ),
    }
    assert parts == [{"type": "image", "data": "iVBORw0KGgo=", "mime_type": "image/png"}] * 4


def test_a_prompt_that_names_roles_is_left_alone() -> None:
    request = VideoGenerationRequest(prompt="<FIRST_FRAME> a kite", image_list=[_PNG])
    body = _omni().provider.submit(_omni(), request).unwrap().request.body
    assert isinstance(body, JsonBody)
    assert body.value["input"][0]["content"][0]["text"] == "<FIRST_FRAME> a kite"


def test_omni_takes_a_video_and_files_of_google() -> None:
    uri = "https://generativelanguage.googleapis.com/v1beta/files/abc123"
    content = _body(_omni(), image_list=[uri], video=uri)["input"][0]["content"]
    assert content[1:] == [{"type": "image", "uri": uri}, {"type": "video", "uri": uri}]
    bucket = _body(_vertex("gemini-omni-1.1-flash"), video="gs://b/v.mp4")["input"][0]["content"]
    assert bucket[1] == {"type": "video", "uri": "gs://b/v.mp4", "mime_type": "video/mp4"}


def test_omni_reads_what_to_avoid_in_the_prompt() -> None:
    submission = _submit(_omni(), negative_prompt="fog").unwrap()
    assert isinstance(submission.request.body, JsonBody)
    assert submission.request.body.value["input"] == "a kite\n\nAvoid: fog"
    assert submission.adjusted == (
        "negative_prompt was put into the prompt: gemini-omni-1.1-flash has no field for it",
    )


def test_a_bucket_for_omni_is_a_delivery() -> None:
    body = _body(_vertex("gemini-omni-1.1-flash"), gcs_uri="gs://b/o/")
    assert body["response_format"] == {"type": "video", "delivery": "uri", "gcs_uri": "gs://b/o/"}


# Jobs.

_NAME: Final = "models/veo-3.1-generate-preview/operations/vz341u0pmdlc"
_RESOURCE: Final = "projects/123/locations/us-central1/publishers/google/models/m"
_CLOUD: Final = f"{_RESOURCE}/operations/9d2f-1"


def test_a_job_is_asked_for_by_its_name() -> None:
    target = _veo()
    assert target.provider.poll(target, Job(id=_NAME)) == HttpRequest(
        method="GET", url=f"{_GATEWAY}/v1beta/{_NAME}", headers={"Accept": "application/json"}
    )
    cloud = _vertex()
    asked = cloud.provider.poll(cloud, Job(id=_CLOUD))
    assert (asked.method, asked.url) == (
        "POST",
        f"https://us-central1-aiplatform.googleapis.com/v1/{_RESOURCE}:fetchPredictOperation",
    )
    assert asked.body == JsonBody(value={"operationName": _CLOUD})


@pytest.mark.parametrize("target", [_omni(), _vertex("gemini-omni-1.1-flash")])
def test_an_interaction_s_id_is_one_segment(target: Target) -> None:
    job = Job(id="v1_/../x?y")
    assert target.provider.poll(target, job).url.endswith(
        "/interactions/v1_%2F..%2Fx%3Fy?stream=false"
    )
    assert target.provider.cancel is not None
    asked = target.provider.cancel(target, job)
    assert (asked.method, asked.body) == ("POST", None)
    assert asked.url.endswith("/interactions/v1_%2F..%2Fx%3Fy/cancel")


def test_veo_cannot_be_cancelled() -> None:
    assert PROVIDER.cancel is None
    assert _vertex().provider.cancel is None


@pytest.mark.parametrize(
    "name", [None, "", "x", "models/m", "operations/../../secret", "a b/operations/1"]
)
def test_an_operation_needs_a_name_that_is_a_path(name: object) -> None:
    for target in (_veo(), _vertex()):
        error = target.provider.accepted(target, json_reply(200, {"name": name})).failure()
        assert isinstance(error, UnexpectedReplyError)


def test_an_odd_reply_with_a_name_is_an_accepted_job() -> None:
    for reply in (
        {"name": _NAME, "done": None},
        {"name": _NAME, "done": True, "response": {"videos": [3, {}]}},
    ):
        assert _veo().provider.accepted(_veo(), json_reply(200, reply)).unwrap() == Job(id=_NAME)
    odd = json_reply(200, {"id": "v1_a", "status": None})
    assert _omni().provider.accepted(_omni(), odd).unwrap() == Job(id="v1_a")


def test_an_interaction_needs_an_id() -> None:
    error = _omni().provider.accepted(_omni(), json_reply(200, {"id": " "})).failure()
    assert isinstance(error, UnexpectedReplyError)


def test_an_operation_may_be_refused_at_once() -> None:
    payload = {"name": _NAME, "done": True, "error": {"code": 3, "message": "no"}}
    error = _veo().provider.accepted(_veo(), json_reply(200, payload)).failure()
    assert isinstance(error, ValidationError)


def test_a_download_that_is_redirected_leaves_the_key_behind() -> None:
    samples = {"generatedSamples": [{"video": {"uri": _FILE}}]}
    video = HttpResponse(status=200, body=b"\x00\x00\x00\x00ftypmp42")
    moved = HttpResponse(status=302, headers={"Location": "https://storage.example.com/v"})
    http = ScriptedHttp(
        [
            json_reply(200, {"name": _NAME}),
            json_reply(200, _operation({"generateVideoResponse": samples})),
            moved,
            video,
        ]
    )
    config = VideoGenerationConfig(provider="google", model="veo-9", api_key="key")
    request = VideoGenerationRequest(prompt="a kite")
    generate_video(config, request, effects=fake_effects(http=http), providers={"google": PROVIDER})
    key = {"x-goog-api-key": "key"}
    assert [asked.credential for asked in http.requests] == [key, key, key, {}]


def test_an_interaction_may_be_finished_at_once() -> None:
    part = {"type": "video", "mime_type": "video/mp4", "data": "AAAA"}
    payload = {
        "id": "v1_a",
        "status": "completed",
        "steps": [{"type": "model_output", "content": [part]}],
    }
    video = _omni().provider.accepted(_omni(), json_reply(200, payload)).unwrap()
    assert isinstance(video, Found)
    assert video.video == MediaContent(b"\x00\x00\x00", "video/mp4")


@pytest.mark.parametrize(
    ("status", "answer"),
    [("cancelled", "confirmed"), ("in_progress", "confirmed"), ("completed", "too_late")],
)
def test_a_cancel_is_answered_by_the_interaction(status: str, answer: str) -> None:
    cancelled = _omni().provider.cancelled
    assert cancelled is not None
    assert cancelled(json_reply(200, {"status": status})) == answer
    assert cancelled(json_reply(404, {"error": {"code": 404}})) == "failed"


@pytest.mark.parametrize(
    ("target", "payload", "status"),
    [
        (_veo(), {"name": _NAME}, "processing"),
        (_veo(), {"name": _NAME, "done": False}, "processing"),
        (_veo(), {"name": _NAME, "metadata": {"state": "QUEUED"}}, "queued"),
        (_veo(), {"name": _NAME, "metadata": {"state": ["QUEUED"]}}, "processing"),
        (_omni(), {"id": "v1_a", "status": "queued"}, "queued"),
        (_omni(), {"id": "v1_a", "status": "in_progress"}, "processing"),
        (_omni(), {"id": "v1_a", "status": "a new word"}, "processing"),
    ],
)
def test_an_unfinished_job_is_told(target: Target, payload: dict[str, Any], status: str) -> None:
    progress = target.provider.polled(target, Job(id="j"), json_reply(200, payload)).unwrap()
    assert isinstance(progress, Progress)
    assert progress == Progress(status=progress.status, raw=payload)
    assert progress.status == status


# Results.


def _operation(response: object) -> dict[str, Any]:
    return {"name": _NAME, "done": True, "response": response}


def _ended(target: Target, payload: Any) -> Any:
    return target.provider.polled(target, Job(id="j"), json_reply(200, payload)).unwrap()


@pytest.mark.parametrize(
    ("base_url", "uri", "url"),
    [
        (None, _FILE, _FILE),
        (_GATEWAY, _FILE, f"{_GATEWAY}/v1beta/files/qu4d28:download?alt=media"),
        (
            _GATEWAY,
            f"{_GATEWAY}/x/files/a:download?alt=media",
            f"{_GATEWAY}/x/files/a:download?alt=media",
        ),
        (_GATEWAY, f"{_GATEWAY}/v.mp4", f"{_GATEWAY}/v.mp4"),
        (None, _FILE.partition(":download")[0], _FILE.partition(":download")[0]),
    ],
)
def test_a_file_of_google_s_is_fetched_below_the_base_url(
    base_url: str | None, uri: str, url: str
) -> None:
    target = _target("veo-9", base_url=base_url)
    samples = [{"video": {"uri": uri}}]
    state = _ended(target, _operation({"generateVideoResponse": {"generatedSamples": samples}}))
    assert isinstance(state, Ready)
    assert target.provider.collect is not None
    asked = authenticated(target, target.provider.collect(target, state.job))
    assert (asked.method, asked.url) == ("GET", url)
    assert asked.credential == {"x-goog-api-key": "key"}


@pytest.mark.parametrize(
    "uri",
    [
        "https://evil.example/v1beta/files/a:download?alt=media",
        "http://generativelanguage.googleapis.com/v1beta/files/a:download",
    ],
)
def test_a_file_of_another_host_is_returned_and_gets_no_key(uri: str) -> None:
    found = _ended(_target("veo-9"), _operation({"videos": [{"uri": uri}]}))
    assert isinstance(found, Found)
    assert found.video == uri


def test_a_file_that_is_not_ready_is_asked_for_again() -> None:
    target = _omni()
    part = {"type": "video", "uri": _FILE.partition(":download")[0]}
    payload = {
        "id": "v1_a",
        "status": "completed",
        "usage": {"n": 1},
        "steps": [{"type": "model_output", "content": [{"type": "text"}, part]}],
    }
    ready = _ended(target, payload)
    assert isinstance(ready, Ready)
    collected = target.provider.collected
    assert collected is not None

    waiting = collected(target, ready.job, json_reply(200, {"state": "PROCESSING"})).unwrap()
    assert isinstance(waiting, Progress)
    failed = collected(target, ready.job, json_reply(200, {"state": "FAILED"}))
    assert isinstance(failed.failure(), GenerationFailedError)
    active = collected(target, ready.job, json_reply(200, {"state": "ACTIVE"})).unwrap()
    assert isinstance(active, Ready)
    assert active.job.urls["result"] == _FILE
    content = HttpResponse(status=200, body=b"\x00\x00\x00\x00ftypmp42")
    video = collected(target, active.job, content).unwrap()
    assert isinstance(video, Found)
    assert (video.raw, video.metadata) == (payload, {"usage": {"n": 1}})


def test_a_page_instead_of_the_file_is_no_video() -> None:
    target = _target("veo-9")
    ready = _ended(target, _operation({"videos": [{"uri": _FILE}]}))
    assert target.provider.collected is not None
    for reply in (json_reply(200, {"state": "ACTIVE"}), HttpResponse(status=200, body=b"<html>")):
        error = target.provider.collected(target, ready.job, reply).failure()
        assert isinstance(error, UnexpectedReplyError)


@pytest.mark.parametrize(
    "response",
    [
        {"videos": [{"bytesBase64Encoded": "AAAA", "mimeType": "video/mp4"}]},
        {"videos": [{"bytesBase64Encoded": "AAAA", "mimeType": "text/html;x"}]},
        {"generatedSamples": [{"video": {"encodedVideo": "AAAA", "encoding": "video/mp4"}}]},
        {"generateVideoResponse": {"generatedSamples": [{"video": {"encodedVideo": "AAAA"}}]}},
    ],
)
def test_bytes_are_found_in_every_shape(response: dict[str, Any]) -> None:
    for target in (_veo(), _vertex()):
        found = _ended(target, _operation(response))
        assert isinstance(found, Found)
        assert found.video == MediaContent(b"\x00\x00\x00", "video/mp4")
        assert found.raw == _operation(response)


@pytest.mark.parametrize("wrap", [False, True])
def test_a_part_that_the_filter_held_back_is_told(*, wrap: bool) -> None:
    inner = {
        "raiMediaFilteredCount": 1,
        "raiMediaFilteredReasons": ["too like someone."],
        "videos": [{"gcsUri": "gs://b/0.mp4"}, {"gcsUri": "gs://b/1.mp4"}],
    }
    found = _ended(_vertex(), _operation({"generateVideoResponse": inner} if wrap else inner))
    assert found.video == "gs://b/0.mp4"
    assert found.warnings == ("Google held back a part of the videos: too like someone.",)
    assert found.metadata["other_videos"] == [{"gcsUri": "gs://b/1.mp4"}]


# Errors.

_CELEBRITY: Final = "… violates … usage guidelines … Support codes: 29310472"
_AUDIO: Final = (
    "We encountered an issue with the audio for your prompt, … "
    "You have not been charged for this attempt."
)
_JOB_ERRORS: Final[list[tuple[Any, type[TarashException], str]]] = [
    # wire/google.md, section 4.3; wire/google-vertex.md, section 4.3
    ({"error": {"code": 3, "message": _CELEBRITY}}, ContentModerationError, "public person"),
    ({"error": {"code": 3, "message": "blocked"}}, ContentModerationError, "blocked"),
    ({"error": {"code": 3, "message": "for safety"}}, ContentModerationError, "safety"),
    (
        {"error": {"code": 3, "message": "Veo 3 prompt enhancement cannot be disabled."}},
        ValidationError,
        "cannot be disabled",
    ),
    ({"error": {"code": 5, "message": "no such object"}}, ValidationError, "object"),
    ({"error": {"code": 9, "message": "bucket"}}, ValidationError, "bucket"),
    ({"error": {"code": 7, "message": "bucket"}}, AuthenticationError, "allowed"),
    ({"error": {"code": 16, "message": "expired"}}, AuthenticationError, "expired"),
    ({"error": {"code": 8, "message": "capacity"}}, RateLimitError, "later"),
    ({"error": {"code": 14, "message": "high load"}}, HTTPError, "high load"),
    ({"error": {"code": 4, "message": "deadline"}}, GenerationFailedError, "deadline"),
    ({"error": {"code": 1, "message": "cancelled"}}, GenerationFailedError, "cancelled"),
    ({"error": {"code": 13, "message": "internal safety"}}, GenerationFailedError, "internal"),
    ({"error": {"code": 13, "message": _CELEBRITY}}, ContentModerationError, "29310472"),
    ({"error": {"code": 10**400, "message": None}}, GenerationFailedError, "no reason"),
    ({"error": {"odd": 1}}, GenerationFailedError, "no reason"),
    # sections 2.2 and 4.4
    ({"response": {}}, GenerationFailedError, "without a video"),
    ({"response": 3}, GenerationFailedError, "without a video"),
    ({"response": None}, GenerationFailedError, "without a video"),
    ({"response": {"videos": []}}, GenerationFailedError, "without a video"),
    (
        {"response": {"generateVideoResponse": {"raiMediaFilteredReasons": [_AUDIO]}}},
        ContentModerationError,
        "may pass the next time",
    ),
    (
        {"response": {"generateVideoResponse": {"raiMediaFilteredCount": 1}}},
        ContentModerationError,
        "no reason",
    ),
    ({"response": {"raiMediaFilteredCount": 2}}, ContentModerationError, "no reason"),
    (
        {"response": {"raiMediaFilteredCount": 1, "raiMediaFilteredReasons": [_CELEBRITY]}},
        ContentModerationError,
        "a celebrity or a public person",
    ),
    ({"response": {"videos": [{}]}}, UnexpectedReplyError, "no video URL"),
]


@pytest.mark.parametrize(("ended", "expected", "words"), _JOB_ERRORS)
@pytest.mark.parametrize("target", [_veo(), _vertex()], ids=["key", "vertex"])
def test_a_finished_operation_without_a_video_is_an_error(
    target: Target, ended: dict[str, Any], expected: type[TarashException], words: str
) -> None:
    payload = {"name": _NAME, "done": True, **ended}
    error = target.provider.polled(target, Job(id="j"), json_reply(200, payload)).failure()
    assert type(error) is expected
    assert words in error.message
    assert error.raw_response == payload


@pytest.mark.parametrize(
    ("payload", "expected", "words"),
    [
        # wire/google.md, section 3.2
        ({"status": "completed", "usage": {}}, ContentModerationError, "without a video"),
        ({"status": "failed"}, GenerationFailedError, "no reason"),
        (
            {"status": "failed", "errors": [{"code": "urn:x", "message": "breaks safety"}]},
            ContentModerationError,
            "safety",
        ),
        (
            {"status": "failed", "steps": [{"error": {"code": 8, "message": "full"}}]},
            RateLimitError,
            "full",
        ),
        ({"status": "cancelled"}, GenerationFailedError, "cancelled"),
        ({"status": "incomplete"}, GenerationFailedError, "incomplete"),
        ({"status": "requires_action"}, GenerationFailedError, "requires_action"),
        ({"status": "requires_continuation"}, GenerationFailedError, "requires_continuation"),
        ({"status": "budget_exceeded"}, InsufficientCreditsError, "budget"),
        ({"status": None}, UnexpectedReplyError, "status"),
        ({"name": _NAME}, UnexpectedReplyError, "status"),
        (
            {
                "status": "completed",
                "steps": [{"type": "model_output", "content": [{"type": "video"}]}],
            },
            UnexpectedReplyError,
            "no video URL",
        ),
    ],
)
def test_an_interaction_that_ends_badly_is_an_error(
    payload: dict[str, Any], expected: type[TarashException], words: str
) -> None:
    target = _omni()
    error = target.provider.polled(target, Job(id="j"), json_reply(200, payload)).failure()
    assert type(error) is expected
    assert words in error.message
    assert error.raw_response == payload


def _error(code: int, status: str, message: str, *details: dict[str, Any]) -> dict[str, Any]:
    more = {"details": list(details)} if details else {}
    return {"error": {"code": code, "message": message, "status": status, **more}}


def _info(reason: str) -> dict[str, Any]:
    return {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}


def _quota(name: str, delay: str) -> dict[str, Any]:
    return _error(
        429,
        "RESOURCE_EXHAUSTED",
        "You exceeded your current quota… Please retry in 59.6s.",
        {"@type": "type.googleapis.com/google.rpc.Help", "links": []},
        {
            "@type": "type.googleapis.com/google.rpc.QuotaFailure",
            "violations": [{"quotaId": name, "quotaValue": "20"}],
        },
        {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay},
    )


_BAD_KEY: Final = "API key not valid. Please pass a valid API key."
_UNSUPPORTED: Final = "`generateAudio` isn't supported by this model. Please remove it or …"
_EXHAUSTED: Final = "Resource exhausted. Please try again later. …"
_LEGACY: Final = {
    "error": {
        "code": 429,
        "message": _EXHAUSTED,
        "errors": [{"message": "…", "domain": "global", "reason": "rateLimitExceeded"}],
        "status": "RESOURCE_EXHAUSTED",
    }
}
_TABLE: Final[list[tuple[int, Any, type[TarashException], float | None]]] = [
    # wire/google.md, sections 4.2 and 7
    (
        400,
        _error(400, "INVALID_ARGUMENT", _BAD_KEY, _info("API_KEY_INVALID")),
        AuthenticationError,
        None,
    ),
    (
        400,
        _error(400, "INVALID_ARGUMENT", "other words", _info("API_KEY_INVALID")),
        AuthenticationError,
        None,
    ),
    (400, _error(400, "INVALID_ARGUMENT", _BAD_KEY), AuthenticationError, None),
    (400, _error(400, "INVALID_ARGUMENT", "API key expired. Renew it."), AuthenticationError, None),
    (400, _error(400, "INVALID_ARGUMENT", _UNSUPPORTED), ValidationError, None),
    (400, _error(400, "INVALID_ARGUMENT", "minimum allowed 3s"), ValidationError, None),
    (
        400,
        _error(400, "INVALID_ARGUMENT", "safety_settings isn't supported"),
        ValidationError,
        None,
    ),
    (400, _error(400, "INVALID_ARGUMENT", _CELEBRITY), ContentModerationError, None),
    (
        400,
        _error(400, "FAILED_PRECONDITION", "User location is not supported for the API use."),
        AuthenticationError,
        None,
    ),
    (401, _error(401, "UNAUTHENTICATED", "bad credential"), AuthenticationError, None),
    (
        403,
        _error(403, "PERMISSION_DENIED", "Method doesn't allow unregistered callers…"),
        AuthenticationError,
        None,
    ),
    (
        403,
        _error(403, "PERMISSION_DENIED", "off", _info("SERVICE_DISABLED")),
        AuthenticationError,
        None,
    ),
    (
        404,
        _error(404, "NOT_FOUND", "models/veo-3.1-generate-001 is not found for API version v1beta"),
        NotFoundError,
        None,
    ),
    (404, _error(404, "NOT_FOUND", "… is no longer available"), NotFoundError, None),
    (413, "too large", ValidationError, None),
    (
        429,
        _error(429, "RESOURCE_EXHAUSTED", "Your prepayment credits are depleted. …"),
        InsufficientCreditsError,
        None,
    ),
    (
        429,
        _quota("GenerateRequestsPerDayPerProjectPerModel-FreeTier", "59s"),
        InsufficientCreditsError,
        None,
    ),
    (429, _quota("GenerateRequestsPerMinutePerProjectPerModel", "59.5s"), RateLimitError, 59.5),
    (429, _quota("GenerateRequestsPerMinutePerProjectPerModel", "soon"), RateLimitError, None),
    (
        429,
        _error(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota)."),
        RateLimitError,
        None,
    ),
    (499, _error(499, "CANCELLED", "client closed"), HTTPError, None),
    (500, _error(500, "INTERNAL", "An internal error has occurred…"), HTTPError, None),
    (
        503,
        _error(503, "UNAVAILABLE", "The model is overloaded. Please try again later."),
        HTTPError,
        None,
    ),
    (504, _error(504, "DEADLINE_EXCEEDED", "…"), HTTPError, None),
    (502, "<html>bad gateway</html>", HTTPError, None),
    # wire/google-vertex.md, sections 4.1, 4.2 and 7
    (
        400,
        _error(400, "INVALID_ARGUMENT", "wrong project", _info("RESOURCE_PROJECT_INVALID")),
        ValidationError,
        None,
    ),
    (
        400,
        _error(400, "FAILED_PRECONDITION", "bucket not usable"),
        AuthenticationError,
        None,
    ),
    (
        401,
        _error(401, "UNAUTHENTICATED", "Request had invalid …", _info("ACCESS_TOKEN_EXPIRED")),
        AuthenticationError,
        None,
    ),
    (
        403,
        _error(
            403,
            "PERMISSION_DENIED",
            "Permission 'aiplatform.endpoints.predict' denied on resource …",
            _info("IAM_PERMISSION_DENIED"),
        ),
        AuthenticationError,
        None,
    ),
    (
        403,
        _error(403, "PERMISSION_DENIED", "…", _info("API_KEY_SERVICE_BLOCKED")),
        AuthenticationError,
        None,
    ),
    (
        404,
        _error(404, "NOT_FOUND", "Publisher Model 'projects/…' was not found or …"),
        NotFoundError,
        None,
    ),
    (429, _error(429, "RESOURCE_EXHAUSTED", _EXHAUSTED), RateLimitError, None),
    (429, _LEGACY, RateLimitError, None),
    (429, [_LEGACY], RateLimitError, None),
    # Bodies that say little.
    (429, None, RateLimitError, None),
    (401, {"error": "no"}, AuthenticationError, None),
    (404, {"error": {"code": 404, "status": "odd", "message": 3}}, NotFoundError, None),
    (418, {}, HTTPError, None),
]


@pytest.mark.parametrize("to", ["submit", "poll", "collect"])
@pytest.mark.parametrize(("status", "body", "expected", "wait"), _TABLE)
def test_an_error_body_is_one_of_our_errors(
    to: ReplyTo, status: int, body: Any, expected: type[TarashException], wait: float | None
) -> None:
    reply = (
        HttpResponse(status=status, body=body.encode())
        if isinstance(body, str)
        else json_reply(status, body)
    )
    refusal = PROVIDER.failure(_veo(), reply, to)
    assert (type(refusal.error), refusal.of) == (expected, "exchange")
    assert getattr(refusal.error, "retry_after", None) == wait
    assert getattr(refusal.error, "status_code", status) == status
    assert refusal.error.raw_response == body or not body
    assert re.search(r"\w", refusal.error.message)


def test_a_header_s_wait_goes_before_the_body_s() -> None:
    reply = json_reply(429, _quota("PerMinute", "59s"), {"Retry-After": "3"})
    error = PROVIDER.failure(_veo(), reply, "submit").error
    assert isinstance(error, RateLimitError)
    assert error.retry_after == 3.0


def test_the_fields_that_a_reply_blames_are_named() -> None:
    violation = {"fieldViolations": [{"field": "input", "description": "too long"}]}
    body = _error(400, "INVALID_ARGUMENT", "bad", violation)
    error = PROVIDER.failure(_omni(), json_reply(400, body), "submit").error
    assert "(bad; input: too long)" in error.message
