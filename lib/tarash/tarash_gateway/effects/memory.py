"""A disk and a resolver that touch nothing, for tests."""

from itertools import chain, count
from pathlib import Path

import attrs
from returns.io import IOResult

from ..exceptions import ValidationError
from ..outcome import IOOutcome, nothing
from . import PartialFile


@attrs.frozen
class FakeNames:
    """Resolves every name to the same public address; nothing is asked."""

    address: str = "93.184.216.34"

    def addresses(self, host: str) -> IOOutcome[tuple[str, ...]]:  # noqa: ARG002
        """Return the address."""
        return IOResult.from_value((self.address,))


@attrs.frozen(eq=False)
class FakeDisk:
    """Files in memory.

    Attributes:
        files: What was written, by path.
    """

    files: dict[Path, bytes] = attrs.field(factory=dict, repr=False)

    def check(self, path: Path, *, overwrite: bool, free: int) -> IOOutcome[Path]:  # noqa: ARG002
        """Return the path, or a ValidationError if the file exists and must stay."""
        if path in self.files and not overwrite:
            return IOResult.from_failure(ValidationError(f"{path} exists already"))
        return IOResult.from_value(path)

    def is_folder(self, path: Path) -> bool:
        """Tell whether a file was written in a folder of this name."""
        return any(path in file.parents for file in self.files)

    def create(self, path: Path) -> IOOutcome[PartialFile]:
        """Return a new partial file."""
        return IOResult.from_value(_FakePart(self.files, path))


@attrs.define(eq=False)
class _FakePart:
    _files: dict[Path, bytes]
    _path: Path
    _content: bytearray = attrs.field(factory=bytearray, init=False)

    def write(self, content: bytes) -> IOOutcome[None]:
        self._content += content
        return nothing()

    def restart(self) -> IOOutcome[None]:
        self._content.clear()
        return nothing()

    def read(self, start: int, length: int) -> bytes:
        return bytes(self._content[start : start + length])

    def finish(self, path: Path | None = None, *, overwrite: bool) -> IOOutcome[Path]:
        wanted = path or self._path
        others = (wanted.with_name(f"{wanted.stem}-{n}{wanted.suffix}") for n in count(2))
        names = (
            [wanted] if overwrite else (n for n in chain([wanted], others) if n not in self._files)
        )
        name = next(iter(names))
        self._files[name] = bytes(self._content)
        return IOResult.from_value(name)

    def discard(self) -> None:
        self._content.clear()
