"""Media that are too large for a request are uploaded before it, and nothing is paid for them."""

import asyncio
import json
import os
import signal
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support import upload_cases as cases
from tests.support.patience import AT_ONCE, wait, wait_async
from tests.support.upload_cases import Case, png, sent, uploaded

from tarash.tarash_gateway import (
    AuthenticationError,
    HTTPConnectionError,
    HTTPError,
    SqliteJournal,
    TarashException,
    UnexpectedReplyError,
    ValidationError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    VideoGenerationResponse,
    VideoGenerationUpdate,
    codec,
    generate_video,
    generate_video_async,
    pending_videos,
    plan_video,
    resume_video,
)
from tarash.tarash_gateway.effects import Effects
from tarash.tarash_gateway.effects.live import SystemClock
from tarash.tarash_gateway.http.messages import HttpRequest, HttpResponse, JsonBody
from tarash.tarash_gateway.models import ImageItem
from tarash.tarash_gateway.outcome import result_of, settle
from tarash.tarash_gateway.providers.fal.provider import PROVIDER as FAL_PROVIDER
from tarash.tarash_gateway.testing import FakeClock, ScriptedHttp, fake_effects, json_reply, replay
from tarash.tarash_gateway.values.files import MediaFile
from tarash.tarash_gateway.values.media import as_url
from tarash.tarash_gateway.values.saved import VideoGeneration

_EACH = pytest.mark.parametrize("case", cases.CASES, ids=lambda case: case.provider)
_STORED = pytest.mark.parametrize("case", cases.WITH_STORAGE, ids=lambda case: case.provider)
_TRIES = 5
_CASSETTES = Path(__file__).parents[1] / "cassettes"


def _world(*replies: Any, **more: Any) -> tuple[ScriptedHttp, Effects]:
    http = ScriptedHttp(replies)
    return http, fake_effects(http=http, **more)


def _body(request: HttpRequest) -> str:
    assert isinstance(request.body, JsonBody)
    return json.dumps(request.body.value)


def _fails(
    config: VideoGenerationConfig, request: VideoGenerationRequest, effects: Effects, **more: Any
) -> TarashException:
    with pytest.raises(TarashException) as caught:
        generate_video(config, request, effects=effects, **more)
    return caught.value


def _attempts(response: VideoGenerationResponse) -> list[tuple[str, str]]:
    assert response.execution_metadata is not None
    found = response.execution_metadata.attempts
    return [(each.provider, each.submission) for each in found]


@_EACH
def test_a_large_picture_is_uploaded_and_the_submission_names_it(case: Case) -> None:
    # given a provider's replies to an upload, and a picture that no request can hold
    exchanges = case.exchanges()
    http, effects = _world(*case.replies(), *case.rest)
    # when a video is generated from it
    response = generate_video(case.config(), case.request, effects=effects)
    # then the documented exchanges upload it, and the key goes to the provider itself only
    assert sent(http.requests[: len(exchanges)]) == [(e.method, e.url, e.key) for e in exchanges]
    pieces = [
        uploaded(asked) for asked, each in zip(http.requests, exchanges, strict=False) if each.size
    ]
    assert [len(piece) for piece in pieces] == [each.size for each in exchanges if each.size]
    assert b"".join(pieces) == png(case.size)["content"]
    # and the submission has the provider's name of it
    submission = http.requests[len(exchanges)]
    assert case.name.format(1) in _body(submission)
    assert "base64" not in _body(submission)
    assert http.unused == 0
    assert _attempts(response) == [(case.provider, "accepted")]


@_EACH
def test_a_large_video_is_uploaded_and_the_submission_names_it(case: Case) -> None:
    exchanges = case.exchanges(suffix="mp4")
    http, effects = _world(*(each.reply for each in exchanges), *case.rest)
    generate_video(case.config(model=case.video_model), case.video_request, effects=effects)
    content = b"".join(
        uploaded(asked) for asked, each in zip(http.requests, exchanges, strict=False) if each.size
    )
    assert content == cases.mp4(case.size)["content"]
    assert case.name.format(1) in _body(http.requests[len(exchanges)])


