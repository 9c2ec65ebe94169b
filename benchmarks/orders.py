"""What is ordered in each dialect, and how its API is spoken by hand."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs
from tests.faults.dialects import DIALECTS


@attrs.frozen(kw_only=True)
class Place:
    """Where and how often to ask.

    Attributes:
        base: The base URL of a case of the simulator.
        interval: Seconds between two polls, >= 0.
    """

    base: str
    interval: float


@attrs.frozen(kw_only=True)
class Order:
    """One video in one dialect.

    Attributes:
        dialect: Name of the dialect, which is also this library's provider id.
        seconds: Length of the video, or None where the model has only one.
        submit: Path of the submission.
        body: What is submitted.
        job: Reads the job's id from the reply.
        poll: Path of a poll.
        is_done: Reads from the reply to a poll whether the job is finished.
        result: Path of a third exchange, which the other dialects do not need.
        is_video: Whether the reply to it is a video and not JSON.
    """

    dialect: str
    seconds: float | None
    submit: str
    body: Mapping[str, Any]
    job: Callable[[Any], str]
    poll: Callable[[str], str]
    is_done: Callable[[Any], bool]
    result: Callable[[str], str] | None = None
    is_video: bool = False
    prompt: str = "A drone shot over mountain peaks at golden hour"

    @property
    def model(self) -> str:
        """The model that the simulator has in this dialect."""
        return DIALECTS[self.dialect].model

    @property
    def exchanges(self) -> int:
        """How many exchanges a job takes that the first poll finds finished."""
        return 2 if self.result is None else 3


_PROMPT: Final = "A drone shot over mountain peaks at golden hour"
_VEO: Final = DIALECTS["google"].model

ORDERS: Final[Mapping[str, Order]] = {
    order.dialect: order
    for order in (
        Order(
            dialect="fal",
            seconds=8,
            submit="/fal-ai/veo3",
            body={"prompt": _PROMPT, "duration": "8s"},
            job=lambda reply: str(reply["request_id"]),
            poll=lambda job: f"/fal-ai/veo3/requests/{job}/status",
            is_done=lambda reply: bool(reply["status"] == "COMPLETED"),
            result=lambda job: f"/fal-ai/veo3/requests/{job}",
        ),
        Order(
            dialect="replicate",
            seconds=None,
            submit="/models/minimax/video-01/predictions",
            body={"input": {"prompt": _PROMPT}},
            job=lambda reply: str(reply["id"]),
            poll=lambda job: f"/predictions/{job}",
            is_done=lambda reply: bool(reply["status"] == "succeeded"),
        ),
        Order(
            dialect="google",
            seconds=8,
            submit=f"/v1beta/models/{_VEO}:predictLongRunning",
            body={"instances": [{"prompt": _PROMPT}], "parameters": {"durationSeconds": 8}},
            job=lambda reply: str(reply["name"]).rpartition("/")[2],
            poll=lambda job: f"/v1beta/models/{_VEO}/operations/{job}",
            is_done=lambda reply: reply.get("done") is True,
            result=lambda job: f"/v1beta/files/{job}:download?alt=media",
            is_video=True,
        ),
        Order(
            dialect="openai",
            seconds=8,
            submit="/videos",
            body={"model": "sora-2", "prompt": _PROMPT, "seconds": "8"},
            job=lambda reply: str(reply["id"]),
            poll=lambda job: f"/videos/{job}",
            is_done=lambda reply: bool(reply["status"] == "completed"),
            result=lambda job: f"/videos/{job}/content",
            is_video=True,
        ),
        Order(
            dialect="runway",
            seconds=5,
            submit="/v1/text_to_video",
            body={"model": "gen4.5", "promptText": _PROMPT, "ratio": "1280:720", "duration": 5},
            job=lambda reply: str(reply["id"]),
            poll=lambda job: f"/v1/tasks/{job}",
            is_done=lambda reply: bool(reply["status"] == "SUCCEEDED"),
        ),
    )
}
