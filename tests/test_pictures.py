"""A picture of another shape than the video: fitted, a warning, or a refusal, before it costs."""

from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.pictures import gif, png

from tarash.tarash_gateway import (
    MediaContent,
    ValidationError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    VideoPlan,
    generate_video,
    plan_video,
)
from tarash.tarash_gateway.catalog.mapping import Mapped, map_request
from tarash.tarash_gateway.catalog.rows import (
    Choice,
    FrameShape,
    Ignored,
    ImageSlot,
    ModelRow,
    Size,
    VideoSlot,
)
from tarash.tarash_gateway.provider_kit import HttpResponse, JsonBody, Target
from tarash.tarash_gateway.providers.google.vertex import VEO as VERTEX
from tarash.tarash_gateway.providers.openai.provider import PROVIDER as OPENAI
from tarash.tarash_gateway.testing import ScriptedHttp, fake_effects, json_reply
from tarash.tarash_gateway.values.files import MediaFile, UploadedMedia

_TALL, _WIDE, _SQUARE = png(1080, 1920), png(1920, 1080), png(1000, 1000)
_FIRST = ImageSlot(field="image", roles=("first_frame",))
_LAST = ImageSlot(field="last", roles=("last_frame",))
_ROW = ModelRow(
    aspect_ratio=Choice(field="ratio", values=("16:9", "9:16", "3:4")),
    resolution=Choice(field="lines", values=("720p", "1080p")),
    images=(_FIRST, _LAST),
    frames="crops",
)
_SIZES = {"720x1280": (720, 1280), "1280x720": (1280, 720), "1024x1792": (1024, 1792)}
_EXACT = ModelRow(size=Size(field="size", sizes=_SIZES), images=(_FIRST,), frames="refuses")


def _mapped(row: ModelRow, *images: Any, **fields: Any) -> Mapped:
    request = VideoGenerationRequest(prompt="p", image_list=images, **fields)
    # A file on the disk has no form that a request can hold; its shape is looked at all the same.
    return map_request("m", row, request, lambda _: "x").unwrap()


def _ratio(row: ModelRow, *images: Any, **fields: Any) -> Any:
    return _mapped(row, *images, **fields).fields.get("ratio")


# The shape that is asked for because of a picture.


def test_a_tall_picture_gets_a_tall_video_where_nobody_asks_for_another() -> None:
    mapped = _mapped(_ROW, _TALL)
    assert mapped.fields["ratio"] == "9:16"
    assert mapped.aspect_ratio == "9:16"
    assert mapped.adjusted == (
        (
            "aspect_ratio was set to 9:16: image_list[0] has 1080x1920 pixels, and m makes 16:9 by "
            "default"
        ),
    )
    assert mapped.warnings == mapped.misshapen == ()


def test_the_nearest_of_the_ratios_is_taken() -> None:
    assert _ratio(_ROW, png(900, 1200)) == "3:4"
    assert _ratio(_ROW, {"image": _TALL, "type": "last_frame"}) == "9:16"


def test_a_resolution_without_a_shape_leaves_the_shape_to_the_picture() -> None:
    mapped = _mapped(_ROW, _TALL, resolution="1080p")
    assert (mapped.fields["ratio"], mapped.fields["lines"]) == ("9:16", "1080p")


@pytest.mark.parametrize(
    ("fields", "ratio"),
    [
        ({"aspect_ratio": "16:9"}, "16:9"),
        ({"resolution": "1280x720"}, "16:9"),
        ({"extra_params": {"ratio": "21:9"}}, "21:9"),
    ],
)
def test_what_the_caller_asks_for_is_never_changed(fields: dict[str, Any], ratio: str) -> None:
    assert _ratio(_ROW, _TALL, **fields) == ratio


@pytest.mark.parametrize("picture", [_WIDE, _SQUARE, png(1500, 1000)])
def test_a_default_of_the_same_orientation_stays(picture: bytes) -> None:
    mapped = _mapped(_ROW, picture)
    assert "ratio" not in mapped.fields
    assert mapped.adjusted == ()


