"""Models and providers as values: what there is to choose from, and what fits a wish."""

from datetime import UTC, date, datetime
from typing import Any

import attrs
import pytest

from tarash.tarash_gateway import (
    ValidationError,
    VideoGenerationRequest,
    functional,
    list_models,
    list_providers,
    plan_video,
)
from tarash.tarash_gateway.catalog.rows import (
    Choice,
    ImageSlot,
    Length,
    LengthAt,
    ModelRow,
    Retirement,
    Size,
    Switch,
    VideoSlot,
)
from tarash.tarash_gateway.models import ImageSlotInfo, ModelInfo, ProviderInfo, Seconds
from tarash.tarash_gateway.outcome import result_of
from tarash.tarash_gateway.providers.fal.provider import PROVIDER
from tarash.tarash_gateway.registry import BUILT_IN
from tarash.tarash_gateway.testing import FakeClock, fake_effects

_ROWS = {
    "wide": ModelRow(
        length=Length(choices=(4, 8), default=8),
        resolution=Choice(field="resolution", values=("720p", "1080p")),
        aspect_ratio=Choice(field="aspect_ratio", values=("16:9", "9:16")),
        audio=Switch(field="audio"),
        seed="seed",
        rules=(LengthAt(resolutions=("1080p",), choices=(8,)),),
    ),
    "frames": ModelRow(
        prompt="text",
        images=(
            ImageSlot(field="first", roles=("first_frame",), required=True),
            ImageSlot(field="refs", roles=("reference",), many=True, most=3),
        ),
        negative_prompt="negative",
        length=Length(low=2, high=12),
        size=Size(field="size", sizes={"1280x720": (1280, 720), "720x1280": (720, 1280)}),
    ),
    "edit": ModelRow(video=VideoSlot(required=True), required=("mask",), resolution=None),
    "old": ModelRow(
        retires=Retirement(on=date(2026, 1, 1), successor="wide", source="https://example.com")
    ),
}
_MINE = attrs.evolve(PROVIDER, name="mine", models=_ROWS)


def _names(**filters: Any) -> list[str]:
    models = list_models("mine", providers={"mine": _MINE}, effects=fake_effects(), **filters)
    return [info.model for info in models]


def _info(model: str) -> ModelInfo:
    models = list_models("mine", providers={"mine": _MINE}, effects=fake_effects(), retired=True)
    return next(info for info in models if info.model == model)


def test_a_model_tells_what_it_takes() -> None:
    wide, frames, edit = _info("wide"), _info("frames"), _info("edit")
    assert wide.name == "mine:wide"
    assert wide.seconds == Seconds(choices=(4, 8), default=8)
    assert (wide.resolutions, wide.aspect_ratios) == (("720p", "1080p"), ("16:9", "9:16"))
    assert (wide.audio, wide.seed, wide.negative_prompt, wide.video) == (True, True, False, False)
    # and one native field for the shape is told in the words of a request
    assert frames.seconds == Seconds(least=2, most=12)
    assert (frames.resolutions, frames.aspect_ratios) == (("720p",), ("16:9", "9:16"))
    assert frames.sizes == ("1280x720", "720x1280")
    first, refs = frames.images
    assert first == ImageSlotInfo(roles=("first_frame",), most=1, required=True)
    assert refs == ImageSlotInfo(roles=("reference",), most=3)
    assert frames.image_roles == {"first_frame", "reference"}
    # and what cannot be left out
    assert frames.needs == ("image_list",)
    assert (edit.video, edit.needs, edit.extra_params) == (True, ("video",), ("mask",))
    assert (_info("old").retires, _info("old").successor) == (date(2026, 1, 1), "wide")


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({}, ["wide", "frames", "edit"]),
        ({"retired": True}, ["wide", "frames", "edit", "old"]),
        ({"image": True}, ["frames"]),
        ({"image": False}, ["wide", "edit"]),
        ({"image": "reference"}, ["frames"]),
        ({"image": "last_frame"}, []),
        ({"video": True}, ["edit"]),
        ({"seconds": 8}, ["wide", "frames"]),
        ({"seconds": 5}, ["frames"]),
        ({"seconds": 2.5}, []),
        ({"resolution": "1080p"}, ["wide"]),
        ({"resolution": "1280x720"}, ["wide", "frames"]),
        ({"aspect_ratio": "9:16"}, ["wide", "frames"]),
        ({"aspect_ratio": "1:1"}, []),
        ({"audio": True}, ["wide"]),
        ({"seed": False}, ["frames", "edit"]),
        ({"negative_prompt": True}, ["frames"]),
        ({"enhance_prompt": True}, []),
        # The wishes hold together: 4 seconds are made at 720p only.
        ({"seconds": 4, "resolution": "720p", "audio": True}, ["wide"]),
        ({"seconds": 4, "resolution": "1080p"}, []),
        ({"image": True, "seconds": 8, "aspect_ratio": "16:9"}, ["frames"]),
    ],
)
def test_a_filter_leaves_what_fits(filters: dict[str, Any], names: list[str]) -> None:
    assert _names(**filters) == names


