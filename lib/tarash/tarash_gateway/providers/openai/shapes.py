"""Where servers of OpenAI's dialect put a job's id, its status, and its video.

OpenAI has one field for each. Servers that copy its API use others. All of them are read, because
the job is paid for wherever its id stands.

Source, all read on 2026-11-26:
vllm-project/vllm-omni 0.30.0, vllm_omni/entrypoints/openai/api_server.py (a failed job comes under
the HTTP status of its failure); sgl-project/sglang 0.5.23,
sglang/multimodal_gen/runtime/entrypoints/openai/protocol.py (``url``, ``urls``);
QuantumNous/new-api, dto/openai_video.go (``task_id``) and its task API (``SUCCESS``, ``FAILURE``,
``fail_reason``, below ``data``); docs.together.ai/reference/create-videos (``outputs.video_url``).
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from ...values.urls import origin
from ..kit import Standing, id_of, standing

WORDS: Final[Mapping[str, Standing]] = {
    "queued": "queued",
    "completed": "completed",
    "succeeded": "completed",
    "success": "completed",
    "failed": "failed",
    "failure": "failed",
    "fail": "failed",
    "error": "failed",
    "expired": "failed",
    "cancelled": "cancelled",
    "canceled": "cancelled",
}

_IDS: Final = ("id", "task_id", "video_id")
# In this order, because the later names may also stand for an input.
_VIDEOS: Final = (
    "url",
    "urls",
    "video_url",
    "output",
    "outputs",
    "result",
    "data",
    "content",
    "videos",
    "video",
)
_DEPTH: Final = 6
_REASONS: Final = ("error", "fail_reason", "failure_reason")


def _first(values: Iterable[str | None]) -> str | None:
    return next((value for value in values if value is not None), None)


def _levels(payload: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """Return the objects that may be the job: the reply, and the object under ``data``."""
    inner = payload.get("data")
    return (payload, inner) if isinstance(inner, dict) else (payload,)


def job_of(payload: Mapping[str, Any]) -> str | None:
    """Return the job's id as a text, or None. Some servers send a number.

    >>> job_of({"id": 7}), job_of({"id": None, "task_id": "t"}), job_of({"data": {"task_id": "u"}})
    ('7', 't', 'u')
    >>> job_of({"id": True, "task_id": " "}) is None
    True
    """
    return _first(map(_own_id, _levels(payload)))


def _own_id(level: Mapping[str, Any]) -> str | None:
    return _first(id_of(level.get(name)) for name in _IDS)


def status_of(payload: Mapping[str, Any]) -> str | None:
    """Return the job's status in lower case, or None.

    An envelope has a status too. Its "success" describes the exchange, not the job inside.

    >>> status_of({"status": "FAILED "}), status_of({"data": {"status": "SUCCESS"}})
    ('failed', 'success')
    >>> status_of({"status": "success", "data": {"task_id": "t-1", "status": "running"}})
    'running'
    >>> status_of({"status": "success", "data": {"task_id": "t-1"}}) is None
    True
    """
    levels = _levels(payload)
    outer, inner = levels[0], levels[-1]
    if inner is not outer and _own_id(outer) is None:
        is_envelope = _own_id(inner) is not None and video_of(inner) is None
        levels = (inner,) if is_envelope else (inner, outer)
    words = (level.get("status") for level in levels)
    return next((word.strip().lower() for word in words if isinstance(word, str)), None)


def reason_of(payload: Mapping[str, Any]) -> object:
    """Return the reason of a job's failure: an object, a text, or None."""
    reasons = (level.get(name) for level in _levels(payload) for name in _REASONS)
    return next((reason for reason in reasons if reason), None)


def is_over(payload: Mapping[str, Any]) -> bool:
    """Tell whether the body of an error reply is a job that failed or was cancelled.

    A gateway's error may have an id and a status too. Such an error says nothing about the job,
    which may still run and is paid for.

    >>> is_over({"id": "video_1", "object": "video", "status": "failed"})
    True
    >>> is_over({"id": "request-1", "status": "error", "message": "bad gateway"})
    False
    """
    is_video = any(str(level.get("object")).startswith("video") for level in _levels(payload))
    status = status_of(payload)
    if job_of(payload) is None or standing(status or "", WORDS) not in {"failed", "cancelled"}:
        return False
    return is_video or (status != "error" and isinstance(reason_of(payload), dict | str))


def video_of(value: object, depth: int = _DEPTH) -> str | None:
    """Return the URL, or the data URL, of the video that a finished job names, or None.

    Objects and lists are searched ``depth`` levels deep.

    >>> video_of({"url": None, "output": {"video": {"url": "https://cdn.example/a.mp4"}}})
    'https://cdn.example/a.mp4'
    >>> video_of({"data": [{"b64_json": "AAAA"}]})
    'data:video/mp4;base64,AAAA'
    >>> video_of({"id": "video_1", "url": "/files/a.mp4"}) is None
    True
    """
    if depth == 0:
        return None
    match value:
        case str():
            is_url = origin(value) is not None or value.startswith("data:video/")
            return value if is_url else None
        case list():
            return _first(video_of(item, depth - 1) for item in value)
        case Mapping():
            content = value.get("b64_json")
            if isinstance(content, str) and content:
                return f"data:video/mp4;base64,{content}"
            return _first(video_of(value.get(name), depth - 1) for name in _VIDEOS)
        case _:
            return None