@pytest.mark.parametrize(
    "row",
    [
        attrs.evolve(_ROW, frames="follows"),
        attrs.evolve(_ROW, generic=True),
        attrs.evolve(_ROW, aspect_ratio=Choice(field="ratio", values=("auto", "16:9", "9:16"))),
        attrs.evolve(_ROW, aspect_ratio=Choice(field="ratio", values=("16:9", "4:3"))),
        attrs.evolve(_ROW, aspect_ratio=Choice(field="ratio", values=())),
        attrs.evolve(_ROW, aspect_ratio=None),
        attrs.evolve(_ROW, rules=(Ignored(name="aspect_ratio", beside=("image",)),)),
        # It is not known that this model does not follow the picture.
        ModelRow(size=Size(field="ratio", sizes={"1280:720": (1280, 720)}), images=(_FIRST,)),
    ],
)
def test_a_model_that_decides_itself_is_asked_for_no_shape(row: ModelRow) -> None:
    mapped = _mapped(row, _TALL)
    assert "ratio" not in mapped.fields
    assert mapped.adjusted == ()


def test_a_model_whose_behaviour_no_source_names_is_asked_for_the_shape_too() -> None:
    assert _ratio(attrs.evolve(_ROW, frames=None), _TALL) == "9:16"


def test_the_shape_of_a_given_video_counts_before_that_of_a_picture() -> None:
    row = attrs.evolve(_ROW, video=VideoSlot(field="video"))
    assert _ratio(row, _TALL, video="https://example.com/a.mp4") is None


def test_a_reference_is_not_a_frame_except_where_it_becomes_one() -> None:
    reference = {"image": _TALL, "type": "reference"}
    assert _ratio(_ROW, reference) == "9:16"
    slot = ImageSlot(field="references", roles=("reference",), many=True)
    assert _ratio(attrs.evolve(_ROW, images=(_FIRST, slot)), reference) is None


def test_a_file_and_an_uploaded_picture_have_a_shape_and_a_url_has_none() -> None:
    file = MediaFile(
        path=Path("a.png"), size=9, content_type="image/png", head=_TALL, read=lambda *_: ()
    )
    uploaded = UploadedMedia(url="x://a", content_type="image/png", pixels=(1080, 1920))
    assert _ratio(_ROW, file) == _ratio(_ROW, uploaded) == "9:16"
    assert _ratio(_ROW, "https://example.com/a.png") is None
    assert _ratio(_ROW, UploadedMedia(url="x://a", content_type="image/png")) is None
    assert _ratio(_ROW, MediaContent(b"\x89PNG", "image/png")) is None
    assert _ratio(_ROW, gif(90, 160)) == "9:16"


# What becomes of a picture of another shape.


@pytest.mark.parametrize(
    ("frames", "what"),
    [("crops", "cuts off what does not fit"), ("pads", "adds bars to the picture")],
)
def test_a_picture_that_is_cut_or_padded_is_a_warning(frames: FrameShape, what: str) -> None:
    row = attrs.evolve(_ROW, frames=frames)
    first = f"image_list[0] has 1000x1000 pixels, and the video is 16:9: m {what}"
    assert _mapped(row, _SQUARE).warnings == (first,)
    assert _mapped(row, _SQUARE, aspect_ratio="16:9").warnings == (first,)
    both = _mapped(
        row, _TALL, {"image": _SQUARE, "type": "last_frame"}, aspect_ratio="9:16"
    ).warnings
    assert both == (f"image_list[1] has 1000x1000 pixels, and the video is 9:16: m {what}",)
    assert _mapped(row, png(864, 480)).warnings == ()


def test_a_native_ratio_is_compared_too_and_an_unknown_one_is_not() -> None:
    assert "the video is 9:16" in _mapped(_ROW, _WIDE, extra_params={"ratio": "9:16"}).warnings[0]
    assert _mapped(_ROW, _WIDE, extra_params={"ratio": "auto"}).warnings == ()


