"""What holds between a model's fields, what it requires, and what is really sent."""

from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from returns.result import Failure
from tests.support import fal_replies as fal

from tarash.tarash_gateway import VideoGenerationRequest, generate_video
from tarash.tarash_gateway.catalog.describe import describe
from tarash.tarash_gateway.catalog.mapping import Mapped, map_request
from tarash.tarash_gateway.catalog.natives import natives_of
from tarash.tarash_gateway.catalog.rows import (
    Choice,
    Frames,
    Ignored,
    ImageSlot,
    Length,
    LengthAt,
    ModelRow,
    Size,
    Switch,
)
from tarash.tarash_gateway.providers import kit
from tarash.tarash_gateway.registry import BUILT_IN
from tarash.tarash_gateway.testing import ScriptedHttp, fake_effects
from tarash.tarash_gateway.values.media import ImageRole

_A, _B = "https://example.com/a.png", "https://example.com/b.png"
_RATIO = Choice(field="ratio", values=("16:9", "9:16"), wire={"9:16": "tall"})
_LINES = Choice(field="quality", values=("720p", "1080p"), wire={"1080p": "hd"})


def _mapped(row: ModelRow, **fields: Any) -> Mapped:
    request = VideoGenerationRequest(**{"prompt": "p", **fields})
    return map_request("m", row, request).unwrap()


def _refusal(row: ModelRow, **fields: Any) -> str:
    return map_request("m", row, VideoGenerationRequest(prompt="p", **fields)).failure().message


def _as(role: ImageRole, image: str = _A) -> dict[str, Any]:
    return {"image": image, "type": role}


# A reference where there is only a first frame.

_FIRST = ImageSlot(field="first", roles=("first_frame",), required=True)
_LAST = ImageSlot(field="last", roles=("last_frame",))


@pytest.mark.parametrize("slots", [(_FIRST,), (_FIRST, _LAST), (_LAST, _FIRST)])
def test_a_reference_is_the_first_frame_where_there_is_no_other_place(
    slots: tuple[ImageSlot, ...],
) -> None:
    mapped = _mapped(ModelRow(images=slots), image_list=[_as("reference")])
    assert mapped.fields == {"prompt": "p", "first": _A}
    (told,) = mapped.adjusted
    assert told == (
        "image_list[0] is a reference image and was sent as the first frame: "
        "m takes no reference images"
    )


def test_a_reference_goes_to_its_own_place_where_there_is_one() -> None:
    references = ImageSlot(field="refs", roles=("reference",), many=True, most=1)
    row = ModelRow(images=(attrs.evolve(_FIRST, required=False), references))
    mapped = _mapped(row, image_list=[_as("reference")])
    assert (mapped.fields, mapped.adjusted) == ({"prompt": "p", "refs": [_A]}, ())
    # It is full: a second one is no first frame.
    assert _refusal(row, image_list=[_as("reference"), _as("reference", _B)]) == (
        "image_list[1] is a reference image, but m takes one: leave out the others"
    )


def test_a_first_frame_goes_before_a_reference() -> None:
    row = ModelRow(images=(_FIRST,))
    assert _refusal(row, image_list=[_as("reference"), _as("first_frame", _B)]) == (
        "image_list[0] is a reference image, but m takes one, as its first frame: "
        "leave out the others"
    )


@pytest.mark.parametrize("role", ["asset", "style", "last_frame"])
def test_other_roles_are_no_first_frames(role: ImageRole) -> None:
    row = ModelRow(images=(attrs.evolve(_FIRST, required=False),))
    assert _refusal(row, image_list=[_as(role)]) == (
        f"image_list[0] is {'an' if role == 'asset' else 'a'} {role} image, "
        "but m takes only first_frame: change its type or leave it out"
    )


def test_two_images_for_one_place_are_one_too_many() -> None:
    row = ModelRow(images=(_FIRST, _LAST))
    assert _refusal(row, image_list=[_A, _B]) == (
        "image_list[1] is a first_frame image, but m takes one: leave out the others"
    )
    many = ModelRow(images=(ImageSlot(field="refs", roles=("asset",), many=True, most=2),))
    assert _refusal(many, image_list=[_as("asset")] * 3) == (
        "image_list[2] is an asset image, but m takes up to 2: leave out the others"
    )


# What a model requires.

_NEEDY = ModelRow(
    aspect_ratio=_RATIO,
    resolution=_LINES,
    length=Length(choices=(4, 8)),
    needs=("aspect_ratio", "duration_seconds"),
)


