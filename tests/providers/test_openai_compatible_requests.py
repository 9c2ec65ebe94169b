"""What servers that copy OpenAI's API are sent: forms, images and sizes."""

import base64
import json
from typing import Any, Final

import pytest
from tests.support.openai_cases import _HOST, _PNG, _refused, _target

from tarash.tarash_gateway import VideoGenerationConfig, VideoGenerationRequest, plan_video
from tarash.tarash_gateway.http.messages import FormBody, JsonBody
from tarash.tarash_gateway.lifecycle.planned import VideoPlan
from tarash.tarash_gateway.outcome import Outcome
from tarash.tarash_gateway.providers.openai.models import row_of
from tarash.tarash_gateway.providers.openai.provider import PROVIDER

_URL: Final = "https://example.com/a.png"
_WAN: Final = "Wan-AI/Wan2.2-T2V-A14B-Diffusers"


def _submitted(settings: dict[str, Any], host: str = _HOST, **fields: Any) -> Outcome[Any]:
    target = _target("some-model", host, provider_config=settings)
    return PROVIDER.submit(target, VideoGenerationRequest(**{"prompt": "a cat", **fields}))


def _sent(settings: dict[str, Any], host: str = _HOST, **fields: Any) -> tuple[str, dict[str, Any]]:
    """Return the kind of a creation's body, and its fields."""
    body = _submitted(settings, host, **fields).unwrap().request.body
    match body:
        case JsonBody(value=value):
            return "json", value
        case FormBody(parts=parts):
            return "form", {p.name: p.value if p.content is None else p.content for p in parts}
        case other:
            raise AssertionError(other)


@pytest.mark.parametrize(
    ("host", "kind"),
    [
        (_HOST, "form"),
        ("http://127.0.0.1:8091/v1", "form"),
        ("https://api.openai.com.example.com/v1", "form"),
        ("https://notapi.openai.com/v1", "form"),
        ("https://api.openai.com/v1", "json"),
        ("https://eu.api.openai.com/v1", "json"),
    ],
)
def test_a_text_goes_as_a_form_to_everyone_but_openai(host: str, kind: str) -> None:
    sent = _sent({}, host, duration_seconds=4, num_frames=33)
    fields: dict[str, Any] = {"prompt": "a cat", "model": "some-model", "seconds": "4"}
    assert sent == (kind, {**fields, "num_frames": "33" if kind == "form" else 33})


@pytest.mark.parametrize(("host", "body"), [(_HOST, "json"), ("https://api.openai.com/v1", "form")])
def test_a_setting_says_what_a_server_takes(host: str, body: str) -> None:
    assert _sent({"body": body}, host)[0] == body


def test_json_alone_carries_bytes_as_a_data_url() -> None:
    data = base64.b64encode(_PNG.content).decode()
    reference = {"image_url": f"data:image/png;base64,{data}"}
    kind, fields = _sent({"body": "json"}, image_list=[_PNG])
    assert (kind, fields["input_reference"]) == ("json", reference)
    assert _sent({}, image_list=[_PNG])[1]["input_reference"] == _PNG.content


def test_an_image_as_a_url_goes_as_openai_takes_it_and_the_plan_says_who_does_not() -> None:
    submission = _submitted({}, image_list=[_URL]).unwrap()
    assert isinstance(submission.request.body, JsonBody)
    assert submission.request.body.value["input_reference"] == {"image_url": _URL}
    (note,) = [line for line in submission.warnings if "image" in line]
    assert "vLLM-Omni, SGLang and LiteLLM refuse" in note
    assert "pass the image as bytes or a file" in note
    assert "provider_config['image_url']" in note
    # Nothing was changed: there is nothing for unsupported="error" to refuse.
    assert submission.adjusted == ()


@pytest.mark.parametrize(
    ("settings", "kind", "name", "value"),
    [
        ({"image_url": "object"}, "json", "input_reference", {"image_url": _URL}),
        ({"image_url": "text"}, "form", "input_reference", _URL),
        ({"image_url": "reference_url"}, "form", "reference_url", _URL),
        ({"image_url": "reference_url", "body": "json"}, "json", "reference_url", _URL),
        ({"image_url": "image_reference"}, "form", "image_reference", f'{{"image_url": "{_URL}"}}'),
        (
            {"image_url": "image_reference", "body": "json"},
            "json",
            "image_reference",
            {"image_url": _URL},
        ),
        ({"body": "form"}, "form", "input_reference[image_url]", _URL),
    ],
)
def test_a_setting_says_where_an_image_as_a_url_belongs(
    settings: dict[str, Any], kind: str, name: str, value: Any
) -> None:
    sent = _sent(settings, image_list=[_URL])
    assert sent == (kind, {"prompt": "a cat", "model": "some-model", name: value})