def test_a_model_that_follows_the_picture_says_nothing() -> None:
    for frames in ("follows", None):
        row = attrs.evolve(_ROW, frames=frames)
        assert _mapped(row, _SQUARE, aspect_ratio="16:9").warnings == ()


# Models that take pictures of exactly the video's size.


def test_another_size_is_refused_with_the_one_it_must_have() -> None:
    request = VideoGenerationRequest(prompt="p", image_list=[_TALL])
    assert map_request("m", _EXACT, request).failure().message == (
        "image_list[0] has 1080x1920 pixels, and m takes a picture of exactly the size of the "
        "video, 720x1280: resize it, or ask for its size"
    )


def test_a_picture_of_an_offered_size_asks_for_it() -> None:
    mapped = _mapped(_EXACT, png(1280, 720))
    assert mapped.fields["size"] == "1280x720"
    assert mapped.adjusted == (
        (
            "resolution was set to 1280x720: image_list[0] has 1280x720 pixels, and m makes "
            "720x1280 by default"
        ),
    )
    # Another size of the default's orientation, too: only it can begin with this picture.
    assert _mapped(_EXACT, png(1024, 1792)).fields["size"] == "1024x1792"
    assert "size" not in _mapped(_EXACT, png(720, 1280)).fields
    assert _mapped(_EXACT, png(1280, 720), aspect_ratio="16:9").adjusted == ()


def test_a_size_that_is_asked_for_is_kept() -> None:
    wide = VideoGenerationRequest(prompt="p", image_list=[png(720, 1280)], resolution="1280x720")
    assert "1280x720: resize it" in map_request("m", _EXACT, wide).failure().message


@given(st.integers(1, 9000), st.integers(1, 9000), st.sampled_from([_ROW, _EXACT]))
def test_every_picture_fits_or_warns_or_is_refused(width: int, height: int, row: ModelRow) -> None:
    request = VideoGenerationRequest(prompt="p", image_list=[png(width, height)])
    outcome = map_request("m", row, request)
    mapped = outcome.value_or(Mapped())
    size = mapped.fields.get("size", "720x1280")
    same = row is _EXACT and size == f"{width}x{height}"
    warns = "image_list[0] has" in " ".join(mapped.adjusted + mapped.warnings)
    fits = 1.72 < width / height < 1.84
    assert same or warns or fits or str(outcome).startswith("<Failure")


# Providers.


def _plan(provider: str, model: str, *images: Any, **fields: Any) -> VideoPlan:
    settings = fields.pop("settings", {})
    config = VideoGenerationConfig(
        provider=provider,
        model=model,
        api_key="k",
        provider_config=settings,
        base_url="https://r.openai.azure.com" if provider == "azure-openai" else None,
    )
    request = VideoGenerationRequest(prompt="p", image_list=images, **fields)
    return plan_video(config, request, effects=fake_effects())


@pytest.mark.parametrize(
    ("provider", "model", "native"),
    [
        ("replicate", "google/veo-3.1", ("aspect_ratio", "9:16")),
        ("replicate", "runwayml/gen4-turbo", ("aspect_ratio", "9:16")),
        ("runway", "gen4_turbo", ("ratio", "720:1280")),
        ("runway", "gen4.5", ("ratio", "720:1280")),
        ("runway", "veo3.1", ("ratio", "720:1280")),
        ("fal", "fal-ai/luma-dream-machine/ray-2/image-to-video", ("aspect_ratio", "9:16")),
    ],
)
def test_a_tall_picture_gets_a_tall_video_at(
    provider: str, model: str, native: tuple[str, str]
) -> None:
    plan = _plan(provider, model, _TALL)
    body = plan.body or {}
    assert {**body, **body.get("input", {})}[native[0]] == native[1]
    assert any("image_list[0] has 1080x1920 pixels, and" in line for line in plan.warnings)
    assert not any("cuts off" in line for line in plan.warnings)