def test_a_field_that_is_needed_is_missed_with_what_the_model_takes() -> None:
    assert _refusal(_NEEDY) == "aspect_ratio is missing: m requires it; give 16:9 or 9:16"
    assert (
        _refusal(_NEEDY, aspect_ratio="16:9")
        == "duration_seconds is missing: m requires it; give 4 or 8"
    )
    seedless = ModelRow(seed="seed", needs=("seed",))
    assert _refusal(seedless) == "seed is missing: m requires it"
    assert _mapped(seedless, seed=0).fields == {"prompt": "p", "seed": 0}


def test_a_need_is_met_by_a_size_or_by_the_provider_s_own_parameter() -> None:
    met = _mapped(_NEEDY, resolution="720x1280", duration=8)
    assert met.fields == {"prompt": "p", "quality": "720p", "ratio": "tall", "duration": 8}
    assert _mapped(_NEEDY, ratio="2:1", duration=8).fields["ratio"] == "2:1"


def test_an_unreadable_value_does_not_meet_a_need() -> None:
    assert _refusal(_NEEDY, aspect_ratio="wide").startswith("aspect_ratio is missing: ")


# What a model does not look at.

_RULED = ModelRow(
    aspect_ratio=_RATIO,
    resolution=_LINES,
    images=(attrs.evolve(_FIRST, required=False),),
    rules=(
        Ignored(name="aspect_ratio", beside=("first", "last")),
        Ignored(name="prompt", beside=("multi_prompt",)),
    ),
)


def test_a_field_that_is_ignored_is_left_out_with_a_warning() -> None:
    mapped = _mapped(_RULED, aspect_ratio="1:1", image_list=[_A])
    assert mapped.fields == {"prompt": "p", "first": _A}
    assert mapped.adjusted == ("aspect_ratio was left out: m ignores it beside first",)
    # What is not sent has no shape to be refused.
    assert (mapped.misshapen, mapped.aspect_ratio) == ((), None)


def test_a_field_is_ignored_beside_the_provider_s_own_parameter_too() -> None:
    mapped = _mapped(_RULED, multi_prompt=["a", "b"])
    assert mapped.fields == {"multi_prompt": ["a", "b"]}
    assert mapped.adjusted == ("prompt was left out: m ignores it beside multi_prompt",)
    assert _mapped(_RULED, multi_prompt=None).fields["prompt"] == "p"


def test_the_shape_of_a_size_is_ignored_like_a_ratio() -> None:
    mapped = _mapped(_RULED, resolution="720x1280", image_list=[_A])
    assert mapped.fields == {"prompt": "p", "quality": "720p", "first": _A}
    assert mapped.adjusted == (
        "the shape of resolution '720x1280' was left out: m ignores it beside first",
    )


def test_without_the_other_field_nothing_is_ignored() -> None:
    mapped = _mapped(_RULED, aspect_ratio="9:16")
    assert (mapped.fields["ratio"], mapped.adjusted) == ("tall", ())


_LONG = ModelRow(
    resolution=_LINES,
    length=Length(choices=(4, 6, 8), form="text"),
    rules=(LengthAt(resolutions=("hd",), choices=(8,)),),
)


@pytest.mark.parametrize(
    ("fields", "sent", "told"),
    [
        ({"resolution": "720p"}, "4", ()),
        ({}, "4", ()),
        ({"resolution": "1080p"}, "8", ("duration_seconds 4 became 8: m at hd takes 8",)),
        (
            {"extra_params": {"quality": "hd"}},
            "8",
            ("duration_seconds 4 became 8: m at hd takes 8",),
        ),
    ],
)
def test_a_length_goes_by_the_resolution_that_is_sent(
    fields: dict[str, Any], sent: str, told: tuple[str, ...]
) -> None:
    mapped = _mapped(_LONG, duration_seconds=4, **fields)
    assert (mapped.fields["duration"], mapped.adjusted) == (sent, told)


def test_rules_and_needs_are_shown() -> None:
    row = attrs.evolve(_RULED, needs=("resolution",), rules=(*_RULED.rules, *_LONG.rules))
    assert describe("m", row).also == (
        "needs resolution, ignores aspect_ratio beside first or last, "
        "ignores prompt beside multi_prompt, 8 s at hd"
    )
    both = kit.summary([row, attrs.evolve(_LONG, needs=("seed",))])
    assert both.needs == ()
    assert both.rules == row.rules


# What is really asked for, where ``extra_params`` replace something.

_SECONDS = ModelRow(length=Length(choices=(4, 8), form="seconds"))
_FRAMES = ModelRow(length=Frames(fps=16, fps_field="fps"))


