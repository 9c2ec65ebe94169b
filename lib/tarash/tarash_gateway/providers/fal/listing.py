"""fal's list of requests, which another host has than the queue.

Source: https://fal.ai/docs/platform-apis/v1/models/requests/by-endpoint (2026-11). It is filtered
and sorted by the end of a request, and its statuses are those of requests that have ended: so one
that waits or runs is probably not in it. No page says how long a request may take; after a day it
has ended. "The default start bound is widened to 90 days" for a request that is named, so that it
is kept as long as that.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from ...http.messages import HttpRequest, HttpResponse, JsonBody
from ...outcome import Outcome
from ..base import Listing, Target
from ..expiry import time_of
from ..listing import ListedJob, Page, items_of

_PLATFORM: Final = "https://api.fal.ai"
_PATH: Final = "/v1/models/requests/by-endpoint"
# Inputs may hold pictures of some megabytes each.
_ON_A_PAGE: Final = 50


def _platform(target: Target) -> str:
    # A base URL of the caller's own stands for all of fal.
    return _PLATFORM if target.at_own_host else target.base_url


def _model(target: Target) -> str:
    return target.config.model.strip("/")


def _request(target: Target, since: datetime, page: str) -> HttpRequest:
    query = {
        "endpoint_id": _model(target),
        "start": since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "limit": str(_ON_A_PAGE),
        "expand": "payloads",
        **({"cursor": page} if page else {}),
    }
    url = f"{_platform(target)}{_PATH}?{urlencode(query)}"
    return HttpRequest(method="GET", url=url, headers={"Accept": "application/json"})


def _listed(_target: Target, reply: HttpResponse) -> Outcome[Page]:
    def page(items: tuple[dict[str, Any], ...], payload: Mapping[str, Any]) -> Page:
        cursor = payload.get("next_cursor") if payload.get("has_more") is not False else None
        return Page(jobs=tuple(map(_job, items)), following=str(cursor or ""))

    return items_of("fal", reply, "items", "request_id").map(lambda found: page(*found))


def _job(item: Mapping[str, Any]) -> ListedJob:
    given, code, model = item.get("json_input"), item.get("status_code"), item.get("endpoint_id")
    return ListedJob(
        id=str(item["request_id"]),
        created_at=time_of(item.get("sent_at")) or time_of(item.get("started_at")),
        model=model if isinstance(model, str) else None,
        status="" if code is None else f"HTTP {code}",
        input=given if isinstance(given, dict) else None,
    )


def _sent(request: HttpRequest) -> Mapping[str, Any]:
    sent: Mapping[str, Any] = request.body.value if isinstance(request.body, JsonBody) else {}
    return sent


LISTING: Final = Listing(
    request=_request,
    listed=_listed,
    sent=_sent,
    fits=lambda target, job: job.model in {None, _model(target)},
    origin=_platform,
    newest_first=False,
    shows_after=timedelta(days=1),
    keeps=timedelta(days=90),
)
