"""Each provider's limits of media: what is sent inside, what is uploaded, what is refused."""

from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from returns.result import Failure, Success
from tests.support.pictures import gif, png
from tests.support.site import site_hooks

from tarash.tarash_gateway import (
    MediaContent,
    ValidationError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    plan_video,
)
from tarash.tarash_gateway.catalog.limits import (
    ANY_SIZE,
    IN_MEMORY,
    MB,
    MIB,
    MediaLimits,
    MediaRules,
    at_most,
    data_url_length,
    handling,
    narrowed,
)
from tarash.tarash_gateway.catalog.media_rules import limits_in_words
from tarash.tarash_gateway.providers.base import Target
from tarash.tarash_gateway.registry import BUILT_IN
from tarash.tarash_gateway.testing import fake_effects
from tarash.tarash_gateway.values.files import MediaFile
from tarash.tarash_gateway.values.media import as_url

_ROOT = Path(__file__).parents[1]
_PAGES = sorted({*(_ROOT / "docs/providers").glob("*.md")} - {_ROOT / "docs/providers/index.md"})


def _file(size: int, kind: str = "video/mp4", head: bytes = b"") -> MediaFile:
    return MediaFile(
        path=Path("a.bin"), size=size, content_type=kind, head=head, read=lambda *_: ()
    )


def _content(size: int, kind: str = "image/png") -> MediaContent:
    return MediaContent(bytes(size), kind)


def _refusal(medium: MediaContent | MediaFile, limits: MediaLimits) -> str:
    outcome = handling("video", medium, limits)
    assert isinstance(outcome, Failure)
    error = outcome.failure()
    assert isinstance(error, ValidationError)
    return error.message


# What becomes of a medium.


def test_what_fits_goes_inside_and_the_rest_is_uploaded() -> None:
    limits = MediaLimits(inline=10, uploaded=20)
    assert handling("video", _content(10), limits) == Success("inline")
    assert handling("video", _content(11), limits) == Success("upload")
    assert handling("video", _file(20), limits) == Success("upload")
    assert _refusal(_file(21), limits) == (
        "video has 21 bytes, and at most 20 are taken: make it smaller"
    )


def test_a_file_is_streamed_however_small_it_is() -> None:
    assert handling("video", _file(1), MediaLimits(uploaded=ANY_SIZE)) == Success("upload")


def test_without_an_upload_route_the_refusal_names_the_limit() -> None:
    assert _refusal(_content(11), MediaLimits(inline=10)) == (
        "video has 11 bytes, and at most 10 fit into a request: make it smaller, or pass a public "
        "URL"
    )
    bare = MediaLimits(inline=10, instead="")
    assert _refusal(_content(11), bare).endswith("fit into a request: make it smaller")
    assert f"at most {IN_MEMORY} fit" in _refusal(_file(IN_MEMORY + 1), MediaLimits(inline=None))


@given(st.integers(1, 3000), st.sampled_from(["image/png", "video/quicktime"]))
def test_a_data_url_is_counted_by_its_characters(size: int, kind: str) -> None:
    length = len(as_url(_content(size, kind)))
    assert data_url_length(size, kind) == length
    limits = MediaLimits(inline=length, counted="data_url")
    assert handling("video", _content(size, kind), limits) == Success("inline")
    below = attrs.evolve(limits, inline=length - 1)
    assert f"has {length} characters as a data URL" in _refusal(_content(size, kind), below)


def test_a_file_may_be_too_small_for_an_upload_and_still_fit_inside() -> None:
    limits = MediaLimits(inline=100, uploaded=9000, least=512)
    assert handling("video", _content(100), limits) == Success("inline")
    assert "no file below 512 can be uploaded" in _refusal(_content(101), limits)


def test_a_format_that_is_not_taken_is_refused_with_those_that_are() -> None:
    limits = MediaLimits(formats=("image/jpeg", "image/png"))
    assert _refusal(_content(9, "image/gif"), limits) == (
        "video is image/gif, and image/jpeg, image/png are taken: convert it"
    )
    unknown = _content(9, "application/octet-stream")
    assert "video is of no known format, and image/jpeg" in _refusal(unknown, limits)
    assert handling("video", unknown, MediaLimits()) == Success("inline")


