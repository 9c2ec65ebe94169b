"""Real replies of every provider, which tests change at random, and what may be read from them."""

from base64 import b64encode
from collections.abc import Callable
from typing import Any, Final

import attrs
from hypothesis import strategies as st
from tests.support.replies import MUTATED, REPLIES, Target, target_of
from tests.support.runway_cases import _ID, _TASK

from tarash.tarash_gateway.http.messages import HttpResponse
from tarash.tarash_gateway.lifecycle.links import provider_of
from tarash.tarash_gateway.outcome import settle
from tarash.tarash_gateway.providers.base import Job, Progress, Ready, Video
from tarash.tarash_gateway.providers.openai import shapes as openai_shapes
from tarash.tarash_gateway.registry import BUILT_IN
from tarash.tarash_gateway.values.config import VideoGenerationConfig

Replies = st.SearchStrategy[HttpResponse]


@attrs.frozen(kw_only=True)
class Subject:
    """A provider whose replies are read, and how to read its payloads.

    Attributes:
        name: The id of its tests.
        target: The provider with a config.
        replies: Arbitrary replies, and real ones with one place changed.
        job: A job of the provider.
        ids: The ids of a job that a payload names.
        is_done: Whether a payload describes a job that ended well.
        finds: What a poll may find.
        at_once: Whether the reply to a submission may have the video.
        output: The part of a payload that has the videos.
        examples: How many replies each test reads.
    """

    name: str
    target: Target
    replies: Replies
    job: Job
    ids: Callable[[Any], tuple[object, ...]]
    is_done: Callable[[Any], bool]
    finds: tuple[type, ...] = (Progress, Video)
    at_once: bool = True
    output: Callable[[Any], Any] = lambda payload: payload
    examples: int = 200


def _target(provider: str, model: str, **more: Any) -> Target:
    config = VideoGenerationConfig(provider=provider, model=model, **{"api_key": "k", **more})
    return target_of(settle(provider_of(config, BUILT_IN, {})), config)


# fal

_FAL: Final = "https://queue.fal.run/fal-ai/veo3/requests/job-1"
_FAL_REPLIES: Final[list[Any]] = [
    {"status": "IN_QUEUE", "request_id": "job-1", "queue_position": 1, "response_url": _FAL},
    {"status": "IN_PROGRESS", "logs": [{"message": "a", "timestamp": "b"}]},
    {"status": "COMPLETED", "error": "gone", "error_type": "runner_disconnected"},
    {"video": {"url": "https://v3.fal.media/a.mp4", "duration": 5.0, "width": 16, "height": 9}},
    {"video": [{"url": "https://v3.fal.media/a.mp4"}], "has_nsfw_concepts": [True]},
    {"detail": [{"loc": ["body", "prompt"], "msg": "no", "type": "content_policy_violation"}]},
    {"detail": "gone", "error_type": "runner_disconnected"},
    {"error": {"message": "no", "code": 429}},
]
FAL: Final = Subject(
    name="fal",
    target=_target("fal", "fal-ai/veo3"),
    replies=st.one_of(REPLIES, MUTATED(_FAL_REPLIES)),
    job=Job(
        id="job-1", urls={"poll": f"{_FAL}/status", "result": _FAL, "cancel": f"{_FAL}/cancel"}
    ),
    ids=lambda payload: (str(payload["request_id"]),),
    is_done=lambda payload: payload["status"] == "COMPLETED",
    finds=(Progress, Ready),
    examples=400,
)

# Replicate

_REPLICATE: Final = "https://api.replicate.com/v1/predictions/job-1"
_REPLICATE_VIDEO: Final = "https://replicate.delivery/a.mp4"
_REPLICATE_URLS: Final = {"get": _REPLICATE, "cancel": f"{_REPLICATE}/cancel"}
_REPLICATE_REPLIES: Final[list[Any]] = [
    {"id": "job-1", "status": "starting", "logs": "", "error": None, "urls": _REPLICATE_URLS},
    {"id": "job-1", "status": "processing", "logs": " 44%|## | 22/50 [00:01<00:01]"},
    {"id": "job-1", "status": "processing", "output": "data:video/mp4;base64,AAAA"},
    {
        "id": "job-1",
        "status": "succeeded",
        "output": _REPLICATE_VIDEO,
        "metrics": {"predict_time": 1.5},
    },
    {"id": "job-1", "status": "succeeded", "output": [_REPLICATE_VIDEO], "data_removed": False},
    {"id": "job-1", "status": "succeeded", "output": {"video": {"url": _REPLICATE_VIDEO}}},
    {"id": "job-1", "status": "succeeded", "output": None, "data_removed": True},
    {"id": "job-1", "status": "failed", "error": "flagged as sensitive (E005)", "output": None},
    {"id": "job-1", "status": "failed", "error": "CUDA out of memory (E1001)"},
    {"id": "job-1", "status": "canceled", "output": None, "logs": None},
    {"id": "job-1", "status": "aborted"},
    {"title": "Input validation failed", "invalid_fields": [{"type": "enum", "field": "mode"}]},
    {"detail": "Your rate limit resets in ~10s.", "status": 429, "retry_after": 10},
]
REPLICATE: Final = Subject(
    name="replicate",
    target=_target("replicate", "minimax/video-01"),
    replies=st.one_of(REPLIES, MUTATED(_REPLICATE_REPLIES)),
    job=Job(id="job-1", urls={"poll": _REPLICATE, "cancel": f"{_REPLICATE}/cancel"}),
    ids=lambda payload: (payload["id"],),
    is_done=lambda payload: payload["status"] == "succeeded",
    output=lambda payload: payload["output"],
)