@pytest.mark.parametrize(
    ("row", "extra", "seconds"),
    [
        (_SECONDS, {"duration": "8s"}, 8.0),
        (_SECONDS, {"duration": 8}, 8.0),
        (_SECONDS, {"duration": "12"}, 12.0),
        (_SECONDS, {"duration": "auto"}, None),
        (_SECONDS, {"duration": None}, None),
        (_SECONDS, {"duration": True}, None),
        (_SECONDS, {"duration": 10**400}, None),
        (_SECONDS, {"other": 1}, 4.0),
        (_FRAMES, {"num_frames": 32}, 2.0),
        (_FRAMES, {"num_frames": 32, "fps": 8}, 4.0),
        (_FRAMES, {"fps": 8}, 4.0),
    ],
)
def test_the_duration_is_what_is_really_sent(
    row: ModelRow, extra: dict[str, Any], seconds: float | None
) -> None:
    assert _mapped(row, duration_seconds=4, extra_params=extra).duration == seconds


def test_a_duration_that_only_extra_params_bring_is_known() -> None:
    assert _mapped(_SECONDS, extra_params={"duration": "8s"}).duration == 8.0


def test_the_response_tells_the_duration_that_was_really_asked_for() -> None:
    request = VideoGenerationRequest(
        prompt="p", duration_seconds=4, extra_params={"duration": "8s", "aspect_ratio": "9:16"}
    )
    effects = fake_effects(http=ScriptedHttp(fal.success()))
    response = generate_video(fal.config(), request, effects=effects)
    assert (response.duration, response.aspect_ratio) == (8.0, "9:16")


_TABLE = ModelRow(size=Size(field="size", sizes={"a": (1280, 720), "b": (720, 1280)}))
_SIDES = ModelRow(
    size=Size(field="width", height_field="height", sizes={"1280x720": (1280, 720)}, required=True)
)


@pytest.mark.parametrize(
    ("row", "extra", "measures"),
    [
        (ModelRow(resolution=_LINES, aspect_ratio=_RATIO), {"ratio": "tall"}, ("720p", "9:16")),
        (ModelRow(resolution=_LINES, aspect_ratio=_RATIO), {"ratio": "4:5"}, ("720p", "4:5")),
        (ModelRow(resolution=_LINES, aspect_ratio=_RATIO), {"ratio": "auto"}, ("720p", None)),
        (ModelRow(resolution=_LINES, aspect_ratio=_RATIO), {"quality": "hd"}, ("1080p", "16:9")),
        (ModelRow(resolution=_LINES, aspect_ratio=_RATIO), {"quality": 7}, (None, "16:9")),
        (_TABLE, {"size": "b"}, ("720p", "9:16")),
        (_TABLE, {"size": "640x480"}, ("480p", "4:3")),
        (_TABLE, {"size": "large"}, (None, None)),
        (_SIDES, {"width": 480, "height": 832}, ("480p", "9:16")),
        (_SIDES, {"height": "tall"}, (None, None)),
    ],
)
def test_the_measures_are_what_is_really_sent(
    row: ModelRow, extra: dict[str, Any], measures: tuple[str | None, str | None]
) -> None:
    mapped = _mapped(row, resolution="720p", aspect_ratio="16:9", extra_params=extra)
    assert (mapped.resolution, mapped.aspect_ratio) == measures


# Nothing is dropped silently, in any row.

_ROWS = {
    f"{provider.name}:{model}": row
    for provider in BUILT_IN.values()
    for model, row in provider.models.items()
}
_WISHES = st.fixed_dictionaries(
    {},
    optional={
        "duration_seconds": st.floats(0.1, 100),
        "resolution": st.sampled_from(["480p", "720x1280", "1280x720", "1920:1080", "4k", "best"]),
        "aspect_ratio": st.sampled_from(["16:9", "9:16", "1:1", "21:9", "5:3", "auto", "wide"]),
        "generate_audio": st.booleans(),
        "negative_prompt": st.just("fog"),
        "seed": st.integers(0, 9),
        "enhance_prompt": st.booleans(),
    },
)


@given(st.sampled_from(sorted(_ROWS)), _WISHES)
def test_every_field_is_sent_told_or_refused(name: str, wishes: dict[str, Any]) -> None:
    row = attrs.evolve(_ROWS[name], images=(), video=None, required=(), needs=())
    outcome = map_request("m", row, VideoGenerationRequest(prompt="p", **wishes))
    if isinstance(outcome, Failure):
        assert "leave one of them out" in outcome.failure().message
        return
    mapped, native = outcome.unwrap(), natives_of(row)
    for field in wishes:
        sent = native.get(field) in mapped.fields  # type: ignore[call-overload] # a name of ours
        told = any(field in sentence for sentence in mapped.adjusted)
        assert sent or told, field


def test_a_switch_that_is_off_is_sent() -> None:
    row = ModelRow(audio=Switch(field="sound"))
    assert _mapped(row, generate_audio=False).fields == {"prompt": "p", "sound": False}
