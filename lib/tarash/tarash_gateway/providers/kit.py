"""What the functions of several providers have in common: requests, job ids, statuses, videos."""

import json
from collections.abc import Mapping
from typing import Any, Final, Literal, TypeAlias
from urllib.parse import quote

import attrs
from returns.result import Failure, Success

from ..catalog.mapping import Mapped
from ..catalog.nearest import named_ratio
from ..catalog.rows import ModelRow
from ..catalog.summary import summaries as summaries
from ..catalog.summary import summary as summary
from ..exceptions import TarashException, UnexpectedReplyError
from ..http.messages import HttpRequest, HttpResponse
from ..http.reading import Parsed, object_of
from ..outcome import Outcome
from ..values.content_types import type_of_url
from ..values.media import MediaContent, as_media
from ..values.secrets import Secret
from ..values.signatures import is_cut_off, sniff, video_type
from ..values.spelling import did_you_mean
from ..values.urls import origin
from .base import Job, Submission, Target
from .end_of_life import leaving
from .end_of_life import offered as offered

_DAY: Final = 86_400
_LARGEST: Final = 100_000


def bearer(key: Secret) -> Mapping[str, str]:
    """Return the header that carries a key as a bearer token."""
    return {"Authorization": f"Bearer {key.reveal()}"}


def submission(
    target: Target, model: str, row: ModelRow, mapped: Mapped, request: HttpRequest
) -> Submission:
    """Return the submission that sends ``request``, with what became of the caller's fields."""
    note = (
        f"{model} is not in {target.provider.name}'s model table: "
        "fields were sent under their usual names, unchecked"
    )
    unknown = (note + did_you_mean(model, target.provider.models),) if row.generic else ()
    return Submission(
        request=request,
        warnings=unknown + leaving(target, model, row) + mapped.adjusted + mapped.warnings,
        adjusted=mapped.adjusted,
        misshapen=mapped.misshapen,
        duration=mapped.duration,
        resolution=mapped.resolution,
        aspect_ratio=mapped.aspect_ratio,
        # Another host may have its own model under the name, or only pretend to make videos.
        soonest=row.soonest if target.at_own_host else None,
    )


def created(title: str, reply: HttpResponse, field: str = "id") -> Outcome[Parsed[str]]:
    """Return the id of the job that a reply accepts, and the reply's JSON.

    Nothing else in the reply is read: the job is paid for, whatever else the reply has.

    Args:
        title: The provider's name, for messages.
        reply: The 2xx reply to a submission.
        field: The field that has the id.

    Errors:
        UnexpectedReplyError: The reply has no id.
    """

    def read_id(payload: dict[str, Any]) -> Outcome[Parsed[str]]:
        name = id_of(payload.get(field))
        if name is not None:
            return Success(Parsed(name, payload))
        message = f"{title} accepted the job without an id: look at its dashboard for the job"
        return Failure(UnexpectedReplyError(message=message, raw_response=payload))

    return object_of(reply).bind(read_id)


def id_of(value: object) -> str | None:
    """Return a job's id as a text, or None for a value that is not an id.

    >>> id_of("a1"), id_of(17), id_of(" "), id_of(True)
    ('a1', '17', None, None)
    """
    if isinstance(value, str):
        return value if value.strip() else None
    # type(), because True is an int.
    return str(value) if type(value) is int else None


Standing: TypeAlias = Literal["queued", "processing", "completed", "failed", "cancelled"]


def standing(word: str, words: Mapping[str, Standing]) -> Standing:
    """Return the state of a job by the provider's word for it.

    Case matters neither in ``word`` nor in ``words``. A word that the table does not have means
    that the job still runs, until the deadline: a job is paid for, and a provider may add words at
    any time.

    >>> standing("DONE", {"done": "completed"}), standing("warming up", {"done": "completed"})
    ('completed', 'processing')
    >>> standing("READY", {"READY": "completed"})
    'completed'
    """
    # A table copied from a provider's page may be in capitals: a finished job would seem to run.
    told = word.strip().lower()
    return next((known for name, known in words.items() if name.lower() == told), "processing")