# Runway

_RUNWAY_REPLIES: Final[list[Any]] = [
    {"id": _ID, "estimatedCost": {"credits": 63}},
    _TASK | {"status": "PENDING", "estimatedCost": {"credits": 63}},
    _TASK | {"status": "THROTTLED", "estimatedCost": {"credits": 63}},
    _TASK | {"status": "RUNNING", "progress": 0.02, "estimatedCost": {"credits": 63}},
    _TASK | {"status": "SUCCEEDED", "output": ["https://e.com/a.mp4?_jwt=x"], "cost": {}},
    _TASK | {"status": "SUCCEEDED", "output": ["https://e.com/a.zip", "https://e.com/a.wav"]},
    _TASK | {"status": "FAILED", "failure": "flagged", "failureCode": "SAFETY.INPUT.TEXT"},
    _TASK | {"status": "CANCELLED", "cost": {"credits": 0}},
    {
        "error": "Validation of body failed",
        "issues": [{"code": "too_big", "message": "too long", "path": ["videoUri", 0]}],
        "docUrl": "https://docs.dev.runwayml.com/api",
    },
    {"error": "You do not have enough credits to run this task."},
    {"error": {"message": "no"}, "message": "no"},
]
RUNWAY: Final = Subject(
    name="runway",
    target=_target("runway", "gen4.5"),
    replies=st.one_of(REPLIES, MUTATED(_RUNWAY_REPLIES)),
    job=Job(id=_ID),
    ids=lambda payload: (payload["id"],),
    is_done=lambda payload: payload["status"] == "SUCCEEDED",
    at_once=False,
    output=lambda payload: payload["output"][0],
)

# OpenAI and Azure OpenAI

_SERVER: Final = "https://videos.example.com"
_VIDEO: dict[str, Any] = {
    "id": "video_1",
    "object": "video",
    "status": "completed",
    "progress": 100,
    "created_at": 1758941485,
    "seconds": "8",
    "size": "1280x720",
    "error": None,
}
_OPENAI_REPLIES: Final[list[Any]] = [
    _VIDEO,
    _VIDEO | {"status": "in_progress", "progress": 33},
    _VIDEO | {"status": "failed", "error": {"code": "moderation_blocked", "message": "no"}},
    {
        "id": "task_1",
        "status": "succeeded",
        "generations": [{"id": "gen_1", "width": 480, "height": 480, "n_seconds": 5}],
    },
    {"id": "task_1", "status": "failed", "failure_reason": "input_moderation"},
    {"error": {"message": "no", "type": "requests", "param": None, "code": "rate_limit_exceeded"}},
    {"error": {"message": "no", "innererror": {"code": "ResponsibleAIPolicyViolation"}}},
    {"code": "bad", "message": "no", "inner_error": {"code": "x"}},
    {"statusCode": 401, "message": "Unauthorized"},
    {"id": "t", "status": "SUCCESS", "url": "https://cdn.example.com/a.mp4", "urls": [None]},
    {"id": 7, "status": "completed", "output": {"video": {"url": f"{_SERVER}/files/a.mp4"}}},
    {"code": "success", "data": {"task_id": "t", "status": "FAILURE", "fail_reason": "no"}},
    {"object": "video", "status": "completed", "data": [{"b64_json": "AAAAGGZ0eXBtcDQy"}]},
    {"detail": [{"loc": ["body", "prompt"], "msg": "Field required"}]},
]


_DONE: Final = {word for word, end in openai_shapes.WORDS.items() if end == "completed"}


