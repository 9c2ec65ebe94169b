"""Save a video that was paid for, without losing it and after checking the file in advance."""

import os
import re
import secrets
import tempfile
from contextlib import suppress
from itertools import chain, count
from pathlib import Path
from typing import Final

from ..exceptions import ValidationError

_LONGEST: Final = 80


def check_output(output: Path | None, *, overwrite: bool) -> Path | None:
    """Return the file to write, after all checks that are possible before the generation.

    Raises:
        ValidationError: It is a folder, exists already, or cannot be created.
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
    # The target of a symbolic link is written, so that the link remains.
    return Path(os.path.realpath(path))


def safe_name(job_id: str) -> str:
    """Return a file's name for a provider's id, without folders or a leading dot or dash.

    >>> [safe_name(each) for each in ("job-1", "../../.bashrc", "-rf", "a b", "..")]
    ['job-1', 'bashrc', 'rf', 'a-b', 'video']
    """
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", job_id).lstrip(".-")
    return name[:_LONGEST] or "video"


def save(content: bytes, path: Path, *, overwrite: bool = False) -> Path:
    """Write the whole file or nothing, and return its path.

    Without ``overwrite`` an existing file is not replaced; the video is then ``name-2.mp4``.

    Raises:
        OSError: It cannot be written; no partial file remains.
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
        return _move(part, path)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _move(part: Path, path: Path) -> Path:
    others = (path.with_name(f"{path.stem}-{number}{path.suffix}") for number in count(2))
    for name in chain([path], others):
        try:
            # Creating the file first reserves the name; a rename alone would replace another file.
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


def rescue(content: bytes, name: str) -> Path | None:
    """Write a paid video to the current or the temporary folder when its own file fails."""
    for folder in (Path(), Path(tempfile.gettempdir())):
        with suppress(OSError):
            return save(content, folder / name)
    return None
