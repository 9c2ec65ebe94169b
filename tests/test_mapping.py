"""From a request and a row to native fields."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarash.tarash_gateway import VideoGenerationRequest
from tarash.tarash_gateway.catalog.mapping import Mapped, in_form, map_request
from tarash.tarash_gateway.catalog.nearest import (
    lines_of,
    nearest,
    nearest_ratio,
    ratio_of,
    to_step,
)
from tarash.tarash_gateway.catalog.rows import (
    Choice,
    Frames,
    ImageSlot,
    Length,
    ModelRow,
    Size,
    Switch,
    VideoSlot,
)
from tarash.tarash_gateway.values.media import ImageRole

_A, _B = "https://example.com/a.png", "https://example.com/b.png"


def _mapped(row: ModelRow, **fields: Any) -> Mapped:
    return map_request("m", row, VideoGenerationRequest(prompt="p", **fields)).unwrap()


def _refusal(row: ModelRow, **fields: Any) -> str:
    return map_request("m", row, VideoGenerationRequest(prompt="p", **fields)).failure().message


@pytest.mark.parametrize(
    ("length", "wanted", "field", "sentence"),
    [
        (Length(choices=(4, 6, 8)), 6.0, {"duration": 6}, None),
        (Length(choices=(4, 6, 8), form="seconds"), 5.0, {"duration": "6s"}, "takes 4, 6 or 8"),
        (Length(choices=(5, 10), form="text"), 99.0, {"duration": "10"}, "takes 5 or 10"),
        (Length(low=2, high=15), 4.5, {"duration": 5}, "takes whole seconds from 2 up to 15"),
        (Length(low=2, high=15), 1.0, {"duration": 2}, "became 2"),
        (Length(step=0.5), 2.75, {"duration": 3}, "takes steps of 0.5 seconds"),
        (Length(field="seconds", high=60), 7.0, {"seconds": 7}, None),
        (Frames(fps=16, low=81, high=100), 5.5, {"num_frames": 88}, None),
        (Frames(fps=16, low=81, high=100), 5.0, {"num_frames": 81}, "81 frames at 16 a second"),
        (Frames(fps=24, choices=(85, 129), form="text"), 5.0, {"num_frames": "129"}, "129 frames"),
    ],
)
def test_a_length_is_the_nearest_that_the_model_takes(
    length: Length | Frames, wanted: float, field: dict[str, Any], sentence: str | None
) -> None:
    mapped = _mapped(ModelRow(length=length), duration_seconds=wanted)
    assert mapped.fields == {"prompt": "p", **field}
    if sentence is None:
        assert mapped.adjusted == ()
    else:
        (told,) = mapped.adjusted
        assert told.startswith(f"duration_seconds {wanted:g} became ")
        assert sentence in told


def test_frames_go_by_the_frame_rate_that_is_sent() -> None:
    row = ModelRow(length=Frames(fps=16, fps_field="fps", low=1, high=200))
    mapped = _mapped(row, duration_seconds=5, fps=24)
    assert mapped.fields == {"prompt": "p", "num_frames": 120, "fps": 24}
    assert mapped.duration == 5.0


@pytest.mark.parametrize(
    ("wanted", "sent", "told"),
    [
        ("1080p", "1080P", False),
        ("1080", "1080P", False),
        # The shape that it says has no place here, and this is told.
        ("1920x1080", "1080P", True),
        ("4k", "1080P", True),
        ("480p", "720P", True),
        ("900p", "1080P", True),
    ],
)
def test_a_resolution_is_the_nearest_by_lines(wanted: str, sent: str, *, told: bool) -> None:
    choice = Choice(
        field="quality", values=("720p", "1080p"), wire={"720p": "720P", "1080p": "1080P"}
    )
    mapped = _mapped(ModelRow(resolution=choice), resolution=wanted)
    assert mapped.fields["quality"] == sent
    assert bool(mapped.adjusted) is told


def test_a_ratio_is_the_nearest_by_proportion() -> None:
    row = ModelRow(aspect_ratio=Choice(field="ratio", values=("16:9", "9:16", "1:1")))
    assert _mapped(row, aspect_ratio="21:9").fields["ratio"] == "16:9"
    assert _mapped(row, aspect_ratio="32:18").adjusted == ()
    unreadable = _mapped(row, aspect_ratio="wide")
    assert "ratio" not in unreadable.fields
    assert unreadable.adjusted == ("aspect_ratio 'wide' was left out: m takes 16:9, 9:16 or 1:1",)


def test_an_open_choice_takes_anything() -> None:
    row = ModelRow(resolution=Choice(field="resolution", values=()))
    mapped = _mapped(row, resolution="best")
    assert (mapped.fields["resolution"], mapped.adjusted) == ("best", ())


_SIZES = Size(
    field="size",
    sizes={
        "1280x720": (1280, 720),
        "720x1280": (720, 1280),
        "1792x1024": (1792, 1024),
        "1024x1792": (1024, 1792),
    },
)


@pytest.mark.parametrize(
    ("resolution", "ratio", "size", "words"),
    [
        ("720p", "16:9", "1280x720", []),
        (None, "9:16", "720x1280", []),
        ("720p", None, "1280x720", []),
        ("1024p", "7:4", "1792x1024", []),
        ("1024p", "16:9", "1792x1024", []),
        ("1080p", "16:9", "1792x1024", ["resolution"]),
        ("720p", "1:1", "1280x720", ["aspect_ratio"]),
        ("best", "wide", "1280x720", ["resolution", "aspect_ratio"]),
    ],
)
def test_a_size_stands_for_both(
    resolution: str | None, ratio: str | None, size: str, words: list[str]
) -> None:
    mapped = _mapped(ModelRow(size=_SIZES), resolution=resolution, aspect_ratio=ratio)
    assert mapped.fields["size"] == size
    assert [line.split()[0] for line in mapped.adjusted] == words


def test_a_size_is_sent_unasked_only_where_it_is_needed() -> None:
    assert "size" not in _mapped(ModelRow(size=_SIZES)).fields
    needed = Size(field="size", sizes=_SIZES.sizes, required=True)
    assert _mapped(ModelRow(size=needed)).fields["size"] == "1280x720"


def test_a_switch_has_native_values() -> None:
    row = ModelRow(
        audio=Switch(field="sound"), enhance=Switch(field="think", on="enabled", off="disabled")
    )
    mapped = _mapped(row, generate_audio=False, enhance_prompt=True)
    assert mapped.fields == {"prompt": "p", "sound": False, "think": "enabled"}


def test_what_a_model_does_not_take_is_told() -> None:
    mapped = _mapped(
        ModelRow(prompt=None),
        duration_seconds=5,
        resolution="720p",
        aspect_ratio="16:9",
        generate_audio=True,
        seed=0,
        negative_prompt="fog",
        enhance_prompt=False,
    )
    assert mapped.fields == {}
    names = "prompt duration_seconds resolution aspect_ratio generate_audio negative_prompt seed"
    expected = [f"{name} was left out: m does not take it" for name in names.split()]
    assert list(mapped.adjusted) == [*expected, "enhance_prompt was left out: m does not take it"]


_ROLES: tuple[ImageRole, ...] = ("reference", "asset")
_FRAMES = ModelRow(
    images=(
        ImageSlot(field="first", roles=("first_frame",), required=True),
        ImageSlot(field="last", roles=("last_frame",)),
        ImageSlot(field="refs", roles=_ROLES, many=True, most=2),
    )
)


def test_images_go_where_their_roles_belong() -> None:
    mapped = _mapped(
        _FRAMES,
        image_list=[
            {"image": _B, "type": "asset"},
            _A,
            {"image": _A, "type": "reference"},
            {"image": _B, "type": "last_frame"},
        ],
    )
    assert mapped.fields == {"prompt": "p", "first": _A, "last": _B, "refs": [_B, _A]}


def test_an_image_without_a_place_is_refused() -> None:
    row = ModelRow()
    assert _refusal(row, image_list=[_A]) == (
        "image_list[0] is a first_frame image, but m takes no images: leave it out"
    )
    style = [_A, {"image": _B, "type": "style"}]
    assert _refusal(_FRAMES, image_list=style) == (
        "image_list[1] is a style image, but m takes only first_frame, last_frame or "
        "reference/asset (up to 2): change its type or leave it out"
    )
    assert _refusal(_FRAMES, image_list=[_A, _B]).startswith("image_list[1] is a first_frame image")


def test_a_needed_image_is_missed() -> None:
    assert _refusal(_FRAMES) == "image_list has no first_frame image: m requires one"
    assert _mapped(_FRAMES, first=_A).fields["first"] == _A


def test_a_video_has_its_place_or_is_refused() -> None:
    needed = ModelRow(video=VideoSlot(field="clips", many=True, required=True))
    assert _mapped(needed, video="https://example.com/a.mp4").fields["clips"] == [
        "https://example.com/a.mp4"
    ]
    assert _refusal(needed) == "video is missing: m requires one"
    assert _refusal(ModelRow(), video="https://example.com/a.mp4") == (
        "video was given, but m takes no video: leave it out"
    )


def test_extra_parameters_win_and_say_so() -> None:
    row = ModelRow(seed="seed", required=("effect",))
    assert _refusal(row) == "m needs effect: give it in extra_params"
    mapped = _mapped(row, seed=1, effect="zoom", extra_params={"seed": 2})
    assert mapped.fields == {"prompt": "p", "seed": 2, "effect": "zoom"}
    (told,) = mapped.adjusted
    assert told.startswith("extra_params set seed")
    assert _mapped(row, seed=1, effect="zoom", extra_params={"seed": 1}).adjusted == ()


@given(st.floats(0.01, 1e6), st.lists(st.floats(0.5, 1e4), min_size=1))
def test_the_nearest_is_one_of_the_offered_and_none_is_nearer(
    wanted: float, offered: list[float]
) -> None:
    taken = nearest(wanted, offered)
    assert taken in offered
    assert abs(taken - wanted) <= min(abs(value - wanted) for value in offered) + 1e-6


@given(st.floats(0.01, 1e5), st.sampled_from([0.5, 1.0, 2.0]), st.integers(1, 10))
def test_a_step_stays_within_its_bounds(wanted: float, step: float, low: int) -> None:
    taken = to_step(wanted, step, low, low + 20)
    assert low <= taken <= low + 20


@given(st.text(max_size=12))
def test_reading_sizes_never_fails(text: str) -> None:
    ratio, lines = ratio_of(text), lines_of(text)
    assert ratio is None or ratio > 0
    assert lines is None or lines > 0


def test_a_tie_goes_upwards() -> None:
    assert nearest(7, (6, 8)) == 8
    assert nearest_ratio(1.0, (4 / 3, 3 / 4)) == 4 / 3
    assert in_form(2.5, "seconds") == "2.5s"
