"""What a dialect is: where a provider's API is asked, and the smallest replies that mean something.

Source: the public pages that each provider's module in `providers` names.
"""

import base64
import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal, TypeAlias

import attrs

from ...mock.clips import packaged_clip

Stage: TypeAlias = Literal["submit", "poll", "collect", "download", "cancel", "list"]
# A real clip of two seconds, which stands for the video of a job.
VIDEO: Final = packaged_clip("1:1").content
# The same within a reply.
INLINE: Final = base64.b64encode(VIDEO).decode()
# Where the clip is, at a provider that names the URL of a file.
CLIP_URL: Final = "https://cdn.example/clip.mp4"


@attrs.frozen
class Content:
    """What a provider answers: a JSON value or bytes."""

    value: Any = None
    status: int = 200
    body: bytes | None = None
    content_type: str = "application/json"

    def replacing(self, texts: Mapping[str, str]) -> "Content":
        """Return it with other texts in the place of some, wherever they are in its JSON."""
        return attrs.evolve(self, value=_replaced(self.value, texts))

    @property
    def data(self) -> bytes:
        """The bytes on the wire."""
        return json.dumps(self.value).encode() if self.body is None else self.body


def _replaced(value: Any, texts: Mapping[str, str]) -> Any:
    match value:
        case str():
            return texts.get(value, value)
        case dict():
            return {name: _replaced(field, texts) for name, field in value.items()}
        case list():
            return [_replaced(each, texts) for each in value]
        case _:
            return value


@attrs.frozen
class Taken:
    """An accepted job: its id, the submission, when it came, and its end or None."""

    job: str
    body: Mapping[str, Any]
    at: datetime
    ended_at: datetime | None

    @property
    def sent_at(self) -> str:
        """When the submission came."""
        return self.at.isoformat().replace("+00:00", "Z")


# A list is made of the jobs of an account, in the order of their acceptance.
List: TypeAlias = Callable[[Sequence[Taken]], Any]
# A reply is made of the provider's own base URL and the job's id.
Make: TypeAlias = Callable[[str, str], Content]
# A refusal is made of its status and a sentence.
Refuse: TypeAlias = Callable[[int, str], Any]
# A message to a webhook is made of the job's id and whether the job is done, and has not failed.
Tell: TypeAlias = Callable[[str, bool], Any]


@attrs.frozen(kw_only=True)
class Route:
    """Where a stage is asked for.

    The group ``job`` of the path names the job, the group ``file`` the job of a video.
    """

    stage: Stage
    method: str
    path: str

    def match(self, method: str, path: str) -> re.Match[str] | None:
        """Return the match if this route is meant."""
        return re.fullmatch(self.path, path) if method == self.method else None


@attrs.frozen(kw_only=True)
class Dialect:
    """One provider's API.

    Attributes:
        name: Name of the API: one provider id may stand for several.
        provider: Provider id.
        model: A model of it.
        routes: Where each stage is asked for, tried in order.
        accepted: The reply to a submission.
        running: The reply to a poll of a running job.
        done: The reply to a poll of a finished job.
        failed: The reply to a poll of a failed job.
        moderated: The reply to a poll of a job refused for its content; a provider that says so
            in the result has it in ``results``.
        refused: The JSON body of a refusal.
        results: The replies to the other stages of a finished job.
        results_failed: Those of a failed job, by ``"failed"`` and ``"moderated"``.
        listed: The list of the account's jobs; None where the API has none.
        cancelled: The reply to a cancel.
        too_late: The reply to a cancel of a finished job.
        told: The JSON of the message to a webhook at a job's end; None where none is sent.
        key: The header that carries the key.
        config: Further fields of the config.
    """

    name: str
    provider: str
    model: str
    routes: tuple[Route, ...]
    accepted: Make
    running: Make
    done: Make
    failed: Make
    moderated: Make
    refused: Refuse
    results: Mapping[Stage, Make] = attrs.field(factory=dict)
    results_failed: Mapping[str, Make] = attrs.field(factory=dict)
    listed: List | None = None
    cancelled: Make | None = None
    too_late: Make | None = None
    told: Tell | None = None
    key: str = "authorization"
    config: Mapping[str, Any] = attrs.field(factory=dict)

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The stages of a generation without trouble, in order."""
        order: tuple[Stage, ...] = ("submit", "poll", "collect", "download")
        return tuple(s for s in order if any(route.stage == s for route in self.routes))


@attrs.frozen(kw_only=True)
class Family:
    """The dialects of one API, which differ by what a submission's URL names, such as the model.

    Attributes:
        submission: Matches the URL of a submission, without its query. The group ``base`` is the
            base URL; the other groups are the arguments of ``dialect``.
        dialect: Returns the dialect.
        header: A header of the submission and the beginning of its value, by which the API is
            known whatever host stands for it; None: the URL is enough.
    """

    submission: re.Pattern[str]
    dialect: Callable[..., Dialect]
    header: tuple[str, str] | None = None


def fixed_json(value: Any, status: int = 200) -> Make:
    """Return what answers with the same JSON value."""
    return lambda _base, _job: Content(value, status)


def with_job(make: Callable[[str, str], Any], status: int = 200) -> Make:
    """Return what answers with a JSON value that is made of the base URL and the job's id."""
    return lambda base, job: Content(make(base, job), status)


def the_video(_base: str, _job: str) -> Content:
    """Answer with the clip."""
    return Content(body=VIDEO, content_type="video/mp4")
