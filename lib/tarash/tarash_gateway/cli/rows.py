"""The rows of a file as requests, each with its key, its file's name, and its problems."""

import hashlib
import json
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from typing import Any, Final

import attrs
from returns.result import Failure

from ..exceptions import TarashException
from ..running.saving import file_name
from ..values.config import VideoGenerationConfig
from ..values.request import VideoGenerationRequest
from . import words
from .row_files import Fields, RowFile
from .speech import in_terms

# What stands in the place of a request's field: where the row goes, and what it is called.
_OWN: Final = ("id", "provider", "model")
_HIDDEN: Final = {"extra_keywords"}
FIELDS: Final = tuple(
    field.name for field in attrs.fields(VideoGenerationRequest) if field.name not in _HIDDEN
)
_KNOWN: Final = (*_OWN, *FIELDS)
# A column of CSV for one parameter of the provider, e.g. ``extra_params.cfg_scale``.
_EXTRA: Final = "extra_params."
_WORDS: Final = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_DIGITS: Final = 8
# What a video that the library saved may end with.
SUFFIXES: Final = frozenset({".mp4", ".mov", ".webm", ".mkv", ".m4v"})
_SUFFIX: Final = ".mp4"


@attrs.frozen(kw_only=True)
class Row:
    """One request of a file.

    Attributes:
        line: Number of its line, from 1.
        name: What it is called in messages: its id, or its line.
        key: Its submission key.
        stem: Name of its file, without folder and suffix.
        config: Where to generate.
        request: What to generate.
    """

    line: int
    name: str
    key: str
    stem: str
    config: VideoGenerationConfig
    request: VideoGenerationRequest


@attrs.frozen
class BadRow:
    """A row that cannot be understood: the number of its line, and what is wrong."""

    line: int
    problem: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.problem}"


@attrs.frozen(kw_only=True)
class RowReader:
    """Makes requests of rows.

    Attributes:
        config: Returns the config of a provider and a model, each of which may be empty.
        prefix: What stands before each key that is an id.
        mark: What stands behind the name of each file, before its suffix.
    """

    config: Callable[[str, str], VideoGenerationConfig]
    prefix: str = ""
    mark: str = ""

    def read(self, file: RowFile) -> Iterator[Row | BadRow]:
        """Yield the rows of a file, or what is wrong with them."""
        lines: dict[str, int] = {}
        for position, raw in enumerate(file, 1):
            fields = raw.fields
            if isinstance(fields, Failure):
                yield BadRow(raw.line, fields.failure())
                continue
            row = self._row(raw.line, position, fields.unwrap())
            if isinstance(row, Row) and (before := lines.setdefault(row.key, row.line)) != row.line:
                yield BadRow(
                    row.line, f"id {row.name!r} is that of line {before}: give another one"
                )
            else:
                yield row

    def _row(self, line: int, position: int, fields: Fields) -> Row | BadRow:
        for name in fields:
            if name not in _KNOWN:
                return BadRow(line, f"{name} is not a field: {_instead(name)}")
        for name in _OWN:
            if not isinstance(fields.get(name, ""), str | int):
                return BadRow(line, f"{name} must be a text")
        try:
            config = self.config(str(fields.get("provider", "")), str(fields.get("model", "")))
            request = VideoGenerationRequest(**_request_fields(fields))
        except (TarashException, TypeError) as error:
            missing = "prompt" not in fields
            return BadRow(
                line, "prompt is missing" if missing else in_terms(str(error), columns=True)
            )
        own = str(fields.get("id", "")).strip()
        digest = _digest(position, fields, config)
        return Row(
            line=line,
            name=own or f"line {line}",
            key=f"{self.prefix}{own}" if own else f"row-{digest}",
            stem=_stem(own or f"row-{position:04}-{digest[:_DIGITS]}") + self.mark,
            config=config,
            request=request,
        )


def _request_fields(fields: Fields) -> dict[str, Any]:
    """Return the keywords of a request: files are named as in ``tarash generate``."""
    given = {name: value for name, value in fields.items() if name not in _OWN}
    images = given.get("image_list")
    if isinstance(images, str):
        images = [images]
    if isinstance(images, list):
        given["image_list"] = [_image(item) for item in images]
    if isinstance(given.get("video"), str):
        given["video"] = words.medium(given["video"])
    return given


def _image(item: object) -> Any:
    if isinstance(item, str):
        return words.image(item)
    if isinstance(item, dict) and isinstance(item.get("image"), str):
        return {**item, "image": words.medium(item["image"])}
    return item


def _instead(name: str) -> str:
    near = get_close_matches(name, _KNOWN, n=1) or [f for f in FIELDS if f.startswith(f"{name}_")]
    if near:
        return f"did you mean {near[0]}?"
    return "the provider's own parameters stand in extra_params"


def _digest(position: int, fields: Fields, config: VideoGenerationConfig) -> str:
    """Return what names a row without an id: another row, request or chain has another digest."""
    where = (config.provider, config.model, config.base_url, config.mock is not None)
    text = json.dumps([position, fields, where], sort_keys=True, default=str)
    return hashlib.sha256(text.encode(errors="backslashreplace")).hexdigest()[:32]


def _stem(name: str) -> str:
    """Return a name for a file, which is different for each name.

    >>> _stem("clip-1"), _stem("order 17/clip 1")
    ('clip-1', 'order-17-clip-1-5a054a0f')
    """
    safe_name = file_name(name).removesuffix(_SUFFIX)
    if safe_name == name:
        return name
    return f"{safe_name}-{hashlib.sha256(name.encode()).hexdigest()[:_DIGITS]}"


def suffix_of(content_type: str | None) -> str:
    """Return the suffix of a video's file.

    >>> suffix_of("video/webm"), suffix_of(None)
    ('.webm', '.mp4')
    """
    name = "video"
    return file_name(name, content_type).removeprefix(name)
