"""How providers list jobs: the documented replies, and the requests for them.

The replies are transcribed from the providers' documentation, with the fields of a video:
https://fal.ai/docs/platform-apis/v1/models/requests/by-endpoint (2026-11),
https://replicate.com/docs/reference/http, "List predictions" (2026-11),
https://developers.openai.com/api/docs/api-reference/videos/list (2026-11), and
Azure/azure-rest-api-specs, specification/ai/data-plane/OpenAI.v1/azure-v1-preview-generated.yaml.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from returns.result import Failure

from tarash.tarash_gateway import MediaContent, VideoGenerationConfig, VideoGenerationRequest
from tarash.tarash_gateway.http.messages import HttpRequest
from tarash.tarash_gateway.lifecycle.keys import target_of
from tarash.tarash_gateway.lifecycle.likeness import sought
from tarash.tarash_gateway.lifecycle.links import links_of
from tarash.tarash_gateway.provider_kit import Listing, Page, Target
from tarash.tarash_gateway.registry import BUILT_IN
from tarash.tarash_gateway.testing import json_reply
from tarash.tarash_gateway.values.journal_entry import JournalEntry
from tarash.tarash_gateway.values.reconciliation import ListedJob
from tarash.tarash_gateway.values.saved import VideoGeneration

_AT = datetime(2026, 11, 26, 12, tzinfo=UTC)
_PICTURE = MediaContent(b"\x89PNG\r\n\x1a\n" + bytes(8), "image/png")


def _target(provider: str, model: str, **more: Any) -> tuple[Target, Listing]:
    config = VideoGenerationConfig(provider=provider, model=model, api_key="k", **more)
    (link,) = links_of([config], BUILT_IN, {}).unwrap()
    target = target_of(link, {}).unwrap()
    listing = target.provider.listing(target)
    assert listing is not None
    return target, listing


def _page(provider: str, model: str, reply: Any, **more: Any) -> Page:
    target, listing = _target(provider, model, **more)
    return listing.listed(target, json_reply(200, reply)).unwrap()


def _query(request: HttpRequest) -> dict[str, list[str]]:
    return parse_qs(urlsplit(request.url).query)


def _likeness(provider: str, model: str, job: ListedJob, **asked: Any) -> str:
    more = asked.pop("more", {})
    target, listing = _target(provider, model, **more)
    request = VideoGenerationRequest(**{"prompt": "a kite", **asked})
    saved = VideoGeneration(
        id="1", request=request, configs=(target.config,), started_at=_AT, base_url=target.base_url
    )
    entry = JournalEntry(
        generation=saved, state="unknown", updated_at=_AT + timedelta(seconds=5), message="lost"
    )
    return sought(entry, target, listing).likeness(job)


# fal.

_VEO = "fal-ai/veo3"
_REQUESTS = {
    "items": [
        {
            "request_id": "a1b2c3d4-e5f6-7890-abcd-ef1234567890",
            "endpoint_id": "fal-ai/veo3",
            "started_at": "2026-11-26T12:00:05Z",
            "sent_at": "2026-11-26T12:00:01Z",
            "ended_at": "2026-11-26T12:02:08Z",
            "status_code": 200,
            "duration": 123.8,
            "json_input": {"prompt": "a kite", "duration": "8s", "enhance_prompt": True},
            "json_output": {"video": {"url": "https://v3.fal.media/files/a/clip.mp4"}},
        }
    ],
    "next_cursor": "Mg==",
    "has_more": True,
}


def test_fal_lists_requests_of_an_endpoint_at_its_platform() -> None:
    target, listing = _target("fal", _VEO)
    request = listing.request(target, _AT, "")
    assert request.url.startswith("https://api.fal.ai/v1/models/requests/by-endpoint?")
    assert _query(request) == {
        "endpoint_id": [_VEO],
        "start": ["2026-11-26T12:00:00Z"],
        "limit": ["50"],
        "expand": ["payloads"],
    }
    assert _query(listing.request(target, _AT, "Mg=="))["cursor"] == ["Mg=="]
    page = _page("fal", _VEO, _REQUESTS)
    assert page.following == "Mg=="
    assert page.jobs == (
        ListedJob(
            id="a1b2c3d4-e5f6-7890-abcd-ef1234567890",
            created_at=_AT + timedelta(seconds=1),
            model=_VEO,
            status="HTTP 200",
            input={"prompt": "a kite", "duration": "8s", "enhance_prompt": True},
        ),
    )
    assert _likeness("fal", _VEO, page.jobs[0], duration_seconds=8) == "same"
    assert _likeness("fal", _VEO, page.jobs[0], prompt="a bird") == "another"
    assert _page("fal", _VEO, {**_REQUESTS, "has_more": False}).following == ""


def test_a_base_url_stands_for_all_of_fal() -> None:
    target, listing = _target("fal", _VEO, base_url="https://proxy.example/fal")
    url = "https://proxy.example/fal/v1/models/requests/by-endpoint?"
    assert listing.request(target, _AT, "").url.startswith(url)
    assert listing.origin(target) == "https://proxy.example/fal"


# Replicate.

_MINIMAX = "minimax/video-01"
_VERSION = "5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa"
_PREDICTIONS = {
    "next": "https://api.replicate.com/v1/predictions?cursor=cD0yMDIy",
    "previous": None,
    "results": [
        {
            "completed_at": "2026-11-26T12:02:17.447619Z",
            "created_at": "2026-11-26T12:00:01.155949Z",
            "data_removed": False,
            "error": None,
            "id": "gm3qorzdhgbfurvjtvhg6dckhu",
            "input": {"prompt": "a kite", "prompt_optimizer": True},
            "metrics": {"predict_time": 120.1},
            "output": "https://replicate.delivery/pbxt/a/clip.mp4",
            "started_at": "2026-11-26T12:00:05.168123Z",
            "source": "api",
            "status": "succeeded",
            "urls": {
                "get": "https://api.replicate.com/v1/predictions/gm3qorzdhgbfurvjtvhg6dckhu",
                "cancel": "https://api.replicate.com/v1/predictions/gm3qorz/cancel",
            },
            "model": _MINIMAX,
            "version": "hidden",
        },
        {
            "created_at": "2026-11-26T10:00:01.155949Z",
            "data_removed": True,
            "id": "older",
            "input": {},
            "output": None,
            "source": "api",
            "status": "succeeded",
            "model": "replicate/lifeboat-70b",
            "version": _VERSION,
        },
    ],
}


def test_replicate_lists_predictions() -> None:
    target, listing = _target("replicate", _MINIMAX)
    first = listing.request(target, _AT, "")
    assert first.url.partition("?")[0] == "https://api.replicate.com/v1/predictions"
    assert _query(first) == {"created_after": ["2026-11-26T12:00:00+00:00"]}
    page = _page("replicate", _MINIMAX, _PREDICTIONS)
    assert page.following == _PREDICTIONS["next"]
    assert listing.request(target, _AT, page.following).url == page.following
    newest, older = page.jobs
    assert (newest.id, newest.model, newest.status) == (
        "gm3qorzdhgbfurvjtvhg6dckhu",
        _MINIMAX,
        "succeeded",
    )
    assert newest.created_at == _AT + timedelta(seconds=1, microseconds=155_949)
    # An input that was removed says nothing.
    assert (older.input, older.model) == (None, f"replicate/lifeboat-70b:{_VERSION}")
    assert _likeness("replicate", _MINIMAX, newest) == "same"
    assert _likeness("replicate", "google/veo-3", newest) == "another"


def test_the_next_page_at_another_host_is_not_asked_for() -> None:
    target, listing = _target("replicate", _MINIMAX)
    elsewhere = {**_PREDICTIONS, "next": "https://other.example/v1/predictions?cursor=1"}
    listed = listing.listed(target, json_reply(200, elsewhere))
    assert isinstance(listed, Failure)


@pytest.mark.parametrize(
    ("model", "listed", "fits"),
    [
        (_MINIMAX, _MINIMAX, True),
        (_MINIMAX, "google/veo-3", False),
        (_MINIMAX, "replicate/internal-name", True),
        (_MINIMAX, None, True),
        (_VERSION, f"{_MINIMAX}:{_VERSION}", True),
        (_VERSION, f"{_MINIMAX}:{_VERSION[::-1]}", False),
        (f"{_MINIMAX}:{_VERSION}", f"{_MINIMAX}:{_VERSION}", True),
        ("deployments/me/mine", _MINIMAX, True),
    ],
)
def test_replicate_names_a_model_in_several_ways(
    model: str, listed: str | None, *, fits: bool
) -> None:
    target, listing = _target("replicate", model)
    assert listing.fits(target, ListedJob(id="1", model=listed)) is fits


# OpenAI and Azure.

_VIDEOS: dict[str, Any] = {
    "object": "list",
    "data": [
        {
            "id": "video_123",
            "object": "video",
            "model": "sora-2-2025-10-06",
            "status": "in_progress",
            "progress": 33,
            "created_at": int(_AT.timestamp()) + 1,
            "completed_at": None,
            "expires_at": None,
            "error": None,
            "prompt": "a kite",
            "seconds": "8",
            "size": "1280x720",
            "remixed_from_video_id": None,
        }
    ],
    "first_id": "video_123",
    "last_id": "video_123",
    "has_more": True,
}
_SORA = {"duration_seconds": 8, "resolution": "720p", "aspect_ratio": "16:9"}


def _video(**more: Any) -> ListedJob:
    reply = {**_VIDEOS, "data": [{**_VIDEOS["data"][0], **more}]}
    return _page("openai", "sora-2", reply).jobs[0]


def test_openai_lists_videos() -> None:
    target, listing = _target("openai", "sora-2")
    assert _query(listing.request(target, _AT, "")) == {"limit": ["100"], "order": ["desc"]}
    page = _page("openai", "sora-2", _VIDEOS)
    assert page.following == "video_123"
    following = listing.request(target, _AT, page.following)
    assert following.url.startswith("https://api.openai.com/v1/videos?")
    assert _query(following)["after"] == ["video_123"]
    assert _likeness("openai", "sora-2", page.jobs[0], **_SORA) == "same"
    assert _likeness("openai", "sora-2-pro", page.jobs[0], **_SORA) == "another"
    assert _likeness("openai", "sora-2", page.jobs[0], **_SORA, image_list=[_PICTURE]) == "like"


def test_a_remix_is_told_from_a_video_with_the_same_words() -> None:
    remix = _video(remixed_from_video_id="video_1")
    assert _likeness("openai", "sora-2", remix, **_SORA) == "like"
    assert _likeness("openai", "sora-2", remix, remix_video_id="video_1") == "same"
    assert _likeness("openai", "sora-2", remix, remix_video_id="video_2") == "like"
    assert _likeness("openai", "sora-2", _video(), remix_video_id="video_1") == "like"


def test_another_server_of_the_dialect_may_leave_jobs_out() -> None:
    _, home = _target("openai", "sora-2")
    target, foreign = _target("openai", "wan", base_url="https://videos.example/v1")
    assert (home.is_whole, foreign.is_whole) == (True, False)
    assert foreign.fits(target, ListedJob(id="1", model="Wan-AI/Wan2.2"))


def test_azure_lists_videos_without_their_prompts() -> None:
    more = {"base_url": "https://me.openai.azure.com", "api_version": "preview"}
    target, listing = _target("azure-openai", "sora-2", **more)
    request = listing.request(target, _AT, "")
    assert request.url.startswith("https://me.openai.azure.com/openai/v1/videos?")
    assert _query(request)["api-version"] == ["preview"]
    # Azure answers a null where the prompt should be, and the name of the deployment is free.
    job = _video(prompt=None, model="mine")
    assert _likeness("azure-openai", "sora-2", job, **_SORA, more=more) == "like"
    known = _video(model="mine")
    assert _likeness("azure-openai", "sora-2", known, **_SORA, more=more) == "same"


def test_azure_lists_jobs_of_the_older_api() -> None:
    more = {"base_url": "https://me.openai.azure.com"}
    job = {
        "object": "video.generation.job",
        "id": "task_01",
        "status": "running",
        "created_at": int(_AT.timestamp()) + 1,
        "finished_at": None,
        "generations": [],
        "prompt": "a kite",
        "model": "sora",
        "n_variants": 1,
        "n_seconds": 5,
        "height": 720,
        "width": 1280,
    }
    reply = {"object": "list", "data": [job], "has_more": False, "first_id": "task_01"}
    target, listing = _target("azure-openai", "sora", **more)
    request = listing.request(target, _AT, "")
    assert urlsplit(request.url).path == "/openai/v1/video/generations/jobs"
    assert _query(request) == {"api-version": ["preview"], "limit": ["100"]}
    page = _page("azure-openai", "sora", reply, **more)
    assert page.following == ""
    asked = {"duration_seconds": 5, "resolution": "720p", "aspect_ratio": "16:9"}
    assert _likeness("azure-openai", "sora", page.jobs[0], **asked, more=more) == "same"


# All of them.


@pytest.mark.parametrize(
    ("provider", "model"), [("fal", _VEO), ("replicate", _MINIMAX), ("openai", "sora-2")]
)
@pytest.mark.parametrize(
    "reply", [{}, [], {"items": 1}, {"results": [{}]}, {"data": [{"id": 7}]}, {"data": ["a"]}]
)
def test_a_reply_of_another_form_is_no_list(provider: str, model: str, reply: Any) -> None:
    target, listing = _target(provider, model)
    assert isinstance(listing.listed(target, json_reply(200, reply)), Failure)


_leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
_json = st.recursive(
    _leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner)
)


@pytest.mark.parametrize(
    ("provider", "model", "field", "documented"),
    [
        ("fal", _VEO, "items", _REQUESTS),
        ("replicate", _MINIMAX, "results", _PREDICTIONS),
        ("openai", "sora-2", "data", _VIDEOS),
    ],
)
@settings(max_examples=40)
@given(st.data())
def test_any_reply_is_read_or_refused(
    provider: str, model: str, field: str, documented: dict[str, Any], data: st.DataObject
) -> None:
    # given a documented reply in which any field of the list or of a job is anything
    reply = dict(documented)
    job = dict(reply[field][0])
    job[data.draw(st.sampled_from(sorted(job)))] = data.draw(_json)
    reply[field] = [job]
    reply[data.draw(st.sampled_from(sorted(reply)))] = data.draw(_json)
    target, listing = _target(provider, model)
    listed = listing.listed(target, json_reply(200, reply))
    # then it is a page of jobs with ids, or an error
    for each in listed.map(lambda page: page.jobs).value_or(()):
        assert isinstance(each.id, str)
        assert _likeness(provider, model, each) in {"same", "like", "another"}


@pytest.mark.parametrize("provider", ["runway", "google"])
def test_a_provider_without_a_documented_list_has_none(provider: str) -> None:
    found = BUILT_IN[provider]
    config = VideoGenerationConfig(provider=provider, model="m", api_key="k")
    assert found.listing(Target(provider=found, config=config)) is None
