"""A provider accepts a job, and the connection breaks before its answer: who submits once more?

The figures are those of the README and of docs/moving. Each client has its default settings.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

import fal_client
import fal_client.client
import pytest
from benchmarks.jobs import for_official_clients
from google import genai
from google.genai import types
from openai import OpenAI
from replicate.client import Client as Replicate
from runwayml import RunwayML
from tests.faults import dialects
from tests.faults import server as server_module
from tests.faults.dialects import DIALECTS
from tests.faults.server import Running, Script, running

from tarash.tarash_gateway import (
    SubmissionUnknownError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    generate_video,
)

_README: Final = Path(__file__).parents[2] / "README.md"
_PROMPT: Final = "a kite"


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    # The client of Replicate asks for other paths than the others of its dialect.
    served = {**dialects.SERVED, "replicate": for_official_clients(DIALECTS["replicate"])}
    with running() as started, pytest.MonkeyPatch.context() as patch:
        patch.setattr(server_module, "SERVED", served)
        yield started


def _fal(url: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fal_client.client, "QUEUE_URL_FORMAT", f"{url}/")
        client = fal_client.SyncClient(key="key")
        with closing(client._client):  # it offers no other way to close it
            client.submit("fal-ai/veo3", arguments={"prompt": _PROMPT})


def _openai(url: str) -> None:
    with OpenAI(api_key="key", base_url=url) as client:
        client.videos.create(model="sora-2", prompt=_PROMPT)


def _runway(url: str) -> None:
    with RunwayML(api_key="key", base_url=url) as client:
        client.text_to_video.create(
            model="gen4.5", prompt_text=_PROMPT, ratio="1280:720", duration=5
        )


def _replicate(url: str) -> None:
    client = Replicate(api_token="key", base_url=url)
    with closing(client._client):
        client.models.predictions.create("minimax/video-01", input={"prompt": _PROMPT})


def _google(url: str) -> None:
    client = genai.Client(http_options=types.HttpOptions(base_url=url), api_key="key")
    with closing(client):
        client.models.generate_videos(
            model=DIALECTS["google"].model, source=types.GenerateVideosSource(prompt=_PROMPT)
        )


# How many jobs of one call the provider has, by distribution.
_JOBS: Final[Mapping[str, int]] = {
    "fal-client": 2,
    "openai": 2,
    "runwayml": 2,
    "replicate": 1,
    "google-genai": 1,
}
_CLIENTS: Final[Mapping[str, tuple[str, Callable[[str], None]]]] = {
    "fal-client": ("fal", _fal),
    "openai": ("openai", _openai),
    "runwayml": ("runway", _runway),
    "replicate": ("replicate", _replicate),
    "google-genai": ("google", _google),
}


@pytest.mark.parametrize("distribution", _CLIENTS)
@pytest.mark.filterwarnings("ignore:The Sora API is scheduled:DeprecationWarning")
def test_what_an_official_client_does_after_a_lost_answer(
    distribution: str, server: Running
) -> None:
    # given a server that accepts the first submission, and breaks the connection
    dialect, submit = _CLIENTS[distribution]
    url = server.case(distribution, Script(dialect=dialect, stage="submit", fault="drop"))
    # when the official client submits
    # Each client has errors of its own, and what it makes of a second answer is not asked here.
    with suppress(Exception):
        submit(url)
    # then the server has as many jobs as the documentation says
    assert len(server.seen(distribution).accepted) == _JOBS[distribution]


@pytest.mark.parametrize("dialect", ["fal", "openai", "runway", "replicate", "google"])
def test_this_library_submits_once(dialect: str, server: Running) -> None:
    # given the same server
    case = f"ours-{dialect}"
    url = server.case(case, Script(dialect=dialect, stage="submit", fault="drop"))
    config = VideoGenerationConfig(
        provider=dialect, model=DIALECTS[dialect].model, api_key="key", base_url=url
    )
    # when this library submits
    with pytest.raises(SubmissionUnknownError) as raised:
        generate_video(config, VideoGenerationRequest(prompt=_PROMPT))
    # then there is one job, and the error says that it may have been paid
    assert len(server.seen(case).accepted) == 1
    assert raised.value.attempts[0].may_have_been_paid


def test_the_readme_says_who_submits_twice() -> None:
    text = _README.read_text(encoding="utf-8")
    found = re.search(r"^\| .*lost answer.*$", text, re.MULTILINE)
    assert found is not None
    for distribution, jobs in _JOBS.items():
        assert (f"`{distribution}`" in found[0]) == (jobs > 1)
