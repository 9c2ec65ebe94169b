"""A generation through LiteLLM's proxy: a second implementation of OpenAI's dialect.

Behind the proxy stands the simulator of the fault tests, which counts what reaches it.
"""

import base64
from collections.abc import Iterator
from typing import Final

import pytest
from tests.faults.matrix import hurried
from tests.faults.server import Running, Script, running
from tests.support.litellm_proxy import KEY, UPSTREAM_KEY, litellm_proxy
from tests.support.pictures import png

from tarash.tarash_gateway import (
    AuthenticationError,
    ContentModerationError,
    GenerationFailedError,
    InsufficientCreditsError,
    NotFoundError,
    RateLimitError,
    SubmissionUnknownError,
    TarashException,
    ValidationError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    VideoGenerationResponse,
    generate_video,
    reconcile_video,
)
from tarash.tarash_gateway.effects import Effects
from tarash.tarash_gateway.effects.live import live_effects
from tarash.tarash_gateway.values.media import MediaContent

pytestmark = pytest.mark.slow

_CASE: Final = "behind"
_REQUEST: Final = VideoGenerationRequest(
    prompt="a kite — over the sea", duration_seconds=8, aspect_ratio="16:9"
)


@pytest.fixture(scope="module")
def behind() -> Iterator[Running]:
    with running() as server:
        yield server


@pytest.fixture(scope="module")
def proxy(behind: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    base = behind.case(_CASE, Script(dialect="openai"))
    with litellm_proxy(base, tmp_path_factory.mktemp("litellm")) as url:
        yield url


def _config(proxy: str, api_key: str = KEY) -> VideoGenerationConfig:
    return VideoGenerationConfig(
        provider="openai", model="sora-2", base_url=f"{proxy}/v1", api_key=api_key, timeout=600
    )


def _effects() -> Effects:
    return hurried(live_effects())


def _generate(
    proxy: str, request: VideoGenerationRequest = _REQUEST, api_key: str = KEY
) -> VideoGenerationResponse:
    return generate_video(_config(proxy, api_key), request, effects=_effects())


def test_a_video_is_made_and_downloaded(behind: Running, proxy: str) -> None:
    behind.case(_CASE, Script(dialect="openai", polls=2))
    response = _generate(proxy)
    assert isinstance(response.video, MediaContent)
    assert response.video.content[4:8] == b"ftyp"
    seen = behind.seen(_CASE)
    assert seen.requests == {"submit": 1, "poll": 3, "download": 1}
    (body,) = seen.bodies
    assert all(text in body for text in ("a kite — over the sea", "1280x720", "sora-2"))


def test_an_id_is_one_text_that_wraps_the_job_s_own(behind: Running, proxy: str) -> None:
    behind.case(_CASE, Script(dialect="openai"))
    response = _generate(proxy)
    wrapped = base64.b64decode(response.request_id.removeprefix("video_") + "==").decode()
    assert "video_id:job-1;" in wrapped
    assert "model_id:sora-2;" in wrapped


def test_a_picture_goes_through_as_a_file(behind: Running, proxy: str) -> None:
    behind.case(_CASE, Script(dialect="openai"))
    picture = MediaContent(png(1280, 720), "image/png")
    request = VideoGenerationRequest(
        prompt="a kite", duration_seconds=8, aspect_ratio="16:9", image_list=[picture]
    )
    _generate(proxy, request)
    (body,) = behind.seen(_CASE).bodies
    assert 'name="input_reference"' in body
    assert "image/png" in body


@pytest.mark.parametrize(
    ("end", "kind"), [("failed", GenerationFailedError), ("moderated", ContentModerationError)]
)
def test_a_job_that_fails_keeps_its_reason(
    behind: Running, proxy: str, end: str, kind: type[TarashException]
) -> None:
    behind.case(_CASE, Script(dialect="openai", end=end))
    with pytest.raises(kind):
        _generate(proxy)
    assert behind.seen(_CASE).requests["submit"] == 1


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("401", AuthenticationError),
        ("402", InsufficientCreditsError),
        ("404", NotFoundError),
        ("422", ValidationError),
    ],
)
def test_a_refusal_of_the_server_behind_is_told_once(
    behind: Running, proxy: str, fault: str, kind: type[TarashException]
) -> None:
    behind.case(_CASE, Script(dialect="openai", stage="submit", fault=fault, times=9))
    with pytest.raises(kind):
        _generate(proxy)
    assert behind.seen(_CASE).requests["submit"] == 1
    assert behind.seen(_CASE).accepted == []


