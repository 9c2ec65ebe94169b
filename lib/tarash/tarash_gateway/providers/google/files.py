"""What comes out of Google's video models: ids of jobs, and videos to download.

Source: ai.google.dev/gemini-api/docs/video and /docs/files, 2026; googleapis/python-genai,
google/genai/files.py (the client rebuilds the URL of a file below its base URL), 2.19.0, 2026-08.
The key is sent to the host of the base URL only.
"""

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

import attrs
from returns.result import Failure, Success

from ...exceptions import GenerationFailedError
from ...http.messages import HttpRequest, HttpResponse, JsonBody
from ...http.reading import object_of
from ...outcome import Outcome
from ...values.media import MediaContent
from ...values.secrets import Secret
from ...values.urls import origin
from .. import kit
from ..base import Job, Polled, Progress, Ready, Target, Video
from ..kit import result_bytes, result_video

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

    Args:
        target: Where the job runs.
        job: The job.
        part: The video in any of Google's envelopes: bytes or a URI, and perhaps its type.
        payload: The whole reply.

    Errors:
        GenerationFailedError: The part has neither the bytes of a video nor a usable URI. The job
            is over, so polling it again would not help.
    """
    given = _text(part, _KINDS) or ""
    kind = given if _KIND.fullmatch(given) else "video/mp4"
    data, uri = _text(part, _DATA), _text(part, _URIS)
    if uri is not None and uri.startswith("gs://"):
        # The caller's bucket is on another host, which must not get the token.
        return Success(Video(request_id=job.id, video=uri, content_type=kind, raw=payload))
    inline = _usable(job, kind, f"data:{kind};base64,{data or ''}", payload)
    if data is not None and (uri is None or isinstance(inline, Success)):
        return inline
    url = None if uri is None else _download_url(target, uri)
    if url is not None:
        fetched = kit.with_reply(_at(job, url), payload)
        return Success(Ready(job=fetched, raw=payload))
    if uri is None:
        return Failure(_unusable("the reply does not name one", payload))
    return _usable(job, kind, uri, payload)


def _usable(job: Job, kind: str, source: str, payload: dict[str, Any]) -> Outcome[Polled]:
    video = result_video("Google", source, payload)
    if isinstance(video, Failure):
        return Failure(_unusable(video.failure().message, payload))
    return video.map(lambda found: _as_video(job, found, kind, payload))


def _as_video(job: Job, video: str | MediaContent, kind: str, payload: dict[str, Any]) -> Polled:
    known = video.content_type if isinstance(video, MediaContent) else kind
    return Video(request_id=job.id, video=video, content_type=known, raw=payload)


def _unusable(reason: str, payload: dict[str, Any]) -> GenerationFailedError:
    message = f"Google finished the job without a usable video ({reason}): submit it again"
    return GenerationFailedError(message=message, raw_response=payload)


def _download_url(target: Target, uri: str) -> str | None:
    """Return the URL of a file below the base URL, or None if its URI is on another host."""
    home, place = origin(target.base_url), origin(uri)
    if place is not None and place == home:
        return _with_media(uri)
    if target.provider.base_url != GEMINI_URL:
        # Vertex AI does not have a Files API, and its token must not go to another host.
        return None
    file = _FILE.search(uri.partition("?")[0])
    ours = place == origin(GEMINI_URL) or _BARE.fullmatch(uri) is not None
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


def _at(job: Job, url: str, **more: str) -> Job:
    return attrs.evolve(job, urls={**job.urls, "result": url, **more})


def collect(target: Target, job: Job) -> HttpRequest:
    """Return the request that downloads the file, or that reads its state if the URI names it."""
    url = job.urls.get("result", target.base_url)
    return HttpRequest(method="GET", url=url, headers={} if _CONTENT in url else JSON)


def collected(target: Target, job: Job, reply: HttpResponse) -> Outcome[Polled]:
    """Return what the reply to `collect` means.

    A file whose state is FAILED is downloaded too, because such downloads have succeeded.
    Source: Comfy-Org/ComfyUI, comfy_api_nodes/nodes_gemini.py, 0.46.0, 2026-11.

    Errors:
        GenerationFailedError: The file's state is FAILED, and its content is not a video.
        UnexpectedReplyError: The reply is not a video.
    """
    url = job.urls.get("result", "")
    state = None if _CONTENT in url or not url else _file_state(reply)
    if state is None:
        return _video(job, reply)
    payload = object_of(reply).value_or({})
    content = f"{url.partition('?')[0]}{_CONTENT}?alt=media"
    match kit.standing(state, {"active": "completed", "failed": "failed"}):
        case "completed":
            return Success(Ready(job=_at(job, content), raw=payload))
        case "failed":
            return Success(Ready(job=_at(job, content, failed=url), raw=payload))
        case _:
            return Success(Progress(status="processing", raw=payload))


def _video(job: Job, reply: HttpResponse) -> Outcome[Polled]:
    raw = dict(job.told)
    video = result_bytes("Google", reply)
    if isinstance(video, Failure) and "failed" in job.urls:
        reason = video.failure().message
        message = f"Google could not store the video ({reason}): submit the job again"
        return Failure(GenerationFailedError(message=message, raw_response=raw))
    return video.map(lambda found: _as_video(job, found, found.content_type, raw))


def _file_state(reply: HttpResponse) -> str | None:
    state = object_of(reply).value_or({}).get("state")
    return state if isinstance(state, str) else None