@pytest.mark.parametrize("where", ["object", "text", "reference_url", "image_reference"])
def test_whoever_knows_the_server_is_not_warned(where: str) -> None:
    submission = _submitted({"image_url": where}, image_list=[_URL]).unwrap()
    assert not any("refuse" in line for line in submission.warnings)


def test_openai_gets_no_warning_about_an_image_as_a_url() -> None:
    target = _target("sora-2", "https://eu.api.openai.com/v1")
    request = VideoGenerationRequest(prompt="a cat", image_list=[_URL])
    assert PROVIDER.submit(target, request).unwrap().warnings == ()


def test_what_the_caller_puts_into_the_body_stays_where_it_is() -> None:
    own = {"image_url": "https://example.com/b.png"}
    settings = {"image_url": "reference_url"}
    sent = _sent(settings, extra_params={"input_reference": own})
    assert sent == ("json", {"prompt": "a cat", "model": "some-model", "input_reference": own})


def test_objects_in_a_form_are_told() -> None:
    submission = _submitted({}, lora={"name": "x"}).unwrap()
    (note,) = [line for line in submission.warnings if "lora" in line]
    assert "json.dumps" in note
    assert _sent({}, lora=json.dumps({"name": "x"}))[1]["lora"] == '{"name": "x"}'


@pytest.mark.parametrize(
    "settings", [{"body": "xml"}, {"body": 1}, {"body": []}, {"image_url": "url"}]
)
def test_a_setting_that_is_none_is_refused(settings: dict[str, Any]) -> None:
    assert next(iter(settings)) in _refused(_submitted(settings))


def test_a_remix_an_edit_and_an_extension_go_as_before() -> None:
    for fields in (
        {"video_id": "video_1"},
        {"extra_params": {"video": {"id": "video_1"}}},
        {"extra_params": {"video": {"id": "video_1"}}, "duration_seconds": 4},
    ):
        assert _sent({}, **fields)[0] == "json"


# Sizes.


@pytest.mark.parametrize(
    "model", [_WAN, "wan2.1-t2v", "wan-2.6", "alibaba/wanx2.1", "FastVideo/FastWan2.2-TI2V-5B"]
)
def test_sizes_of_wan_are_whole_blocks(model: str) -> None:
    size = row_of({}, model).size
    assert size is not None
    assert {side % 16 for pair in size.sizes.values() for side in pair} == {0}
    assert (size.free, size.multiple_of) == (True, 16)


@pytest.mark.parametrize("model", ["swan-1", "kling-v3", "wanda"])
def test_other_models_have_the_usual_sizes(model: str) -> None:
    size = row_of({}, model).size
    assert size is not None
    assert "1920x1080" in size.sizes
    assert (size.free, size.multiple_of) == (True, 1)


@pytest.mark.parametrize(
    ("ratio", "size"), [("16:9", "832x480"), ("9:16", "480x832"), ("1:1", "480x480")]
)
def test_480p_of_wan(ratio: str, size: str) -> None:
    request = VideoGenerationRequest(prompt="a cat", resolution="480p", aspect_ratio=ratio)
    plan: VideoPlan = plan_video(
        VideoGenerationConfig(provider="openai", model=_WAN, base_url=_HOST), request
    )
    assert plan.parts is not None
    assert {part.name: part.value for part in plan.parts}["size"] == size


@pytest.mark.parametrize("model", [_WAN, "kling-v3"])
@pytest.mark.parametrize("size", ["832x480", "640x352", "1000x562"])
def test_a_width_and_a_height_go_as_they_are(model: str, size: str) -> None:
    request = VideoGenerationRequest(prompt="a cat", resolution=size)
    submission = PROVIDER.submit(_target(model), request).unwrap()
    assert isinstance(submission.request.body, FormBody)
    assert {part.name: part.value for part in submission.request.body.parts}["size"] == size
    assert submission.adjusted == ()
