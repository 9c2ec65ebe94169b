"""The table of fal's endpoints against wire/fal.md, sections 6.4 to 6.16."""

from pathlib import Path
from typing import Final

import pytest

from tarash.tarash_gateway.catalog.rows import (
    Choice,
    Frames,
    ImageSlot,
    Length,
    Size,
    Switch,
    VideoSlot,
)
from tarash.tarash_gateway.providers.fal.models import GENERIC, MODELS

_ENDPOINTS: Final = tuple(
    Path(__file__).with_name("fal_endpoints.txt").read_text(encoding="utf-8").split()
)

_KLING: Final = "fal-ai/kling-video"
_FIRST: Final = ("first_frame",)
_LAST: Final = ("last_frame",)
_REFERENCE: Final = ("reference", "asset")
_SUBJECT: Final = ("first_frame", "reference")
_ANY: Final = ("first_frame", "reference", "asset")

_IMAGE: Final = ImageSlot(field="image_url", roles=_FIRST, required=True)
_END: Final = ImageSlot(field="end_image_url", roles=_LAST)


def test_every_endpoint_of_the_wire_note_has_a_row() -> None:
    """The table holds the endpoints of the note, each once, and no other."""
    assert len(set(_ENDPOINTS)) == len(_ENDPOINTS)
    assert sorted(MODELS) == sorted(_ENDPOINTS)


