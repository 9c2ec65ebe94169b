"""The lists of videos in OpenAI's dialect.

Source: openai/openai-openapi, openapi.yaml (2026-08-21), ``GET /videos``;
https://developers.openai.com/api/docs/api-reference/videos/list (2026-11): "List recently generated
videos for the current project". That may leave out those that run, and old ones: a job of Sora 2
takes minutes, and its video is offered for an hour at least. Azure keeps jobs for 24 hours:
MicrosoftDocs/azure-ai-docs, articles/foundry/openai/concepts/video-generation.md (2025-12-01).
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final
from urllib.parse import unquote

from ...http.messages import FormBody, HttpRequest, HttpResponse, JsonBody
from ...outcome import Outcome
from ..base import Listing, Target
from ..expiry import time_of
from ..listing import ListedJob, Page, items_of
from .requests import JSON, Dialect, model_of

_ON_A_PAGE: Final = 100
_SNAPSHOT: Final = re.compile(r"-\d{4}-\d{2}-\d{2}$")
_REMIX: Final = re.compile(r"/videos/([^/?]+)/remix(?:\?|$)")
_SOURCE: Final = "remixed_from_video_id"
# What a video says of its input.
_SHOWN: Final = ("prompt", "seconds", "size", _SOURCE)
_SHOWS_AFTER: Final = timedelta(minutes=30)


def listing_of(
    dialect: Dialect,
    *,
    keeps: timedelta,
    is_whole: bool,
    has_models: bool = True,
) -> Listing:
    """Return how a server lists its videos.

    Args:
        dialect: The server's dialect.
        keeps: How long a job is in the list at least.
        is_whole: Whether the list has all jobs.
        has_models: Whether a video names its model as the request did.
    """
    return Listing(
        request=partial(_request, dialect, "videos", {"order": "desc"}),
        listed=partial(listed, dialect.title, _SHOWN),
        sent=_sent,
        fits=_fits if has_models else lambda _target, _job: True,
        shows_after=_SHOWS_AFTER,
        keeps=keeps,
        is_whole=is_whole,
    )


def listing_of_jobs(dialect: Dialect, path: str, shown: tuple[str, ...]) -> Listing:
    """Return how Azure lists the jobs of its older API, which says nothing of their order.

    Source: Azure/azure-rest-api-specs, specification/ai/data-plane/OpenAI.v1/
    azure-v1-preview-generated.yaml.
    """
    return Listing(
        request=partial(_request, dialect, path, {}),
        listed=partial(listed, dialect.title, shown),
        sent=fields_of,
        fits=lambda _target, _job: True,
        newest_first=False,
        shows_after=_SHOWS_AFTER,
        keeps=timedelta(hours=24),
    )


def _request(
    dialect: Dialect,
    path: str,
    query: Mapping[str, str],
    target: Target,
    _since: datetime,
    page: str,
) -> HttpRequest:
    place = {"after": page} if page else {}
    url = dialect.url(target, path, {"limit": str(_ON_A_PAGE), **query, **place})
    return dialect.get(target, url, JSON)


def listed(
    title: str, shown: tuple[str, ...], _target: Target, reply: HttpResponse
) -> Outcome[Page]:
    """Return a page of a list, of whose items some fields are the input."""

    def page(items: tuple[dict[str, Any], ...], payload: Mapping[str, Any]) -> Page:
        more = items and payload.get("has_more") is True
        last = payload.get("last_id") or (items[-1]["id"] if items else "")
        return Page(
            jobs=tuple(_job(item, shown) for item in items), following=str(last) if more else ""
        )

    return items_of(title, reply, "data").map(lambda found: page(*found))


def _job(item: Mapping[str, Any], shown: tuple[str, ...]) -> ListedJob:
    model = item.get("model")
    return ListedJob(
        id=str(item["id"]),
        created_at=time_of(item.get("created_at")),
        model=model if isinstance(model, str) else None,
        status=str(item.get("status") or ""),
        input={name: item[name] for name in shown if item.get(name) is not None},
    )


def fields_of(request: HttpRequest) -> Mapping[str, Any]:
    """Return the fields of a submission, JSON or a form, without the model; a file by its size."""
    match request.body:
        case JsonBody(value=value):
            fields = dict(value)
        case FormBody(parts=parts):
            fields = {
                part.name: "<a file>" if part.content is not None else part.value for part in parts
            }
        case _:
            fields = {}
    fields.pop("model", None)
    return fields


def _sent(request: HttpRequest) -> Mapping[str, Any]:
    remix = _REMIX.search(request.url)
    # A video that is no remix has no source: None fits nothing else.
    return {**fields_of(request), _SOURCE: unquote(remix[1]) if remix else None}


def _fits(target: Target, job: ListedJob) -> bool:
    """Tell whether a video is of the model; one of a snapshot is.

    >>> _SNAPSHOT.sub("", "sora-2-pro-2025-10-06")
    'sora-2-pro'
    """
    names = {job.model, _SNAPSHOT.sub("", job.model or "")}
    return job.model is None or model_of(target.config) in names
