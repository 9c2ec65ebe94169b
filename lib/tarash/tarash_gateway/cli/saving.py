"""Writing a video that was paid for: what can go wrong is found before, and nothing is lost."""

import os
import re
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Final

from ..exceptions import ValidationError

_LONGEST: Final = 80


def writable(output: Path | None, *, overwrite: bool) -> Path | None:
    """Return the file to write, after all checks that cost nothing.

    Raises:
        ValidationError: It is a folder, exists already, or cannot be made where it should be.
    """
    if output is None:
        return None
    try:
        path = output.expanduser()
        problem = _problem(path, overwrite=overwrite)
        if problem is None:
            with tempfile.NamedTemporaryFile(dir=_real(path).parent, prefix=".tarash-"):
                return path
    except (OSError, ValueError, RuntimeError) as error:
        why = getattr(error, "strerror", None) or error
        problem = f"cannot be written ({why}): name another file"
    raise ValidationError(message=f"--output: {output} {problem}")


def _problem(path: Path, *, overwrite: bool) -> str | None:
    try:
        path.lstat()
    except FileNotFoundError:
        missing = not path.parent.is_dir()
        return "cannot be written, its folder does not exist: make it first" if missing else None
    if path.is_dir():
        return "is a folder: name a file in it"
    if not path.is_file():
        return "is not a regular file: name another one"
    return None if overwrite else "exists already: give --overwrite, or another name"


def _real(path: Path) -> Path:
    # What a link points to is written, and the link stays.
    return Path(os.path.realpath(path))


def safe_name(job_id: str) -> str:
    """Return a file's name for a provider's id: it leaves no folder and hides nothing.

    >>> [safe_name(each) for each in ("job-1", "../../.bashrc", "-rf", "a b", "..")]
    ['job-1', 'bashrc', 'rf', 'a-b', 'video']
    """
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", job_id).lstrip(".-")
    return name[:_LONGEST] or "video"


def save(content: bytes, path: Path, *, overwrite: bool = False) -> Path:
    """Write a whole file or none, and return its name.

    Without ``overwrite`` an existing file stays, and the video goes beside it, as ``name-2.mp4``.

    Raises:
        OSError: It cannot be written; nothing of it stays.
    """
    target = _real(path)
    part = target.parent / f".tarash-{secrets.token_hex(8)}.part"
    try:
        with part.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if overwrite:
            part.replace(target)
            return path
        return _moved(part, path)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _moved(part: Path, path: Path) -> Path:
    for name in _names(path):
        try:
            # Taking the name first: a rename alone would replace what came there meanwhile.
            name.open("xb").close()
        except FileExistsError:
            continue
        try:
            part.replace(name)
        except BaseException:
            with suppress(OSError):
                name.unlink(missing_ok=True)
            raise
        return name
    raise FileExistsError(path)


def _names(path: Path) -> Iterator[Path]:
    yield path
    for number in count(2):
        yield path.with_name(f"{path.stem}-{number}{path.suffix}")


def rescue(content: bytes, name: str) -> Path | None:
    """Write a paid video that cannot be where it should: here, or in the temporary folder."""
    for folder in (Path(), Path(tempfile.gettempdir())):
        with suppress(OSError):
            return save(content, folder / name)
    return None
