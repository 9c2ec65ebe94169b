"""Requests of OpenAI's Videos API, at OpenAI and at servers that speak its dialect.

Source: openai/openai-openapi, openapi.yaml (2026-08-21), paths ``/videos*``; openai-python 3.54.0,
resources/videos.py (what the official client sends; ``video_id`` of ``remix``).
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final
from urllib.parse import unquote, urlencode

import attrs
from returns.result import Failure, Success

from ...catalog.mapping import Mapped, map_request
from ...catalog.rows import ModelRow
from ...exceptions import ValidationError
from ...http.messages import HttpRequest, JsonBody, fixed
from ...outcome import Outcome
from ...values.config import VideoGenerationConfig
from ...values.media import MediaContent
from ...values.request import VideoGenerationRequest
from .. import kit
from ..base import Job, Submission, Target
from . import shapes
from .forms import IMAGE, Files, Manner, as_form, file_part
from .models import EDIT, EXTENSION, REMIX, row_of

JSON: Final = {"Accept": "application/json"}
BYTES: Final = {"Accept": "application/binary"}
# Our name and the official client's name of the video to remix.
_REMIXED: Final = "remix_video_id"
_ALSO_REMIXED: Final = "video_id"
_CREATE: Final = "videos"


@attrs.frozen(kw_only=True)
class Dialect:
    """What differs between servers of this API.

    Attributes:
        title: The provider's name, for messages.
        rows: The model table.
        root: Returns the URL to which a path is appended.
        query: Returns the query parameters of every request.
        headers: Returns the headers of every request, except ``Accept``.
        check: Returns a sentence for each setting that is ignored, or a ``ValidationError``.
        manner: Returns how the target's server takes the request that creates a video.
        edits: Whether the server edits and extends videos.
        content: Query parameters of a download.
    """

    title: str
    rows: Mapping[str, ModelRow]
    check: Callable[[Target], Outcome[tuple[str, ...]]]
    root: Callable[[Target], str] = lambda target: target.base_url
    query: Callable[[Target], Mapping[str, str]] = lambda _: {}
    headers: Callable[[Target], Mapping[str, str]] = lambda _: {}
    manner: Callable[[Target], Manner] = lambda _: Manner()
    edits: bool = True
    content: Mapping[str, str] = attrs.field(factory=dict, hash=False)

    def url(self, target: Target, path: str, query: Mapping[str, str] | None = None) -> str:
        """Return the URL of a path below the root."""
        parameters = urlencode({**self.query(target), **(query or {})})
        return f"{self.root(target)}/{path}" + (f"?{parameters}" if parameters else "")

    def get(self, target: Target, url: str, accept: Mapping[str, str]) -> HttpRequest:
        """Return the request that reads a URL."""
        return HttpRequest(method="GET", url=url, headers={**accept, **self.headers(target)})

    def post(
        self, target: Target, path: str, fields: Mapping[str, Any], files: Files | None
    ) -> Outcome[HttpRequest]:
        """Return the request that sends fields: as JSON, or as a form if ``files`` are not None."""
        request = HttpRequest(
            method="POST",
            url=self.url(target, path),
            headers={**JSON, **self.headers(target)},
            body=JsonBody(value=fields),
        )
        return fixed(request).map(lambda sent: sent if files is None else as_form(sent, files))


def check_settings(target: Target, known: Mapping[str, tuple[str, ...]]) -> Outcome[Target]:
    """Return the target if each setting that it has is one of the known values."""
    for setting, values in known.items():
        value = target.config.provider_config.get(setting)
        if value is not None and value not in values:
            # The value is not shown: it may be a key that was put under the wrong name.
            message = f"provider_config[{setting!r}] is not known: use {' or '.join(values)}"
            return Failure(ValidationError(message=message))
    return Success(target)


def model_of(config: VideoGenerationConfig) -> str:
    """Return the model's name on the wire: ``openai/sora-2`` is sent as ``sora-2``."""
    return config.model.removeprefix("openai/")


@attrs.frozen(kw_only=True)
class _Operation:
    """One way to make a video: its path, the row of what it takes, and its name for messages."""

    path: str
    row: ModelRow
    label: str
    request: VideoGenerationRequest
    has_model: bool = False
    notes: tuple[str, ...] = ()


def submit(
    dialect: Dialect, target: Target, request: VideoGenerationRequest
) -> Outcome[Submission]:
    """Return the request that creates a video, or that remixes, edits or extends one.

    Errors:
        ValidationError: The model is retired at this host, or it does not take a field.
    """
    model = model_of(target.config)
    row = row_of(dialect.rows, model)
    if dialect.manner(target).is_foreign:
        # Another server may fit the picture to the size itself.
        row = attrs.evolve(row, frames=None)
    return dialect.check(target).bind(
        lambda ignored: (
            kit.offered(target, model, row)
            .bind(lambda _: _remix_name(request))
            .bind(lambda named: _with_source(dialect, target, named))
            .bind(lambda ready: _operation(dialect, model, row, ready))
            .bind(lambda operation: _submission(dialect, target, row, operation, ignored))
        )
    )