def test_the_clock_tells_what_is_retired() -> None:
    before = fake_effects(clock=FakeClock(utc=datetime(2025, 12, 31, tzinfo=UTC)))
    models = list_models("mine", providers={"mine": _MINE}, effects=before)
    assert "old" in [info.model for info in models]


def test_what_is_listed_for_a_wish_is_sent_as_it_is() -> None:
    # given every model of fal that is said to take ten seconds at 9:16
    listed = list_models(
        "fal", seconds=10, aspect_ratio="9:16", image=False, effects=fake_effects()
    )
    assert len(listed) > 5
    request = VideoGenerationRequest(prompt="a kite", duration_seconds=10, aspect_ratio="9:16")
    # then a plan for it adapts nothing
    for info in listed:
        if not (info.needs or info.extra_params):
            plan = plan_video(info.name, request, effects=fake_effects())
            assert [w for w in plan.warnings if "became" in w or "left out" in w] == [], info.name


def test_every_known_model_is_listed_once() -> None:
    listed = list_models(retired=True, effects=fake_effects())
    assert {info.name for info in listed} == {
        f"{name}:{model}" for name, provider in BUILT_IN.items() for model in provider.models
    }
    assert len({info.name for info in listed}) == len(listed)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"provider": "fall"}, "provider 'fall' is not known: use one of .*; did you mean fal?"),
        ({"image": "frame"}, r"image must be True, False or a role \(first_frame, .*not 'frame'"),
        ({"seconds": "10"}, "seconds must be a number of seconds above 0, not '10'"),
        ({"audio": 1}, "audio must be True or False, not 1"),
        ({"resolution": " "}, "resolution must be a non-empty string"),
    ],
)
def test_a_wrong_filter_is_refused(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        list_models(**wrong, effects=fake_effects())
    assert isinstance(
        result_of(functional.list_models(**wrong, effects=fake_effects())).failure(),
        ValidationError,
    )


def test_providers_tell_what_they_can_do_and_never_show_a_key() -> None:
    # given a key in two variables, one of which is blank
    half = fake_effects(environment={"FAL_KEY_ID": "canary", "FAL_KEY_SECRET": " "})
    whole = fake_effects(environment={"FAL_KEY": "canary"})
    found = {info.name: info for info in list_providers(effects=whole)}
    fal_info = found["fal"]
    # then only the whole key counts
    assert (fal_info.has_key, fal_info.cancels, fal_info.streams) == (True, True, True)
    assert fal_info.keys == (("FAL_KEY",), ("FAL_KEY_ID", "FAL_KEY_SECRET"))
    assert fal_info.key_source == ("FAL_KEY",)
    assert fal_info.models == len(PROVIDER.models)
    assert "canary" not in repr(list_providers(effects=whole))
    others = {info.name: info for info in list_providers(effects=half)}
    assert (others["fal"].has_key, others["mock"].has_key) == (False, None)
    assert (others["fal"].key_source, others["mock"].key_source) == ((), ())
    # and a provider of one's own is among them
    own = list_providers(providers={"mine": _MINE}, effects=fake_effects())
    assert "mine" in [info.name for info in own]


def test_lists_can_be_read() -> None:
    models = list_models("mine", providers={"mine": _MINE}, effects=fake_effects())
    lines = repr(models).splitlines()
    assert len(lines) == len(models) == 3
    assert lines[0].startswith("(ModelInfo(provider='mine', model='wide', seconds=Seconds(")
    table = models._repr_html_()  # type: ignore[attr-defined]  # what a notebook asks for
    assert table.startswith("<table><tr><th>name</th><th>duration</th>")
    assert "<td>mine:wide</td><td>4, 8 s</td>" in table
    assert "<td>seed</td>" not in _info("edit")._repr_html_()
    shown: tuple[ProviderInfo, ...] = list_providers(effects=fake_effects())
    assert "FAL_KEY or FAL_KEY_ID and FAL_KEY_SECRET" in shown._repr_html_()  # type: ignore[attr-defined]  # the same


def test_a_broken_table_of_somebody_else_is_an_error_with_its_name() -> None:
    class Broken(dict[str, ModelRow]):
        def items(self) -> Any:
            message = "no table"
            raise RuntimeError(message)

    broken = attrs.evolve(PROVIDER, models=Broken())
    outcome = functional.list_models("mine", providers={"mine": broken}, effects=fake_effects())
    assert "provider 'mine' failed with RuntimeError: no table" in str(result_of(outcome).failure())
