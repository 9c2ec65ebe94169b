"""The shape that was asked for is made, or refused before it is paid for."""

import math
from collections.abc import Iterator
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support import fal_replies as fal

from tarash.tarash_gateway import (
    ValidationError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    generate_video,
    plan_video,
)
from tarash.tarash_gateway.catalog.mapping import Mapped, map_request
from tarash.tarash_gateway.catalog.natives import natives_of
from tarash.tarash_gateway.catalog.nearest import (
    named_ratio,
    near_shape,
    pixels_of,
    ratio_of,
    same_shape,
)
from tarash.tarash_gateway.catalog.rows import Choice, ModelRow, Size, Together
from tarash.tarash_gateway.providers.azure_openai import jobs as azure_openai_jobs
from tarash.tarash_gateway.providers.azure_openai.provider import PROVIDER as AZURE
from tarash.tarash_gateway.providers.google import models as google_models
from tarash.tarash_gateway.providers.kit import aspect_ratio_of
from tarash.tarash_gateway.providers.openai.models import row_of
from tarash.tarash_gateway.providers.runway import models as runway_models
from tarash.tarash_gateway.registry import BUILT_IN
from tarash.tarash_gateway.testing import ScriptedHttp, fake_effects, json_reply

_WIDE_AND_TALL = Choice(field="ratio", values=("16:9", "9:16"))
_LINES = Choice(field="lines", values=("480p", "720p", "1080p"))


def _mapped(row: ModelRow, **fields: Any) -> Mapped:
    return map_request("m", row, VideoGenerationRequest(prompt="p", **fields)).unwrap()


# A width and a height say the shape.


@pytest.mark.parametrize(
    ("resolution", "lines", "ratio"),
    [
        ("1280x720", "720p", "16:9"),
        ("720x1280", "720p", "9:16"),
        ("720×1280", "720p", "9:16"),
        ("832x480", "480p", "16:9"),
        ("1080:1920", "1080p", "9:16"),
    ],
)
def test_a_width_and_a_height_set_the_ratio(resolution: str, lines: str, ratio: str) -> None:
    row = ModelRow(resolution=_LINES, aspect_ratio=_WIDE_AND_TALL)
    mapped = _mapped(row, resolution=resolution)
    assert mapped.fields == {"prompt": "p", "lines": lines, "ratio": ratio}
    assert (mapped.resolution, mapped.aspect_ratio) == (lines, ratio)
    assert mapped.adjusted == ()


def test_a_ratio_without_a_place_is_told() -> None:
    mapped = _mapped(ModelRow(resolution=_LINES), resolution="720x1280")
    assert mapped.fields == {"prompt": "p", "lines": "720p"}
    assert mapped.adjusted == (
        "the shape of resolution '720x1280' was left out: m takes no aspect_ratio for it",
    )


def test_a_resolution_that_is_sent_as_it_is_says_its_shape_itself() -> None:
    anything = Choice(field="resolution", values=())
    row = ModelRow(resolution=anything, aspect_ratio=Choice(field="ratio", values=()))
    mapped = _mapped(row, resolution="1280x720")
    assert mapped.fields == {"prompt": "p", "resolution": "1280x720"}
    assert mapped.adjusted == ()


def test_a_size_keeps_its_orientation_at_every_provider() -> None:
    azure = VideoGenerationConfig(
        provider="azure-openai", model="sora-2", base_url="https://r.openai.azure.com", api_key="k"
    )
    runway = VideoGenerationConfig(provider="runway", model="veo3.1", api_key="k")
    openai = VideoGenerationConfig(provider="openai", model="sora-2", api_key="k")

    def sent(config: VideoGenerationConfig, resolution: str) -> Any:
        request = VideoGenerationRequest(prompt="p", resolution=resolution)
        plan = plan_video(config, request, effects=fake_effects())
        assert plan.warnings == ()
        found = plan.body or {part.name: part.value for part in plan.parts or ()}
        return found.get("size") or found.get("ratio")

    assert [sent(azure, size) for size in ("1280x720", "720x1280")] == ["1280x720", "720x1280"]
    assert [sent(openai, size) for size in ("1280x720", "720x1280")] == ["1280x720", "720x1280"]
    assert [sent(runway, size) for size in ("1280x720", "1080x1920")] == ["1280:720", "1080:1920"]


def test_runway_s_own_sizes_are_taken_by_their_sides() -> None:
    row = runway_models.ENDPOINTS["gen4_turbo"]["image_to_video"]
    image = ["https://example.com/a.png"]
    for asked, native in (("960x960", "960:960"), ("1104x832", "1104:832")):
        mapped = _mapped(row, resolution=asked, image_list=image)
        assert (mapped.fields["ratio"], mapped.adjusted) == (native, ())


