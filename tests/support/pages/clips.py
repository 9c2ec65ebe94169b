"""Small real media files for pages: what they upload."""

import io
from functools import lru_cache

from PIL import Image

from tarash.tarash_gateway.testing import grey_clip


@lru_cache
def picture(name: str) -> bytes:
    """Return a PNG of 1280 x 720 pixels."""
    file = io.BytesIO()
    shade = sum(name.encode()) % 128
    Image.new("RGB", (1280, 720), (shade, 120, 160)).save(file, "PNG")
    return file.getvalue()


def input_files() -> dict[str, bytes]:
    """Return the files that every page finds in its folder."""
    prompts = "prompt,duration_seconds\na kite over the sea,5\na kite in the rain,8\n"
    return {
        **{name: picture(name) for name in ("kite.png", "first.png", "last.png")},
        **{name: grey_clip(5) for name in ("clip.mp4", "kite.mp4")},
        "prompts.csv": prompts.encode(),
    }