@_EACH
def test_a_cassette_has_an_upload_as_the_reference_documents_it(case: Case) -> None:
    # given the published exchanges of an upload, and limits that the smallest picture exceeds
    small = attrs.evolve(case, size=8)
    with replay(_CASSETTES / case.provider / "upload.yaml") as effects:
        # when a video is generated, then every exchange is the published one
        response = generate_video(
            case.config(), small.request, effects=effects, providers=cases.SMALL
        )
    assert _attempts(response) == [(case.provider, "accepted")]


@_EACH
async def test_asyncio_uploads_as_well(case: Case) -> None:
    http, effects = _world(*case.replies(), *case.rest)
    await generate_video_async(case.config(), case.request, effects=effects)
    names = [(e.method, e.url, e.key) for e in case.exchanges()]
    assert sent(http.requests[: len(names)]) == names
    assert http.unused == 0


@_EACH
def test_each_medium_of_a_request_gets_its_own_name(case: Case) -> None:
    # given two large pictures, and updates that are written down
    http, effects = _world(*case.replies(1), *case.replies(2), *case.rest)
    updates: list[VideoGenerationUpdate] = []
    # when a video is generated from both
    generate_video(case.config(), case.two, effects=effects, on_progress=updates.append)
    # then the submission names them in their order
    body = _body(http.requests[len(case.replies(1)) + len(case.replies(2))])
    first, second = (body.index(case.name.format(number)) for number in (1, 2))
    assert first < second
    # and the caller saw the share that was uploaded
    told = [update for update in updates if update.stage == "uploading"]
    percents = [update.progress_percent or 0.0 for update in told]
    assert len(told) == len(http.requests[: len(case.replies(1)) + len(case.replies(2))])
    assert percents == sorted(percents)
    assert percents[-1] == 100.0
    assert {update.status for update in told} == {"queued"}
    assert updates[-1].stage == "generating"


def test_a_small_picture_beside_a_large_one_stays_in_the_request() -> None:
    pictures: list[ImageItem] = [png(100), {"image": png(cases.FAL.size), "type": "last_frame"}]
    request = VideoGenerationRequest(prompt="a kite", image_list=pictures)
    http, effects = _world(*cases.FAL.replies(), *cases.FAL.rest)
    generate_video(cases.FAL.config(), request, effects=effects)
    body = _body(http.requests[2])
    assert "data:image/png;base64,iVBOR" in body
    assert cases.FAL.name.format(1) in body


@_STORED
def test_one_origin_for_all_still_gets_no_key_with_a_signed_url(case: Case) -> None:
    # given a base URL of the caller's own, and signed URLs on the same origin
    base = "https://gateway.example.com/v1"
    replies = {
        "fal": json_reply(200, {"upload_url": f"{base}/put?sig=1", "file_url": f"{base}/get"}),
        "runway": json_reply(
            200, {"uploadUrl": f"{base}/put?sig=1", "fields": {}, "runwayUri": "runway://1"}
        ),
        "google": HttpResponse(status=200, headers={"x-goog-upload-url": f"{base}/put?sig=1"}),
    }
    refused = HttpResponse(status=403)
    http, effects = _world(*(replies[case.provider], refused) * _TRIES)
    # when the storage refuses every try
    error = _fails(case.config(base_url=base), case.request, effects)
    # then the key was in the first exchange of each try, and never with the signed URL
    assert [key for _, _, key in sent(http.requests)] == [True, False] * _TRIES
    assert isinstance(error, HTTPError)


@_STORED
@pytest.mark.parametrize(
    "trouble",
    [
        HttpResponse(status=403, body=b"<Error><Code>AccessDenied</Code></Error>"),
        HttpResponse(status=500),
        HttpResponse(status=302, headers={"Location": "https://elsewhere.example.com/"}),
        HTTPConnectionError(message="broken off", request_sent=True),
        HTTPConnectionError(message="refused", request_sent=False),
    ],
    ids=["403", "500", "302", "broken", "refused"],
)
def test_an_upload_that_a_storage_fails_begins_again(case: Case, trouble: Any) -> None:
    # given a storage that fails once
    begun = case.replies()[: case.storage]
    http, effects = _world(*begun, trouble, *case.replies(2), *case.rest)
    # when a video is generated
    generate_video(case.config(), case.request, effects=effects)
    # then the upload began again, and the submission has its second name
    firsts = [asked.url for asked in http.requests[: 2 + len(begun)]]
    assert firsts[0] == firsts[1 + len(begun)]
    submission = http.requests[len(begun) + 1 + len(case.replies(2))]
    assert case.name.format(2) in _body(submission)
    assert http.unused == 0