def percent(value: object, *, whole: Literal[1, 100] = 100) -> float | None:
    """Return the progress in percent, or None for anything but a number from 0 to ``whole``.

    >>> percent(33), percent(0.07, whole=1), percent(2, whole=1), percent(True), percent(10**400)
    (33.0, 7.0, None, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= whole:
        return None
    # Rounded, because 0.07 * 100 is not 7.
    return round(float(value) * 100, 2) if whole == 1 else float(value)


def segment(name: str) -> str:
    """Return a provider's id as one segment of a path, whatever characters it has.

    >>> segment("a/../b?c")
    'a%2F..%2Fb%3Fc'
    """
    return quote(name, safe="", errors="surrogatepass")


def with_reply(job: Job, payload: Mapping[str, Any]) -> Job:
    """Return the job with its last reply, because a download brings bytes only.

    A reply that is too deep to be written to the journal is omitted, because the job must be
    written.

    >>> with_reply(Job(id="1"), {"status": "completed"}).told
    {'status': 'completed'}
    """
    try:
        json.dumps(payload)
    except (ValueError, RecursionError):
        return attrs.evolve(job, told={})
    return attrs.evolve(job, told=payload)


def seconds_or_none(value: object) -> float | None:
    """Return a positive, finite number of seconds, or None for anything else.

    >>> seconds_or_none(5), seconds_or_none("5"), seconds_or_none(True)
    (5.0, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # A comparison first: a huge integer has no float.
    return float(value) if 0 < value < _DAY else None


def _pixels(width: object, height: object) -> tuple[int, int] | None:
    # type(), because True is an int.
    if type(width) is not int or type(height) is not int:
        return None
    return (width, height) if 0 < min(width, height) <= max(width, height) < _LARGEST else None


def resolution_of(width: object, height: object) -> str | None:
    """Return the shorter side as ``"1080p"``, or None without two whole numbers.

    >>> resolution_of(1920, 1080), resolution_of(None, 1080)
    ('1080p', None)
    """
    pixels = _pixels(width, height)
    return f"{min(pixels)}p" if pixels else None


def aspect_ratio_of(width: object, height: object) -> str | None:
    """Return the usual name of the ratio, else the reduced one, or None without two numbers.

    >>> aspect_ratio_of(1920, 1080), aspect_ratio_of(832, 480), aspect_ratio_of(1000, 500)
    ('16:9', '16:9', '2:1')
    """
    pixels = _pixels(width, height)
    return named_ratio(*pixels) if pixels else None


def result_video(provider: str, url: object, payload: Any) -> Outcome[str | MediaContent]:
    """Return the video that a reply names: its URL, or the bytes of a data URL.

    Errors:
        UnexpectedReplyError: ``url`` is neither, it names a picture, or its bytes are not a whole
            video.
    """
    if isinstance(url, str) and origin(url) is not None:
        kind = type_of_url(url)
        if kind.startswith("image/"):
            return _no_video(f"{provider}'s result is not a video but a picture, {kind}", payload)
        return Success(url)
    if not isinstance(url, str) or not url.startswith("data:"):
        return _no_video(f"{provider}'s result has no video URL, but {_shown(url)}", payload)
    try:
        medium = as_media("video", url)
    except TarashException as error:
        return _no_video(f"{provider}'s result has no video URL: {error.message}", payload)
    content = medium.content if isinstance(medium, MediaContent) else b""
    return _whole(provider, content, declared="", payload=payload)


def result_bytes(provider: str, reply: HttpResponse) -> Outcome[MediaContent]:
    """Return the video that a reply's body is, with the type that its bytes show.

    Errors:
        UnexpectedReplyError: The body is empty, an HTML page, JSON, a picture, a sound, or part of
            a video.
    """
    declared = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    return _whole(provider, reply.body, declared=declared, payload=None)


def _whole(provider: str, content: bytes, *, declared: str, payload: Any) -> Outcome[MediaContent]:
    kind = video_type(content, told=declared)
    if kind is not None:
        return Success(MediaContent(content, kind))
    size = f"{len(content)} bytes"
    if is_cut_off(content):
        return _no_video(f"{provider} sent the beginning of a video only, {size}", payload)
    named = sniff(content) or declared or "no known type"
    return _no_video(f"{provider} sent no video where one was due, but {size} of {named}", payload)


def _no_video(problem: str, payload: Any) -> Failure[TarashException]:
    message = f"{problem}; look at the provider's dashboard for the job's video"
    return Failure(UnexpectedReplyError(message=message, raw_response=payload))


def _shown(value: object) -> str:
    if not isinstance(value, str):
        return f"a value of type {type(value).__name__}"
    return f"the text {value[:80]!r}" if value else "an empty text"
