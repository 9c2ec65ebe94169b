"""The requests and replies of a cassette in VCR's own form, for its filters: pure."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, Protocol

from . import bodies
from .words import without_secrets

# A header that is not here may name an account or carry a key, and nobody reads it in a replay.
_SENT: Final = frozenset(
    {
        "accept",
        "cancel-after",
        "content-type",
        "if-range",
        "prefer",
        "range",
        "x-goog-api-client",
        "x-runway-version",
    }
)
_RECEIVED: Final = frozenset(
    {
        "accept-ranges",
        "content-disposition",
        "content-type",
        "date",
        "location",
        "openai-poll-after-ms",
        "retry-after",
        "retry-after-ms",
        "x-request-id",
    }
)
_PREFIXES: Final = ("ratelimit-", "x-fal-", "x-goog-upload-", "x-ratelimit-", "x-should-retry")
# Tokens of the machine's identity come from here: a replay has tokens of its own.
TOKEN_HOSTS: Final = (
    "oauth2.googleapis.com",
    "sts.googleapis.com",
    "iamcredentials.googleapis.com",
    "metadata.google.internal",
    "169.254.169.254",
)


class VcrRequest(Protocol):
    """A request as VCR has it."""

    uri: str
    body: Any
    headers: Any


def request_for(request: VcrRequest) -> VcrRequest:
    """Change a request, of which VCR made a copy, into what stands in a cassette."""
    request.uri = without_secrets(request.uri)
    if content := bodies.content_of(request.body):
        kinds = [v for k, v in request.headers.items() if k.lower() == "content-type"]
        request.body = bodies.sent(content, _first(kinds))
    for name in list(request.headers):
        if not _is_kept(name, _SENT):
            del request.headers[name]
        else:
            request.headers[name] = without_secrets(_first([request.headers[name]]))
    return request


def reply_for(reply: dict[str, Any]) -> dict[str, Any]:
    """Return a reply as it stands in a cassette."""
    given: Mapping[str, Any] = reply["headers"]
    kinds = [value for name, value in given.items() if name.lower() == "content-type"]
    kept = {
        name: [without_secrets(text) for text in _texts(value)]
        for name, value in given.items()
        if _is_kept(name, _RECEIVED)
    }
    content = bodies.content_of(reply["body"]["string"]) or b""
    return {
        **reply,
        "headers": kept,
        "body": {"string": bodies.received(content, _first(kinds))},
    }


def _is_kept(name: str, names: frozenset[str]) -> bool:
    return name.lower() in names or name.lower().startswith(_PREFIXES)


def _texts(value: object) -> list[str]:
    """Return the values of a header: VCR has a text, or a list of them."""
    if isinstance(value, str | bytes):
        return [value.decode("latin-1") if isinstance(value, bytes) else value]
    return [str(each) for each in value] if isinstance(value, Iterable) else [str(value)]


def _first(values: list[Any]) -> str:
    return _texts(values[0])[0] if values and _texts(values[0]) else ""
