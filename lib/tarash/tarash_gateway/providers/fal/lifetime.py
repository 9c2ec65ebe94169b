"""How long fal keeps what a job made: for ever, unless the caller's own header says otherwise.

Source: fal.ai/docs/documentation/model-apis/common-parameters (2026),
``X-Fal-Object-Lifecycle-Preference``; fal-ai/fal:projects/fal_client/src/fal_client/client.py
(2026-08), whose presets are 60 seconds to a year.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Final, TypeVar

import attrs

from ...http.messages import HttpResponse
from ..base import Polled, Target, Video
from ..expiry import after, date_of, seconds_in

_HEADER: Final = "x-fal-object-lifecycle-preference"
_State = TypeVar("_State", bound=Polled)


def with_expiry(target: Target, reply: HttpResponse, state: _State) -> _State:
    """Return the state; a video's URL gets its end, counted from the reply that names it.

    fal counts from the moment at which the file was made, which no reply names: that is earlier by
    the time that the job waited to be collected.
    """
    if not isinstance(state, Video) or not isinstance(state.video, str):
        return state
    seconds = kept_seconds(target)
    return (
        state if seconds is None else attrs.evolve(state, expires_at=after(date_of(reply), seconds))
    )


def kept_seconds(target: Target) -> float | None:
    """Return how many seconds the config asks fal to keep a file, or None for ever."""
    given = target.config.provider_config.get("headers")
    headers = given.items() if isinstance(given, Mapping) else ()
    for name, value in headers:
        if str(name).lower() == _HEADER and isinstance(value, str):
            with suppress(ValueError, RecursionError):
                wish = json.loads(value)
                return seconds_in(
                    wish.get("expiration_duration_seconds") if isinstance(wish, dict) else None
                )
    return None
