"""What a workflow does, whatever engine records it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs
import pytest
from returns.io import IOFailure, IOSuccess
from returns.result import Failure, Success

from tarash.tarash_gateway import (
    AttemptMetadata,
    GenerationFailedError,
    HTTPConnectionError,
    JournalError,
    SaveError,
    SubmissionUnknownError,
    TarashException,
    TimeoutError,
    ValidationError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    VideoGenerationResponse,
)
from tarash.tarash_gateway.integrations.orders import (
    Order,
    Stored,
    error_out,
    new_order,
    response_in,
    response_out,
)
from tarash.tarash_gateway.integrations.story import Do, story
from tarash.tarash_gateway.outcome import Outcome, nothing
from tarash.tarash_gateway.running.tasks import Task, block, instant
from tarash.tarash_gateway.values.media import ImageItem, MediaContent

CONFIG = VideoGenerationConfig(provider="fal", model="fal-ai/veo3")
REQUEST = VideoGenerationRequest(prompt="a kite")
UNKNOWN = SubmissionUnknownError("nobody knows")
DONE: Stored = {"response": {}, "job": None}


def _job(*, wait: float = 0.0, left: bool = False) -> Stored:
    return {"job": "{}", "wait": wait, "faults": 0, "left": left}


@attrs.define
class Recorder:
    """An engine that has the results of all steps, and writes down what it was asked to do."""

    results: list[Stored | TarashException]
    told: list[str | float] = attrs.field(factory=list)

    def step(self, what: Do) -> Task[Stored]:
        result = self.results.pop(0)
        self.told.append(what.step)
        return instant(
            lambda: IOFailure(result) if isinstance(result, TarashException) else IOSuccess(result)
        )

    def rest(self, seconds: float) -> Task[None]:
        self.told.append(seconds)
        return instant(nothing)


def _run(*results: Stored | TarashException) -> tuple[Outcome[Stored], Sequence[str | float]]:
    engine = Recorder(list(results))
    ended = block(story(engine))
    assert not engine.results
    return ended, engine.told


def test_a_job_is_looked_at_until_there_is_a_video() -> None:
    ended, told = _run(_job(wait=30.0), _job(wait=5.0), DONE, DONE)
    assert ended == Success(DONE)
    assert told == ["submit", 30.0, "check", 5.0, "check", "deliver"]


def test_a_job_that_was_left_leads_to_another_submission() -> None:
    ended, told = _run(_job(wait=1.0), _job(left=True), _job(wait=2.0), DONE, DONE)
    assert ended == Success(DONE)
    assert told == ["submit", 1.0, "check", "submit", 2.0, "check", "deliver"]


def test_a_video_may_be_there_at_once() -> None:
    assert _run(DONE, DONE)[1] == ["submit", "deliver"]


def test_an_error_ends_it() -> None:
    error = GenerationFailedError("no wind")
    ended, told = _run(_job(), error)
    assert ended == Failure(error)
    assert told == ["submit", 0.0, "check"]


def test_a_journal_that_is_away_is_waited_for_and_nothing_was_sent() -> None:
    ended, told = _run(JournalError("away"), JournalError("away"), DONE, DONE)
    assert ended == Success(DONE)
    assert told == ["submit", 1.0, "submit", 5.0, "submit", "deliver"]


def test_another_process_that_may_submit_is_waited_for() -> None:
    # Given a process of another machine that died in the submission: its lease has to end.
    waited = TimeoutError("another call has the key")
    assert _run(waited, UNKNOWN, {"state": "cannot_tell", "wait": None})[0] == Failure(UNKNOWN)
    # A submission that came too late to be sent is over.
    now = datetime.now(UTC)
    late = AttemptMetadata(
        provider="fal",
        model="m",
        attempt_number=1,
        started_at=now,
        ended_at=now,
        status="failed",
        submission="not_sent",
    )
    error = TimeoutError("too late", attempts=(late,))
    assert _run(error) == (Failure(error), ["submit"])


def test_a_journal_that_stays_away_ends_it() -> None:
    error = JournalError("away")
    ended, told = _run(*[error] * 5)
    assert ended == Failure(error)
    assert told.count("submit") == 5


def test_a_video_that_cannot_be_saved_is_fetched_again() -> None:
    ended, told = _run(DONE, SaveError("disk full"), DONE)
    assert ended == Success(DONE)
    assert told == ["submit", "deliver", 1.0, "deliver"]


def test_a_job_that_nobody_knows_of_is_looked_for() -> None:
    found = {"state": "found", "wait": None}
    ended, told = _run(UNKNOWN, found, _job(wait=1.0), DONE, DONE)
    assert ended == Success(DONE)
    assert told == ["submit", "reconcile", "submit", 1.0, "check", "deliver"]


def test_it_is_looked_for_again_where_a_list_may_be_late() -> None:
    later = {"state": "cannot_tell", "wait": 40.0}
    ended, told = _run(UNKNOWN, later, HTTPConnectionError("no reply"), later)
    assert ended == Failure(UNKNOWN)
    assert told == ["submit", "reconcile", 40.0, "reconcile", 30.0, "reconcile", 60.0]


@pytest.mark.parametrize("wait", [None, 86_400.0])
def test_what_no_list_can_tell_soon_is_the_users(wait: float | None) -> None:
    ended, told = _run(UNKNOWN, {"state": "cannot_tell", "wait": wait})
    assert ended == Failure(UNKNOWN)
    assert told == ["submit", "reconcile"]


def _order(config: VideoGenerationConfig = CONFIG, **changes: Any) -> Order:
    options: dict[str, Any] = {"save_to": None, "overwrite": False, "measure": True}
    options |= {"request": REQUEST, "webhook": None, "has_keys": False}
    return new_order(config, **{**options, **changes})


def test_an_order_comes_back_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a request with files, in the folder of the program.
    monkeypatch.chdir(tmp_path)
    images: list[ImageItem] = [Path("first.png"), "https://a.example/last.png"]
    request = VideoGenerationRequest(prompt="a kite", image_list=images, video=Path("a.mp4"))
    # Then a worker in another folder finds them.
    order = _order(request=request, save_to="videos/")
    assert [each.image for each in order.request.image_list] == [tmp_path / "first.png", images[1]]
    assert order.request.video == tmp_path / "a.mp4"
    assert order.save_to == f"{tmp_path}/videos/"
    assert Order.of(order.stored()) == order


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"request": 7}, "request must be a VideoGenerationRequest"),
        ({"save_to": 17}, "save_to must be a path"),
        (
            {"request": VideoGenerationRequest(prompt="a kite", image_list=[b"GIF89a"])},
            "image_list.0. is given as bytes",
        ),
        (
            {"request": VideoGenerationRequest(prompt="a kite", video=b"\0\0\0\x18ftypmp42")},
            "video is given as bytes",
        ),
        (
            {"request": VideoGenerationRequest(prompt="a kite", extra_params={"api_key": "k"})},
            "cannot be stored",
        ),
        (
            {"request": VideoGenerationRequest(prompt="a kite", extra_params={"mask": b"01"})},
            "cannot be stored",
        ),
    ],
)
def test_what_a_database_would_lose_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        _order(**changes)


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (attrs.evolve(CONFIG, api_key="k"), "fal/fal-ai/veo3 has an api_key"),
        (
            attrs.evolve(CONFIG, fallback_configs=[attrs.evolve(CONFIG, model="m", api_key="k")]),
            "fal/m has an api_key",
        ),
        (attrs.evolve(CONFIG, webhook_url="https://a.example/?token=t"), "a query in its webhook"),
        (
            VideoGenerationConfig(
                provider="google", model="veo", provider_config={"access_token": "t"}
            ),
            "some in its provider_config",
        ),
    ],
)
def test_credentials_are_refused_unless_the_workers_have_them(
    config: VideoGenerationConfig, words: str
) -> None:
    with pytest.raises(ValidationError, match=words):
        _order(config)
    # What fills them in again is the workers' affair.
    assert "'t'" not in repr(_order(config, has_keys=True).stored())


@pytest.mark.parametrize(
    ("webhook", "url", "listens"),
    [
        (None, None, False),
        (None, "https://a.example/", True),
        (True, None, True),
        (False, "https://a.example/", False),
    ],
)
def test_a_message_is_waited_for_where_one_may_come(
    webhook: bool | None,  # noqa: FBT001 - a case
    url: str | None,
    listens: bool,  # noqa: FBT001 - a case
) -> None:
    assert _order(attrs.evolve(CONFIG, webhook_url=url), webhook=webhook).listens is listens


def test_an_error_is_stored_without_bytes_and_credentials() -> None:
    # Given the error of a finished video that could not be saved.
    response = VideoGenerationResponse(
        request_id="job-1",
        video=MediaContent(b"bytes", "video/mp4"),
        raw_response={"api_key": "k", "id": "job-1"},
    )
    error = SaveError("disk full", response=response, raw_response={"token": "t"})
    kept = error_out(error)
    assert isinstance(kept, SaveError)
    assert kept.response is not None
    assert (kept.response.video, kept.response.raw_response) == ("", {"id": "job-1"})
    assert kept.raw_response == {}
    assert kept.message == error.message


def test_a_response_without_a_job_is_stored_as_well() -> None:
    response = VideoGenerationResponse(request_id="job-1", video="https://a.example/a.mp4")
    assert response_in(response_out(response)) == response
