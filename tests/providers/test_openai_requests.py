"""What is sent to OpenAI."""

from typing import Any, Final

import pytest
from tests.support.openai_cases import _HOST, _MP4, _PNG, _refused, _submit

from tarash.tarash_gateway.http.messages import FormBody, HttpRequest, JsonBody
from tarash.tarash_gateway.values.media import MediaContent

_URL: Final = "https://example.com/a.png"
# A region of OpenAI's own: no model is refused there.
_HOME: Final = "https://eu.api.openai.com/v1"


def _body(request: HttpRequest) -> Any:
    match request.body:
        case JsonBody(value=value):
            return value
        case FormBody(parts=parts):
            return [(p.name, p.value, p.filename, p.content_type, p.content) for p in parts]
        case other:
            return other


@pytest.mark.parametrize(
    ("model", "fields", "body"),
    [
        ("sora-2", {}, {}),
        ("openai/sora-2", {}, {"model": "sora-2"}),
        ("sora-2", {"duration_seconds": 8}, {"seconds": "8"}),
        ("sora-2", {"duration_seconds": 20}, {"seconds": "20"}),
        ("sora-2", {"aspect_ratio": "16:9"}, {"size": "1280x720"}),
        ("sora-2", {"resolution": "720p"}, {"size": "720x1280"}),
        ("sora-2", {"resolution": "720p", "aspect_ratio": "9:16"}, {"size": "720x1280"}),
        ("sora-2-pro", {"resolution": "1080p", "aspect_ratio": "16:9"}, {"size": "1920x1080"}),
        ("sora-2-pro", {"resolution": "1080p", "aspect_ratio": "9:16"}, {"size": "1080x1920"}),
        ("sora-2-pro", {"resolution": "1024p", "aspect_ratio": "7:4"}, {"size": "1792x1024"}),
        ("sora-2-pro", {"resolution": "1024p", "aspect_ratio": "4:7"}, {"size": "1024x1792"}),
        ("sora-2", {"image_list": [_URL]}, {"input_reference": {"image_url": _URL}}),
        (
            "sora-2",
            {"image_list": [{"image": _URL, "type": "reference"}]},
            {"input_reference": {"image_url": _URL}},
        ),
        (
            "sora-2",
            {"input_reference": {"file_id": "file-1"}, "characters": [{"id": "char_1"}]},
            {"input_reference": {"file_id": "file-1"}, "characters": [{"id": "char_1"}]},
        ),
    ],
)
def test_a_text_goes_to_openai_as_json(
    model: str, fields: dict[str, Any], body: dict[str, Any]
) -> None:
    submission = _submit(model, _HOME, **fields).unwrap()
    assert submission.request.url == f"{_HOME}/videos"
    sent = {"prompt": "a cat", "model": model.removeprefix("openai/")}
    assert _body(submission.request) == {**sent, **body}
    assert submission.warnings == ()


def test_an_image_goes_as_a_file_of_a_form() -> None:
    submission = _submit(
        image_list=[_PNG], duration_seconds=4, characters=[{"id": "char_1"}], remix=True, note=None
    ).unwrap()
    assert _body(submission.request) == [
        ("prompt", "a cat", None, None, None),
        ("model", "sora-2", None, None, None),
        ("seconds", "4", None, None, None),
        ("characters[][id]", "char_1", None, None, None),
        ("remix", "true", None, None, None),
        ("note", "", None, None, None),
        ("input_reference", None, "input_reference.png", "image/png", _PNG.content),
    ]


def test_bytes_of_no_known_kind_still_have_a_name_and_a_type() -> None:
    odd = MediaContent(b"1", "image/png\r\nX-Evil: 1")
    *_, part = _body(_submit(image_list=[odd]).unwrap().request)
    assert part[2:4] == ("input_reference.bin", "application/octet-stream")


def test_what_is_no_json_is_refused_beside_a_file() -> None:
    assert "extra_params must hold JSON" in _refused(_submit(image_list=[_PNG], thing=object()))
    assert "extra_params must hold JSON" in _refused(_submit(thing=b"bytes"))


