"""Public values as JSON values, and back; keys and credentials are never written."""

import base64
import json
from datetime import datetime
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, get_args

import attrs
import cattrs
from cattrs.errors import CattrsError
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override
from cattrs.v import format_exception

from ..exceptions import TarashException, ValidationError
from .attempts import AttemptMetadata
from .config import ERRORS, VideoGenerationConfig
from .files import MediaFile, UploadedMedia
from .media import MediaContent
from .request import VideoGenerationRequest
from .response import VideoGenerationResponse
from .secrets import Secret
from .settings import SETTINGS, writable
from .settings import plain as as_json
from .strict import strict
from .urls import without_query

__all__ = ["from_json", "plain", "to_json"]

T = TypeVar("T")


def to_json(value: object, *, indent: int | None = None) -> str:
    """Return a public value as JSON text: bytes as base64, times as ISO 8601, no keys.

    Args:
        value: A config, a request, a response, an update, an error, a plan, or a list of them.
        indent: Spaces a level, or None for one line.
    """
    return json.dumps(plain(value), ensure_ascii=False, indent=indent)


def plain(value: object) -> Any:
    """Return a public value as the JSON value of `to_json`."""
    return _converter(omit=False).unstructure(value)


def brief(value: object) -> Any:
    """Return the same without the fields that have their default."""
    return _converter(omit=True).unstructure(value)


def from_json(text: str, kind: type[T]) -> T:
    """Return the value that `to_json` wrote; a config comes back without its keys.

    Raises:
        ValidationError: The text is not JSON, or not such a value.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _not_json_of(kind, error) from None
    return structure(value, kind)


def structure(value: Any, kind: type[T]) -> T:
    """Return the value that `plain` or `brief` wrote.

    Raises:
        ValidationError: It is not such a value.
    """
    try:
        return _converter(omit=False).structure(value, kind)
    except (
        CattrsError,
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        RecursionError,
    ) as error:
        raise _not_json_of(kind, error) from None


def _not_json_of(kind: type, error: Exception) -> ValidationError:
    reason = str(error)
    if isinstance(error, CattrsError):
        reason = "; ".join(cattrs.transform_error(error, format_exception=_problem))
    return ValidationError(message=f"this is not the JSON of a {kind.__name__}: {reason}")


def _problem(error: BaseException, kind: type | None) -> str:
    return error.message if isinstance(error, TarashException) else format_exception(error, kind)


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _media_in(value: Any, _kind: object) -> Any:
    match value:
        case {"content": str(content), "content_type": str(content_type)}:
            return MediaContent(base64.b64decode(content, validate=True), content_type)
        case {"path": str(path)}:
            return Path(path)
        case {"url": str(url), "content_type": str(content_type)}:
            return UploadedMedia(url=url, content_type=content_type)
        case str() | None:
            return value
        case _:
            message = f"an image or a video is a text or an object, not {type(value).__name__}"
            raise TypeError(message)


@attrs.frozen(kw_only=True)
class _Error:
    """The fields of all errors, except generations and the response, with JSON of their own."""

    type: str
    kind: str
    message: str
    provider: str | None = None
    model: str | None = None
    request_id: str | None = None
    reason: Any = None
    raw_response: Any = None
    attempts: tuple[AttemptMetadata, ...] = ()
    retry_after: float | None = None
    concurrent: bool | None = None
    status_code: int | None = None
    request_sent: bool | None = None
    timeout_seconds: float | None = None
    problems: tuple[str, ...] | None = None


def _is_error(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, TarashException)


def _names(cls: type[TarashException]) -> set[str]:
    return {field.name for field in attrs.fields(cls)} - {"generation", "response", "unknown"}


def _error_out(error: TarashException, converter: cattrs.Converter) -> dict[str, Any]:
    names = _names(type(error))
    fields = {name: converter.unstructure(getattr(error, name)) for name in sorted(names)}
    return {"type": type(error).__name__, "kind": error.kind, **fields}


def _error_in(value: Any, converter: cattrs.Converter) -> TarashException:
    read = converter.structure(value, _Error)
    cls = ERRORS[read.type]
    fields = {name: getattr(read, name) for name in _names(cls)}
    return cls(**{name: field for name, field in fields.items() if field is not None})


@cache
def _converter(*, omit: bool) -> cattrs.Converter:
    converter = strict(cattrs.Converter(forbid_extra_keys=True, omit_if_default=omit))
    converter.register_unstructure_hook(Secret, lambda _: None)
    converter.register_structure_hook(Secret, lambda *_: None)
    converter.register_unstructure_hook(datetime, datetime.isoformat)
    converter.register_structure_hook(datetime, lambda text, _: datetime.fromisoformat(text))
    converter.register_unstructure_hook(bytes, _base64)
    converter.register_unstructure_hook(Path, lambda path: {"path": str(path)})
    converter.register_unstructure_hook(
        MediaContent, lambda m: {"content": _base64(m.content), "content_type": m.content_type}
    )
    # How to read a file is a function; its path says which file it is.
    converter.register_unstructure_hook(MediaFile, lambda file: {"path": str(file.path)})
    converter.register_unstructure_hook(
        UploadedMedia, lambda medium: {"url": medium.url, "content_type": medium.content_type}
    )
    converter.register_structure_hook_func(
        lambda kind: isinstance(kind, UnionType) and MediaContent in get_args(kind), _media_in
    )
    converter.register_unstructure_hook_func(_is_error, lambda e: _error_out(e, converter))
    converter.register_structure_hook_func(_is_error, lambda v, _: _error_in(v, converter))
    converter.register_unstructure_hook(
        VideoGenerationRequest,
        make_dict_unstructure_fn(
            VideoGenerationRequest,
            converter,
            extra_params=override(unstruct_hook=as_json),
            # It records how the request was written, not what it asks for.
            extra_keywords=override(omit=True),
            _cattrs_omit_if_default=omit,
        ),
    )
    # The generation of a response has its own JSON.
    converter.register_unstructure_hook(
        VideoGenerationResponse,
        make_dict_unstructure_fn(
            VideoGenerationResponse,
            converter,
            generation=override(omit=True),
            path=override(unstruct_hook=lambda path: None if path is None else str(path)),
            _cattrs_omit_if_default=omit,
        ),
    )
    converter.register_structure_hook(
        VideoGenerationResponse,
        make_dict_structure_fn(
            VideoGenerationResponse,
            converter,
            generation=override(omit=True),
            path=override(struct_hook=lambda path, _: None if path is None else Path(path)),
            _cattrs_forbid_extra_keys=True,
        ),
    )
    config_fields = make_dict_unstructure_fn(
        VideoGenerationConfig,
        converter,
        api_key=override(omit=True),
        fallback_on=override(unstruct_hook=lambda kinds: kinds and sorted(kinds)),
        provider_config=override(omit=True),
        webhook_url=override(unstruct_hook=lambda url: url and without_query(url)),
        max_poll_attempts=override(omit=True),
        _cattrs_omit_if_default=omit,
    )

    def config_out(config: VideoGenerationConfig) -> dict[str, Any]:
        fields = config_fields(config)
        if config.poll_limit is not None:
            fields["max_poll_attempts"] = config.poll_limit
        settings = writable(config.provider_config, SETTINGS.get(config.provider))
        if settings or not omit:
            fields["provider_config"] = settings
        return fields

    converter.register_unstructure_hook(VideoGenerationConfig, config_out)
    return converter
