"""JSON in and out for every public value; keys and credentials are never written.

text = to_json(request)
assert from_json(text, VideoGenerationRequest) == request
"""

from .values import saved as _saved  # noqa: F401 - a response's type is resolved there
from .values.json_forms import from_json, plain, to_json

__all__ = ["from_json", "plain", "to_json"]