@_STORED
def test_a_storage_that_always_fails_ends_the_attempt_and_the_next_config_is_tried(
    case: Case,
) -> None:
    # given a storage that is down, and a fallback that takes the picture in its request
    begun = case.replies()[: case.storage]
    down = HttpResponse(status=503)
    failing = [*begun, down] * _TRIES
    fallback = VideoGenerationConfig(
        provider="openai", model="sora-2", api_key="sk-other", base_url="https://videos.example.com"
    )
    done = json_reply(200, {"id": "video_1", "status": "queued"})
    http, effects = _world(*failing, done, json_reply(500, {}))
    request = attrs.evolve(case.request)
    config = case.config(fallback_configs=[fallback], unsupported="adapt")
    # when a video is generated
    http_error = _fails_or_left(config, request, effects)
    # then the upload was tried five times, nothing was submitted there, and the chain went on
    submitted = http.requests[len(failing)]
    assert submitted.url.startswith("https://videos.example.com")
    first = http_error.attempts[0]
    assert (first.provider, first.submission) == (case.provider, "not_sent")
    assert (first.error_type, first.may_have_been_paid) == ("HTTPError", False)
    assert "storage at " in str(first.error_message)


def _fails_or_left(
    config: VideoGenerationConfig, request: VideoGenerationRequest, effects: Effects
) -> TarashException:
    # Its job is asked for until the time is up: what counts here is the first attempt.
    assert config.fallback_configs is not None
    (last,) = config.fallback_configs
    hurried = attrs.evolve(
        config, fallback_configs=[attrs.evolve(last, max_poll_attempts=1, poll_interval=0.01)]
    )
    return _fails(hurried, request, effects)


@_EACH
def test_a_wrong_key_ends_the_upload_at_once(case: Case) -> None:
    refusal = json_reply(401, {"detail": "invalid key", "error": {"message": "invalid key"}})
    http, effects = _world(refusal)
    error = _fails(case.config(), case.request, effects)
    assert isinstance(error, AuthenticationError)
    assert [each.submission for each in error.attempts] == ["not_sent"]
    assert len(http.requests) == 1


@_EACH
def test_after_a_wrong_key_the_next_config_is_tried(case: Case) -> None:
    refusal = json_reply(401, {"detail": "invalid key", "error": {"message": "invalid key"}})
    mock = VideoGenerationConfig(provider="mock", model="mock")
    _, effects = _world(refusal)
    config = case.config(fallback_configs=[mock])
    response = generate_video(config, case.request, effects=effects)
    assert response.is_mock
    assert _attempts(response) == [(case.provider, "not_sent"), ("mock", "accepted")]


@_EACH
def test_an_upload_that_cannot_be_understood_is_tried_again_and_submits_nothing(
    case: Case,
) -> None:
    http, effects = _world(*[HttpResponse(status=200, body=b"<html>") for _ in range(_TRIES)])
    error = _fails(case.config(), case.request, effects)
    assert isinstance(error, UnexpectedReplyError | HTTPError)
    assert [each.submission for each in error.attempts] == ["not_sent"]
    assert error.generation is None
    assert len(http.requests) == _TRIES


def test_the_tries_end_with_the_timeout() -> None:
    clock = FakeClock()

    def slow(_asked: HttpRequest) -> HttpResponse:
        clock.advance(50)
        return HttpResponse(status=500)

    http, effects = _world(slow, slow, slow, slow, clock=clock)
    error = _fails(cases.FAL.config(timeout=90), cases.FAL.request, effects)
    assert len(http.requests) == 2
    assert [each.submission for each in error.attempts] == ["not_sent"]


def test_an_upload_is_not_an_adjustment() -> None:
    _, effects = _world(*cases.FAL.replies(), *cases.FAL.rest)
    response = generate_video(
        cases.FAL.config(unsupported="error"), cases.FAL.request, effects=effects
    )
    assert response.warnings == ()