@pytest.mark.parametrize(
    ("provider", "model"),
    [
        ("fal", "fal-ai/veo3.1/image-to-video"),
        ("fal", "fal-ai/veo3.1/first-last-frame-to-video"),
        ("replicate", "google/veo-3.1"),
        ("runway", "gen4_turbo"),
        ("runway", "veo3.1"),
    ],
)
def test_a_square_picture_is_cut_at(provider: str, model: str) -> None:
    last = {"image": _WIDE, "type": "last_frame"}
    images = [_SQUARE, *([last] if "first-last" in model else [])]
    (note,) = _plan(provider, model, *images, aspect_ratio="16:9").warnings
    assert note == (
        f"image_list[0] has 1000x1000 pixels, and the video is 16:9: {model} "
        "cuts off what does not fit"
    )


def test_a_picture_that_is_uploaded_keeps_the_shape_that_was_planned_for_it() -> None:
    slot = {"uploadUrl": "https://storage.example/a", "fields": {}, "runwayUri": "runway://a"}
    http = ScriptedHttp(
        [
            json_reply(200, slot),
            HttpResponse(status=204),
            json_reply(200, {"id": "t1"}),
            json_reply(200, {"status": "SUCCEEDED", "output": ["https://a.example/a.mp4"]}),
        ]
    )
    large = MediaContent(png(1080, 1920, size=4_000_000), "image/jpeg")
    config = VideoGenerationConfig(provider="runway", model="gen4_turbo", api_key="k")
    request = VideoGenerationRequest(prompt="p", image_list=[large])
    response = generate_video(config, request, effects=fake_effects(http=http))
    body = http.requests[2].body
    assert isinstance(body, JsonBody)
    assert (body.value["ratio"], body.value["promptImage"]) == ("720:1280", "runway://a")
    assert [line.split(":")[0] for line in response.warnings] == [
        "aspect_ratio was set to 9",
        "image_list[0] was declared as 'image/jpeg', but its bytes are image/png",
    ]


def test_fal_s_veo_follows_a_picture_where_no_ratio_is_asked_for() -> None:
    plan = _plan("fal", "fal-ai/veo3.1/image-to-video", _TALL)
    assert "aspect_ratio" not in (plan.body or {})
    assert plan.warnings == ()


def test_omni_gets_the_orientation_of_its_picture() -> None:
    plan = _plan("google", "gemini-omni-1.2-flash", _TALL)
    assert (plan.body or {})["response_format"]["aspect_ratio"] == "9:16"


def test_vertex_adds_bars_unless_the_caller_chooses() -> None:
    config = VideoGenerationConfig(
        provider="google", model="veo-3.1-generate-001", provider_config={"project": "p"}
    )
    target = Target(provider=VERTEX, config=config)

    def warnings(**extra: str) -> tuple[str, ...]:
        request = VideoGenerationRequest(prompt="p", image_list=[_SQUARE], extra_params=extra)
        return VERTEX.submit(target, request).unwrap().warnings

    assert any("adds bars to the picture" in line for line in warnings())
    assert not any("adds bars" in line for line in warnings(resize_mode="crop"))


def test_azure_refuses_a_picture_of_another_size() -> None:
    with pytest.raises(ValidationError, match="exactly the size of the video, 720x1280"):
        _plan("azure-openai", "sora-2", _SQUARE)
    plan = _plan("azure-openai", "sora-2", png(1280, 720))
    assert {part.name: part.value for part in plan.parts or ()}["size"] == "1280x720"


def test_openai_refuses_it_and_a_server_like_it_decides_itself() -> None:
    request = VideoGenerationRequest(prompt="p", image_list=[_SQUARE])

    def submitted(base_url: str | None) -> Any:
        config = VideoGenerationConfig(provider="openai", model="sora-2", base_url=base_url)
        return OPENAI.submit(Target(provider=OPENAI, config=config), request)

    assert "720x1280: resize it" in submitted(None).failure().message
    assert submitted("https://videos.example/v1").unwrap().adjusted == ()