@pytest.mark.parametrize("ratio", ["9:16", "1:1", "4:3"])
def test_a_resolution_and_a_ratio_that_disagree_are_refused(ratio: str) -> None:
    for row in (
        ModelRow(resolution=_LINES, aspect_ratio=_WIDE_AND_TALL),
        ModelRow(size=Size(field="size", sizes={"1280x720": (1280, 720)})),
    ):
        request = VideoGenerationRequest(prompt="p", resolution="1280x720", aspect_ratio=ratio)
        assert map_request("m", row, request).failure().message == (
            f"resolution '1280x720' is 16:9 and aspect_ratio is {ratio!r}: leave one of them out"
        )


def test_a_rounded_size_and_its_ratio_agree() -> None:
    row = ModelRow(resolution=_LINES, aspect_ratio=_WIDE_AND_TALL)
    mapped = _mapped(row, resolution="832x480", aspect_ratio="16:9")
    assert mapped.fields == {"prompt": "p", "lines": "480p", "ratio": "16:9"}
    assert mapped.adjusted == ()


# Sizes without a table.

_FREE = Size(field="size", sizes={"720x1280": (720, 1280), "1280x720": (1280, 720)}, free=True)


@pytest.mark.parametrize(
    ("size", "asked", "sent"),
    [
        (_FREE, {"resolution": "832x480"}, "832x480"),
        (_FREE, {"resolution": "500x500"}, "500x500"),
        (_FREE, {"resolution": "480p", "aspect_ratio": "1:1"}, "480x480"),
        (_FREE, {"resolution": "720p", "aspect_ratio": "16:9"}, "1280x720"),
        (_FREE, {"aspect_ratio": "21:9"}, "1680x720"),
        (attrs.evolve(_FREE, multiple_of=16), {"resolution": "833x481"}, "833x481"),
        (
            attrs.evolve(_FREE, multiple_of=16),
            {"resolution": "480p", "aspect_ratio": "9:16"},
            "480x848",
        ),
    ],
)
def test_a_free_size_is_what_was_asked_for(size: Size, asked: dict[str, str], sent: str) -> None:
    mapped = _mapped(ModelRow(size=size), **asked)
    assert (mapped.fields["size"], mapped.adjusted) == (sent, ())
    sides = pixels_of(sent)
    assert sides is not None
    assert mapped.resolution == f"{min(sides)}p"


def test_a_computed_size_that_is_rounded_is_told() -> None:
    mapped = _mapped(
        ModelRow(size=attrs.evolve(_FREE, multiple_of=16)),
        resolution="1080p",
        aspect_ratio="16:9",
    )
    assert mapped.fields["size"] == "1920x1088"
    assert mapped.adjusted == ("resolution '1080p' became 1920x1088: m takes multiples of 16",)


# Another shape is refused, a near one is rounded.


def _fal(**changes: Any) -> VideoGenerationConfig:
    return fal.config(**changes)


@pytest.mark.parametrize("ratio", ["21:9", "1:1", "4:3"])
def test_another_shape_is_refused_before_it_is_paid_for(ratio: str) -> None:
    http = ScriptedHttp([])
    request = VideoGenerationRequest(prompt="p", aspect_ratio=ratio)
    with pytest.raises(ValidationError, match=r"takes 16:9 or 9:16 \(unsupported='adapt'"):
        generate_video(_fal(), request, effects=fake_effects(http=http))
    assert http.requests == []
    with pytest.raises(ValidationError, match="takes 16:9 or 9:16"):
        plan_video(_fal(), request, effects=fake_effects())
    adapted = plan_video(_fal(unsupported="adapt"), request, effects=fake_effects())
    assert adapted.body["aspect_ratio"] == "16:9"
    assert adapted.warnings[0].startswith(f"aspect_ratio {ratio!r} became '16:9'")


def test_a_size_of_another_shape_is_refused_like_a_ratio() -> None:
    request = VideoGenerationRequest(prompt="p", resolution="720x720")
    with pytest.raises(ValidationError, match=r"resolution '720x720' became 16:9"):
        plan_video(_fal(), request, effects=fake_effects())


def test_a_near_shape_is_rounded_with_a_warning() -> None:
    request = VideoGenerationRequest(prompt="p", aspect_ratio="5:3")
    plan = plan_video(_fal(), request, effects=fake_effects())
    assert plan.body["aspect_ratio"] == "16:9"
    (told,) = plan.warnings
    assert told.startswith("aspect_ratio '5:3' became '16:9'")
    with pytest.raises(ValidationError, match="unsupported='error' refuses this"):
        plan_video(_fal(unsupported="error"), request, effects=fake_effects())


def test_the_bound_of_near_shapes() -> None:
    assert same_shape(1.029, 1.0)
    assert not same_shape(1.031, 1.0)
    assert near_shape(math.exp(0.0999), 1.0)
    assert not near_shape(math.exp(0.1001), 1.0)


def test_a_native_ratio_of_the_caller_s_is_not_judged() -> None:
    request = VideoGenerationRequest(
        prompt="p", aspect_ratio="21:9", extra_params={"aspect_ratio": "21:9"}
    )
    assert plan_video(_fal(), request, effects=fake_effects()).body["aspect_ratio"] == "21:9"


