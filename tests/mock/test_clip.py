"""What the mock's clip shows: its frames and its sound, decoded by PyAV."""

import io
import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import attrs
import av
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat

from tarash.tarash_gateway import (
    MediaContent,
    MockConfig,
    MockPollingConfig,
    VideoGenerationConfig,
    VideoGenerationRequest,
    VideoGenerationResponse,
    check_video,
    generate_video,
    resume_video,
    start_video,
)
from tarash.tarash_gateway.effects import Effects
from tarash.tarash_gateway.mock import answers, fonts
from tarash.tarash_gateway.mock.render import render_clip
from tarash.tarash_gateway.mock.story import Picture, Story, from_query, to_query
from tarash.tarash_gateway.mock.storyboard import Storyboard
from tarash.tarash_gateway.testing import fake_effects

_ITSELF = VideoGenerationConfig(provider="mock", model="mock")
# Pixels of the strip with the time code in a clip of 180 lines.
_STRIP = 16


def _picture(colour: str, size: tuple[int, int] = (160, 90), form: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, form)
    return file.getvalue()


def _given(colour: str, role: str) -> dict[str, Any]:
    return {"image": {"content": _picture(colour), "content_type": "image/png"}, "type": role}


def _request(**fields: Any) -> VideoGenerationRequest:
    values = {"duration_seconds": 1, "resolution": "180p", "aspect_ratio": "16:9"}
    return VideoGenerationRequest(**{"prompt": "a kite", **values, **fields})


def _bytes_of(response: VideoGenerationResponse) -> bytes:
    assert isinstance(response.video, MediaContent)
    return response.video.content


def _generate(effects: Effects | None = None, **fields: Any) -> bytes:
    return _bytes_of(generate_video(_ITSELF, _request(**fields), effects=effects or fake_effects()))


def _image(frame: av.VideoFrame) -> Image.Image:
    # PyAV does not annotate this function.
    convert: Callable[..., Image.Image] = frame.to_image
    return convert(threads=1)


def _frames(content: bytes) -> list[Image.Image]:
    with av.open(io.BytesIO(content), mode="r") as container:
        return [_image(frame) for frame in container.decode(container.streams.video[0])]


def _strip(frame: Image.Image) -> Image.Image:
    return frame.crop((0, frame.height - _STRIP, frame.width, frame.height))


