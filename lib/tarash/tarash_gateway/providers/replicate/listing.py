"""Replicate's list of predictions.

Source: https://replicate.com/docs/reference/http, "List predictions" (2026-11): all predictions of
the account, from the API and the website, newest first, a hundred on a page. The input of one that
was made by the API is removed an hour after its end: replicate.com/docs/topics/predictions/
data-retention (2026-11).
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from returns.result import Failure, Success

from ...exceptions import UnexpectedReplyError
from ...http.messages import HttpRequest, HttpResponse, JsonBody
from ...outcome import Outcome
from ..base import Listing, Target
from ..expiry import time_of
from ..listing import ListedJob, Page, items_of
from .places import base_of, is_version, place_of

# The list names some models by internal names, under these owners: replicate/replicate-python,
# tests/cassettes (2023).
_INTERNAL: Final = frozenset({"replicate", "replicate-internal"})


def _request(target: Target, since: datetime, page: str) -> HttpRequest:
    query = urlencode({"created_after": since.astimezone(UTC).isoformat()})
    url = page or f"{base_of(target)}/predictions?{query}"
    return HttpRequest(method="GET", url=url, headers={"Accept": "application/json"})


def _listed(target: Target, reply: HttpResponse) -> Outcome[Page]:
    def page(items: tuple[dict[str, Any], ...], payload: Mapping[str, Any]) -> Outcome[Page]:
        following = payload.get("next") or ""
        if following and not (isinstance(following, str) and target.owns(following)):
            message = "Replicate names a page of its list at another host, which gets no key"
            return Failure(UnexpectedReplyError(message=message, raw_response=following))
        return Success(Page(jobs=tuple(map(_job, items)), following=following))

    return items_of("Replicate", reply, "results").bind(lambda found: page(*found))


def _job(item: Mapping[str, Any]) -> ListedJob:
    given, version = item.get("input"), item.get("version")
    is_shown = isinstance(given, dict) and item.get("data_removed") is not True
    model = str(item.get("model") or "")
    if isinstance(version, str) and is_version(version):
        model = f"{model}:{version}"
    return ListedJob(
        id=str(item["id"]),
        created_at=time_of(item.get("created_at")),
        model=model or None,
        status=str(item.get("status") or ""),
        input=given if is_shown else None,
    )


def _sent(request: HttpRequest) -> Mapping[str, Any]:
    body = request.body.value if isinstance(request.body, JsonBody) else {}
    sent: Mapping[str, Any] = body["input"]
    return sent


def _fits(target: Target, job: ListedJob) -> bool:
    """Tell whether a prediction may be one of the model: what is not known fits."""
    place = place_of(target).value_or(None)
    name, _, version = (job.model or "").partition(":")
    if place is None:
        return True
    if place.version and version:
        return is_version(place.version) is False or place.version == version
    owner = name.partition("/")[0]
    ours_is_known = "/" in place.model and not place.model.startswith("deployments/")
    theirs_is_known = "/" in name and owner not in _INTERNAL
    return not ours_is_known or not theirs_is_known or place.model == name


LISTING: Final = Listing(
    request=_request,
    listed=_listed,
    sent=_sent,
    fits=_fits,
    shows_after=timedelta(minutes=2),
)
