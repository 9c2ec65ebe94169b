"""What the tests of google share."""

from datetime import date
from typing import Any, Final

import attrs

from tarash.tarash_gateway.exceptions import ValidationError
from tarash.tarash_gateway.outcome import Outcome
from tarash.tarash_gateway.providers.base import Job, Submission, Target
from tarash.tarash_gateway.providers.google.provider import PROVIDER
from tarash.tarash_gateway.testing import json_reply
from tarash.tarash_gateway.values.config import VideoGenerationConfig
from tarash.tarash_gateway.values.request import VideoGenerationRequest
from tarash.tarash_gateway.values.secrets import Secret

_GATEWAY: Final = "https://gateway.example.com"


_FILE: Final = "https://generativelanguage.googleapis.com/v1beta/files/qu4d28:download?alt=media"


# The smallest whole one: a box that names the format, and one for pictures and sound.
_MP4: Final = b"\x00\x00\x00\x0cftypmp42\x00\x00\x00\x08mdat"


def _target(model: str, environment: dict[str, str] | None = None, **config: Any) -> Target:
    made = VideoGenerationConfig(provider="google", model=model, **config)
    assert PROVIDER.variant is not None
    provider = PROVIDER.variant(made, environment or {})
    return Target(provider=provider, config=made, key=Secret("key"), environment=environment or {})


def _veo(model: str = "veo-3.1-generate-preview") -> Target:
    return _target(model, base_url=_GATEWAY)


def _omni(model: str = "gemini-omni-1.1-flash") -> Target:
    return _target(model)


def _vertex(model: str = "veo-3.1-generate-001", **settings: Any) -> Target:
    return _target(model, provider_config={"project": "my-project", **settings})


def _at(target: Target, today: date) -> Target:
    """Return the target on a day: by the clock effect a call knows the date."""
    return attrs.evolve(target, today=today)


def _submit(target: Target, **fields: Any) -> Outcome[Submission]:
    return target.provider.submit(target, VideoGenerationRequest(prompt="a kite", **fields))


def _refused(target: Target, **fields: Any) -> str:
    error = _submit(target, **fields).failure()
    assert isinstance(error, ValidationError)
    return error.message


_NAME: Final = "models/veo-3.1-generate-preview/operations/vz341u0pmdlc"
_FILES: Final = "https://generativelanguage.googleapis.com/v1beta/files"
_CELEBRITY: Final = "… violates … usage guidelines … Support codes: 29310472"
_BAD_KEY: Final = "API key not valid. Please pass a valid API key."
_EXHAUSTED: Final = "Resource exhausted. Please try again later. …"


def _error(code: int, status: str, message: str, *details: dict[str, Any]) -> dict[str, Any]:
    more = {"details": list(details)} if details else {}
    return {"error": {"code": code, "message": message, "status": status, **more}}


def _info(reason: str) -> dict[str, Any]:
    return {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}


def _quota(name: str, delay: str) -> dict[str, Any]:
    return _error(
        429,
        "RESOURCE_EXHAUSTED",
        "You exceeded your current quota… Please retry in 59.6s.",
        {"@type": "type.googleapis.com/google.rpc.Help", "links": []},
        {
            "@type": "type.googleapis.com/google.rpc.QuotaFailure",
            "violations": [{"quotaId": name, "quotaValue": "20"}],
        },
        {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay},
    )


def _operation(response: object) -> dict[str, Any]:
    return {"name": _NAME, "done": True, "response": response}


def _ended(target: Target, payload: Any) -> Any:
    return target.provider.polled(target, Job(id="j"), json_reply(200, payload)).unwrap()