@pytest.mark.parametrize(
    ("endpoint", "length", "images", "required"),
    [
        (
            "fal-ai/veo3.1/first-last-frame-to-video",
            Length(choices=(4, 6, 8), form="seconds"),
            (
                ImageSlot(field="first_frame_url", roles=_FIRST, required=True),
                ImageSlot(field="last_frame_url", roles=_LAST, required=True),
            ),
            (),
        ),
        (
            "fal-ai/veo3.1/reference-to-video",
            Length(choices=(8,), form="seconds"),
            (ImageSlot(field="image_urls", roles=_REFERENCE, many=True, required=True, most=3),),
            (),
        ),
        ("fal-ai/veo3.1/extend-video", Length(choices=(7,), form="seconds"), (), ()),
        ("fal-ai/sora-2/image-to-video", Length(choices=(4, 8, 12, 16, 20)), (_IMAGE,), ()),
        ("fal-ai/sora-2/video-to-video/remix", None, (), ("video_id",)),
        ("fal-ai/sora-2/characters", None, (), ("name",)),
        (
            f"{_KLING}/v1.6/pro/image-to-video",
            Length(choices=(5, 10), form="text"),
            (_IMAGE, ImageSlot(field="tail_image_url", roles=_LAST)),
            (),
        ),
        (
            f"{_KLING}/v1.6/standard/elements",
            Length(choices=(5, 10), form="text"),
            (
                ImageSlot(
                    field="input_image_urls", roles=_REFERENCE, many=True, required=True, most=4
                ),
            ),
            (),
        ),
        (
            f"{_KLING}/v1.6/standard/effects",
            Length(choices=(5, 10), form="text"),
            (ImageSlot(field="input_image_urls", roles=_ANY, many=True),),
            ("effect_scene",),
        ),
        (
            f"{_KLING}/v2.6/pro/motion-control",
            None,
            (ImageSlot(field="image_url", roles=_SUBJECT, required=True),),
            ("character_orientation",),
        ),
        (
            f"{_KLING}/v3/4k/image-to-video",
            Length(choices=(3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), form="text"),
            (ImageSlot(field="start_image_url", roles=_FIRST, required=True), _END),
            (),
        ),
        (
            f"{_KLING}/o1/reference-to-video",
            Length(choices=(3, 4, 5, 6, 7, 8, 9, 10), form="text"),
            (ImageSlot(field="image_urls", roles=_REFERENCE, many=True, most=7),),
            (),
        ),
        (
            f"{_KLING}/o3/pro/reference-to-video",
            Length(choices=(3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), form="text"),
            (
                ImageSlot(field="start_image_url", roles=_FIRST),
                _END,
                ImageSlot(field="image_urls", roles=_REFERENCE, many=True),
            ),
            (),
        ),
        (
            "fal-ai/minimax/hailuo-02/standard/image-to-video",
            Length(choices=(6, 10), form="text"),
            (_IMAGE, _END),
            (),
        ),
        (
            "fal-ai/minimax/video-01-subject-reference",
            None,
            (ImageSlot(field="subject_reference_image_url", roles=_REFERENCE, required=True),),
            (),
        ),
        (
            "fal-ai/wan-flf2v",
            Frames(fps=16, fps_field="frames_per_second", low=81, high=100),
            (
                ImageSlot(field="start_image_url", roles=_FIRST, required=True),
                ImageSlot(field="end_image_url", roles=_LAST, required=True),
            ),
            (),
        ),
        (
            "fal-ai/wan/v2.2-5b/image-to-video",
            Frames(fps=24, fps_field="frames_per_second", low=17, high=161),
            (_IMAGE,),
            (),
        ),
        ("wan/v2.6/text-to-video", Length(choices=(5, 10, 15), form="text"), (), ()),
        (
            "fal-ai/wan/v2.7/edit-video",
            Length(choices=(2, 3, 4, 5, 6, 7, 8, 9, 10)),
            (ImageSlot(field="reference_image_url", roles=_REFERENCE),),
            (),
        ),
        (
            "fal-ai/bytedance/seedance/v1/lite/reference-to-video",
            Length(choices=(2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), form="text"),
            (ImageSlot(field="reference_image_urls", roles=_REFERENCE, many=True, required=True),),
            (),
        ),
        (
            "bytedance/seedance-2.0/reference-to-video",
            Length(choices=(4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), form="text"),
            (ImageSlot(field="image_urls", roles=_REFERENCE, many=True, most=9),),
            (),
        ),
        (
            "fal-ai/pixverse/v5/effects",
            Length(choices=(5, 8), form="text"),
            (ImageSlot(field="image_url", roles=_SUBJECT, required=True),),
            ("effect",),
        ),
        (
            "fal-ai/pixverse/v6/transition",
            Length(low=1, high=15),
            (
                ImageSlot(field="first_image_url", roles=_FIRST, required=True),
                ImageSlot(field="end_image_url", roles=_LAST, required=True),
            ),
            (),
        ),
        (
            "fal-ai/luma-dream-machine/ray-2/image-to-video",
            Length(choices=(5, 9), form="seconds"),
            (ImageSlot(field="image_url", roles=_FIRST), _END),
            (),
        ),
        (
            "fal-ai/ltx-2.3/image-to-video/fast",
            Length(choices=(6, 8, 10, 12, 14, 16, 18, 20)),
            (_IMAGE, _END),
            (),
        ),
        ("fal-ai/ltx-2-19b/image-to-video", Frames(fps=25, fps_field="fps"), (_IMAGE, _END), ()),
        (
            "fal-ai/hunyuan-video-image-to-video",
            Frames(fps=24, choices=(129,), form="text"),
            (_IMAGE,),
            (),
        ),
        (
            "xai/grok-imagine-video/reference-to-video",
            Length(low=1, high=15),
            (
                ImageSlot(
                    field="reference_image_urls",
                    roles=_REFERENCE,
                    many=True,
                    required=True,
                    most=7,
                ),
            ),
            (),
        ),
        (
            "fal-ai/pika/v2.2/pikascenes",
            Length(choices=(5, 10)),
            (ImageSlot(field="image_urls", roles=_ANY, many=True, required=True),),
            (),
        ),
    ],
)
def test_length_and_images_are_those_of_the_wire_note(
    endpoint: str,
    length: Length | Frames | None,
    images: tuple[ImageSlot, ...],
    required: tuple[str, ...],
) -> None:
    """An endpoint takes its length, its images and its required fields as the note says."""
    row = MODELS[endpoint]
    assert (row.length, row.images, row.required) == (length, images, required)


@pytest.mark.parametrize(
    ("endpoint", "video"),
    [
        ("fal-ai/veo3.1", None),
        ("fal-ai/veo3.1/fast/extend-video", VideoSlot(required=True)),
        ("fal-ai/wan/v2.7/image-to-video", VideoSlot()),
        ("wan/v2.6/reference-to-video", VideoSlot(field="video_urls", many=True, required=True)),
        ("wan/v2.6/reference-to-video/flash", VideoSlot(field="video_urls", many=True)),
        ("minimax/h3/reference-to-video", VideoSlot(field="reference_video_urls", many=True)),
    ],
)
def test_video_is_that_of_the_wire_note(endpoint: str, video: VideoSlot | None) -> None:
    """An endpoint takes a video under the note's name, as often as the note says."""
    assert MODELS[endpoint].video == video


