"""Draw the picture of the README and of the start page again: a terminal, and frames of its clip.

``PYTHONPATH=lib python tools/make_pictures.py``

The terminal shows what the README's first command printed when this ran; the frames are those of
the file that it wrote.
"""

import base64
import io
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Final

import attrs
import av
from PIL.Image import Image

_ROOT: Final = Path(__file__).parents[1]
_ASSETS: Final = _ROOT / "docs/assets"
_RUN: Final = re.compile(r"<!-- run -->\n```sh\n(.*?)```", re.DOTALL)
# Seconds of the clip.
_MOMENTS: Final = (0.5, 2.5, 4.5)
# Pixels.
_WIDTH: Final = 880
_MARGIN: Final = 20
_LINE: Final = 22
_HEAD: Final = 38
_FRAME: Final = (272, 153)


@attrs.frozen(kw_only=True)
class Colours:
    """The colours of one picture."""

    window: str
    border: str
    text: str
    prompt: str
    quiet: str


_COLOURS: Final = {
    "light": Colours(
        window="#f6f8fa", border="#d0d7de", text="#1f2328", prompt="#1a7f37", quiet="#59636e"
    ),
    "dark": Colours(
        window="#161b22", border="#30363d", text="#e6edf3", prompt="#3fb950", quiet="#9198a1"
    ),
}


def main() -> None:
    """Run the command, and write a picture for pages on white and one for pages on black."""
    command = _command()
    with tempfile.TemporaryDirectory() as folder:
        # The program beside this interpreter; the README installs it first.
        arguments = [str(Path(sys.executable).with_name("tarash")), *shlex.split(command)[1:]]
        ran = subprocess.run(  # noqa: S603 - our own command
            arguments, cwd=folder, capture_output=True, text=True, check=True
        )
        frames = [_encoded(frame) for frame in _frames(Path(folder) / "drone.mp4")]
    lines = [*ran.stderr.splitlines(), *ran.stdout.splitlines()]
    for name, colours in _COLOURS.items():
        picture = "\n".join(_svg(_typed(command), lines, frames, colours))
        (_ASSETS / f"first-run-{name}.svg").write_text(f"{picture}\n", encoding="utf-8")


def _command() -> str:
    """Return the README's first command as it is typed once everything is installed."""
    (command,) = _RUN.findall((_ROOT / "README.md").read_text(encoding="utf-8"))
    return str(command).strip().rpartition(".venv/bin/")[2]


def _typed(command: str) -> list[str]:
    """Return the command in two lines."""
    first, options = command.split(" --mock ", 1)
    return [f"{first} \\", f"    --mock {options}"]


def _frames(path: Path) -> Iterator[Image]:
    with av.open(path, mode="r") as container:
        stream = container.streams.video[0]
        rate = float(stream.average_rate or 24)
        wanted = {round(moment * rate) for moment in _MOMENTS}
        for place, frame in enumerate(container.decode(stream)):
            if place in wanted:
                # PyAV does not annotate this function.
                convert: Callable[..., Image] = frame.to_image
                # Twice the size at which it is shown, for fine screens.
                yield convert(width=_FRAME[0] * 2, height=_FRAME[1] * 2)


def _encoded(image: Image) -> str:
    stored = io.BytesIO()
    image.save(stored, "JPEG", quality=82, optimize=True)
    return base64.b64encode(stored.getvalue()).decode()


def _svg(
    typed: Sequence[str], printed: Sequence[str], frames: Sequence[str], colours: Colours
) -> Iterator[str]:
    """Yield the lines of the picture; it asks for nothing from elsewhere."""
    rows = len(typed) + len(printed)
    strip = _HEAD + rows * _LINE + _MARGIN
    height = strip + _FRAME[1] + _MARGIN
    said = escape(" ".join(printed))
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'aria-label="A terminal makes drone.mp4: {said}">'
    )
    yield (
        f'<rect x=".5" y=".5" width="{_WIDTH - 1}" height="{height - 1}" rx="10" '
        f'fill="{colours.window}" stroke="{colours.border}"/>'
    )
    for place, colour in enumerate(("#ff5f57", "#febc2e", "#28c840")):
        yield f'<circle cx="{_MARGIN + 6 + place * 18}" cy="19" r="5.5" fill="{colour}"/>'
    yield (
        '<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, DejaVu Sans Mono, '
        'monospace" font-size="14">'
    )
    for row, line in enumerate((*typed, *printed)):
        mark = f'<tspan fill="{colours.prompt}">$ </tspan>' if row == 0 else ""
        colour = colours.text if row < len(typed) or row == rows - 1 else colours.quiet
        down = _HEAD + row * _LINE + 14
        # Viewers of SVG differ in what they make of spaces at the beginning.
        shown = escape(line.replace(" ", "\u00a0"))
        yield f'<text x="{_MARGIN}" y="{down}" fill="{colour}">{mark}{shown}</text>'
    yield "</g>"
    gap = (_WIDTH - 2 * _MARGIN - len(frames) * _FRAME[0]) / max(len(frames) - 1, 1)
    for place, frame in enumerate(frames):
        across = _MARGIN + place * (_FRAME[0] + gap)
        yield (
            f'<image x="{across:g}" y="{strip}" width="{_FRAME[0]}" height="{_FRAME[1]}" '
            f'href="data:image/jpeg;base64,{frame}"/>'
        )
    yield "</svg>"


if __name__ == "__main__":
    main()