def test_a_fallback_that_cannot_take_the_picture_is_left_out_with_a_warning() -> None:
    # given a picture of 40 MB, and a fallback that has no upload route
    path = Path("large.png")
    big = png(40 * cases.MB)["content"]
    fallback = VideoGenerationConfig(provider="openai", model="sora-2", api_key="sk-other")
    config = cases.FAL.config(fallback_configs=[fallback])
    request = VideoGenerationRequest(prompt="a kite", image_list=[path])
    _, effects = _world(*cases.FAL.replies(), *cases.FAL.rest, files={path: big})
    # when a video is generated
    response = generate_video(config, request, effects=effects)
    # then the first config makes it, and a warning names the limit
    assert any(
        "the fallback openai/sora-2 was left out: image_list[0] has 40000000 bytes" in warning
        for warning in response.warnings
    )
    # when the config without a route comes first, then the call is refused before anything is sent
    http, effects = _world(files={path: big})
    reversed_ = attrs.evolve(fallback, fallback_configs=[cases.FAL.config()])
    error = _fails(reversed_, request, effects)
    assert isinstance(error, ValidationError)
    assert "image_list[0] has 40000000 bytes, and at most 33554432 fit into a request" in str(error)
    assert http.requests == []


def test_a_fallback_uploads_to_its_own_storage() -> None:
    # given a first config whose storage is down, and a fallback with another upload route
    begun = cases.FAL.replies()[:1]
    failing = [*begun, HttpResponse(status=500)] * _TRIES
    replies = [*failing, *cases.RUNWAY.replies(7), *cases.RUNWAY.rest]
    http, effects = _world(*replies)
    config = cases.FAL.config(fallback_configs=[cases.RUNWAY.config(api_key="key_other")])
    # when a video is generated
    response = generate_video(config, cases.FAL.request, effects=effects)
    # then each provider's own key and own name were used
    assert _attempts(response) == [("fal", "not_sent"), ("runway", "accepted")]
    assert "runway://upload-7" in _body(http.requests[len(failing) + 2])
    later = http.requests[len(failing) :]
    assert not any("secret-key" in str(asked.credential) for asked in later)


@_EACH
def test_the_journal_says_what_goes_on(case: Case, tmp_path: Path) -> None:
    # given a journal that is read at each exchange
    journal = SqliteJournal(tmp_path / "journal.sqlite3")
    states: list[str] = []

    def and_look(reply: HttpResponse) -> Any:
        def look(_asked: HttpRequest) -> HttpResponse:
            states.extend(entry.state for entry in settle(result_of(journal.entries())))
            return reply

        return look

    uploads = case.replies()
    _, effects = _world(*map(and_look, [*uploads, *case.rest]))
    # when a video is generated
    generate_video(case.config(), case.request, effects=effects, journal=journal)
    # then the uploads, the intent and the job were there before each exchange
    accepted = ["accepted"] * (len(case.rest) - 1)
    assert states == ["uploading"] * len(uploads) + ["intended", *accepted]
    (entry,) = settle(result_of(journal.entries(pending=False)))
    assert entry.state == "completed"
    # and none of the bytes is in it
    assert (tmp_path / "journal.sqlite3").stat().st_size < 100_000
    assert entry.generation.media_omitted


def test_a_long_upload_does_not_write_the_journal_at_each_piece(tmp_path: Path) -> None:
    written: list[str] = []

    class Counting(SqliteJournal):
        def reserve(self, entry: Any, **more: Any) -> Any:
            written.append(entry.state)
            return super().reserve(entry, **more)

    case = attrs.evolve(cases.GOOGLE, size=5 * cases.PIECE)
    _, effects = _world(*case.replies(), *case.rest)
    journal = Counting(tmp_path / "journal.sqlite3")
    generate_video(case.config(), case.request, effects=effects, journal=journal)
    assert written == ["uploading", "intended"]


def test_a_failed_upload_is_over_for_the_journal(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "journal.sqlite3")
    _, effects = _world(json_reply(401, {"detail": "no"}))
    _fails(cases.FAL.config(), cases.FAL.request, effects, journal=journal)
    assert pending_videos(journal) == ()
    (entry,) = settle(result_of(journal.entries(pending=False)))
    assert entry.state == "refused"


def _killed_upload(journal: SqliteJournal) -> None:
    """Leave what a process leaves that is killed during an upload."""

    def die(_asked: HttpRequest) -> HttpResponse:
        os._exit(9)

    child = os.fork()
    if not child:
        _, effects = _world(die)
        generate_video(cases.FAL.config(), cases.FAL.request, effects=effects, journal=journal)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


