"""Render the packaged clips again: ``PYTHONPATH=lib python tools/make_clips.py``."""

from pathlib import Path

from tarash.tarash_gateway.mock import clips
from tarash.tarash_gateway.mock.render import render_clip
from tarash.tarash_gateway.mock.story import Story

_STORY = Story(prompt="For a clip of your request: pip install 'tarash-gateway[mock]'")


def main() -> None:
    """Write one MP4 for every ratio into the folder that `mock.clips` reads."""
    folder = Path(clips.__file__).with_name("clips")
    folder.mkdir(exist_ok=True)
    for seed, ratio in enumerate(clips.RATIOS):
        clip = render_clip(
            duration=clips.SECONDS,
            resolution=f"{clips.SHORT_SIDE}p",
            aspect_ratio=ratio,
            seed=seed,
            story=_STORY,
        )
        (folder / clips.file_name(ratio)).write_bytes(clip.content)


if __name__ == "__main__":
    main()