def _openai(name: str, provider: str, model: str) -> Subject:
    return Subject(
        name=name,
        target=_target(provider, model, base_url=_SERVER),
        replies=st.one_of(REPLIES, MUTATED(_OPENAI_REPLIES)),
        job=Job(id="job-1"),
        ids=lambda payload: (openai_shapes.job_of(payload),),
        is_done=lambda payload: openai_shapes.status_of(payload) in _DONE,
        finds=(Progress, Ready, Video),
    )


OPENAI: Final = (
    _openai("openai", "openai", "sora-2"),
    _openai("azure-videos", "azure-openai", "sora-2"),
    _openai("azure-jobs", "azure-openai", "sora"),
)
OPENAI_PAYLOADS: Final = st.sampled_from(_OPENAI_REPLIES)

# Google

_NAME: Final = "models/veo-3.1-generate-preview/operations/vz341u0pmdlc"
_MP4: Final = b64encode(b"\x00\x00\x00\x0cftypmp42\x00\x00\x00\x08mdat").decode()
_URI: Final = "https://generativelanguage.googleapis.com/v1beta/files/qu4d28:download?alt=media"
_PARTS: Final[list[dict[str, Any]]] = [
    {"type": "video", "mime_type": "video/mp4", "data": _MP4},
    {"type": "video", "uri": "https://generativelanguage.googleapis.com/v1beta/files/qu4d28"},
]
_GOOGLE_REPLIES: Final[list[Any]] = [
    {"name": _NAME},
    {"name": _NAME, "metadata": {"state": "PENDING"}},
    {
        "name": _NAME,
        "done": True,
        "response": {"generateVideoResponse": {"generatedSamples": [{"video": {"uri": _URI}}]}},
    },
    {
        "name": _NAME,
        "done": True,
        "response": {
            "raiMediaFilteredCount": 0,
            "videos": [{"bytesBase64Encoded": _MP4, "mimeType": "video/mp4"}],
        },
    },
    {"name": _NAME, "done": True, "response": {"videos": [{"gcsUri": "gs://b/o.mp4"}]}},
    {
        "name": _NAME,
        "done": True,
        "response": {
            "raiMediaFilteredCount": 1,
            "raiMediaFilteredReasons": ["no. Support codes: 29310472"],
        },
    },
    {"name": _NAME, "done": True, "error": {"code": 3, "message": "no", "details": [{}]}},
    {"id": "v1_a", "object": "interaction", "status": "in_progress", "model": "m"},
    *(
        {
            "id": "v1_a",
            "status": "completed",
            "steps": [{"type": "model_output", "content": [part]}],
        }
        for part in _PARTS
    ),
    {"id": "v1_a", "status": "failed", "errors": [{"code": "u", "message": "no"}]},
    {"id": "v1_a", "status": "failed", "steps": [{"error": {"code": 8, "message": "no"}}]},
    {"name": "files/qu4d28", "state": "ACTIVE"},
    {
        "error": {
            "code": 429,
            "message": "slow down",
            "status": "RESOURCE_EXHAUSTED",
            "details": [
                {"violations": [{"quotaId": "PerDay"}]},
                {"retryDelay": "59s"},
                {"reason": "API_KEY_INVALID"},
                {"fieldViolations": [{"field": "f", "description": "d"}]},
            ],
        }
    },
    [{"error": {"code": 429, "errors": [{"reason": "rateLimitExceeded"}]}}],
]
GOOGLE_JOBS: Final = st.builds(
    Job,
    id=st.sampled_from([_NAME, "projects/p/x/operations/1", "v1_a"]) | st.text(max_size=12),
    urls=st.dictionaries(
        st.sampled_from(["result", "reply"]),
        st.sampled_from([_URI, "https://generativelanguage.googleapis.com/v1beta/files/a", "{}"])
        | st.text(max_size=12),
    ),
)


def google_target(model: str, **settings: Any) -> Target:
    """Return a target of Google's; ``settings`` are those of Vertex AI."""
    return _target("google", model, api_key=None, provider_config=settings)


def _google(name: str, model: str, **settings: Any) -> Subject:
    return Subject(
        name=name,
        target=google_target(model, **settings),
        replies=st.one_of(REPLIES, MUTATED(_GOOGLE_REPLIES)),
        job=Job(id=_NAME),
        ids=lambda payload: (payload.get("name"), str(payload.get("id"))),
        is_done=lambda payload: payload.get("done") is True or payload.get("status") == "completed",
    )


OMNI: Final = _google("omni", "gemini-omni-1.1-flash")
GOOGLE: Final = (
    _google("veo", "veo-3.1-generate-preview"),
    OMNI,
    _google("vertex-veo", "veo-3.1-generate-001", project="p"),
    _google("vertex-omni", "gemini-omni-1.1-flash", project="p"),
)

SUBJECTS: Final = (FAL, REPLICATE, RUNWAY, *OPENAI, *GOOGLE)
