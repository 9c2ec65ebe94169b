"""Replies that nobody expects: arbitrary ones, and real ones that were hurt on the way."""

import json
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from tarash.tarash_gateway.http.messages import HttpResponse
from tarash.tarash_gateway.providers.base import Provider, Target
from tarash.tarash_gateway.values.config import VideoGenerationConfig
from tarash.tarash_gateway.values.secrets import Secret

__all__ = ["JSON", "MUTATED", "REPLIES", "Target", "target_of"]

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.just(10**400)
    | st.floats(allow_nan=True, allow_infinity=True)
    | st.text(max_size=12)
    # Half a character: JSON may spell it, and nothing can encode it.
    | st.just("\ud800"),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4)
    ),
    max_leaves=12,
)
_HEADERS = st.dictionaries(
    st.sampled_from(["content-type", "retry-after", "date", "x-fal-error-type", "location"]),
    st.text(max_size=20) | st.sampled_from(["application/json", "1", "-1", "1e999", "nan"]),
    max_size=4,
)
_STATUS = st.integers(100, 599)


def _dumped(value: Any) -> bytes:
    return json.dumps(value).encode()


def _reply(status: int, headers: dict[str, str], body: bytes) -> HttpResponse:
    return HttpResponse(status=status, headers=headers, body=body)


REPLIES = st.builds(
    _reply, _STATUS, _HEADERS, st.binary(max_size=60) | JSON.map(_dumped) | st.just(b"[" * 10**5)
)


@st.composite
def MUTATED(draw: st.DrawFn, bodies: Sequence[Any]) -> HttpResponse:  # noqa: N802 - a strategy like REPLIES
    """Return a real body with one place exchanged, one key lost, or its end cut off."""
    body = draw(st.sampled_from(bodies))
    status, headers = draw(_STATUS), draw(_HEADERS)
    if draw(st.booleans()):
        return _reply(status, headers, _dumped(_hurt(draw, body)))
    content = _dumped(body)
    return _reply(status, headers, content[: draw(st.integers(0, len(content)))])


def _hurt(draw: st.DrawFn, value: Any) -> Any:
    deeper = isinstance(value, dict | list) and len(value) > 0 and draw(st.integers(0, 3)) > 0
    if not deeper:
        return draw(JSON)
    if isinstance(value, list):
        place = draw(st.integers(0, len(value) - 1))
        return [_hurt(draw, item) if i == place else item for i, item in enumerate(value)]
    key = draw(st.sampled_from(sorted(value)))
    if draw(st.integers(0, 4)) == 0:
        return {name: item for name, item in value.items() if name != key}
    return {name: _hurt(draw, item) if name == key else item for name, item in value.items()}


def target_of(provider: Provider, config: VideoGenerationConfig) -> Target:
    """Return a target with a key."""
    return Target(provider=provider, config=config, key=config.api_key or Secret("key"))
