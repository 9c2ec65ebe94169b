"""A request has a name by its content, the one by which a journal compares requests."""

from pathlib import Path

import pytest
from tests.support.pictures import png

from tarash.tarash_gateway import (
    MediaContent,
    SqliteJournal,
    ValidationError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    fingerprint_video,
    functional,
    generate_video,
)
from tarash.tarash_gateway.models import ImageInput
from tarash.tarash_gateway.outcome import result_of
from tarash.tarash_gateway.testing import ScriptedHttp, ScriptedVideo, fake_effects

_VEO = VideoGenerationConfig(provider="fal", model="fal-ai/veo3")
_KITE = png(640, 360)
_FILES = {Path("kite.png"): _KITE, Path("same.png"): _KITE, Path("other.png"): png(320, 180)}


def _name(request: VideoGenerationRequest | str, config: VideoGenerationConfig = _VEO) -> str:
    http = ScriptedHttp([])
    name = fingerprint_video(config, request, effects=fake_effects(http=http, files=_FILES))
    assert http.requests == []
    return name


def _with_image(image: Path | MediaContent) -> str:
    request = VideoGenerationRequest(prompt="It rises", image_list=[ImageInput(image=image)])
    return _name(request)


def test_it_is_the_name_that_a_journal_has_of_a_call(tmp_path: Path) -> None:
    # given a video that was made under a key
    journal = SqliteJournal(tmp_path / "videos.sqlite3")
    effects = ScriptedVideo().completes().effects
    generate_video(_VEO, "a kite", journal=journal, key="order-1", effects=effects)
    # then the journal's own name of its request is the one that anybody can ask for
    (entry,) = result_of(journal.entries(pending=False)).unwrap()
    assert entry.generation.keyed is not None
    assert entry.generation.keyed.fingerprint == _name("a kite")


def test_pictures_count_by_their_content() -> None:
    kite = _with_image(Path("kite.png"))
    assert kite == _with_image(Path("same.png")) == _with_image(MediaContent(_KITE, "image/png"))
    assert kite != _with_image(Path("other.png"))


def test_only_what_has_a_part_in_the_video_counts() -> None:
    kite = _name("a kite")
    patient = VideoGenerationConfig(
        provider="fal", model="fal-ai/veo3", api_key="another:key", timeout=5, poll_interval=1
    )
    assert kite == _name("a kite", patient)
    others = (
        _name("a boat"),
        _name(VideoGenerationRequest(prompt="a kite", seed=0)),
        _name("a kite", VideoGenerationConfig(provider="fal", model="fal-ai/veo2")),
        _name(
            "a kite",
            VideoGenerationConfig(provider="fal", model="fal-ai/veo3", fallback_configs=[_VEO]),
        ),
    )
    assert len({kite, *others}) == 1 + len(others)


def test_a_file_that_cannot_be_read_has_no_name() -> None:
    with pytest.raises(ValidationError, match=r"lost\.png"):
        _with_image(Path("lost.png"))


def test_functional_code_gets_the_same_name_in_its_type() -> None:
    named = functional.fingerprint_video("fal:fal-ai/veo3", "a kite", effects=fake_effects())
    assert result_of(named).unwrap() == _name("a kite")
    lost = VideoGenerationRequest(prompt="a kite", video=Path("lost.mp4"))
    wrong = functional.fingerprint_video(_VEO, lost, effects=fake_effects())
    assert isinstance(result_of(wrong).failure(), ValidationError)