def _remix_name(request: VideoGenerationRequest) -> Outcome[VideoGenerationRequest]:
    """Return the request with the video to remix under one name. Both names have to agree."""
    extra = dict(request.extra_params)
    if _ALSO_REMIXED not in extra:
        return Success(request)
    name = extra.pop(_ALSO_REMIXED)
    if extra.setdefault(_REMIXED, name) != name:
        message = (
            f"{_ALSO_REMIXED} and {_REMIXED} both name the video to remix, {name!r} and "
            f"{extra[_REMIXED]!r}: leave one of them out"
        )
        return Failure(ValidationError(message=message))
    return Success(attrs.evolve(request, extra_params=extra))


def _with_source(
    dialect: Dialect, target: Target, request: VideoGenerationRequest
) -> Outcome[VideoGenerationRequest]:
    """Return the request with the id of the video that its URL names, one of this server."""
    url, extra = request.video, request.extra_params
    names_video = "video" in extra or _REMIXED in extra
    if not dialect.edits or not isinstance(url, str) or names_video:
        return Success(request)
    home = dialect.url(target, "videos/")
    name = unquote(url.removeprefix(home).partition("?")[0].partition("/")[0])
    if not url.startswith(home) or not name:
        message = (
            f"video is a URL that {dialect.title} does not fetch: pass bytes, a file, or the URL "
            f"of one of its own videos ({home}video_...)"
        )
        return Failure(ValidationError(message=message))
    named = {**extra, "video": {"id": name}}
    return Success(attrs.evolve(request, video=None, extra_params=named))


def _operation(
    dialect: Dialect, model: str, row: ModelRow, request: VideoGenerationRequest
) -> Outcome[_Operation]:
    extra = dict(request.extra_params)
    operation = partial(_Operation, request=request)
    if _REMIXED in extra:
        name = extra.pop(_REMIXED)
        if not isinstance(name, str) or not name.strip():
            message = (
                f"{_REMIXED} (or {_ALSO_REMIXED}) is {name!r:.80}: use the id of a video, such as "
                "'video_123'"
            )
            return Failure(ValidationError(message=message))
        path = f"videos/{kit.segment(name)}/remix"
        rest = attrs.evolve(request, extra_params=extra)
        return Success(_Operation(path=path, row=REMIX, label="a remix", request=rest))
    if not dialect.edits or (request.video is None and "video" not in extra):
        return Success(operation(path=_CREATE, row=row, label=model, has_model=True))
    if request.duration_seconds is None and "seconds" not in extra:
        # The server cannot know the model of an uploaded video, so the request names it.
        upload = isinstance(extra.get("video", request.video), MediaContent)
        return Success(operation(path="videos/edits", row=EDIT, label="an edit", has_model=upload))
    notes = ("the video is extended: omit duration_seconds to edit it instead",)
    return Success(
        operation(path="videos/extensions", row=EXTENSION, label="an extension", notes=notes)
    )


def _submission(
    dialect: Dialect, target: Target, row: ModelRow, operation: _Operation, ignored: tuple[str, ...]
) -> Outcome[Submission]:
    model, request = model_of(target.config), operation.request
    # Only a creation goes as a form without a file, as in the official client.
    manner = dialect.manner(target) if operation.path == _CREATE else Manner()

    def post_fields(mapped: Mapped) -> Outcome[Submission]:
        # This is the official client's order.
        named = {"model": model} if operation.has_model else {}
        fields = {"prompt": mapped.fields["prompt"], **named, **mapped.fields}
        if request.image_list and IMAGE not in request.extra_params:
            fields = manner.with_image(fields)
        notes = manner.notes(fields) + operation.notes
        files = [file_part(n, v) for n, v in fields.items() if isinstance(v, MediaContent)]
        texts = {name: v for name, v in fields.items() if not isinstance(v, MediaContent)}
        is_form = bool(files) or manner.sends_form(fields)
        return (
            dialect.post(target, operation.path, texts, files if is_form else None)
            .map(lambda sent: kit.submission(target, model, row, mapped, sent))
            .map(
                lambda ready: attrs.evolve(
                    ready,
                    warnings=ignored + ready.warnings + notes,
                    adjusted=ignored + ready.adjusted,
                )
            )
        )

    return map_request(operation.label, operation.row, request, manner.encode).bind(post_fields)


def poll(dialect: Dialect, target: Target, job: Job) -> HttpRequest:
    """Return the request that polls a job."""
    return dialect.get(target, dialect.url(target, f"videos/{kit.segment(job.id)}"), JSON)


def collect(dialect: Dialect, target: Target, job: Job) -> HttpRequest:
    """Return the request that downloads a finished job's video, from the URL that the job names."""
    url = shapes.video_of(job.told)
    if url is None or not target.owns(url) or url == poll(dialect, target, job).url:
        url = dialect.url(target, f"videos/{kit.segment(job.id)}/content", dialect.content)
    return dialect.get(target, url, BYTES)
