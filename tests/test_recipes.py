"""What recipes promise beside what they print: a second run is free, joined files are whole."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import av
import pytest
from PIL import Image
from tests.support.pages.blocks import text_of
from tests.support.pages.clips import input_files
from tests.support.pages.running import opened

pytestmark = pytest.mark.slow

# Those with a journal that make their videos with the page's own providers, and how many they make.
_RECIPES: Final = {
    "a-watched-folder": 1,
    "chain-of-clips": 3,
    "compare-models": 4,
    "draft-and-final": 2,
    "extend-a-clip": 3,
    "moderation-and-storage": 1,
    "posters-and-previews": 1,
    "several-takes": 4,
    "storyboard": 3,
    "texts-from-a-template": 5,
    "wide-and-tall": 2,
}

# A page's own script knows one run. The page's providers know the jobs of all, so they take over.
_SCRIPT: Final = "with default_effects(ScriptedVideo().completes(times=2).effects):"


@pytest.mark.parametrize(("recipe", "jobs"), _RECIPES.items())
def test_a_recipe_that_is_run_again_pays_for_nothing_again(
    recipe: str, jobs: int, tmp_path: Path
) -> None:
    name = f"docs/cookbook/{recipe}.md"
    with opened(name, text_of(name).replace(_SCRIPT, "if True:"), tmp_path) as page:
        # given its videos
        page.run_all()
        assert page.world.jobs == jobs
        # when it is run once more, and again after its files were lost
        page.run_all()
        for file in set(Path().rglob("*.mp4")) - {Path(given) for given in input_files()}:
            file.unlink()
        page.run_all()
        # then it prints what it printed, and no job was submitted
        assert page.world.jobs == jobs


def _film(path: Path) -> Path:
    """Make a clip as encoders usually do: frames in another order, sound that begins early."""
    with av.open(str(path), "w") as film:
        pictures: Any = film.add_stream("libx264", rate=24, options={"bf": "3"})
        pictures.width, pictures.height, pictures.pix_fmt = 160, 90, "yuv420p"
        sound: Any = film.add_stream("aac", rate=48_000)
        from_image: Any = av.VideoFrame.from_image
        for _ in range(24):
            noise = Image.effect_noise((160, 90), 40).convert("RGB")
            film.mux(pictures.encode(from_image(noise)))
        film.mux(pictures.encode(None))
        for place in range(47):
            silence = av.AudioFrame(format="fltp", layout="mono", samples=1024)
            silence.planes[0].update(bytes(silence.planes[0].buffer_size))
            silence.rate, silence.pts = 48_000, place * 1024
            film.mux(sound.encode(silence))
        film.mux(sound.encode(None))
    return path


def _times(path: Path, kind: str) -> Iterator[float]:
    with av.open(str(path)) as film:
        (stream,) = (stream for stream in film.streams if stream.type == kind)
        for frame in film.decode(stream):
            assert isinstance(frame, av.VideoFrame | av.AudioFrame)
            assert frame.time is not None
            yield frame.time


def test_joined_files_have_all_pictures_and_all_sound_in_their_order(tmp_path: Path) -> None:
    name = "docs/cookbook/storyboard.md"
    with opened(name, text_of(name), tmp_path) as page:
        page.run_all()
        join = page.names["join"]
        clips = [_film(tmp_path / f"{number}.mp4") for number in range(3)]
        film = tmp_path / "film.mp4"
        join(clips, film)
        for kind, longest_pause in (("video", 2 / 24), ("audio", 0.03)):
            times = list(_times(film, kind))
            # one clip has 24 pictures, and 47 pieces of sound or one more for their end
            least = sum(len(list(_times(clip, kind))) for clip in clips)
            assert len(times) >= least
            assert all(0 < after - before < longest_pause for before, after in pairwise(times))
        # and what is encoded in another way is refused
        with pytest.raises(ValueError, match=r"clip\.mp4 is encoded in another way"):
            join([clips[0], Path("clip.mp4")], tmp_path / "mixed.mp4")