@pytest.mark.parametrize(
    ("picture", "words"),
    [
        (png(299, 400), "each side must have at least 300"),
        (gif(300, 800), "its width divided by its height must be 0.4 to 2.5: crop it"),
        (png(400, 300), None),
        (b"\x89PNG", None),
    ],
)
def test_the_pixels_of_a_picture_are_looked_at(picture: bytes, words: str | None) -> None:
    limits = MediaLimits(side=(300, None), ratio=(0.4, 2.5), uploaded=ANY_SIZE)
    for medium in (MediaContent(picture, "image/png"), _file(9, "image/png", picture)):
        outcome = handling("image_list[0]", medium, limits)
        assert words is None or words in str(outcome.failure())
        assert isinstance(outcome, Success) == (words is None)
    wide = MediaLimits(side=(240, 7680))
    assert "must have 240 to 7680" in _refusal(MediaContent(png(8000, 300), "image/png"), wide)


def test_a_model_narrows_its_provider_s_limits_and_never_widens_them() -> None:
    provider = MediaLimits(inline=5, uploaded=200, formats=("image/png",), source="a")
    own = narrowed(provider, at_most(100, side=(3, 4), source="b"))
    assert (own.inline, own.uploaded, own.side) == (5, 100, (3, 4))
    assert (own.formats, own.source) == (("image/png",), "a; b")
    assert narrowed(provider, at_most(300)).uploaded == 200
    # A model cannot make an upload route, and bytes are not characters.
    assert narrowed(MediaLimits(), at_most(9)).uploaded is None
    counted = MediaLimits(inline=5000, counted="data_url")
    assert narrowed(counted, at_most(9)).inline == 5000
    assert narrowed(provider, None) is provider


# Providers.


def _rules(provider: str, model: str, **settings: Any) -> MediaRules:
    config = VideoGenerationConfig(provider=provider, model=model, **settings)
    record = BUILT_IN[provider]
    record = record if record.variant is None else record.variant(config, {})
    assert record.media is not None
    return record.media(Target(provider=record, config=config))


_ON_VERTEX = {"provider_config": {"project": "p"}}


@pytest.mark.parametrize(
    ("provider", "model", "settings", "medium", "how"),
    [
        ("fal", "fal-ai/veo3.1/image-to-video", {}, _content(5 * MB), "inline"),
        ("fal", "fal-ai/veo3.1/image-to-video", {}, _content(5 * MB + 1), "upload"),
        ("fal", "fal-ai/kling-video/o1/image-to-video", {}, _file(10 * MB, "image/png"), "upload"),
        ("fal", "fal-ai/kling-video/o1/image-to-video", {}, _file(10 * MB + 1, "image/png"), None),
        ("fal", "fal-ai/kling-video/o1/image-to-video", {}, _content(9, "image/webp"), None),
        ("fal", "fal-ai/wan/v2.7/image-to-video", {}, _content(9, "image/gif"), None),
        ("fal", "fal-ai/ltx-2.3/image-to-video", {}, _content(9, "image/heic"), "inline"),
        ("fal", "who/knows", {}, _file(900 * MB, "image/png"), "upload"),
        # 3,749,983 bytes are 5,000,000 characters as a data URL.
        ("runway", "gen4_turbo", {}, _content(3_749_982), "inline"),
        ("runway", "runway/gen4_turbo", {}, _content(3_750_000), "upload"),
        ("runway", "gen4_turbo", {}, _file(200 * MB + 1, "image/png"), None),
        ("runway", "gen4_turbo", {}, _content(9, "image/gif"), None),
        ("runway", "gen4_turbo", {}, _content(9), "inline"),
        ("replicate", "google/veo-3.1", {}, _content(256_000), "inline"),
        ("replicate", "google/veo-3.1", {}, _content(256_001), "upload"),
        ("replicate", "xai/grok-imagine-video", {}, _content(9, "image/gif"), None),
        ("google", "gemini-omni-1.2-flash", {}, _content(1 * MB), "inline"),
        ("google", "gemini-omni-1.2-flash", {}, _content(1 * MB + 1), "upload"),
        ("google", "veo-3.1-generate-preview", {}, _content(14 * MB + 1), None),
        ("google", "veo-3.1-generate-001", _ON_VERTEX, _content(20 * MB), "inline"),
        ("google", "veo-3.1-generate-001", _ON_VERTEX, _content(20 * MB + 1), None),
        ("google", "gemini-omni-1.2-flash", _ON_VERTEX, _content(20 * MB + 1), None),
        ("openai", "sora-2", {}, _content(20 * MIB), "inline"),
        ("openai", "sora-2", {"provider_config": {"body": "json"}}, _content(20 * MIB), None),
        ("openai", "sora-2", {}, _content(9, "image/gif"), None),
        ("openai", "any", {"base_url": "https://a.example"}, _content(9, "image/gif"), "inline"),
        ("azure-openai", "sora-2", {}, _content(9, "image/webp"), "inline"),
        ("azure-openai", "sora", {}, _content(9, "image/webp"), None),
        ("azure-openai", "sora-2", {}, _file(IN_MEMORY + 1, "image/png"), None),
    ],
)
def test_a_picture_at_a_provider(
    provider: str,
    model: str,
    settings: dict[str, Any],
    medium: MediaContent | MediaFile,
    how: str | None,
) -> None:
    outcome = handling("image_list[0]", medium, _rules(provider, model, **settings).images)
    assert outcome.value_or(None) == how


