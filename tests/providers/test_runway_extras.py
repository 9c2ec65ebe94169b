"""Parameters and pictures of Runway's own kind."""

from typing import Any

import pytest
from tests.support.runway_cases import _MP4, _PNG, _path_and_body, _submit

from tarash.tarash_gateway import ValidationError


@pytest.mark.parametrize(
    ("given_", "sent"),
    [
        (
            {"content_moderation": {"public_figure_threshold": "low"}},
            {"contentModeration": {"publicFigureThreshold": "low"}},
        ),
        (
            {"contentModeration": {"publicFigureThreshold": "low"}},
            {"contentModeration": {"publicFigureThreshold": "low"}},
        ),
        (
            {
                "provider_settings": {
                    "multi_prompt": [{"prompt": "a_b", "duration": 3}],
                    "shot_type": "customize",
                }
            },
            {
                "providerSettings": {
                    "multiPrompt": [{"prompt": "a_b", "duration": 3}],
                    "shotType": "customize",
                }
            },
        ),
        (
            {"output_format": "png_sequence", "prores_profile": "422"},
            {"outputFormat": "png_sequence", "proresProfile": "422"},
        ),
        (
            {"keyframes": [{"uri": _PNG, "range": {"start_seconds": 1, "end_seconds": 2}}]},
            {"keyframes": [{"uri": _PNG, "range": {"start_seconds": 1, "end_seconds": 2}}]},
        ),
    ],
)
def test_the_spelling_of_the_python_client_is_runway_s(
    given_: dict[str, Any], sent: dict[str, Any]
) -> None:
    """The names are turned into Runway's, and the values stay what they are."""
    submission = _submit("gen4.5", extra_params=given_).unwrap()
    body = _path_and_body(submission.request)[1]
    assert {name: body[name] for name in sent} == sent
    assert not given_.keys() - sent.keys() & body.keys()
    assert submission.adjusted == ()


def test_a_native_field_leads_to_its_endpoint_in_either_spelling() -> None:
    path, body = _path_and_body(
        _submit("aleph2", extra_params={"video_uri": _MP4}).unwrap().request
    )
    assert (path, body["videoUri"]) == ("video_to_video", _MP4)


def test_a_parameter_in_two_spellings_is_refused() -> None:
    both: dict[str, Any] = {"content_moderation": {}, "contentModeration": {}}
    error = _submit("gen4.5", extra_params=both).failure()
    assert isinstance(error, ValidationError)
    assert "contentModeration in two spellings" in error.message


def test_gen4_aleph_takes_one_reference_of_a_type() -> None:
    one = {"image": _PNG, "type": "reference"}
    submission = _submit("gen4_aleph", video=_MP4, image_list=[one]).unwrap()
    body = _path_and_body(submission.request)[1]
    assert body["references"] == [{"type": "image", "uri": _PNG}]
    error = _submit("gen4_aleph", video=_MP4, image_list=[one, one]).failure()
    assert "image_list[1]" in error.message


def test_kling_4_counts_frames_and_references_together() -> None:
    frames = [{"image": _PNG, "type": "first_frame"}, {"image": _PNG, "type": "last_frame"}]
    reference = {"image": _PNG, "type": "reference"}
    body = _path_and_body(
        _submit("kling_4", image_list=[*frames, *[reference] * 8]).unwrap().request
    )[1]
    assert len(body["promptImage"]) + len(body["references"]) == 10
    error = _submit("kling_4", image_list=[*frames, *[reference] * 9]).failure()
    assert isinstance(error, ValidationError)
    assert error.message == "image_list has 11 images: kling_4 takes 10 in all, frames included"
