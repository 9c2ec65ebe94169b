"""`reconcile_video`: what became of a submission, by scripted lists of a provider."""

import pickle
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
from returns.result import Failure

from tarash.tarash_gateway import (
    AuthenticationError,
    HTTPError,
    JobInUseError,
    MediaContent,
    SqliteJournal,
    SubmissionUnknownError,
    TarashException,
    ValidationError,
    VideoGeneration,
    VideoGenerationConfig,
    VideoGenerationRequest,
    codec,
    functional,
    generate_video,
    pending_videos,
    reconcile_video,
    resume_video,
)
from tarash.tarash_gateway.http.messages import HttpResponse
from tarash.tarash_gateway.models import Reconciliation
from tarash.tarash_gateway.outcome import result_of
from tarash.tarash_gateway.testing import FakeClock, ScriptedHttp, fake_effects, json_reply
from tarash.tarash_gateway.values.journal_entry import JournalEntry

_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
_CONFIG = VideoGenerationConfig(
    provider="replicate", model="minimax/video-01", api_key="token-123456", timeout=60
)
_REQUEST = VideoGenerationRequest(prompt="a kite")
_HOUR = 3600.0


def _prediction(id_: str, seconds: float = 0.5, **more: Any) -> dict[str, Any]:
    shown = {
        "id": id_,
        "model": "minimax/video-01",
        "status": "processing",
        "created_at": (_BEGIN + timedelta(seconds=seconds)).isoformat(),
        "input": {"prompt": "a kite", "prompt_optimizer": True},
    }
    return shown | more


def _list(
    *predictions: dict[str, Any], following: str | None = None, **headers: str
) -> HttpResponse:
    value = {"next": following, "previous": None, "results": list(predictions)}
    return json_reply(200, value, headers)


def _lost(
    request: VideoGenerationRequest = _REQUEST,
    config: VideoGenerationConfig = _CONFIG,
    replies: int = 1,
    **options: Any,
) -> SubmissionUnknownError:
    effects = fake_effects(http=ScriptedHttp([HttpResponse(status=502)] * replies))
    with pytest.raises(SubmissionUnknownError) as caught:
        generate_video(config, request, effects=effects, **options)
    return caught.value


def _ask(
    entry: JournalEntry | VideoGeneration, *replies: Any, later: float = _HOUR, **options: Any
) -> Reconciliation:
    clock = FakeClock()
    clock.advance(later)
    effects = fake_effects(http=ScriptedHttp(replies), clock=clock)
    return reconcile_video(entry, effects=effects, **options)


def _journal(tmp_path: Path) -> SqliteJournal:
    return SqliteJournal(tmp_path / "journal.sqlite3")


# What the error carries.


def test_the_error_of_a_lost_submission_has_what_is_needed_to_look() -> None:
    error = _lost()
    (entry,) = error.unknown
    # then no job is pretended, and the message says what can be done
    assert (error.generation, entry.state, entry.generation.job) == (None, "unknown", None)
    assert "reconcile_video(error.unknown[0])" in error.message
    with pytest.raises(ValidationError, match="reconcile_video"):
        resume_video(entry.generation)
    # and it can be pickled, compared and written without it
    (copied,) = pickle.loads(pickle.dumps(error)).unknown  # noqa: S301 - ours
    assert copied.generation.to_json() == entry.generation.to_json()
    assert "unknown" not in codec.plain(error)
    assert attrs.evolve(error, unknown=()) == error


def test_a_chain_names_each_of_its_unknown_submissions() -> None:
    other = VideoGenerationConfig(provider="fal", model="fal-ai/veo3", api_key="k")
    chain = attrs.evolve(_CONFIG, fallback_configs=[other])
    error = _lost(config=chain, replies=2)
    assert [entry.generation.provider for entry in error.unknown] == ["replicate", "fal"]
    answer = _ask(error.unknown[0], _list(_prediction("mine")))
    assert answer.generation is not None
    assert (answer.generation.request_id, answer.generation.position) == ("mine", 0)


# What the list says.


def test_the_key_goes_to_the_provider_only_and_no_job_is_submitted() -> None:
    (entry,) = _lost().unknown
    clock = FakeClock()
    clock.advance(_HOUR)
    http = ScriptedHttp([_list(_prediction("mine"))])
    answer = reconcile_video(entry, effects=fake_effects(http=http, clock=clock))
    assert answer.state == "found"
    (asked,) = http.requests
    assert (asked.method, asked.credential) == ("GET", {"Authorization": "Bearer token-123456"})


