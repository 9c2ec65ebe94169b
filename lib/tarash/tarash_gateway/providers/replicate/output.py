"""The video in a finished prediction of Replicate's: pure and total.

Sources: replicate.com/docs, "Output files" and "Data retention" (2026); the npm package
all-the-public-replicate-models 1.352.0 (2025-01-15), with a real prediction of each model.
"""

from typing import Any, Final

from returns.result import Failure, Success

from ...exceptions import GenerationFailedError
from ...outcome import Outcome
from ...values.media import clip_type
from ...values.urls import origin
from ..base import Video
from ..expiry import after, time_of
from ..kit import result_video

_OUTPUT_FIELDS: Final = ("video", "output", "video_url", "url")
_DEEPEST: Final = 4
# Replicate removes the input, the output and the files of a prediction one hour after its end.
_KEPT: Final = 3600.0


def video_of(id_: str, payload: dict[str, Any]) -> Outcome[Video]:
    """Return the video of a prediction that is over, or an error that polling would not change."""
    urls = sorted(_urls(payload.get("output")), key=lambda url: clip_type(url) is None)
    outcomes = (result_video("Replicate", url, payload) for url in urls)
    video = next((found for outcome in outcomes if (found := outcome.value_or(None))), None)
    if video is None:
        message = (
            "the prediction's output was removed, an hour after its end; generate again"
            if payload.get("data_removed") is True
            else "the prediction succeeded without a video in its output; see raw_response"
        )
        return Failure(GenerationFailedError(message=message, raw_response=payload))
    return Success(
        Video(
            request_id=id_,
            video=video,
            content_type=clip_type(video),
            metadata=_metadata(payload),
            raw=payload,
            expires_at=after(time_of(payload.get("completed_at")), _KEPT)
            if isinstance(video, str)
            else None,
        )
    )


def _urls(output: object, depth: int = 0) -> list[str]:
    """Return the URLs of an output, the likeliest first."""
    if isinstance(output, str):
        return [output] if output.startswith("data:") or origin(output) is not None else []
    if depth == _DEEPEST:
        return []
    if isinstance(output, list):
        return [url for item in output for url in _urls(item, depth + 1)]
    if not isinstance(output, dict):
        return []
    for name in _OUTPUT_FIELDS:
        if found := _urls(output.get(name), depth + 1):
            return found
    others = (value for value in output.values() if isinstance(value, str))
    return [url for value in others for url in _urls(value) if clip_type(url) is not None]


_STANDARD: Final = frozenset({"id", "status", "input", "error", "output"})


def _metadata(payload: dict[str, Any]) -> dict[str, Any]:
    output = payload.get("output")
    more = {} if isinstance(output, str) else {"output": output}
    rest = {name: value for name, value in payload.items() if name not in _STANDARD}
    return {name: value for name, value in (rest | more).items() if value not in (None, "")}
