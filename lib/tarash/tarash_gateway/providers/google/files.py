"""What comes out of Google's video models: videos in replies, and videos to download.

Source: ai.google.dev/gemini-api/docs/video and /docs/files, 2026; googleapis/python-genai,
google/genai/files.py (the client rebuilds the URL of a file below its base URL), 2.19.0, 2026-08.
The key is sent to the host of the base URL only.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

import attrs
from returns.result import Failure, Success

from ...catalog.marks import SYNTHID
from ...exceptions import GenerationFailedError, TarashException
from ...http.messages import HttpRequest, HttpResponse, JsonBody
from ...http.reading import object_of
from ...outcome import Outcome
from ...values.media import MediaContent
from ...values.secrets import Secret
from ...values.urls import origin
from .. import kit
from ..base import Job, Polled, Progress, Ready, Target, Video
from ..expiry import after, earliest, time_of

GEMINI_URL: Final = "https://generativelanguage.googleapis.com"
JSON: Final = {"Accept": "application/json"}
_GEMINI_VERSION: Final = "v1beta"
# An id ends at a colon and may contain dashes. Source: ai.google.dev/api/files, 2026.
_FILE: Final = re.compile(r"(?:^|/)files/([^/?#:\s]+)")
_BARE: Final = re.compile(r"/?(?:v\d\w*/)?files/[^/?#:\s]+(?::download)?(?:\?\S*)?")
_CONTENT: Final = ":download"
_KIND: Final = re.compile(r"video/[\w.+-]+", re.ASCII)
# Google's envelopes use several names for the bytes, the URI and the type of a video.
_DATA: Final = ("bytesBase64Encoded", "encodedVideo", "data")
_URIS: Final = ("gcsUri", "uri")
_KINDS: Final = ("encoding", "mimeType", "mime_type")
# "Generated videos are stored on the server for 2 days": ai.google.dev/gemini-api/docs/video, 2026.
_KEPT: Final = 2 * 86_400.0
# Where a job keeps the end of its file, beside Google's last reply about it.
_END: Final = "tarash.expirationTime"


def with_key(key: Secret) -> Mapping[str, str]:
    """Return the header that carries an API key."""
    return {"x-goog-api-key": key.reveal()}


def post(url: str, body: Mapping[str, Any]) -> HttpRequest:
    """Return the request that sends a JSON body."""
    return HttpRequest(method="POST", url=url, headers=JSON, body=JsonBody(value=body))


def gemini_root(target: Target) -> str:
    """Return the Gemini API's base URL with the version."""
    return f"{target.base_url}/{target.config.api_version or _GEMINI_VERSION}"


def names_video(part: Mapping[str, Any]) -> bool:
    """Tell whether a part of a reply contains the bytes or the URI of a video."""
    return _text(part, (*_DATA, *_URIS)) is not None


