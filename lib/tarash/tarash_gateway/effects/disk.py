"""Files that the library writes: whole videos, or nothing under their names."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import BinaryIO

from returns.io import IOFailure, IOSuccess

from ..exceptions import SaveError, ValidationError
from ..outcome import IOOutcome, nothing
from . import PartialFile

# Names such as `.tarash-1f2e3d4c5b6a7988.part` are hidden, and never those of somebody's file.
_PREFIX = ".tarash-"


class SystemDisk:
    """The file system."""

    def check(self, path: Path, *, overwrite: bool, free: int) -> IOOutcome[Path]:
        """Return the path, after all checks that are possible before the video exists."""
        try:
            whole = path.expanduser()
            problem = _problem(whole, overwrite=overwrite)
            if problem is None:
                with tempfile.NamedTemporaryFile(dir=_real(whole).parent, prefix=_PREFIX):
                    problem = _space(whole, free)
            if problem is None:
                checked: IOOutcome[Path] = IOSuccess(whole)
                return checked
        except (OSError, ValueError, RuntimeError) as error:
            # A name with a NUL raises ValueError, an unknown home folder raises RuntimeError.
            why = getattr(error, "strerror", None) or error
            problem = f"cannot be written ({why}): name another file"
        return IOFailure(ValidationError(f"{path} {problem}"))

    def is_folder(self, path: Path) -> bool:
        """Tell whether there is a folder of this name."""
        with suppress(OSError, ValueError, RuntimeError):
            return path.expanduser().is_dir()
        return False

    def create(self, path: Path) -> IOOutcome[PartialFile]:
        """Return a new partial file beside ``path``."""
        try:
            part: IOOutcome[PartialFile] = IOSuccess(_Part(path.expanduser()))
        except OSError as error:
            return IOFailure(_save_error(path, error))
        return part


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
    return (
        None
        if overwrite
        else "exists already: give another name, or allow it to be replaced (overwrite)"
    )


def _space(path: Path, free: int) -> str | None:
    left = shutil.disk_usage(_real(path).parent).free
    if left >= free:
        return None
    return f"has {left // 2**20} MiB of free space, and a video may need more: free some space"


def _real(path: Path) -> Path:
    # The target of a symbolic link is written, so that the link remains.
    return Path(os.path.realpath(path))


def _save_error(path: Path, error: OSError) -> SaveError:
    return SaveError(f"{path} cannot be written: {error.strerror or error}")


class _Part:
    """A partial file under a temporary name, in the folder of the file that it becomes."""

    def __init__(self, path: Path) -> None:
        """Create it.

        Raises:
            OSError: It cannot be created.
        """
        self._path = path
        self._part = _real(path).parent / f"{_PREFIX}{secrets.token_hex(8)}.part"
        self._file: BinaryIO = self._part.open("x+b")

    def write(self, content: bytes) -> IOOutcome[None]:
        """Append bytes."""
        try:
            self._file.write(content)
        except OSError as error:
            return IOFailure(_save_error(self._path, error))
        return nothing()

    def restart(self) -> IOOutcome[None]:
        """Make it empty again."""
        try:
            self._file.seek(0)
            self._file.truncate()
        except OSError as error:
            return IOFailure(_save_error(self._path, error))
        return nothing()

    def read(self, start: int, length: int) -> bytes:
        """Return bytes that were written."""
        with suppress(OSError):
            place = self._file.tell()
            self._file.seek(start)
            content = self._file.read(length)
            self._file.seek(place)
            return content
        return b""

    def finish(self, path: Path | None = None, *, overwrite: bool) -> IOOutcome[Path]:
        """Give the file its name, and return it; another one if it exists and must stay."""
        wanted = self._path if path is None else path
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            if overwrite:
                self._part.replace(_real(wanted))
                name = wanted
            else:
                name = self._move(wanted)
        except OSError as error:
            return IOFailure(_save_error(wanted, error))
        named: IOOutcome[Path] = IOSuccess(name)
        return named

    def _move(self, path: Path) -> Path:
        for name in _names(path):
            try:
                # Creating the file first reserves the name; a rename alone would replace another.
                name.open("xb").close()
            except FileExistsError:
                continue
            try:
                self._part.replace(name)
            except BaseException:
                with suppress(OSError):
                    name.unlink(missing_ok=True)
                raise
            return name
        raise FileExistsError(path)

    def discard(self) -> None:
        """Remove it, unless it has its name already."""
        with suppress(OSError):
            self._file.close()
        with suppress(OSError):
            self._part.unlink(missing_ok=True)


def _names(path: Path) -> Iterator[Path]:
    yield path
    for number in count(2):
        yield path.with_name(f"{path.stem}-{number}{path.suffix}")