def test_pages_are_read_back_to_the_time_of_the_submission() -> None:
    (entry,) = _lost().unknown
    pages = [
        _list(
            _prediction("newer", 900.0),
            following="https://api.replicate.com/v1/predictions?cursor=1",
        ),
        _list(
            _prediction("mine"),
            _prediction("older", -900.0),
            following="https://api.replicate.com/v1/predictions?cursor=2",
        ),
    ]
    answer = _ask(entry, *pages)
    assert answer.generation is not None
    assert answer.generation.request_id == "mine"


def test_a_list_without_an_end_is_given_up() -> None:
    (entry,) = _lost().unknown
    page = _list(
        _prediction("newer", 900.0), following="https://api.replicate.com/v1/predictions?cursor=1"
    )
    answer = _ask(entry, *[page] * 50)
    assert (answer.state, "longer than what is read" in answer.reason) == ("cannot_tell", True)


def test_without_a_job_it_is_none_after_a_while() -> None:
    (entry,) = _lost().unknown
    other = _prediction("other", input={"prompt": "a bird"})
    early = _ask(entry, _list(other), later=10.0)
    assert early.state == "cannot_tell"
    assert early.again_at is not None
    late = _ask(entry, _list(other), later=(early.again_at - _BEGIN).total_seconds())
    assert late.state == "none"


def test_the_date_of_the_provider_shows_that_the_clock_is_wrong() -> None:
    (entry,) = _lost().unknown
    answer = _ask(entry, _list(_prediction("mine"), Date="Thu, 01 Jan 2026 03:00:00 GMT"))
    assert (answer.state, "clock" in answer.reason) == ("cannot_tell", True)


def test_pictures_make_the_answer_uncertain() -> None:
    picture = MediaContent(b"\x89PNG\r\n\x1a\n" + bytes(8), "image/png")
    request = attrs.evolve(_REQUEST, image_list=[picture])
    (entry,) = _lost(request).unknown
    kept = "https://replicate.delivery/pbxt/1.png"
    listed = {"prompt": "a kite", "first_frame_image": kept, "prompt_optimizer": True}
    for seen in (entry, VideoGeneration.from_json(entry.generation.to_json())):
        config = _CONFIG if isinstance(seen, VideoGeneration) else None
        answer = _ask(seen, _list(_prediction("mine", input=listed)), config=config)
        assert (answer.state, [job.id for job in answer.candidates]) == ("cannot_tell", ["mine"])
        assert "images and videos cannot be compared" in answer.reason
    # and the caller who has looked says so
    assert _ask(entry, job="mine").state == "found"


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_list_that_is_refused_tells_nothing(status: int) -> None:
    (entry,) = _lost().unknown
    answer = _ask(entry, json_reply(status, {"detail": "no", "title": "no"}))
    assert answer.state == "cannot_tell"
    assert "https://replicate.com/predictions" in answer.reason


def test_a_failing_server_is_asked_again_and_then_it_is_the_error() -> None:
    (entry,) = _lost().unknown
    down = json_reply(503, {"detail": "down"})
    assert _ask(entry, down, down, _list(_prediction("mine"))).state == "found"
    with pytest.raises(HTTPError) as caught:
        _ask(entry, *[down] * 4)
    assert (caught.value.provider, caught.value.model) == ("replicate", "minimax/video-01")


def test_a_key_that_is_missing_is_named() -> None:
    (entry,) = _lost().unknown
    saved = VideoGeneration.from_json(entry.generation.to_json())
    with pytest.raises(AuthenticationError, match="REPLICATE_API_TOKEN"):
        _ask(saved)
    found = _ask(saved, _list(_prediction("mine")), config=_CONFIG)
    assert found.state == "found"


def _fail(_target: object, _reply: object) -> Any:
    return 1 / 0


def test_a_bug_in_a_provider_s_list_tells_nothing() -> None:
    from tarash.tarash_gateway.registry import BUILT_IN  # noqa: PLC0415 - only here

    (entry,) = _lost().unknown
    real = BUILT_IN["replicate"]

    def listing(target: Any) -> Any:
        found = real.listing(target)
        assert found is not None
        return attrs.evolve(found, listed=_fail)

    mine = {"replicate": attrs.evolve(real, listing=listing)}
    answer = _ask(entry, _list(_prediction("mine")), providers=mine)
    assert (answer.state, "ZeroDivisionError" in answer.reason) == ("cannot_tell", True)


# What is known without a list.


def test_what_is_known_already_asks_nobody() -> None:
    (entry,) = _lost().unknown
    found = _ask(entry, job="mine").generation
    assert found is not None
    assert _ask(found).state == "found"
    uploading = attrs.evolve(entry.generation, uploading=True)
    assert _ask(uploading).state == "none"
    assert _ask(attrs.evolve(entry, state="refused")).state == "none"


