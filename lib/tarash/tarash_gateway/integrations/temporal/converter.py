"""The library's values as Temporal's payloads: plain JSON, without keys."""

import json
from typing import Any, Final

import attrs
from temporalio.converter import (
    AdvancedJSONEncoder,
    CompositePayloadConverter,
    DataConverter,
    DefaultPayloadConverter,
    JSONPlainPayloadConverter,
    JSONTypeConverter,
)

from ...exceptions import TarashException
from ...values.json_forms import plain, structure
from ...values.saved import VideoGeneration

_OURS: Final = __name__.partition(".integrations")[0]


def _is_ours(kind: object) -> bool:
    return (
        isinstance(kind, type)
        and (attrs.has(kind) or issubclass(kind, TarashException))
        and f"{kind.__module__}.".startswith(f"{_OURS}.")
    )


class _Encoder(AdvancedJSONEncoder):
    def default(self, o: Any) -> Any:
        """Return one of our values as JSON, and leave all others to Temporal."""
        if isinstance(o, VideoGeneration):
            return json.loads(o.to_json())
        return plain(o) if _is_ours(type(o)) else super().default(o)


class _Types(JSONTypeConverter):
    def to_typed_value(self, hint: type, value: Any) -> Any:
        """Return the value for which there is a type hint of ours."""
        if not _is_ours(hint) or not isinstance(value, dict):
            return JSONTypeConverter.Unhandled
        if hint is VideoGeneration:
            return VideoGeneration.from_json(json.dumps(value))
        return structure(value, hint)


class VideoPayloadConverter(CompositePayloadConverter):
    """Temporal's own converters, of which the one for JSON knows our values.

    Configs, requests, jobs, responses and errors are written as `codec.to_json` writes them. An API
    key is never written, and a job leaves out the bytes of its images.
    """

    def __init__(self) -> None:
        """Make the converters; Temporal wants a class that needs no arguments."""
        own = JSONPlainPayloadConverter(encoder=_Encoder, custom_type_converters=[_Types()])
        usual = DefaultPayloadConverter.default_encoding_payload_converters
        super().__init__(*(own if c.encoding == own.encoding else c for c in usual))


data_converter: Final = DataConverter(payload_converter_class=VideoPayloadConverter)
