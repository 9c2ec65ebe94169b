"""Google's models as native fields, its hosts and keys, its errors by their bodies: models."""

from typing import Any, Final

import pytest
from tests.support.google_cases import (
    _FILE,
    _omni,
    _refused,
    _submit,
    _target,
    _veo,
    _vertex,
)

from tarash.tarash_gateway.http.messages import JsonBody
from tarash.tarash_gateway.providers.base import Target
from tarash.tarash_gateway.values.media import MediaContent
from tarash.tarash_gateway.values.request import VideoGenerationRequest

_PNG: Final = MediaContent(b"\x89PNG\r\n\x1a\n", "image/png")


_WIRE_PNG: Final = {"bytesBase64Encoded": "iVBORw0KGgo=", "mimeType": "image/png"}


def _body(target: Target, **fields: Any) -> Any:
    request = _submit(target, **fields).unwrap().request
    assert isinstance(request.body, JsonBody)
    return request.body.value


@pytest.mark.parametrize("target", [_target("veo-9"), _target("gemini-omni-9"), _vertex("veo-9")])
def test_an_unknown_model_is_told(target: Target) -> None:
    submission = _submit(target, resolution="8k", duration_seconds=30).unwrap()
    told, *advice = submission.warnings
    assert "not in google's model table" in told
    assert ["Google offers Veo on Vertex AI" in word for word in advice] == [True] * len(advice)
    assert len(advice) == (target.config.model == "veo-9" and not target.config.provider_config)
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
    assert "needs a first_frame" in _refused(_veo(), image_list=[last])
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
    assert "with a known suffix" in _refused(_vertex(), image_list=[uri])


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
        "negative_prompt was moved into the prompt: gemini-omni-1.1-flash has no field for it",
    )


def test_a_bucket_for_omni_is_a_delivery() -> None:
    body = _body(_vertex("gemini-omni-1.1-flash"), gcs_uri="gs://b/o/")
    assert body["response_format"] == {"type": "video", "delivery": "uri", "gcs_uri": "gs://b/o/"}