@pytest.mark.skipif(not hasattr(os, "fork"), reason="fork is POSIX's")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_killed_upload_is_listed_and_cannot_be_resumed(tmp_path: Path) -> None:
    # given a process that was killed during an upload
    journal = SqliteJournal(tmp_path / "journal.sqlite3")
    _killed_upload(journal)
    # then its entry says so, in this process and as JSON
    (entry,) = pending_videos(journal)
    assert (entry.state, entry.in_use) == ("uploading", False)
    assert entry.generation.uploading
    assert VideoGeneration.from_json(entry.generation.to_json()).uploading
    # and there is nothing to resume
    http, effects = _world()
    with pytest.raises(ValidationError, match="nothing was submitted, and nothing is charged"):
        resume_video(entry.generation, config=cases.FAL.config(), journal=journal, effects=effects)
    assert http.requests == []
    settle(result_of(journal.forget(entry.generation.id)))
    assert pending_videos(journal) == ()


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")
def test_ctrl_c_in_an_upload_ends_the_call_at_once(tmp_path: Path) -> None:
    # given an upload that takes long
    began = threading.Event()

    def slow(_asked: HttpRequest) -> HttpResponse:
        began.set()
        # One long sleep could begin just after the signal.
        for _ in range(900):
            time.sleep(0.1)
        return HttpResponse(status=200)

    def interrupt() -> None:
        wait(began)
        os.kill(os.getpid(), signal.SIGINT)

    journal = SqliteJournal(tmp_path / "journal.sqlite3")
    http, effects = _world(cases.FAL.replies()[0], slow)
    threading.Thread(target=interrupt).start()
    # when it is interrupted
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt) as caught:
        generate_video(cases.FAL.config(), cases.FAL.request, effects=effects, journal=journal)
    # then the call ends at once, says that nothing was submitted, and leaves nothing open
    assert time.monotonic() - start < AT_ONCE
    assert any("no video job was submitted" in note for note in caught.value.__notes__)
    assert len(http.requests) == 2
    assert pending_videos(journal) == ()
    (entry,) = settle(result_of(journal.entries(pending=False)))
    assert (entry.state, "nothing was submitted" in str(entry.message)) == ("cancelled", True)


async def test_a_cancelled_task_ends_its_upload_at_once(tmp_path: Path) -> None:
    # given an upload whose body is being sent in another thread
    began, ended = threading.Event(), threading.Event()

    def slow(asked: HttpRequest) -> HttpResponse:
        assert asked.body is not None
        try:
            for _ in range(900):
                uploaded(asked)
                began.set()
                time.sleep(0.1)
        finally:
            ended.set()
        return HttpResponse(status=200)

    journal = SqliteJournal(tmp_path / "journal.sqlite3")
    http, effects = _world(cases.FAL.replies()[0], slow)
    effects = attrs.evolve(effects, clock=SystemClock())
    task = asyncio.ensure_future(
        generate_video_async(
            cases.FAL.config(), cases.FAL.request, effects=effects, journal=journal
        )
    )
    await wait_async(began)
    # when the task is cancelled
    start = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    # then it ends at once, and so does what the thread sends
    assert time.monotonic() - start < AT_ONCE
    assert any("no video job was submitted" in note for note in caught.value.__notes__)
    await wait_async(ended)
    assert len(http.requests) == 2
    assert pending_videos(journal) == ()


@_EACH
def test_a_plan_lists_the_uploads(case: Case) -> None:
    http, effects = _world()
    config = attrs.evolve(case.config(), api_key=None)
    plan = plan_video(config, case.request, effects=effects)
    (planned,) = plan.uploads
    first = case.exchanges()[0]
    assert (planned.place, planned.content_type) == ("image_list[0]", "image/png")
    assert (planned.size, planned.file_name) == (case.size, "image_list-0.png")
    assert (planned.method, planned.url) == (first.method, first.url)
    assert planned.name in json.dumps(plan.body)
    shown = json.loads(codec.to_json(plan))["uploads"]
    assert shown == [attrs.asdict(planned)]
    assert http.requests == []


def test_a_plan_without_uploads_lists_none() -> None:
    plan = plan_video(
        cases.FAL.config(),
        VideoGenerationRequest(prompt="a kite", image_list=[png(10)]),
        effects=fake_effects(),
    )
    assert plan.uploads == ()