@pytest.mark.parametrize(
    ("fields", "path", "body"),
    [
        ({"remix_video_id": "video_/1"}, "videos/video_%2F1/remix", {"prompt": "a cat"}),
        ({"video_id": "video_/1"}, "videos/video_%2F1/remix", {"prompt": "a cat"}),
        (
            {"video_id": "video_1", "remix_video_id": "video_1"},
            "videos/video_1/remix",
            {"prompt": "a cat"},
        ),
        (
            {"video": f"{_HOST}/videos/video_1"},
            "videos/edits",
            {"prompt": "a cat", "video": {"id": "video_1"}},
        ),
        (
            {"extra_params": {"video": {"id": "video_1"}}},
            "videos/edits",
            {"prompt": "a cat", "video": {"id": "video_1"}},
        ),
        (
            {"video": f"{_HOST}/videos/video%201/content?variant=video", "duration_seconds": 8},
            "videos/extensions",
            {"prompt": "a cat", "seconds": "8", "video": {"id": "video 1"}},
        ),
        (
            {"extra_params": {"video": {"id": "video_1"}, "seconds": "16"}},
            "videos/extensions",
            {"prompt": "a cat", "seconds": "16", "video": {"id": "video_1"}},
        ),
        (
            {"video": _MP4},
            "videos/edits",
            [
                ("prompt", "a cat", None, None, None),
                ("model", "sora-2", None, None, None),
                ("video", None, "video.mp4", "video/mp4", _MP4.content),
            ],
        ),
        (
            {"video": _MP4, "duration_seconds": 4},
            "videos/extensions",
            [
                ("prompt", "a cat", None, None, None),
                ("seconds", "4", None, None, None),
                ("video", None, "video.mp4", "video/mp4", _MP4.content),
            ],
        ),
    ],
)
def test_a_video_is_remixed_edited_or_extended(
    fields: dict[str, Any], path: str, body: Any
) -> None:
    submission = _submit(**fields).unwrap()
    assert submission.request.url == f"{_HOST}/{path}"
    assert _body(submission.request) == body
    extended = path.endswith("extensions")
    assert any("extended" in line for line in submission.warnings) == extended
    assert submission.adjusted == ()


def test_what_a_remix_does_not_take_is_told() -> None:
    submission = _submit(remix_video_id="video_1", duration_seconds=8, resolution="720p").unwrap()
    assert submission.adjusted == (
        "duration_seconds was left out: a remix does not take it",
        "resolution was left out: a remix does not take it",
    )


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"image_list": [_URL, _URL]}, "image_list[1]"),
        ({"image_list": [{"image": _URL, "type": "last_frame"}]}, "image_list[0]"),
        ({"video": "https://example.com/a.mp4"}, "pass bytes, a file"),
        ({"video": f"{_HOST}/videos/"}, "pass bytes, a file"),
        ({"video": _MP4, "image_list": [_URL]}, "image_list[0]"),
        ({"video": _MP4, "remix_video_id": "video_1"}, "a remix takes no video"),
        ({"video": f"{_HOST}/videos/v", "remix_video_id": "video_1"}, "a remix takes no video"),
        ({"remix_video_id": 3}, "remix_video_id"),
        ({"remix_video_id": " "}, "remix_video_id"),
        ({"video_id": 3}, "video_id"),
        ({"video_id": "video_1", "remix_video_id": "video_2"}, "leave one of them out"),
    ],
)
def test_what_has_no_place_is_refused(fields: dict[str, Any], words: str) -> None:
    assert words in _refused(_submit(**fields))


def test_two_videos_are_told() -> None:
    submission = _submit(video="https://example.com/a.mp4", extra_params={"video": {"id": "v"}})
    assert _body(submission.unwrap().request)["video"] == {"id": "v"}
    assert any("video" in line for line in submission.unwrap().adjusted)


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        (
            {"duration_seconds": 5},
            "duration_seconds 5 became 4: sora-2 takes 4, 8, 12, 16 or 20",
        ),
        ({"seed": 0}, "seed was left out: sora-2 does not take it"),
        ({"generate_audio": False}, "generate_audio was left out: sora-2 does not take it"),
        (
            {"aspect_ratio": "1:1"},
            "aspect_ratio '1:1' became 1280x720: sora-2 takes 720x1280 or 1280x720",
        ),
    ],
)
def test_what_was_changed_is_told(fields: dict[str, Any], line: str) -> None:
    submission = _submit(**fields).unwrap()
    assert submission.adjusted == (line,)


def test_an_unknown_model_is_sent_with_a_warning() -> None:
    submission = _submit("ltx-2", seed=0, resolution="480p", aspect_ratio="16:9").unwrap()
    assert _body(submission.request) == [
        ("prompt", "a cat", None, None, None),
        ("model", "ltx-2", None, None, None),
        ("size", "854x480", None, None, None),
        ("seed", "0", None, None, None),
    ]
    assert "not in openai's model table" in submission.warnings[0]
    assert submission.adjusted == ()