def test_a_refusal_for_now_is_asked_again(behind: Running, proxy: str) -> None:
    behind.case(_CASE, Script(dialect="openai", stage="submit", fault="429 retry-after", times=2))
    _generate(proxy)
    assert behind.seen(_CASE).requests["submit"] == 3
    assert behind.seen(_CASE).accepted == ["job-1"]
    behind.case(_CASE, Script(dialect="openai", stage="submit", fault="429 retry-after", times=99))
    with pytest.raises(RateLimitError):
        _generate(proxy)
    assert behind.seen(_CASE).accepted == []


@pytest.mark.parametrize("fault", ["500", "502 html", "drop", "cut", "200 empty", "truncated json"])
def test_a_submission_whose_fate_the_proxy_does_not_know_is_sent_once(
    behind: Running, proxy: str, fault: str
) -> None:
    # The proxy turns all of them into an error status with a text.
    behind.case(_CASE, Script(dialect="openai", stage="submit", fault=fault, times=9))
    with pytest.raises(SubmissionUnknownError) as caught:
        _generate(proxy)
    assert len(caught.value.unknown) == 1
    assert behind.seen(_CASE).requests["submit"] == 1
    assert behind.seen(_CASE).accepted == ["job-1"]


def test_a_server_that_is_away_for_a_moment_is_not_known_to_be(behind: Running, proxy: str) -> None:
    # The proxy leaves Retry-After out of its 503, which alone would say that no job was accepted.
    behind.case(_CASE, Script(dialect="openai", stage="submit", fault="503 retry-after", times=9))
    with pytest.raises(SubmissionUnknownError):
        _generate(proxy)
    assert behind.seen(_CASE).requests["submit"] == 1


@pytest.mark.parametrize("stage", ["poll", "download"])
@pytest.mark.parametrize("fault", ["429 retry-after", "500", "drop", "404"])
def test_a_fault_behind_the_submission_costs_nothing(
    behind: Running, proxy: str, stage: str, fault: str
) -> None:
    behind.case(_CASE, Script(dialect="openai", stage=stage, fault=fault, times=1))  # type: ignore[arg-type]  # one of its words
    assert _generate(proxy).status == "completed"
    assert behind.seen(_CASE).accepted == ["job-1"]


def test_its_list_wants_a_parameter_of_its_own_so_nothing_is_concluded(
    behind: Running, proxy: str
) -> None:
    # GET /v1/videos is answered only with custom_llm_provider in its query.
    behind.case(_CASE, Script(dialect="openai", stage="submit", fault="drop"))
    with pytest.raises(SubmissionUnknownError) as caught:
        _generate(proxy)
    found = reconcile_video(caught.value.unknown[0], effects=_effects())
    assert found.state == "cannot_tell"
    assert behind.seen(_CASE).requests["list"] == 0


def test_a_key_that_the_proxy_does_not_know_never_gets_behind_it(
    behind: Running, proxy: str
) -> None:
    # It answers 400 "No connected db.": without a database it knows one key.
    behind.case(_CASE, Script(dialect="openai"))
    with pytest.raises(AuthenticationError) as caught:
        _generate(proxy, api_key="sk-unknown-to-everybody")
    assert "sk-unknown-to-everybody" not in str(caught.value)
    assert UPSTREAM_KEY not in str(caught.value)
    assert behind.seen(_CASE).requests["submit"] == 0