@pytest.mark.parametrize("wrong", ["an id", None, 7])
def test_another_argument_is_refused(wrong: Any) -> None:
    with pytest.raises(ValidationError, match="a JournalEntry or a VideoGeneration"):
        reconcile_video(wrong)


@pytest.mark.parametrize("wrong", ["", " ", 7])
def test_another_job_is_refused(wrong: Any) -> None:
    (entry,) = _lost().unknown
    with pytest.raises(ValidationError, match="the provider's id of a job"):
        reconcile_video(entry, job=wrong)


async def test_every_face_has_the_same_answer() -> None:
    (entry,) = _lost().unknown

    def effects() -> Any:
        clock = FakeClock()
        clock.advance(_HOUR)
        return fake_effects(http=ScriptedHttp([_list(_prediction("mine"))]), clock=clock)

    raised = reconcile_video(entry, effects=effects())
    returned = result_of(functional.reconcile_video(entry, effects=effects())).unwrap()
    awaited = await functional.reconcile_video_async(entry, effects=effects()).awaitable()
    assert raised == returned == result_of(awaited).unwrap()


# With a journal.


def test_an_entry_that_is_given_late_is_looked_up_in_the_journal(tmp_path: Path) -> None:
    journal = _journal(tmp_path)
    (entry,) = _lost(journal=journal).unknown
    assert _ask(entry, _list(_prediction("mine")), journal=journal).state == "found"
    # the same entry again: the journal knows its job, and nobody is asked
    assert _ask(entry, journal=journal).state == "found"
    (kept,) = pending_videos(journal)
    assert (kept.state, kept.generation.request_id, kept.in_use) == ("accepted", "mine", False)


def test_a_job_of_another_entry_is_not_taken(tmp_path: Path) -> None:
    journal = _journal(tmp_path)
    for number, key in enumerate(("one", "two")):
        _lost(journal=journal, key=key)
        if number == 0:
            (first,) = pending_videos(journal)
            found = _ask(first, _list(_prediction("mine")), journal=journal, config=_CONFIG)
            assert found.state == "found"
    second = pending_videos(journal)[1]
    answer = _ask(second, _list(_prediction("mine")), journal=journal, config=_CONFIG)
    assert answer.state == "none"


def test_a_running_call_is_waited_for(tmp_path: Path) -> None:
    journal = _journal(tmp_path)
    (entry,) = _lost(journal=journal).unknown
    now = datetime.now(UTC)
    until = now + timedelta(hours=1)
    assert result_of(journal.claim(entry, owner="other", now=now, until=until)).unwrap() == "owned"
    with pytest.raises(JobInUseError, match="still runs"):
        _ask(entry, journal=journal)


def test_a_call_that_begins_to_run_while_the_list_is_read_keeps_its_entry(tmp_path: Path) -> None:
    journal = _journal(tmp_path)
    (entry,) = _lost(journal=journal).unknown

    def list_while_claimed(_request: object) -> HttpResponse:
        now = _BEGIN + timedelta(seconds=_HOUR)
        journal.claim(entry, owner="other", now=now, until=now + timedelta(hours=1))
        return _list(_prediction("mine"))

    with pytest.raises(JobInUseError):
        _ask(entry, list_while_claimed, journal=journal)
    assert pending_videos(journal)[0].generation.job is None


def test_an_entry_that_gets_its_job_while_the_list_is_read_keeps_it(tmp_path: Path) -> None:
    journal = _journal(tmp_path)
    (entry,) = _lost(journal=journal).unknown

    def list_while_adopted(_request: object) -> HttpResponse:
        assert _ask(entry, journal=journal, job="theirs").state == "found"
        return _list(_prediction("mine"))

    answer = _ask(entry, list_while_adopted, journal=journal)
    assert answer.generation is not None
    assert answer.generation.request_id == "theirs"


def test_none_leaves_the_journal_as_it_is_unless_it_may_be_forgotten(tmp_path: Path) -> None:
    journal = _journal(tmp_path)
    (entry,) = _lost(journal=journal).unknown
    assert _ask(entry, _list(), journal=journal).state == "none"
    assert [each.state for each in pending_videos(journal)] == ["unknown"]
    assert _ask(entry, _list(), journal=journal, forget=True).state == "none"
    assert pending_videos(journal) == ()
    (closed,) = result_of(journal.entries(pending=False)).unwrap()
    assert (closed.state, "none is of this submission" in str(closed.message)) == ("refused", True)


def test_a_journal_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    (entry,) = _lost().unknown
    broken = tmp_path / "journal.sqlite3"
    broken.write_bytes(b"not a database" * 100)
    outcome = result_of(functional.reconcile_video(entry, journal=SqliteJournal(broken)))
    assert isinstance(outcome, Failure)
    error: TarashException = outcome.failure()
    assert error.kind == "journal"