@pytest.mark.parametrize(
    ("provider", "model", "size", "how"),
    [
        ("fal", "fal-ai/kling-video/o3/pro/video-to-video/edit", 200 * MB, "upload"),
        ("fal", "fal-ai/kling-video/o3/pro/video-to-video/edit", 200 * MB + 1, None),
        ("runway", "aleph2", 200 * MB, "upload"),
        ("runway", "seedance2", 32 * MB + 1, None),
        ("replicate", "runwayml/gen4-aleph", 16 * MB + 1, None),
        ("google", "gemini-omni-1.2-flash", 2000 * MB, "upload"),
        ("openai", "sora-2", IN_MEMORY + 1, None),
    ],
)
def test_a_video_at_a_provider(provider: str, model: str, size: int, how: str | None) -> None:
    outcome = handling("video", _file(size), _rules(provider, model).video)
    assert outcome.value_or(None) == how


def test_a_medium_beyond_a_limit_is_refused_before_anything_is_sent() -> None:
    config = VideoGenerationConfig(provider="runway", model="h3_max", api_key="k")
    small = VideoGenerationRequest(prompt="p", image_list=[png(200, 900)])
    with pytest.raises(ValidationError, match="200x900 pixels, and each side must have at least"):
        plan_video(config, small, effects=fake_effects())


@pytest.mark.parametrize("role", ["first_frame", "reference"])
def test_a_limit_of_one_endpoint_holds_there_only(role: str) -> None:
    config = VideoGenerationConfig(provider="runway", model="grok_imagine_1_5", api_key="k")
    image: Any = {"image": png(300, 1000), "type": role}
    request = VideoGenerationRequest(prompt="p", image_list=[image])
    if role == "first_frame":
        with pytest.raises(ValidationError, match=r"must be 0\.4 to 2\.5"):
            plan_video(config, request, effects=fake_effects())
    else:
        plan_video(config, request, effects=fake_effects())


# The documentation.


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: page.stem)
def test_every_provider_s_page_shows_its_limits(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert f"<!-- limits: {page.stem} -->" in text
    shown = site_hooks().on_page_markdown(text)
    assert "<!--" not in shown
    assert shown.count('<th class="cards__of"') > 0
    assert '<td data-of="in a request">' in shown


def test_a_page_shows_what_a_call_follows() -> None:
    shown = site_hooks().on_page_markdown("<!-- limits: runway -->")
    limits = limits_in_words(_rules("runway", "h3_max").images)
    cells = (limits.inline, limits.uploaded, limits.formats, limits.pixels)
    row = "</td>".join(
        f'<td data-of="{column}">{cell}'
        for column, cell in zip(
            ("in a request", "uploaded first", "formats", "pixels"), cells, strict=True
        )
    )
    assert f"<code>h3_max</code></th></tr><tr>{row}</td>" in shown
    assert limits.pixels == "256 or more a side"
    assert limits.uploaded == "512 bytes to 200 MB"


def test_every_limit_names_its_source() -> None:
    for name, provider in BUILT_IN.items():
        for model in provider.models:
            rules = _rules(name, model) if provider.media else MediaRules()
            for limits in (rules.images, rules.video):
                assert limits.source or limits == attrs.evolve(
                    MediaLimits(), instead=limits.instead
                )
