"""The short form: `"PROVIDER:MODEL"` in place of a config, a prompt in place of a request.

It is made whole here and nowhere else, so that every verb takes the same.
"""

from typing import Final, TypeAlias

from returns.result import Failure, Success

from ..exceptions import ValidationError
from ..outcome import Outcome
from .checks import is_encodable, preview
from .config import VideoGenerationConfig
from .known import KnownName
from .request import VideoGenerationRequest

ConfigLike: TypeAlias = VideoGenerationConfig | KnownName
RequestLike: TypeAlias = VideoGenerationRequest | str

_CONFIG: Final = 'a VideoGenerationConfig or "PROVIDER:MODEL", such as "fal:fal-ai/veo3"'
_REQUEST: Final = 'a VideoGenerationRequest or a prompt, such as "a kite over the sea"'


def config_of(value: object) -> Outcome[VideoGenerationConfig]:
    """Return the config that a caller gave, whole or as ``"PROVIDER:MODEL"``.

    The model is all that follows the first colon: a version of a model may have one as well.

    Errors:
        ValidationError: It is something else; the message says what to write.

    >>> config_of("replicate:owner/name:1a2b").unwrap().model
    'owner/name:1a2b'
    """
    if isinstance(value, VideoGenerationConfig):
        return Success(value)
    if isinstance(value, str) and is_encodable(value):
        provider, _, model = (part.strip() for part in value.partition(":"))
        if provider and model:
            return Success(VideoGenerationConfig(provider=provider, model=model))
    return Failure(_refusal("config", value, _CONFIG, "VideoGenerationConfig"))


def request_of(value: object) -> Outcome[VideoGenerationRequest]:
    """Return the request that a caller gave, whole or as its prompt.

    Errors:
        ValidationError: It is something else, or an empty prompt.

    >>> request_of("a kite").unwrap().prompt
    'a kite'
    """
    if isinstance(value, VideoGenerationRequest):
        return Success(value)
    if isinstance(value, str) and value.strip() and is_encodable(value):
        return Success(VideoGenerationRequest(prompt=value))
    return Failure(_refusal("request", value, _REQUEST, "VideoGenerationRequest"))


def _refusal(name: str, value: object, allowed: str, kind: str) -> ValidationError:
    advice = f": write {kind}(**{name})" if isinstance(value, dict) else ""
    if name == "request" and isinstance(value, list | tuple):
        advice = ": generate_videos takes several"
    what = "an empty text" if isinstance(value, str) and not value.strip() else preview(value)
    return ValidationError(f"{name} must be {allowed}, not {what}{advice}")
