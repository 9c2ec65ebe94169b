"""Under one submission key at most one job is paid for, whoever calls, and whatever crashes."""

import asyncio
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
from tests.support import fal_replies as fal
from tests.support import upload_cases
from tests.support.keyed_calls import (
    KEY,
    DyingJournal,
    die,
    entries,
    generate,
    in_a_process_that_dies,
    states,
    submissions,
    world,
)
from tests.support.places import Place

from tarash.tarash_gateway import (
    AuthenticationError,
    GenerationCancelledError,
    GenerationFailedError,
    Journal,
    JournalError,
    MediaContent,
    MockConfig,
    SubmissionUnknownError,
    TarashException,
    TimeoutError,
    ValidationError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    cancel_video,
    check_video,
    generate_video_async,
    generate_videos,
    is_retryable_error,
    pending_videos,
    resume_video,
    start_video,
)
from tarash.tarash_gateway.http.messages import HttpRequest, HttpResponse
from tarash.tarash_gateway.lifecycle.fingerprint import fingerprint
from tarash.tarash_gateway.outcome import result_of
from tarash.tarash_gateway.running.inputs import digests_of
from tarash.tarash_gateway.testing import FakeClock, Reply, json_reply
from tarash.tarash_gateway.values.files import MediaFile


def _forks(test: Any) -> Any:
    skip = pytest.mark.skipif(not hasattr(os, "fork"), reason="fork is POSIX's")
    return skip(pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")(test))


_REFUSED = json_reply(401, {"detail": "no such key"})
_SECOND = fal.config(model="fal-ai/veo2")
_CHAIN = fal.config(fallback_configs=[_SECOND])


def _fails(kind: type[TarashException], journal: Journal, *replies: Reply, **more: Any) -> Any:
    """Generate with the key; return the error."""
    http, effects = world(*replies)
    with pytest.raises(kind) as caught:
        generate(journal, effects=effects, **more)
    assert http.unused == 0
    return caught.value


def test_a_key_needs_a_journal() -> None:
    http, effects = world()
    with pytest.raises(ValidationError, match="a key needs a journal"):
        generate(None, effects=effects)
    assert http.requests == []


@pytest.mark.parametrize("key", ["", "  ", "a\nb", "a\x00", "\ud800", "k" * 257, 7, b"key"])
def test_what_is_not_a_name_is_no_key(journal: Journal, key: Any) -> None:
    error = _fails(ValidationError, journal, key=key)
    assert error.message.startswith("key must be a text of 1 to 256 printable characters")
    assert states(journal) == {}


def test_the_second_call_has_what_the_first_had(journal: Journal) -> None:
    # Given a call that is finished.
    first, http = generate(journal, *fal.success(), measure=False)
    assert submissions(http) == 1
    # When it is made again, blocking and on an event loop.
    second, silent = generate(journal, measure=False)
    _, effects = world()
    third = asyncio.run(
        generate_video_async(
            fal.config(), fal.REQUEST, effects=effects, journal=journal, key=KEY, measure=False
        )
    )
    # Then nothing is sent, and all of them have the same video with the same record.
    assert silent.requests == []
    assert first == second == third
    assert second.generation is not None
    assert (second.generation.request_id, second.generation.key) == ("job-1", KEY)
    assert states(journal) == {f"{KEY}#1": "completed"}


def test_calls_without_a_key_and_with_other_keys_are_other_calls(journal: Journal) -> None:
    for key in (KEY, KEY + "#1", KEY.upper(), None, None):
        _, http = generate(journal, *fal.success(), key=key)
        assert submissions(http) == 1


_IMAGE = b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize(
    "changes",
    [
        {"request": VideoGenerationRequest(prompt="a kite over the sea", seed=1)},
        {"request": attrs.evolve(fal.REQUEST, extra_params={"cfg_scale": 0.5})},
        {"config": fal.config(model="fal-ai/veo2")},
        {"config": fal.config(base_url="https://canary.example")},
        {"config": _CHAIN},
    ],
    ids=["request", "parameter", "model", "base URL", "fallback"],
)
def test_a_key_belongs_to_one_request_and_one_chain(
    journal: Journal, changes: dict[str, Any]
) -> None:
    generate(journal, *fal.success())
    error = _fails(ValidationError, journal, **changes)
    assert "another request or another chain" in error.message
    assert "canary" not in str(error)
    assert states(journal) == {f"{KEY}#1": "completed"}


def test_api_keys_and_limits_may_change_under_a_key(journal: Journal) -> None:
    generate(journal, *fal.success(), config=fal.config(provider_config={"token": "old"}))
    config = fal.config(
        api_key="another:one",
        timeout=7.0,
        poll_interval=1.0,
        max_poll_attempts=3,
        provider_config={"token": "new"},
    )
    _, http = generate(journal, config=config)
    assert http.requests == []


def test_a_key_covers_the_content_of_files(tmp_path: Path, journal: Journal) -> None:
    # Given a video that was made from a picture.
    image, copy = tmp_path / "a.png", tmp_path / "copy.png"
    image.write_bytes(_IMAGE)
    copy.write_bytes(_IMAGE)

    def request(path: Path | bytes) -> VideoGenerationRequest:
        return VideoGenerationRequest(prompt="a kite", image_list=[path])

    config = VideoGenerationConfig(provider="mock", model="any")
    world_of = {"config": config, "measure": False, "effects": None}
    first, _ = generate(journal, request=request(image), **world_of)
    # Then its bytes, and another file of the same content, are the same request.
    for same in (request(copy), request(_IMAGE)):
        again, _ = generate(journal, request=same, **world_of)
        assert again.request_id == first.request_id
    # And a changed file is another one.
    image.write_bytes(_IMAGE + b"x")
    with pytest.raises(ValidationError, match="another request"):
        generate(journal, request=request(image), **world_of)


def test_a_key_covers_the_content_of_large_files(tmp_path: Path) -> None:
    # Given files of the same size that are too large to be read into memory.
    def mark(content: bytes) -> str:
        file = MediaFile(
            path=tmp_path / "a.mp4",
            size=len(content),
            content_type="video/mp4",
            read=lambda start, length: (content[start : start + length],),
        )
        request = VideoGenerationRequest(prompt="a kite", video=file)
        return fingerprint(fal.config(), request, digests_of(request))

    # Then their content tells them apart, and nothing else does.
    assert mark(b"one") == mark(b"one") != mark(b"two")


def test_a_url_that_is_signed_anew_names_the_same_picture() -> None:
    def mark(query: str) -> str:
        url = f"https://a.example/kite.png{query}"
        return fingerprint(fal.config(), VideoGenerationRequest(prompt="a", image_list=[url]))

    first = mark("?X-Amz-Date=20261101T100000Z&X-Amz-Expires=60&X-Amz-Signature=1&v=2")
    assert first == mark("?v=2&X-Amz-Date=20261102T100000Z&X-Amz-Expires=60&X-Amz-Signature=2")
    assert first != mark("?v=3")


def test_keys_of_a_journal_fit_the_next_version_of_the_library() -> None:
    # given the digest that a journal has of a call; another one would refuse every stored key
    config = fal.config(
        fallback_configs=[VideoGenerationConfig(provider="runway", model="gen4.5")],
        timeout=5,
        listen=False,
    )
    request = VideoGenerationRequest(
        prompt="a kite over the sea", duration_seconds=8, aspect_ratio="16:9"
    )
    stored = "5159eec2dc0d6fca88758f74140d63daec0f552d972616662153ed572ac214be"
    assert fingerprint(config, request) == stored


def test_a_batch_with_keys_makes_only_what_is_missing(journal: Journal) -> None:
    # Given a batch, one item of which was refused.
    def batch(*replies: Reply) -> tuple[list[str], int]:
        http, effects = world(*replies)
        requests = [VideoGenerationRequest(prompt=f"kite {number}") for number in range(2)]
        items = generate_videos(
            fal.config(), requests, effects=effects, journal=journal, key="row-", max_in_flight=1
        )
        ended = sorted((item.index, "error" if item.error else "video") for item in items)
        return [what for _, what in ended], submissions(http)

    assert batch(*fal.success(), _REFUSED) == (["video", "error"], 2)
    # When it is run again, and again.
    assert batch(*fal.success("job-2")) == (["video", "video"], 1)
    assert batch() == (["video", "video"], 0)


def test_a_refused_submission_may_be_sent_again(journal: Journal) -> None:
    _fails(AuthenticationError, journal, _REFUSED)
    _fails(AuthenticationError, journal, _REFUSED)
    response, http = generate(journal, *fal.success())
    assert (submissions(http), response.request_id) == (1, "job-1")
    assert states(journal) == {
        f"{KEY}#1": "refused",
        f"{KEY}#2": "refused",
        f"{KEY}#3": "completed",
    }


def test_a_failed_job_is_not_paid_for_again(journal: Journal) -> None:
    first = _fails(GenerationFailedError, journal, fal.queued(), fal.failed())
    second = _fails(GenerationFailedError, journal)
    assert (second, second.message, second.attempts) == (first, first.message, first.attempts)
    assert second.generation is not None
    assert second.generation.request_id == "job-1"


def test_an_error_that_stays_says_that_another_job_needs_another_key(journal: Journal) -> None:
    first = _fails(GenerationFailedError, journal, fal.queued(), fal.failed())
    second = _fails(GenerationFailedError, journal)
    for error in (first, second):
        (note,) = error.__notes__
        assert f"each later call with the key '{KEY}' raises this error again" in note
        assert "give another key for another job" in note


def test_an_error_after_which_a_call_can_submit_has_no_such_note(journal: Journal) -> None:
    refused = _fails(AuthenticationError, journal, _REFUSED)
    unknown = _fails(SubmissionUnknownError, journal, json_reply(499, {"detail": "x"}))
    assert [getattr(error, "__notes__", []) for error in (refused, unknown)] == [[], []]


def test_an_error_of_the_last_config_is_the_error_of_the_key(journal: Journal) -> None:
    replies = [fal.queued(), fal.failed(), fal.queued("job-2"), fal.failed()]
    first = _fails(GenerationFailedError, journal, *replies, config=_CHAIN)
    second = _fails(GenerationFailedError, journal, config=_CHAIN)
    assert second == first
    assert [each.request_id for each in second.attempts] == ["job-1", "job-2"]


def test_a_submission_without_an_answer_is_not_sent_again(journal: Journal) -> None:
    lost = json_reply(499, {"detail": "x"})
    first = _fails(SubmissionUnknownError, journal, lost)
    second = _fails(SubmissionUnknownError, journal)
    assert second == first
    assert not is_retryable_error(second)
    # Until its entry is removed, by somebody who has looked.
    result_of(journal.forget(f"{KEY}#1")).unwrap()
    response, http = generate(journal, *fal.success())
    assert (submissions(http), response.video) == (1, fal.URL)


def test_an_unknown_submission_before_a_refused_one_counts(journal: Journal) -> None:
    # The provider answered the first with a failure, so the chain went on; a job is unlikely.
    replies = [json_reply(500, {"detail": "x"}), _REFUSED]
    first = _fails(SubmissionUnknownError, journal, *replies, config=_CHAIN)
    second = _fails(SubmissionUnknownError, journal, config=_CHAIN)
    assert second == first
    assert states(journal) == {f"{KEY}#1": "unknown", f"{KEY}#2": "refused"}


def test_a_job_that_its_user_cancelled_stays_cancelled(journal: Journal) -> None:
    _, effects = world(fal.queued())
    job = start_video(fal.config(), fal.REQUEST, effects=effects, journal=journal, key=KEY)
    _, effects = world(fal.waiting(), json_reply(202, {"status": "CANCELLATION_REQUESTED"}))
    assert cancel_video(job, effects=effects, journal=journal) == "confirmed"
    error = _fails(GenerationCancelledError, journal)
    assert not is_retryable_error(error)


_DEATHS = [
    pytest.param({"before": "1 intended"}, [], "sends", {"1": "completed"}, id="before the intent"),
    pytest.param({"after": "1 intended"}, [], "unknown", {"1": "intended"}, id="intent written"),
    pytest.param({}, [die], "unknown", {"1": "intended"}, id="sent"),
    pytest.param(
        {"before": "1 accepted"}, [fal.queued()], "unknown", {"1": "intended"}, id="not recorded"
    ),
    pytest.param(
        {"after": "1 accepted"}, [fal.queued()], "goes on", {"1": "completed"}, id="accepted"
    ),
    pytest.param({}, [fal.queued(), die], "goes on", {"1": "completed"}, id="polled"),
    pytest.param(
        {"before": "1 completed"}, fal.success(), "goes on", {"1": "completed"}, id="not stored"
    ),
    pytest.param({"after": "1 completed"}, fal.success(), "gives", {"1": "completed"}, id="stored"),
    pytest.param(
        {"before": "1 refused"}, [_REFUSED], "unknown", {"1": "intended"}, id="refusal not recorded"
    ),
    pytest.param(
        {"after": "1 refused"},
        [_REFUSED],
        "sends",
        {"1": "refused", "2": "completed"},
        id="refused",
    ),
]


@_forks
@pytest.mark.parametrize(("death", "replies", "then", "after"), _DEATHS)
def test_a_process_that_dies_costs_no_second_job(
    place: Place, death: dict[str, str], replies: list[Reply], then: str, after: dict[str, str]
) -> None:
    # Given a process that dies at this point.
    in_a_process_that_dies(lambda: generate(DyingJournal(place.journal(), **death), *replies))
    # When the call is made again.
    journal = place.journal()
    script = {
        "sends": fal.success(),
        "goes on": [fal.completed(), fal.result()],
        "gives": [],
        "unknown": [],
    }[then]
    if then == "unknown":
        error = _fails(SubmissionUnknownError, journal)
        # Then nothing is sent, and the error says what to look at and what to do.
        assert f"tarash forget '{KEY}#1'" in error.message
        assert not is_retryable_error(error)
        assert [each.submission for each in error.attempts] == ["unknown"]
    else:
        # Then it is sent, or its job goes on, or its video is there.
        response, http = generate(journal, *script)
        assert response.video == fal.URL
        assert submissions(http) == (then == "sends")
        assert http.unused == 0
    assert states(journal) == {f"{KEY}#{number}": state for number, state in after.items()}


_CHAIN_DEATHS = [
    pytest.param({"after": "1 failed"}, "sends", id="first failed"),
    pytest.param({"before": "2 intended"}, "sends", id="before the second intent"),
    pytest.param({"after": "2 intended"}, "unknown", id="second intent written"),
    pytest.param({"after": "2 accepted"}, "goes on", id="second accepted"),
]


@_forks
@pytest.mark.parametrize(("death", "then"), _CHAIN_DEATHS)
def test_a_chain_goes_on_where_it_stood(place: Place, death: dict[str, str], then: str) -> None:
    # Given a job that failed, and a process that died on its way to the next config.
    replies = [fal.queued(), fal.failed(), fal.queued("job-2")]
    in_a_process_that_dies(
        lambda: generate(DyingJournal(place.journal(), **death), *replies, config=_CHAIN)
    )
    journal = place.journal()
    if then == "unknown":
        error = _fails(SubmissionUnknownError, journal, config=_CHAIN)
        assert [each.may_have_been_paid for each in error.attempts] == [True, True]
        return
    # When the call is made again.
    script = [fal.completed(), fal.result()]
    if then == "sends":
        script.insert(0, fal.queued("job-2"))
    response, http = generate(journal, *script, config=_CHAIN)
    # Then the first config is not paid for again, and the record has both.
    assert response.request_id == "job-2"
    assert submissions(http) == (then == "sends")
    assert all("veo2" in request.url for request in http.requests if request.method == "POST")
    assert response.execution_metadata is not None
    ended = response.execution_metadata.attempts
    assert [(each.request_id, each.attempt_number) for each in ended] == [
        ("job-1", 1),
        ("job-2", 2),
    ]
    assert any("fal-ai/veo2 was tried next" in warning for warning in response.warnings)
    assert states(journal) == {f"{KEY}#1": "failed", f"{KEY}#2": "completed"}


@_forks
def test_a_refused_fallback_is_sent_again_without_the_config_that_failed(place: Place) -> None:
    journal = place.journal()
    replies = [fal.queued(), fal.failed(), _REFUSED]
    _fails(AuthenticationError, journal, *replies, config=_CHAIN)
    response, http = generate(journal, *fal.success("job-3"), config=_CHAIN)
    assert (submissions(http), response.request_id) == (1, "job-3")
    assert states(journal) == {
        f"{KEY}#1": "failed",
        f"{KEY}#2": "refused",
        f"{KEY}#3": "completed",
    }


@_forks
def test_an_upload_that_was_cut_short_begins_again_under_its_own_number(place: Place) -> None:
    # Given a process that died while it uploaded a video: nothing was submitted.
    case = upload_cases.FAL
    more = {"config": case.config(), "request": case.request}
    in_a_process_that_dies(lambda: generate(place.journal(), die, **more))
    journal = place.journal()
    assert states(journal) == {f"{KEY}#1": "uploading"}
    # When the call is made again.
    _, http = generate(journal, *case.replies(), *case.rest, **more)
    # Then it uploads and submits, in the place of the first.
    assert http.unused == 0
    assert states(journal) == {f"{KEY}#1": "completed"}


@pytest.mark.parametrize("refused", [False, True], ids=["uploaded", "refused"])
def test_a_call_that_slept_through_its_lease_submits_nothing(
    journal: Journal, *, refused: bool
) -> None:
    # Given a call that is suspended during an upload, and another that takes the upload over.
    case, clock = upload_cases.FAL, FakeClock()
    first, *others = case.replies()
    more = {"config": case.config(timeout=7200), "request": case.request}
    done: list[Any] = []

    def sleep(_asked: HttpRequest) -> HttpResponse:
        clock.advance(3600)
        _, effects = world(*case.replies(), *case.rest, clock=FakeClock(utc=clock.utc()))
        done.append(generate(journal, effects=effects, **more)[0])
        return _REFUSED if refused else first

    http, effects = world(sleep, *others, clock=clock)
    if refused:
        with pytest.raises(AuthenticationError):
            generate(journal, effects=effects, **more)
    else:
        assert generate(journal, effects=effects, **more)[0] == done[0]
    # Then the first call submits nothing, and what it writes is out of date.
    assert submissions(http) == 0
    assert states(journal) == {f"{KEY}#1": "completed"}
    response, silent = generate(journal, **more)
    assert (response.request_id, silent.requests) == (done[0].request_id, [])


class _Waking(FakeClock):
    """A clock that does something when its caller sleeps."""

    def __init__(self, wake: Any) -> None:
        super().__init__()
        self._wake = wake

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        self._wake(len(self.slept))


def test_a_call_waits_for_another_that_has_the_key(journal: Journal) -> None:
    # Given a call in the middle of its job, whose owner lives.
    seen: list[Any] = []

    def second() -> None:
        # When another call has the same key.
        def wake(times: int) -> None:
            assert times < 2

        http, effects = world(clock=_Waking(wake))
        error: Any = None
        try:
            generate(journal, effects=effects, config=fal.config(timeout=0.4))
        except TimeoutError as raised:
            error = raised
        seen.append((error, http.requests))

    def poll(_asked: HttpRequest) -> HttpResponse:
        second()
        return fal.completed()

    generate(journal, fal.queued(), poll, fal.result())
    # Then it sends nothing, and gives up at its own deadline.
    ((error, requests),) = seen
    assert requests == []
    assert "another call has the key 'order-17/clip-1' (job job-1)" in error.message
    assert error.timeout_seconds == 0.4
    assert error.generation.request_id == "job-1"
    assert is_retryable_error(error)


def test_a_waiting_call_has_the_video_as_soon_as_it_is_there(journal: Journal) -> None:
    # Given a job that another call owns, and that is finished while this call waits.
    _, effects = world(fal.queued())
    job = start_video(fal.config(), fal.REQUEST, effects=effects, journal=journal, key=KEY)
    (entry,) = entries(journal)
    now = FakeClock().utc()
    until = now + timedelta(minutes=1)
    claimed = journal.claim(entry, owner="another", now=now, until=until)
    assert result_of(claimed).unwrap() == "owned"

    def wake(times: int) -> None:
        if times == 3:
            _, other = world(fal.completed(), fal.result())
            result_of(journal.release(job.id, owner="another")).unwrap()
            resume_video(job, effects=other, journal=journal)

    clock = _Waking(wake)
    http, effects = world(clock=clock)
    response, _ = generate(journal, effects=effects)
    assert (response.video, http.requests, len(clock.slept)) == (fal.URL, [], 3)


def test_a_job_whose_url_has_expired_is_asked_for_again(journal: Journal) -> None:
    # Given a video whose URL works for an hour.
    def signed(day: int) -> HttpResponse:
        query = f"X-Amz-Date=202601{day:02}T000000Z&X-Amz-Expires=3600"
        return json_reply(200, {"video": {"url": f"{fal.URL}?{query}"}})

    first, _ = generate(journal, fal.queued(), fal.completed(), signed(1))
    # When the call is made again after 50 minutes, and after two hours.
    for minutes, replies in ((50, []), (120, [fal.completed(), signed(2)])):
        clock = FakeClock()
        clock.advance(minutes * 60)
        http, effects = world(*replies, clock=clock)
        response, _ = generate(journal, effects=effects)
        # Then a URL that works is returned, and only the second asks for it.
        assert (http.unused, submissions(http)) == (0, 0)
        assert attrs.evolve(response, video="", expires_at=None) == attrs.evolve(
            first, video="", expires_at=None
        )
        assert response.expires_at is not None
        assert response.expires_at > clock.utc()


def test_a_video_of_bytes_is_asked_for_again(journal: Journal) -> None:
    more: dict[str, Any] = {
        "config": VideoGenerationConfig(provider="fal", model="fal-ai/veo3", mock=MockConfig()),
        "effects": None,
    }
    first, _ = generate(journal, **more)
    assert isinstance(first.video, MediaContent)
    second, _ = generate(journal, **more)
    assert second.video == first.video
    assert second.request_id == first.request_id
    (entry,) = entries(journal)
    assert entry.ending is not None
    assert entry.ending.response is not None
    assert entry.ending.response.video == ""


def test_start_video_submits_once(journal: Journal) -> None:
    def start(*replies: Reply) -> Any:
        http, effects = world(*replies)
        job = start_video(fal.config(), fal.REQUEST, effects=effects, journal=journal, key=KEY)
        return job, submissions(http)

    (first, sent), (second, silent) = start(fal.queued()), start()
    assert (sent, silent) == (1, 0)
    assert first.request_id == second.request_id == "job-1"
    # The job goes on with the other calls, and with its key.
    response, http = generate(journal, fal.completed(), fal.result())
    assert (response.video, submissions(http)) == (fal.URL, 0)
    third, silent = start()
    assert (third.response, silent) == (response, 0)
    _, effects = world()
    assert resume_video(third, effects=effects, journal=journal, measure=False) == response


def test_a_job_that_another_worker_resumes_stays_below_its_key(journal: Journal) -> None:
    # Given a job with a key and a fallback, which its caller has left.
    _, effects = world(fal.queued())
    start_video(_CHAIN, fal.REQUEST, effects=effects, journal=journal, key=KEY)
    (entry,) = pending_videos(journal)
    # When a worker that knows only the journal resumes it, and the job fails.
    _, effects = world(fal.failed(), *fal.success("job-2"))
    assert resume_video(entry.generation, effects=effects, journal=journal).video == fal.URL
    # Then the fallback's job has the key, too.
    assert states(journal) == {f"{KEY}#1": "failed", f"{KEY}#2": "completed"}
    response, http = generate(journal, config=_CHAIN)
    assert (response.request_id, http.requests) == ("job-2", [])


def test_a_job_that_was_seen_to_fail_leaves_its_chain_to_the_next_call(
    journal: Journal,
) -> None:
    _, effects = world(fal.queued())
    job = start_video(_CHAIN, fal.REQUEST, effects=effects, journal=journal, key=KEY)
    _, effects = world(fal.failed())
    with pytest.raises(GenerationFailedError):
        check_video(job, effects=effects, journal=journal)
    response, http = generate(journal, *fal.success("job-2"), config=_CHAIN)
    assert (submissions(http), response.request_id) == (1, "job-2")


def test_an_entry_that_cannot_be_read_stops_its_key(place: Place, journal: Journal) -> None:
    generate(journal, *fal.success())
    place.execute("UPDATE video_generations SET generation = '{'")
    error = _fails(JournalError, journal)
    assert "cannot be read: nothing was sent" in error.message


def test_a_key_that_a_provider_echoes_is_not_stored(place: Place, journal: Journal) -> None:
    echo = json_reply(200, {"video": {"url": fal.URL}, "input": {"openai_api_key": "canary"}})
    first, _ = generate(journal, fal.queued(), fal.completed(), echo)
    assert "canary" in str(first.raw_response)
    assert b"canary" not in place.content()
    second, _ = generate(journal)
    assert second.raw_response == {"video": {"url": fal.URL}, "input": {}}