def _without_strip(frame: Image.Image) -> Image.Image:
    """Return the middle of a frame, where neither the badge nor the time code is."""
    width, height = frame.size
    return frame.crop((0, height // 3, width, height * 2 // 3))


def _distance(one: Image.Image, other: Image.Image) -> float:
    """Return the mean difference of two pictures, of 255."""
    means: Sequence[float] = ImageStat.Stat(ImageChops.difference(one, other)).mean
    return sum(means) / len(means)


def _is(frame: Image.Image, colour: str) -> bool:
    middle = _without_strip(frame)
    return _distance(middle, Image.new("RGB", middle.size, colour)) < 6


# Pictures.


def test_the_pictures_of_the_request_are_the_first_and_the_last_frame() -> None:
    # given a red first frame and a blue last frame
    images = [_given("#c03030", "first_frame"), _given("#3050c0", "last_frame")]
    # when the mock makes a clip
    frames = _frames(_generate(image_list=images))
    # then it begins with the one, ends with the other, and shows the board between them
    assert _is(frames[0], "#c03030")
    assert _is(frames[-1], "#3050c0")
    middle = frames[len(frames) // 2]
    assert not _is(middle, "#c03030")
    assert not _is(middle, "#3050c0")
    # and the change is a fade: the distance from the first frame never falls
    until = frames[: len(frames) // 2]
    distances = [_distance(_without_strip(frames[0]), _without_strip(each)) for each in until]
    assert all(later >= sooner - 1 for sooner, later in itertools.pairwise(distances))
    assert len({round(each) for each in distances}) > 3


def test_a_reference_is_a_tile_on_the_board() -> None:
    # given two requests that differ in one reference
    green, violet = (
        _frames(_generate(image_list=[_given(colour, "reference")]))[12]
        for colour in ("#20c020", "#c020c0")
    )
    # then a square of the frame has its colour
    box = ImageChops.difference(green, violet).point(lambda value: 255 * (value > 100)).getbbox()
    assert box is not None
    left, top, right, bottom = box
    assert abs((right - left) - (bottom - top)) <= 4
    assert green.getpixel(((left + right) // 2, (top + bottom) // 2)) == pytest.approx(
        (32, 192, 32), abs=24
    )


def test_pictures_that_are_not_known_are_empty_tiles() -> None:
    images = [{"image": "https://example.com/a.png", "type": "first_frame"}]
    broken = [{"image": {"content": b"\x89PNG", "content_type": "image/png"}}]
    for given_images in (images, broken):
        frames = _frames(_generate(image_list=given_images))
        assert _distance(_without_strip(frames[0]), _without_strip(frames[12])) < 2


def test_a_job_that_another_process_fetches_has_its_words_and_no_pictures() -> None:
    # given a job with a first frame
    request = _request(image_list=[_given("#c03030", "first_frame")])
    running = start_video(_ITSELF, request, effects=fake_effects())
    # when the process that started it goes on with it, and another one does
    elsewhere = fake_effects()
    there = _frames(_bytes_of(resume_video(running, effects=elsewhere)))
    # then the other one has the board alone
    assert not _is(there[0], "#c03030")
    assert len(there) == 24


def test_only_the_pictures_of_the_last_jobs_are_stored() -> None:
    effects = fake_effects()
    jobs = [
        start_video(
            _ITSELF,
            _request(prompt=f"kite {number}", image_list=[_given("#c03030", "first_frame")]),
            effects=effects,
        )
        for number in range(33)
    ]
    oldest, newest = (
        _frames(_bytes_of(resume_video(job, effects=effects))) for job in (jobs[0], jobs[-1])
    )
    assert not _is(oldest[0], "#c03030")
    assert _is(newest[0], "#c03030")
    assert check_video(jobs[1], effects=effects).status != "failed"


def test_large_pictures_are_forgotten_sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "_MOST_BYTES", 10)
    frames = _frames(_generate(image_list=[_given("#c03030", "first_frame")]))
    assert not _is(frames[0], "#c03030")


def test_a_clip_that_comes_at_once_is_the_same() -> None:
    images = [_given("#c03030", "first_frame")]
    at_once = MockConfig(polling=MockPollingConfig(enabled=False))
    config = attrs.evolve(_ITSELF, mock=at_once)
    response = generate_video(config, _request(image_list=images), effects=fake_effects())
    assert _bytes_of(response) == _generate(image_list=images)


# The strip and the words.


def test_the_strip_changes_with_each_frame() -> None:
    strips = [_strip(frame).convert("L") for frame in _frames(_generate())]
    for before, after in itertools.pairwise(strips):
        assert _distance(before, after) > 0.2
    # The bar at its top grows to the whole width.
    bars = [ImageStat.Stat(strip.crop((0, 0, 320, 1))).mean[0] for strip in strips]
    assert all(later >= sooner - 2 for sooner, later in itertools.pairwise(bars))
    assert bars[-1] > 200


@pytest.mark.parametrize("field", ["prompt", "negative_prompt", "seed"])
def test_another_request_is_another_picture(field: str) -> None:
    board = Storyboard(story=Story(prompt="a"), width=320, height=180, seconds=1.0)
    values = {
        "prompt": Story(prompt="b"),
        "negative_prompt": Story(prompt="a", fields=(("n", "b"),)),
    }
    values["seed"] = Story(prompt="a", fields=(("seed", "1"),))
    other = Storyboard(story=values[field], width=320, height=180, seconds=1.0)
    assert board.board.tobytes() != other.board.tobytes()


def test_a_machine_without_fonts_says_why_letters_are_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given a machine that has only the font of Pillow
    monkeypatch.setattr(fonts, "_paths", lambda: ())
    caches = (fonts._fonts, fonts._place_of, fonts._picture_of_nothing, fonts.width_of)
    for cache in caches:
        cache.cache_clear()
    try:
        # then it lacks Chinese and says so, and has what English needs
        assert fonts.lacks("黄昏")
        assert not fonts.lacks("A kite, at dusk\n\tand at dawn.")
        clip = render_clip(
            duration=0.1,
            resolution="90p",
            aspect_ratio="1:1",
            seed=0,
            story=Story(prompt="黄昏 طائرة 🏔️"),
        )
        assert len(_frames(clip.content)) == 2
    finally:
        for cache in caches:
            cache.cache_clear()


_ANY_TEXT = st.text(st.characters(codec=None), max_size=80)


@settings(max_examples=60, deadline=None)
@given(
    prompt=_ANY_TEXT,
    fields=st.lists(st.tuples(_ANY_TEXT, _ANY_TEXT), max_size=4),
    size=st.sampled_from(["2x2", "16x90", "90x16", "66x50"]),
    content=st.binary(max_size=40),
)
def test_no_story_breaks_the_clip(
    prompt: str, fields: list[tuple[str, str]], size: str, content: bytes
) -> None:
    pictures = (Picture(role="first_frame", content=content), Picture(role="style"))
    story = Story(prompt=prompt, fields=tuple(fields), pictures=pictures)
    clip = render_clip(duration=0.1, resolution=size, aspect_ratio=None, seed=0, story=story)
    assert len(_frames(clip.content)) == 2


@given(prompt=st.text(), fields=st.lists(st.tuples(st.text(), st.text()), max_size=3))
def test_the_words_of_a_story_fit_into_a_query(prompt: str, fields: list[tuple[str, str]]) -> None:
    story = Story(provider="fal", model="m", prompt=prompt, fields=tuple(fields), sound=True)
    query = {name: str(value) for name, value in to_query(story).items()}
    assert from_query(query) == story


# Sound.


def _sound(content: bytes) -> tuple[list[float], int] | None:
    """Return the loudness of each hundredth of a second, and how many there are in one second."""
    with av.open(io.BytesIO(content), mode="r") as container:
        if not container.streams.audio:
            return None
        samples: list[float] = []
        for frame in container.decode(container.streams.audio[0]):
            plane = memoryview(bytes(frame.planes[0])).cast("f")
            samples += plane[: frame.samples].tolist()
    step = 480
    parts = (samples[start : start + step] for start in range(0, len(samples), step))
    return [math.sqrt(sum(s * s for s in part) / len(part)) for part in parts], 100


def test_a_clip_has_sound_only_where_it_is_asked_for() -> None:
    assert _sound(_generate()) is None
    assert _sound(_generate(generate_audio=False)) is None
    assert _sound(_generate(generate_audio=True)) is not None


def test_there_is_a_beep_at_each_full_second() -> None:
    found = _sound(_generate(generate_audio=True, duration_seconds=3))
    assert found is not None
    loudness, rate = found
    for second in range(3):
        # The encoder delays the sound by about a fiftieth of a second.
        beep = loudness[second * rate + 3 : second * rate + 9]
        silence = loudness[second * rate + 20 : second * rate + 90]
        assert min(beep) > 0.02
        assert max(silence) < 0.002


@pytest.mark.parametrize("seconds", [0.3, 2.5, 3])
def test_sound_does_not_change_the_length(seconds: float) -> None:
    content = _generate(generate_audio=True, duration_seconds=seconds)
    with av.open(io.BytesIO(content), mode="r") as container:
        assert container.duration == pytest.approx(seconds * 1_000_000, abs=1000)


def test_the_same_request_gives_the_same_bytes() -> None:
    images = [_given("#c03030", "first_frame"), _given("#20c020", "reference")]
    fields: dict[str, Any] = {"image_list": images, "generate_audio": True, "prompt": "黄昏 🏔️"}
    first, second = _generate(**fields), _generate(**fields)
    assert first == second
    other = _generate(**{**fields, "image_list": images[:1]})
    assert other != first


def test_a_mocked_clip_names_what_it_stands_for() -> None:
    config = VideoGenerationConfig(provider="fal", model="fal-ai/veo3", mock=MockConfig())
    request = _request(resolution="720p", duration_seconds=5, generate_audio=True)
    response = generate_video(config, request, effects=fake_effects())
    clip = response.raw_response["clip"]
    story = from_query({name: str(value) for name, value in clip.items()})
    assert (story.provider, story.model, story.prompt) == ("fal", "fal-ai/veo3", "a kite")
    assert ("duration_seconds", "5 -> 6") in story.fields
    assert ("resolution", "720p") in story.fields
    assert _sound(_bytes_of(response)) is not None
