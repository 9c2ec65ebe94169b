"""Render the packaged clips and the picture in the docs again.

``PYTHONPATH=lib python tools/make_clips.py``
"""

import io
from collections.abc import Callable
from pathlib import Path

import av
from PIL.Image import Image

from tarash.tarash_gateway.mock import clips
from tarash.tarash_gateway.mock.render import render_clip
from tarash.tarash_gateway.mock.story import Story

_STORY = Story(prompt="For a clip of your request: install the extra 'mock'")
# The request of the README's first command.
_README = Story(
    prompt="A drone shot over mountain peaks at golden hour",
    fields=(("duration_seconds", "5"), ("resolution", "1080p"), ("aspect_ratio", "16:9")),
)
_PICTURE = Path(__file__).parents[1] / "docs/assets/mock-clip.png"


def main() -> None:
    """Write one MP4 for every ratio into the folder that `mock.clips` reads, and the picture."""
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
    _write_picture()


def _write_picture() -> None:
    """Write a frame of the README's clip, at less than half its size."""
    clip = render_clip(duration=5, resolution="1080p", aspect_ratio="16:9", seed=14, story=_README)
    with av.open(io.BytesIO(clip.content), mode="r") as container:
        frame = list(container.decode(container.streams.video[0]))[60]
    _PICTURE.parent.mkdir(exist_ok=True)
    # PyAV does not annotate this function.
    convert: Callable[..., Image] = frame.to_image
    convert(width=800, height=450).save(_PICTURE, optimize=True)


if __name__ == "__main__":
    main()
