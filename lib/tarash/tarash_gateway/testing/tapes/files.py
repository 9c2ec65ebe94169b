"""Cassettes as files: JSON is written as what it says, with a note where it comes from."""

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import attrs

from ... import _later
from ..dialects import VIDEO
from . import bodies

if TYPE_CHECKING:
    import vcr.persisters.filesystem
    import vcr.serialize
    import vcr.serializers.yamlserializer
    import yaml

    vcr_files, vcr_forms = vcr.persisters.filesystem, vcr.serialize
    vcr_yaml = vcr.serializers.yamlserializer
else:
    # Only tests install vcrpy, which brings yaml along.
    yaml, vcr_files, vcr_forms, vcr_yaml = _later.modules(
        __package__,
        "yaml",
        "vcr.persisters.filesystem",
        "vcr.serialize",
        "vcr.serializers.yamlserializer",
    )

_JSON: Final = "json"
_WIDTH: Final = 100


@attrs.frozen
class ReadableFiles:
    """Reads and writes cassettes for VCR.

    Attributes:
        mode: The mode, for the note. What "rewrite" records replaces the whole file, which stays as
            it is where nothing was recorded.
    """

    mode: str

    def load_cassette(self, path: str, serializer: object) -> Any:  # noqa: ARG002 - VCR's own is not used
        """Return the requests and the replies of a file: see VCR's persisters."""
        if self.mode == "rewrite":
            raise vcr_files.CassetteNotFoundError
        return vcr_files.FilesystemPersister.load_cassette(path, _Readable(""))

    def save_cassette(
        self,
        path: str,
        cassette: Mapping[str, Any],
        serializer: object,  # noqa: ARG002 - VCR's own is not used
    ) -> None:
        """Write a file, with what an older one said of its origin."""
        file = Path(path)
        older = [] if self.mode == "rewrite" else _note_of(file)
        hosts = {urlsplit(request.uri).netloc for request in cassette["requests"]}
        note = "".join(f"{line}\n" for line in [*older, _origin(self.mode, sorted(hosts))])
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(vcr_forms.serialize(cassette, _Readable(note)), encoding="utf-8")


def _note_of(file: Path) -> list[str]:
    if not file.exists():
        return []
    lines = file.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.startswith("#")]


def _origin(mode: str, hosts: list[str]) -> str:
    test = os.environ.get("PYTEST_CURRENT_TEST", "").partition(" ")[0]
    by = f"the test {test}" if test else "a program"
    return (
        f"# Source: recorded from {', '.join(hosts)} on {datetime.now(UTC):%Y-%m-%d} by {by}, "
        f"with --record-mode={mode} and tarash-gateway {metadata.version('tarash-gateway')}"
    )


@attrs.frozen
class _Readable:
    """A serializer of VCR's: YAML in which a JSON body is not a text."""

    note: str

    def serialize(self, cassette: dict[str, Any]) -> str:
        """Return the text of a cassette."""
        shown = {
            **cassette,
            "interactions": [
                {
                    "request": {**each["request"], "body": _shown(each["request"]["body"])},
                    "response": {
                        **each["response"],
                        "body": _shown(each["response"]["body"]["string"]),
                    },
                }
                for each in cassette["interactions"]
            ],
        }
        text: str = yaml.safe_dump(shown, sort_keys=False, allow_unicode=True, width=_WIDTH)
        return self.note + text

    def deserialize(self, text: str) -> dict[str, Any]:
        """Return a cassette of this form, or of VCR's own."""
        cassette: dict[str, Any] = vcr_yaml.deserialize(text)
        for each in cassette["interactions"]:
            each["request"]["body"] = _read(each["request"]["body"])
            body = each["response"]["body"]
            is_ours = not (isinstance(body, dict) and "string" in body)
            each["response"]["body"] = {"string": _read(body) or ""} if is_ours else body
        return cassette


def _shown(body: Any) -> Any:
    """Return a body as it stands in the file."""
    content = bodies.content_of(body)
    if content is None:
        return None
    if content == VIDEO:
        return bodies.MARK
    value = bodies.json_of(content)
    if value is not None:
        return {_JSON: bodies.with_marks(value)}
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content


def _read(body: Any) -> str | bytes | None:
    if isinstance(body, dict):
        return json.dumps(bodies.with_clips(body[_JSON]))
    if body == bodies.MARK:
        return VIDEO
    found: str | bytes | None = body
    return found
