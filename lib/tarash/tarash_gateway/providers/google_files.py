"""What comes out of Google's video models: jobs that are accepted, files that are fetched.

Source: wire/google.md, sections 2.3 (download), 2.4 (the key stays on its host) and 3.2 (files
that are not ready yet).
"""

import re
from collections.abc import Mapping
from typing import Any, Final

import attrs
from returns.result import Failure, Success

from ..exceptions import GenerationFailedError, UnexpectedReplyError
from ..messages import HttpRequest, HttpResponse, origin
from ..outcome import Outcome
from ..reading import object_of
from . import common
from .base import Accepted, Job, Polled, Progress, Ready, Target, Video
from .measures import result_bytes, result_video

GEMINI_URL: Final = "https://generativelanguage.googleapis.com"
JSON: Final = {"Accept": "application/json"}
_GEMINI_VERSION: Final = "v1beta"
_FILE: Final = re.compile(r"/files/([a-z0-9]+)")
_CONTENT: Final = ":download"
_KIND: Final = re.compile(r"video/[\w.+-]+", re.ASCII)


def gemini_root(target: Target) -> str:
    """Return the URL below which the Gemini API lives."""
    return f"{target.base_url}/{target.config.api_version or _GEMINI_VERSION}"


def accepted(job: Job, state: Outcome[Polled]) -> Outcome[Accepted]:
    """Return what the reply to a submission means, if ``state`` is what it says of the job."""
    if isinstance(state, Failure) and not isinstance(state.failure(), UnexpectedReplyError):
        return Failure(state.failure())
    video = state.value_or(None)
    # Whatever else it says, the job is there: polling it tells more.
    return Success(video if isinstance(video, Video) else job)


def result(
    target: Target, job: Job, part: Mapping[str, Any], payload: dict[str, Any]
) -> Outcome[Polled]:
    """Return the video of a finished job, or how to fetch it.

    Args:
        target: Where the job runs.
        job: The job.
        part: The video in any of Google's envelopes: bytes or a URI, and perhaps its type.
        payload: The whole reply.

    Errors:
        UnexpectedReplyError: There are neither bytes nor a URI.
    """
    given = part.get("encoding") or part.get("mimeType") or part.get("mime_type")
    kind = given if isinstance(given, str) and _KIND.fullmatch(given) else "video/mp4"
    data = part.get("bytesBase64Encoded") or part.get("encodedVideo") or part.get("data")
    uri = part.get("gcsUri") or part.get("uri")
    if isinstance(uri, str) and uri.startswith("gs://"):
        # The bucket is the caller's, and on another host: the token does not go there.
        return Success(Video(request_id=job.id, video=uri, content_type=kind, raw=payload))
    url = _fetchable(target, uri) if isinstance(uri, str) and not isinstance(data, str) else None
    if url is not None:
        fetched = common.with_reply(_at(job, url), payload)
        return Success(Ready(job=fetched, raw=payload))
    source = f"data:{kind};base64,{data}" if isinstance(data, str) else uri
    return result_video("Google", source, payload).map(
        lambda video: Video(request_id=job.id, video=video, content_type=kind, raw=payload)
    )


def _fetchable(target: Target, uri: str) -> str | None:
    """Return where below the base URL a file is fetched, or None for a URL of another host."""
    file = _FILE.search(uri)
    home = origin(target.base_url)
    if origin(uri) not in {home, origin(GEMINI_URL)} or origin(uri) is None:
        return None
    if origin(uri) == home and (_CONTENT in uri or file is None):
        return uri
    # Behind another base URL the file is asked for there, as the official client does.
    return file and f"{gemini_root(target)}/files/{file[1]}{_content(uri)}"


def _content(uri: str) -> str:
    return f"{_CONTENT}?alt=media" if _CONTENT in uri else ""


def _at(job: Job, url: str) -> Job:
    return attrs.evolve(job, urls={**job.urls, "result": url})


def collect(target: Target, job: Job) -> HttpRequest:
    """Return how to fetch the file; its state first, where the URI names no content."""
    url = job.urls.get("result", target.base_url)
    return HttpRequest(method="GET", url=url, headers={} if _CONTENT in url else JSON)


def collected(target: Target, job: Job, reply: HttpResponse) -> Outcome[Polled]:
    """Return what a reply to that means.

    Errors:
        GenerationFailedError: The file failed.
        UnexpectedReplyError: The reply is no video.
    """
    url = job.urls.get("result", "")
    state = None if _CONTENT in url or not url else _state(reply)
    if state is None:
        raw = dict(job.told)
        return result_bytes("Google", reply).map(
            lambda video: Video(
                request_id=job.id, video=video, content_type=video.content_type, raw=raw
            )
        )
    payload = object_of(reply).value_or({})
    match state:
        case "ACTIVE":
            content = f"{url.partition('?')[0]}{_CONTENT}?alt=media"
            return Success(Ready(job=_at(job, content), raw=payload))
        case "FAILED":
            message = "Google could not store the video: submit the job anew"
            return Failure(GenerationFailedError(message=message, raw_response=payload))
        case _:
            return Success(Progress(status="processing", raw=payload))


def _state(reply: HttpResponse) -> str | None:
    state = object_of(reply).value_or({}).get("state")
    return state if isinstance(state, str) else None