def _text(part: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    values = (part.get(name) for name in names)
    return next((value for value in values if isinstance(value, str) and value.strip()), None)


def result(
    target: Target, job: Job, part: Mapping[str, Any], payload: dict[str, Any]
) -> Outcome[Polled]:
    """Return the video of a finished job, or the job with the URL to download it from.

    Errors:
        GenerationFailedError: The part of the reply has neither the bytes of a video nor a usable
            URI. The job is over, so polling it again would not help.
    """
    given = _text(part, _KINDS) or ""
    kind = given if _KIND.fullmatch(given) else "video/mp4"
    data, uri = _text(part, _DATA), _text(part, _URIS)
    if uri is not None and uri.startswith("gs://"):
        # The caller's bucket is on another host, which must not get the token.
        return Success(
            Video(
                request_id=job.id,
                video=uri,
                content_type=kind,
                raw=payload,
                marks=(SYNTHID,),
                delivered=True,
            )
        )
    inline = None if data is None else _read_video(job, kind, f"data:{kind};base64,{data}", payload)
    if inline is not None and (uri is None or isinstance(inline, Success)):
        return inline
    if uri is None:
        return Failure(_no_video("the reply does not name one", payload))
    url = _download_url(target, uri)
    if url is None:
        return _read_video(job, kind, uri, payload)
    return Success(Ready(job=kit.with_reply(_with_url(job, url), payload), raw=payload))


def _read_video(job: Job, kind: str, source: str, payload: dict[str, Any]) -> Outcome[Polled]:
    return (
        kit.result_video("Google", source, payload)
        .alt(lambda error: _no_video(error.message, payload))
        .map(lambda video: _video(job, video, kind, payload))
    )


def _no_video(reason: str, payload: dict[str, Any]) -> TarashException:
    message = f"Google finished the job without a usable video ({reason}): submit it again"
    return GenerationFailedError(message=message, raw_response=payload)


def _video(
    job: Job,
    video: str | MediaContent,
    kind: str,
    payload: dict[str, Any],
    expires_at: datetime | None = None,
) -> Polled:
    known = video.content_type if isinstance(video, MediaContent) else kind
    return Video(
        request_id=job.id,
        video=video,
        content_type=known,
        raw=payload,
        expires_at=expires_at,
        marks=(SYNTHID,),
    )


def _download_url(target: Target, uri: str) -> str | None:
    """Return the URL of a file below the base URL, or None if its URI is on another host."""
    if target.owns(uri):
        return _with_media(uri)
    if target.provider.base_url != GEMINI_URL:
        # Vertex AI does not have a Files API, and its token must not go to another host.
        return None
    file = _FILE.search(uri.partition("?")[0])
    ours = origin(uri) == origin(GEMINI_URL) or _BARE.fullmatch(uri) is not None
    if not ours or file is None or file[1] in {".", ".."}:
        return None
    # With another base URL, the file is fetched from there, as the official client does.
    name = quote(file[1], safe="%~", errors="surrogatepass")
    content = _CONTENT if _CONTENT in uri else ""
    return _with_media(f"{gemini_root(target)}/files/{name}{content}")


def _with_media(url: str) -> str:
    """Return the URL with ``alt=media``: without it, Google sends the file's description.

    >>> _with_media("https://a.example/files/b:download"), _with_media("https://a.example/files/b")
    ('https://a.example/files/b:download?alt=media', 'https://a.example/files/b')
    """
    path, _, query = url.partition("?")
    if not path.endswith(_CONTENT) or "alt=" in query:
        return url
    return f"{path}?{query}{'&' if query else ''}alt=media"


def _with_url(job: Job, url: str, **more: str) -> Job:
    return attrs.evolve(job, urls={**job.urls, "result": url, **more})


def collect(target: Target, job: Job) -> HttpRequest:
    """Return the request that downloads the file, or that reads its state if the URI names it."""
    url = job.urls.get("result", target.base_url)
    return HttpRequest(method="GET", url=url, headers={} if _CONTENT in url else JSON)


def collected(
    describe: Callable[[Polled], Polled], target: Target, job: Job, reply: HttpResponse
) -> Outcome[Polled]:
    """Return what the reply to `collect` means; ``describe`` adds to a video what the job reported.

    A file whose state is FAILED is downloaded too, because such downloads have succeeded.
    Source: Comfy-Org/ComfyUI, comfy_api_nodes/nodes_gemini.py, 0.46.0, 2026-11.

    Errors:
        GenerationFailedError: The file's state is FAILED, and its content is not a video.
        UnexpectedReplyError: The reply is not a video.
    """
    url = job.urls.get("result", "")
    payload = {} if not url or _CONTENT in url else object_of(reply).value_or({})
    state = payload.get("state")
    if not isinstance(state, str):
        return _download(target, job, reply).map(describe)
    standing = state.strip().lower()
    if standing not in {"active", "failed"}:
        return Success(Progress(status="processing", raw=payload))
    content = f"{url.partition('?')[0]}{_CONTENT}?alt=media"
    failed = {"failed": url} if standing == "failed" else {}
    ready = _with_url(job, content, **failed)
    if isinstance(end := payload.get("expirationTime"), str):
        ready = attrs.evolve(ready, told={**job.told, _END: end})
    return Success(Ready(job=ready, raw=payload))


def _expiry(target: Target, job: Job) -> datetime | None:
    """Return when the Gemini API deletes the file: as the file says, or 2 days after the job began.

    A job that does not name its time says nothing. On Vertex AI, files are the caller's.
    """
    if target.provider.base_url != GEMINI_URL:
        return None
    metadata = job.told.get("metadata")
    of_operation = metadata.get("createTime") if isinstance(metadata, dict) else None
    begin = earliest(time_of(of_operation), time_of(job.told.get("created")))
    return earliest(time_of(job.told.get(_END)), after(begin, _KEPT))


def _download(target: Target, job: Job, reply: HttpResponse) -> Outcome[Polled]:
    raw = {name: value for name, value in job.told.items() if name != _END}
    video = kit.result_bytes("Google", reply)
    if isinstance(video, Failure) and "failed" in job.urls:
        reason = video.failure().message
        message = f"Google could not store the video ({reason}): submit the job again"
        return Failure(GenerationFailedError(message=message, raw_response=raw))
    end = _expiry(target, job)
    return video.map(lambda content: _video(job, content, content.content_type, raw, end))