@pytest.mark.parametrize(
    ("endpoint", "audio", "enhance"),
    [
        ("fal-ai/veo2", None, Switch(field="enhance_prompt")),
        ("fal-ai/veo3.1", Switch(field="generate_audio"), None),
        (f"{_KLING}/v3/pro/motion-control", Switch(field="keep_original_sound"), None),
        (f"{_KLING}/o3/pro/video-to-video/edit", Switch(field="keep_audio"), None),
        ("fal-ai/minimax/video-01", None, Switch(field="prompt_optimizer")),
        ("fal-ai/ltxv-13b-098-distilled", None, Switch(field="expand_prompt")),
        (
            "fal-ai/pixverse/v5.6/text-to-video",
            Switch(field="generate_audio_switch"),
            Switch(field="thinking_type", on="enabled", off="disabled"),
        ),
        ("fal-ai/pixverse/swap", Switch(field="original_sound_switch"), None),
        ("fal-ai/vidu/q3/text-to-video", Switch(field="audio"), None),
    ],
)
def test_switches_are_those_of_the_wire_note(
    endpoint: str, audio: Switch | None, enhance: Switch | None
) -> None:
    """Sound and prompt rewriting go by the endpoint's own names."""
    row = MODELS[endpoint]
    assert (row.audio, row.enhance) == (audio, enhance)


@pytest.mark.parametrize(
    ("endpoint", "values", "wire"),
    [
        ("fal-ai/veo3.1", ("720p", "1080p", "4k"), {}),
        (
            "fal-ai/minimax/hailuo-02/standard/image-to-video",
            ("512p", "768p"),
            {"512p": "512P", "768p": "768P"},
        ),
        ("minimax/h3/text-to-video", ("2k",), {"2k": "2K"}),
        ("fal-ai/hunyuan-video-v1.5/text-to-video", ("480p",), {}),
    ],
)
def test_resolutions_are_in_our_spelling(
    endpoint: str, values: tuple[str, ...], wire: dict[str, str]
) -> None:
    """Resolutions are lower case for us and in the provider's spelling on the wire."""
    assert MODELS[endpoint].resolution == Choice(field="resolution", values=values, wire=wire)


def test_sizes_stand_for_the_aspect_ratio_where_there_is_none() -> None:
    """LTX-2 19B names presets of a size, Marey whole sizes."""
    ratio = MODELS["fal-ai/ltx-2-19b/text-to-video"].aspect_ratio
    assert ratio is not None
    assert (ratio.field, ratio.wire["16:9"], ratio.wire["1:1"]) == (
        "video_size",
        "landscape_16_9",
        "square_hd",
    )
    assert MODELS["moonvalley/marey/t2v"].size == Size(
        field="dimensions",
        sizes={
            "1920x1080": (1920, 1080),
            "1152x1152": (1152, 1152),
            "1536x1152": (1536, 1152),
            "1152x1536": (1152, 1536),
        },
    )


@pytest.mark.parametrize(
    "endpoint",
    [
        "fal-ai/sora-2/characters",
        "fal-ai/kling-video/v1.6/standard/effects",
        "fal-ai/wan/v2.2-14b/animate/move",
        "fal-ai/pixverse/v4.5/effects",
        "fal-ai/pixverse/swap",
        "fal-ai/pixverse/lipsync",
    ],
)
def test_endpoints_without_a_prompt_have_none(endpoint: str) -> None:
    """An endpoint whose schema has no prompt gets none."""
    assert MODELS[endpoint].prompt is None


def test_a_last_frame_that_would_be_ignored_has_no_place() -> None:
    """Seedance 1 pro accepts an end image and ignores it, so it is not offered."""
    assert MODELS["fal-ai/bytedance/seedance/v1/pro/image-to-video"].images == (_IMAGE,)


def test_the_generic_row_takes_any_value() -> None:
    """An unknown endpoint gets common names, and values as they were given."""
    assert GENERIC.generic
    assert GENERIC.length == Length(form="number")
    assert GENERIC.aspect_ratio == Choice(field="aspect_ratio", values=())
    assert GENERIC.resolution == Choice(field="resolution", values=())
    assert [slot.field for slot in GENERIC.images] == ["image_url", "end_image_url", "image_urls"]
    assert GENERIC.enhance is None
