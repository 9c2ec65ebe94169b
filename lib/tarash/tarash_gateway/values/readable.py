"""Paths and open files of any class that a caller may pass.

Pure code does not import ``os``, so a path is what has ``__fspath__``, as PEP 519 defines it.
"""

import sys
from io import TextIOBase
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from ..exceptions import ValidationError
from .checks import refuse

Buffer: TypeAlias = bytes | bytearray | memoryview


class PathLike(Protocol):
    """A path of any kind: ``os.PathLike``, which pure code does not import."""

    def __fspath__(self) -> str | bytes:
        """Return the path."""
        ...


class BinaryFile(Protocol):
    """An open file whose ``read`` returns bytes."""

    def read(self) -> bytes:
        """Return the bytes from the file's position to its end."""
        ...


def is_path(value: object) -> bool:
    """Tell whether a value is a path of any kind."""
    return hasattr(type(value), "__fspath__")


def path_of(field: str, value: Any) -> Path:
    """Return a path of any kind as a ``pathlib.Path``.

    Raises:
        ValidationError: Its ``__fspath__`` fails, or does not return a path.
    """
    try:
        path = value.__fspath__()
        # A path of bytes is decoded as os.fsdecode does.
        if isinstance(path, bytes):
            path = path.decode(sys.getfilesystemencoding(), sys.getfilesystemencodeerrors())
        return Path(path)
    except Exception as error:  # noqa: BLE001 - the caller's own class may raise anything
        message = f"{field} has no usable path ({error}): pass a pathlib.Path"
        raise ValidationError(message=message) from None


def is_file(value: object) -> bool:
    """Tell whether a value can be read."""
    try:
        return callable(getattr(value, "read", None))
    except Exception:  # noqa: BLE001 - the caller's own class may raise anything
        return False


def bytes_of_file(field: str, file: Any) -> bytes:
    """Return the bytes of an open file, from its position to its end.

    Raises:
        ValidationError: It cannot be read, it has nothing left, or it was opened as text.
    """
    try:
        content = "" if isinstance(file, TextIOBase) else file.read()
    except Exception as error:  # noqa: BLE001 - the caller's own class may raise anything
        message = f"{field} could not be read ({error}): pass an open file, or its path"
        raise ValidationError(message=message) from None
    if isinstance(content, str):
        message = f"{field} is a file that was opened as text: open it with the mode 'rb'"
        raise ValidationError(message=message)
    if not isinstance(content, bytes | bytearray | memoryview):
        where = f"what {field}.read() returns"
        raise refuse(where, content, "bytes")
    if not content:
        message = f"{field} is a file with nothing left to read: seek to its beginning"
        raise ValidationError(message=message)
    return bytes_of(field, content)


def name_of_file(file: object) -> str:
    """Return the name of an open file, or nothing if it has none."""
    try:
        name = getattr(file, "name", "")
    except Exception:  # noqa: BLE001 - the caller's own class may raise anything
        return ""
    return name if isinstance(name, str) else ""


def bytes_of(field: str, value: Buffer) -> bytes:
    """Return the bytes of a buffer.

    Raises:
        ValidationError: It is a view whose memory was released.
    """
    try:
        return bytes(value)
    except ValueError:
        message = f"{field} is a memoryview that was released: pass its bytes"
        raise ValidationError(message=message) from None
