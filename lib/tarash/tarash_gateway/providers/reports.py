"""What a provider's replies mean: what `Provider` returns of them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, TypeAlias

import attrs
from returns.result import Failure, Success

from ..exceptions import TarashException, UnexpectedReplyError
from ..outcome import Outcome
from ..values.job import Job
from ..values.media import MediaContent
from ..values.response import StatusType


@attrs.frozen(kw_only=True)
class Refusal:
    """What an error reply means.

    Attributes:
        error: The reply as one of our errors.
        of: ``"exchange"``: this request failed, and the job (if any) may live on; ``"job"``: the
            provider says that the job itself failed, and asking again cannot change it;
            ``"too_early"``: the job is not finished yet.
    """

    error: TarashException
    of: Literal["exchange", "job", "too_early"] = "exchange"


@attrs.frozen(kw_only=True)
class Progress:
    """The state of an unfinished job.

    Attributes:
        status: ``"queued"`` or ``"processing"``.
        percent: 0 to 100, or None.
        queue_position: Jobs ahead, from 0, or None.
        logs: All lines so far.
        raw: The reply's JSON.
        wait: Seconds the provider asks to wait before the next poll, or None.
    """

    status: StatusType
    percent: float | None = None
    queue_position: int | None = None
    logs: tuple[str, ...] = ()
    raw: Mapping[str, Any] = attrs.field(factory=dict, hash=False, repr=False)
    wait: float | None = None


@attrs.frozen(kw_only=True)
class Ready:
    """The job is done, and one more exchange fetches what it made.

    Attributes:
        job: The job, with what the reply said about it.
        raw: The reply's JSON.
    """

    job: Job
    raw: Mapping[str, Any] = attrs.field(factory=dict, hash=False, repr=False)


@attrs.frozen(kw_only=True)
class Video:
    """A finished video.

    Attributes:
        request_id: The provider's id of the job.
        video: Its URL or its bytes.
        content_type: MIME type, or None.
        duration: Seconds that the reply reports, or None.
        resolution: The resolution that it reports, or None.
        aspect_ratio: The aspect ratio that it reports, or None.
        metadata: Further fields of the reply.
        raw: The reply's JSON, unmodified.
        update: What ``on_progress`` receives as ``update``, or None for ``raw``.
        warnings: What the caller should know.
        is_mock: Whether the mock made it.
        expires_at: When its URL stops working, or None if the provider neither says nor documents
            it. What a signed URL itself says need not be repeated here.
        marks: Invisible marks that the provider declares; empty for those of the model's row.
        delivered: Whether ``video`` names a place in the caller's own storage.
    """

    request_id: str
    video: str | MediaContent
    content_type: str | None = None
    duration: float | None = None
    resolution: str | None = None
    aspect_ratio: str | None = None
    metadata: Mapping[str, Any] = attrs.field(factory=dict, hash=False)
    raw: Mapping[str, Any] = attrs.field(factory=dict, hash=False, repr=False)
    update: Mapping[str, Any] | None = attrs.field(default=None, hash=False, repr=False)
    warnings: tuple[str, ...] = ()
    is_mock: bool = False
    expires_at: datetime | None = None
    marks: tuple[str, ...] = ()
    delivered: bool = False


Accepted: TypeAlias = Job | Video
Polled: TypeAlias = Progress | Ready | Video


@attrs.frozen(kw_only=True)
class Heard:
    """What an event of a job's stream means.

    Attributes:
        progress: The state of a job that still runs, with the lines that its log has gained since
            the stream's last event; None for an event that says nothing about it.
        news: Whether the job seems to be over: it is asked for now, and the reply decides.
        place: The id after which a later stream goes on, or empty.
    """

    progress: Progress | None = None
    news: bool = False
    place: str = ""


def heard(report: Outcome[Polled]) -> Outcome[Heard]:
    """Return what an event means that reports what a reply to a poll would report.

    Errors:
        UnexpectedReplyError: The event cannot be understood.
    """
    if isinstance(report, Failure):
        error: TarashException = report.failure()
        unread = isinstance(error, UnexpectedReplyError)
        return Failure(error) if unread else Success(Heard(news=True))
    state = report.unwrap()
    return Success(Heard(progress=state) if isinstance(state, Progress) else Heard(news=True))
