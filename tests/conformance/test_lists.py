"""The official clients and `reconcile_video`, pointed at one recorder, ask for the same lists."""

import json
from datetime import UTC, datetime

import pytest
from openai import AzureOpenAI, OpenAI
from replicate.client import Client
from tests.support.recorder import Answer, Recorded, Recorder, recorder

from tarash.tarash_gateway import VideoGenerationConfig, VideoGenerationRequest, reconcile_video
from tarash.tarash_gateway.models import Reconciliation
from tarash.tarash_gateway.values.saved import VideoGeneration

pytestmark = pytest.mark.filterwarnings("ignore:The Sora API is scheduled:DeprecationWarning")

_AT = datetime(2026, 11, 26, 12, tzinfo=UTC)
_CREATED = int(_AT.timestamp()) + 2


def _videos(asked: Recorded) -> Answer:
    """Answer two pages of videos."""
    page, more = ("video_2", False) if "after=" in asked.path else ("video_1", True)
    video = {
        "id": page,
        "object": "video",
        "model": "sora-2",
        "status": "queued",
        "created_at": _CREATED,
        "prompt": "a kite" if page == "video_2" else "a bird",
    }
    ends = {"first_id": page, "last_id": page, "has_more": more}
    return Answer(body=json.dumps({"object": "list", "data": [video], **ends}).encode())


def _predictions(asked: Recorded) -> Answer:
    base = f"http://{asked.headers['host']}"
    last = "cursor=" in asked.path
    prediction = {
        "id": "second" if last else "first",
        "model": "minimax/video-01",
        "version": "hidden",
        "status": "starting",
        "created_at": "2026-11-26T12:00:02.5Z",
        "input": {"prompt": "a kite" if last else "a bird"},
        "urls": {},
    }
    following = None if last else f"{base}/v1/predictions?cursor=abc"
    value = {"next": following, "previous": None, "results": [prediction]}
    return Answer(body=json.dumps(value).encode())


def _ours(url: str, provider: str, model: str) -> Reconciliation:
    config = VideoGenerationConfig(provider=provider, model=model, api_key="k-1", base_url=url)
    saved = VideoGeneration(
        id="1", request=VideoGenerationRequest(prompt="a kite"), configs=(config,), started_at=_AT
    )
    return reconcile_video(saved)


def _asked(server: Recorder) -> list[tuple[str, str, str | None]]:
    return [
        (each.method, each.path, each.headers.get("authorization") or each.headers.get("api-key"))
        for each in server.take()
    ]


def test_openai_s_list_is_asked_for_page_by_page() -> None:
    with recorder(_videos) as server:
        with OpenAI(api_key="k-1", base_url=f"{server.url}/v1", max_retries=0) as client:
            theirs = [video.id for video in client.videos.list(limit=100, order="desc")]
        expected = _asked(server)
        found = _ours(f"{server.url}/v1", "openai", "sora-2")
        assert theirs == ["video_1", "video_2"]
        assert _parts(_asked(server)) == _parts(expected)
    assert found.generation is not None
    assert found.generation.request_id == "video_2"


def test_azure_s_list_is_asked_for_with_its_key() -> None:
    with recorder(_videos) as server:
        url = f"{server.url}/openai/v1/"
        with AzureOpenAI(
            api_key="k-1", base_url=url, api_version="preview", max_retries=0
        ) as client:
            assert len(list(client.videos.list(limit=100, order="desc"))) == 2
        expected = _asked(server)
        config_url = f"{server.url}/openai/v1?api-version=preview"
        found = _ours(config_url, "azure-openai", "sora-2")
        assert _parts(_asked(server)) == _parts(expected)
    assert found.state == "found"


def test_replicate_s_list_goes_on_at_the_page_that_it_names() -> None:
    with recorder(_predictions) as server:
        client = Client(api_token="k-1", base_url=server.url)
        page = client.predictions.list()
        assert page.next is not None
        client.predictions.list(page.next)
        client._client.close()
        expected = _asked(server)
        found = _ours(f"{server.url}/v1", "replicate", "minimax/video-01")
        asked = _asked(server)
    # Only the time from which on predictions are wanted is ours.
    without_time = [
        (method, path.partition("created_after")[0], key) for method, path, key in asked
    ]
    assert [(m, p.rstrip("?"), k) for m, p, k in without_time] == expected
    assert found.generation is not None
    assert found.generation.request_id == "second"


def _parts(
    asked: list[tuple[str, str, str | None]],
) -> list[tuple[str, str, set[str], str | None]]:
    """Return the requests with their queries as sets: the order of parameters means nothing."""
    return [
        (method, path.partition("?")[0], set(path.partition("?")[2].split("&")), key)
        for method, path, key in asked
    ]
