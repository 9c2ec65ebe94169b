"""JSON in and out for every public value; keys and credentials are never written.

text = to_json(request)
assert from_json(text, VideoGenerationRequest) == request
"""

import base64
import json
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import UnionType
from typing import Any, Final, TypeVar, get_args

import attrs
import cattrs
from cattrs.errors import CattrsError
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override
from cattrs.v import format_exception

from . import exceptions
from .config import VideoGenerationConfig
from .exceptions import TarashException, ValidationError
from .media import Media, MediaContent
from .reading import strict
from .secrets import Secret

__all__ = ["from_json", "plain", "to_json"]

T = TypeVar("T")

# Settings whose names speak of credentials stay out of every text.
_CREDENTIAL = re.compile(
    r"key|token|secret|password|credential|service_account|auth|header", re.IGNORECASE
)
_ERRORS: Final[Mapping[str, type[TarashException]]] = {
    cls.kind: cls
    for cls in vars(exceptions).values()
    if isinstance(cls, type) and issubclass(cls, TarashException)
}


def to_json(value: object, *, indent: int | None = None) -> str:
    """Return a public value as JSON text: bytes as base64, times as ISO 8601, no keys.

    Args:
        value: A config, a request, a response, an update, an error, a plan, or a list of them.
        indent: Spaces a level, or None for one line.
    """
    return json.dumps(plain(value), ensure_ascii=False, indent=indent)


def plain(value: object) -> Any:
    """Return a public value as the JSON value of `to_json`."""
    return _CONVERTER.unstructure(value)


def from_json(text: str, kind: type[T]) -> T:
    """Return the value that `to_json` wrote; a config comes back without its keys.

    Raises:
        ValidationError: The text is no JSON, or no such value.
    """
    try:
        return _CONVERTER.structure(json.loads(text), kind)
    except (CattrsError, ValueError, LookupError, TypeError, AttributeError) as error:
        message = f"this is not the JSON of a {kind.__name__}: {_reason(error)}"
        raise ValidationError(message=message) from None


def _reason(error: Exception) -> str:
    if isinstance(error, CattrsError):
        return "; ".join(cattrs.transform_error(error, format_exception=_told))
    return str(error)


def _told(error: BaseException, kind: type | None) -> str:
    return error.message if isinstance(error, TarashException) else format_exception(error, kind)


def _without_credentials(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            str(name): _without_credentials(item)
            for name, item in value.items()
            if not _CREDENTIAL.search(str(name))
        }
    if isinstance(value, list | tuple):
        return [_without_credentials(item) for item in value]
    return value


def _media_out(value: Media) -> Any:
    match value:
        case MediaContent(content=content, content_type=content_type):
            return {"content": base64.b64encode(content).decode(), "content_type": content_type}
        case Path():
            return {"path": str(value)}
        case str():
            return value


def _media_in(value: Any, _kind: object) -> Any:
    match value:
        case {"content": str(content), "content_type": str(content_type)}:
            return MediaContent(base64.b64decode(content, validate=True), content_type)
        case {"path": str(path)}:
            return Path(path)
        case str() | None:
            return value
        case _:
            message = f"a medium is a text or an object, not {type(value).__name__}"
            raise TypeError(message)


def _is_media(kind: object) -> bool:
    return isinstance(kind, UnionType) and MediaContent in get_args(kind)


def _error_out(error: TarashException) -> dict[str, Any]:
    fields = {
        field.name: _CONVERTER.unstructure(getattr(error, field.name))
        for field in attrs.fields(type(error))
    }
    return {"kind": error.kind, **fields}


def _error_in(value: Any, _kind: object) -> TarashException:
    cls = _ERRORS[value["kind"]]
    fields = make_dict_structure_fn(cls, _CONVERTER)
    return fields({name: item for name, item in value.items() if name != "kind"}, cls)


def _converter() -> cattrs.Converter:
    converter = strict(cattrs.Converter(forbid_extra_keys=True))
    converter.register_unstructure_hook(Secret, lambda _: None)
    converter.register_structure_hook(Secret, lambda *_: None)
    converter.register_unstructure_hook(datetime, datetime.isoformat)
    converter.register_structure_hook(datetime, lambda text, _: datetime.fromisoformat(text))
    converter.register_unstructure_hook(MediaContent, _media_out)
    converter.register_unstructure_hook(Path, _media_out)
    converter.register_structure_hook_func(_is_media, _media_in)
    converter.register_unstructure_hook(bytes, lambda content: base64.b64encode(content).decode())
    converter.register_unstructure_hook(TarashException, _error_out)
    converter.register_structure_hook_func(
        lambda kind: isinstance(kind, type) and issubclass(kind, TarashException), _error_in
    )
    return converter


_CONVERTER: Final = _converter()
_CONVERTER.register_unstructure_hook(
    VideoGenerationConfig,
    make_dict_unstructure_fn(
        VideoGenerationConfig,
        _CONVERTER,
        api_key=override(omit=True),
        fallback_on=override(unstruct_hook=lambda kinds: kinds and sorted(kinds)),
        provider_config=override(unstruct_hook=_without_credentials),
    ),
)