_SQUARE = VideoGenerationRequest(prompt="p", aspect_ratio="1:1")
_KLING = "fal-ai/kling-video/v2.6/pro/text-to-video"


def test_a_fallback_that_cannot_make_the_shape_is_left_out() -> None:
    """The first model makes squares, the second does not, the third does."""
    config = _fal(
        model=_KLING,
        fallback_configs=[_fal(), _fal(model="fal-ai/kling-video/v2/master/text-to-video")],
    )
    down = json_reply(404, {"detail": "Application not found"})
    http = ScriptedHttp([down, *fal.success()])
    response = generate_video(config, _SQUARE, effects=fake_effects(http=http))
    assert [asked.url.rpartition("/fal-ai/")[2] for asked in http.requests[:2]] == [
        "kling-video/v2.6/pro/text-to-video",
        "kling-video/v2/master/text-to-video",
    ]
    left = [told for told in response.warnings if "was left out" in told]
    assert len(left) == 1
    assert left[0].startswith(
        "the fallback fal/fal-ai/veo3 was left out: the video would have another shape: "
        "aspect_ratio '1:1' became '16:9'"
    )


def test_a_chain_is_refused_where_its_first_model_cannot_make_the_shape() -> None:
    config = _fal(fallback_configs=[_fal(model=_KLING)])
    http = ScriptedHttp([])
    with pytest.raises(ValidationError, match="aspect_ratio '1:1' became"):
        generate_video(config, _SQUARE, effects=fake_effects(http=http))
    assert http.requests == []


# All rows.


def _rows() -> Iterator[tuple[str, ModelRow]]:
    for provider in BUILT_IN.values():
        yield from ((f"{provider.name}:{model}", row) for model, row in provider.models.items())
    for model, rows in runway_models.ENDPOINTS.items():
        yield from ((f"runway:{model}:{name}", row) for name, row in rows.items())
    for table in (google_models.VEO, google_models.VERTEX, google_models.OMNI):
        for model, starts in table.items():
            yield from ((f"google:{model}:{start}", row) for start, row in starts.items())
    yield from azure_openai_jobs.MODELS.items()
    yield from AZURE.models.items()
    yield "openai:generic", row_of({}, "any")


_ALL = dict(_rows())
_SIDES = st.integers(64, 4096)


def _plain(row: ModelRow) -> ModelRow:
    """Return the row without what it needs or refuses: only its shape is asked for."""
    rules = tuple(rule for rule in row.rules if not isinstance(rule, Together))
    return attrs.evolve(row, images=(), video=None, required=(), needs=(), rules=rules)


@given(st.sampled_from(sorted(_ALL)), _SIDES, _SIDES)
def test_a_size_keeps_its_shape_in_every_row_or_this_is_told(
    name: str, width: int, height: int
) -> None:
    row = _plain(_ALL[name])
    mapped = _mapped(row, resolution=f"{width}x{height}")
    shape = width / height
    if not mapped.adjusted:
        native = natives_of(row)
        assert native["resolution"] in mapped.fields
        assert mapped.aspect_ratio is not None
        made = ratio_of(mapped.aspect_ratio)
        assert made is not None
        assert same_shape(made, shape)
    elif mapped.aspect_ratio is not None and not mapped.misshapen:
        made = ratio_of(mapped.aspect_ratio)
        assert made is None or near_shape(shape, made)
    assert set(mapped.misshapen) <= set(mapped.adjusted)


@given(st.sampled_from(sorted(_ALL)), st.integers(1, 64), st.integers(1, 64))
def test_a_ratio_of_another_shape_is_never_sent_without_a_refusal(
    name: str, wide: int, high: int
) -> None:
    mapped = _mapped(_plain(_ALL[name]), aspect_ratio=f"{wide}:{high}")
    made = None if mapped.aspect_ratio is None else ratio_of(mapped.aspect_ratio)
    if made is not None and not near_shape(wide / high, made):
        assert mapped.misshapen
    if mapped.misshapen:
        assert mapped.misshapen[0].startswith("aspect_ratio ")


@pytest.mark.parametrize(
    "text",
    ["9" * 400, "9" * 5000 + "p", "9" * 400 + ":1", "9" * 400 + "x" + "9" * 400, "1:0", "0x0"],
)
def test_numbers_without_end_are_no_sizes(text: str) -> None:
    for row in _ALL.values():
        plain = attrs.evolve(_plain(row), rules=())
        mapped = _mapped(plain, resolution=text, aspect_ratio=text, duration_seconds=1e308)
        assert mapped.misshapen == ()


# Names of shapes.


@pytest.mark.parametrize(
    ("sides", "name"),
    [
        ((832, 480), "16:9"),
        ((480, 832), "9:16"),
        ((848, 480), "16:9"),
        ((854, 480), "16:9"),
        ((1088, 720), "3:2"),
        ((2560, 1080), "21:9"),
        ((1000, 500), "2:1"),
    ],
)
def test_a_shape_within_three_percent_has_its_usual_name(sides: tuple[int, int], name: str) -> None:
    assert named_ratio(*sides) == aspect_ratio_of(*sides) == name