def test_a_provider_without_rules_refuses_a_file_that_no_request_can_hold() -> None:
    # given a provider of somebody's own that knows neither limits nor uploads
    path = Path("large.png")
    content = png(33 * cases.MB + 700_000)["content"]
    plain = attrs.evolve(FAL_PROVIDER, name="plain", media=None, uploads=None)
    http, effects = _world(files={path: content})
    request = VideoGenerationRequest(prompt="a kite", image_list=[path])
    # when a file on the disk is given
    error = _fails(cases.FAL.config(provider="plain"), request, effects, providers={"plain": plain})
    # then the refusal names the limit, and nothing was sent
    assert isinstance(error, ValidationError)
    assert "image_list[0] has 33700000 bytes, and at most 33554432 fit into a request" in str(error)
    assert "pass a public URL" in str(error)
    assert http.requests == []


def _file(content: bytes = b"abc") -> MediaFile:
    return MediaFile(
        path=Path("/somewhere/kite.png"),
        size=len(content),
        content_type="image/png",
        read=lambda start, length: (content[start : start + length],),
    )


def test_no_request_gets_the_name_of_a_local_file() -> None:
    with pytest.raises(ValidationError, match=r"kite\.png has 3 bytes, which no request can hold"):
        as_url(_file())


def test_a_request_with_a_file_is_written_without_its_bytes() -> None:
    request = VideoGenerationRequest(prompt="a kite", image_list=[_file()], video=_file())
    text = codec.to_json(request)
    assert json.loads(text)["video"] == {"path": "/somewhere/kite.png"}
    again = codec.from_json(text, VideoGenerationRequest)
    assert again.video == Path("/somewhere/kite.png")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "upload_url",
                    "file_url",
                    "urls",
                    "get",
                    "uploadUrl",
                    "fields",
                    "runwayUri",
                    "file",
                    "uri",
                    "id",
                    "status",
                    "detail",
                    "error",
                ]
            ),
            inner | st.sampled_from(["https://a.example/x", "runway://1", "http://[", "/x"]),
            max_size=4,
        )
    ),
    max_leaves=8,
)
_REPLY = st.builds(
    HttpResponse,
    status=st.sampled_from([200, 201, 204, 301, 400, 401, 403, 404, 408, 413, 429, 500, 503]),
    headers=st.dictionaries(
        st.sampled_from(["x-goog-upload-url", "x-goog-upload-status", "retry-after", "location"]),
        st.sampled_from(["https://a.example/x?id=1", "final", "active", "1", "", "http://["]),
        max_size=3,
    ),
    body=_JSON.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=20),
)


@_EACH
@settings(max_examples=60)
@given(data=st.data())
def test_no_reply_to_an_upload_raises_or_submits_what_has_no_name(
    case: Case, data: st.DataObject
) -> None:
    # given a provider and a storage that may answer anything, the right replies included
    right = st.sampled_from([*case.replies(1), *case.replies(2)])
    replies = data.draw(st.lists(right | right | _REPLY, min_size=10, max_size=10))
    stop = json_reply(401, {"detail": "the script ends"})
    http, effects = _world(
        *(partial(_unless_submitted, case, reply) for reply in replies), *[stop] * 40
    )
    # when a video is generated, then only the library's own errors come out
    error = _fails(case.config(), case.two, effects)
    assert "bug" not in str(error)
    # and a submission, if one was made, names every medium
    for asked in http.requests:
        if _is_submission(case, asked):
            assert "image_list" not in _body(asked)
            assert "base64" not in _body(asked)
            assert _body(asked).count("://") >= len(case.two.image_list)


def _unless_submitted(case: Case, reply: HttpResponse, asked: HttpRequest) -> HttpResponse:
    return json_reply(401, {"detail": "no"}) if _is_submission(case, asked) else reply


def _is_submission(case: Case, asked: HttpRequest) -> bool:
    path = asked.url.partition("?")[0]
    place = {
        "fal": "https://queue.fal.run/",
        "replicate": "https://api.replicate.com/v1/models/",
        "runway": "https://api.dev.runwayml.com/v1/image_to_video",
        "google": "https://generativelanguage.googleapis.com/v1beta/interactions",
    }[case.provider]
    return asked.method == "POST" and path.startswith(place)
