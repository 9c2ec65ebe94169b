"""`save_video`, `save_to` and `measure`, as their users call them."""

import asyncio
import hashlib
import itertools
import json
import pickle
import time
import tracemalloc
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import attrs
import pytest
import vcr
from tests.support import fal_replies as fal
from tests.support.lifecycle_cases import Call
from tests.support.saving import CONFIG, VIDEO, again, finished, world
from tests.support.video_host import VideoHost

from tarash.tarash_gateway import (
    AuthenticationError,
    MediaContent,
    MockConfig,
    MockResponse,
    SaveError,
    ValidationError,
    VideoGeneration,
    VideoGenerationRequest,
    VideoGenerationResponse,
    VideoGenerationUpdate,
    check_video,
    codec,
    functional,
    generate_video,
    generate_video_async,
    resume_video,
    save_video,
    save_video_async,
    start_video,
)
from tarash.tarash_gateway.effects import Effects, Http, HttpReply
from tarash.tarash_gateway.effects.live import live_effects
from tarash.tarash_gateway.effects.memory import FakeDisk
from tarash.tarash_gateway.http.messages import HttpRequest, HttpResponse, Limits
from tarash.tarash_gateway.outcome import IOOutcome, result_of
from tarash.tarash_gateway.testing import FakeClock, ScriptedHttp, fake_effects, json_reply

_CASSETTE = Path(__file__).parents[1] / "cassettes" / "fal" / "success.yaml"
Generate = Callable[..., VideoGenerationResponse]


def _blocking(effects: Effects, **options: Any) -> VideoGenerationResponse:
    return generate_video(CONFIG, fal.REQUEST, effects=effects, **options)


def _asyncio(effects: Effects, **options: Any) -> VideoGenerationResponse:
    return asyncio.run(generate_video_async(CONFIG, fal.REQUEST, effects=effects, **options))


@pytest.fixture(params=[_blocking, _asyncio], ids=["blocking", "asyncio"])
def generate(request: pytest.FixtureRequest) -> Generate:
    made: Generate = request.param
    return made


@pytest.fixture
def host() -> Any:
    with VideoHost(VIDEO, len(VIDEO)) as video:
        yield video


def _is_measured(response: VideoGenerationResponse) -> bool:
    media = response.media
    assert response.duration is not None
    return (
        media.duration_source == media.resolution_source == "measured"
        and abs(response.duration - 0.76) < 0.04
        and media.codec == "h264"
    )


class TestSaving:
    """A file, once it is there, is the video, and the response says what it is."""

    def test_a_video_is_saved_and_measured_in_one_download(
        self, generate: Generate, host: VideoHost, tmp_path: Path
    ) -> None:
        # given a job whose video is at a host
        effects, scripted = world(finished(host.url))
        # when it is generated into a file
        response = generate(effects, save_to=tmp_path / "clip.mp4")
        # then the file is the video, fetched once, without the key
        assert response.path == tmp_path / "clip.mp4"
        assert response.path.read_bytes() == VIDEO
        assert host.asked == [0]
        assert b"secret" not in host.heads[0].replace(b"signature=secret", b"")
        # and the response says what it is
        assert response.media.sha256 == hashlib.sha256(VIDEO).hexdigest()
        assert response.media.size == len(VIDEO)
        assert _is_measured(response)
        assert response.warnings == ()
        assert scripted.unused == 0

    def test_a_folder_gets_a_file_that_is_named_after_the_job(
        self, generate: Generate, host: VideoHost, tmp_path: Path
    ) -> None:
        for place in (tmp_path, f"{tmp_path}/"):
            effects, _ = world(finished(host.url))
            path = generate(effects, save_to=place).path
            assert path is not None
            assert path.parent == tmp_path
        assert sorted(file.name for file in tmp_path.iterdir()) == ["job-1-2.mp4", "job-1.mp4"]

    def test_without_a_measurement_only_the_file_is_known(
        self, generate: Generate, host: VideoHost, tmp_path: Path
    ) -> None:
        effects, _ = world(finished(host.url))
        response = generate(effects, save_to=tmp_path / "clip.mp4", measure=False)
        assert response.media.size == len(VIDEO)
        assert response.media.duration_source == "unknown"

    def test_the_same_through_every_face(self, host: VideoHost, tmp_path: Path) -> None:
        effects, _ = world(finished(host.url))
        response = _blocking(effects)
        names = [tmp_path / f"{number}.mp4" for number in range(4)]
        saved = [
            save_video(response, names[0], effects=effects),
            asyncio.run(save_video_async(response, names[1], effects=effects)),
            result_of(functional.save_video(response, names[2], effects=effects)).unwrap(),
            result_of(
                asyncio.run(
                    functional.save_video_async(
                        response, str(names[3]), effects=effects
                    ).awaitable()
                )
            ).unwrap(),
        ]
        assert [each.path for each in saved] == names
        assert {name.read_bytes() for name in names} == {VIDEO}
        assert len({attrs.evolve(each, path=None) for each in saved}) == 1

    def test_a_resumed_job_is_saved(self, host: VideoHost, tmp_path: Path) -> None:
        effects, _ = world(finished(host.url))
        job = start_video(CONFIG, fal.REQUEST, effects=effects)
        response = resume_video(job, effects=effects, save_to=tmp_path / "clip.mp4")
        assert response.path is not None
        assert response.path.read_bytes() == VIDEO

    def test_bytes_that_a_provider_sent_are_saved_as_they_are(self, tmp_path: Path) -> None:
        response = VideoGenerationResponse(request_id="1", video=MediaContent(VIDEO, "video/mp4"))
        saved = save_video(response, tmp_path / "clip.mp4", effects=world([])[0])
        assert saved.path is not None
        assert saved.path.read_bytes() == VIDEO
        assert _is_measured(saved)

    def test_the_mock_is_saved_without_a_network(self, tmp_path: Path) -> None:
        config = attrs.evolve(CONFIG, mock=MockConfig())
        response = generate_video(config, fal.REQUEST, save_to=tmp_path / "clip.mp4")
        assert response.path == tmp_path / "clip.mp4"
        assert response.media.duration_source == "measured"
        assert response.warnings == ()

    def test_a_disk_in_memory_serves_tests(self, host: VideoHost) -> None:
        disk = FakeDisk()
        effects = attrs.evolve(world(finished(host.url))[0], disk=disk)
        response = _blocking(effects, save_to="clips/a.mp4")
        assert response.path == Path("clips/a.mp4")
        assert disk.files == {Path("clips/a.mp4"): VIDEO}


class TestBeforeAnythingIsSent:
    """What is wrong with a file or an option is known before a job is paid for."""

    @pytest.mark.parametrize(
        ("place", "options", "words"),
        [
            ("no/clip.mp4", {}, "its folder does not exist: make it first"),
            ("no/", {}, "the folder no does not exist: make it first"),
            ("old.mp4", {}, "exists already: give another name, or allow it to be replaced"),
            ("/proc/clip.mp4", {}, "/proc/clip.mp4 cannot be written ("),
            ("", {}, "save_to must be the name of a file or of a folder"),
            (b"clip.mp4", {}, "save_to must be the name of a file or of a folder, not 8 bytes"),
            (3, {}, "save_to must be"),
            ("a\0b.mp4", {}, "cannot be written"),
            ("clip.mp4", {"download_timeout": 0}, "download_timeout must be a number of seconds"),
            ("clip.mp4", {"download_timeout": True}, "download_timeout must be"),
            ("clip.mp4", {"download_timeout": float("nan")}, "download_timeout must be"),
        ],
    )
    def test_nothing_is_sent(  # noqa: PLR0917 - a case, and where it happens
        self,
        generate: Generate,
        monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
        place: Any,
        options: dict[str, Any],
        words: str,
    ) -> None:
        monkeypatch.chdir(tmp_path)
        Path("old.mp4").write_bytes(b"precious")
        effects, scripted = world(finished("http://127.0.0.1:1/"))
        with pytest.raises(ValidationError) as caught:
            generate(effects, save_to=place, **options)
        assert words in caught.value.message
        assert scripted.requests == []
        assert [path.name for path in tmp_path.iterdir()] == ["old.mp4"]
        assert Path("old.mp4").read_bytes() == b"precious"

    def test_a_folder_without_permission(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        # given a system that lets this user create nothing there
        def denied(*_: object, **__: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr("tempfile.NamedTemporaryFile", denied)
        effects, scripted = world(finished("http://127.0.0.1:1/"))
        with pytest.raises(ValidationError, match=r"clip\.mp4 cannot be written \(Permission den"):
            _blocking(effects, save_to=tmp_path / "clip.mp4")
        assert scripted.requests == []

    def test_a_full_disk(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        full = attrs.make_class("Usage", {"free": attrs.field(default=5 * 2**20)})
        monkeypatch.setattr("shutil.disk_usage", lambda _path: full())
        effects, scripted = world(finished("http://127.0.0.1:1/"))
        with pytest.raises(ValidationError, match="5 MiB of free space, and a video may need more"):
            _blocking(effects, save_to=tmp_path / "clip.mp4")
        assert scripted.requests == []

    def test_an_existing_file_is_replaced_when_that_is_asked_for(
        self, host: VideoHost, tmp_path: Path
    ) -> None:
        path = tmp_path / "clip.mp4"
        path.write_bytes(b"old")
        effects, _ = world(finished(host.url))
        assert _blocking(effects, save_to=path, overwrite=True).path == path
        assert path.read_bytes() == VIDEO

    def test_a_file_that_came_meanwhile_is_not_replaced(
        self, host: VideoHost, tmp_path: Path
    ) -> None:
        path = tmp_path / "clip.mp4"

        def late(_request: HttpRequest) -> HttpResponse:
            path.write_bytes(b"precious")
            return finished(host.url)[-1]

        effects, _ = world([*finished(host.url)[:-1], late])  # type: ignore[list-item]  # a function of the request
        response = _blocking(effects, save_to=path)
        assert response.path == tmp_path / "clip-2.mp4"
        assert "clip.mp4 was created in the meantime: the video is in" in response.warnings[0]
        assert path.read_bytes() == b"precious"

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            ({"max_bytes": 0}, "max_bytes must be a whole number above 0"),
            ({"max_bytes": 2.5}, "max_bytes must be a whole number above 0"),
            ({"download_timeout": "9"}, "download_timeout must be a number of seconds above 0"),
        ],
    )
    def test_a_wrong_option_of_save_video_is_named(
        self, tmp_path: Path, options: dict[str, Any], words: str
    ) -> None:
        response = VideoGenerationResponse(request_id="1", video="http://127.0.0.1:1/")
        with pytest.raises(ValidationError, match=words):
            save_video(response, tmp_path / "a.mp4", effects=world([])[0], **options)

    def test_something_else_than_a_response_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ValidationError, match="response must be a VideoGenerationResponse"):
            save_video("http://127.0.0.1:1/", tmp_path / "a.mp4")  # type: ignore[arg-type]  # the mistake under test


class TestMeasuring:
    """What a video is, is read from its file; a measurement costs nothing when it fails."""

    def test_a_video_that_is_not_saved_is_measured_where_it_is(
        self, generate: Generate, host: VideoHost
    ) -> None:
        effects, scripted = world(finished(host.url))
        response = generate(effects)
        assert _is_measured(response)
        assert (response.path, response.media.sha256) == (None, None)
        assert all(b"Range: bytes=" in head for head in host.heads)
        assert scripted.unused == 0

    def test_it_can_be_turned_off(self, generate: Generate, host: VideoHost) -> None:
        response = generate(world(finished(host.url))[0], measure=False)
        assert response.media.resolution_source == "unknown"
        assert host.heads == []

    def test_a_script_is_asked_for_no_measurement(self, call: Call) -> None:
        # given a script for two calls
        http = ScriptedHttp([*fal.success(), *fal.success()])
        effects = fake_effects(http=http)
        config = attrs.evolve(CONFIG, api_key="id:secret")
        # then a measurement takes none of its replies, and nobody is warned
        first, second = call(config, effects), call(config, effects)
        assert first.media.resolution_source == second.media.resolution_source == "unknown"
        assert first.warnings == second.warnings == ()
        assert (len(http.requests), http.unused) == (6, 0)

    def test_a_script_answers_measurements_if_its_writer_wants_that(self) -> None:
        video = HttpResponse(status=200, body=VIDEO)
        http = ScriptedHttp([*fal.success(), video], optional=True)
        effects = fake_effects(http=http, environment={"FAL_KEY": "id:secret"})
        assert _is_measured(_blocking(effects))

    def test_a_cassette_of_the_user_s_own_is_asked_for_no_measurement(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # given live effects within a cassette that knows no measurement
        monkeypatch.setenv("FAL_KEY", "k")
        prompt = "A drone shot over mountain peaks at golden hour"
        request = VideoGenerationRequest(
            prompt=prompt, duration_seconds=6, resolution="1080p", aspect_ratio="16:9"
        )
        effects = attrs.evolve(live_effects(), clock=FakeClock())
        with vcr.VCR(record_mode="none").use_cassette(str(_CASSETTE)):
            response = generate_video(CONFIG, request, effects=effects)
        assert response.media.resolution_source in {"unknown", "reported"}
        assert response.warnings == ()

    def test_an_effect_that_raises_costs_one_warning(self, generate: Generate) -> None:
        # given somebody's own effect, which does not expect the request
        effects, _ = world([])
        strict = attrs.evolve(effects, http=_Strict(ScriptedHttp(fal.success())))
        response = generate(strict)
        assert response.video == fal.URL
        (warning,) = response.warnings
        assert warning == "the video was not measured: AssertionError: an unexpected GET"

    @pytest.mark.parametrize("status", [403, 404, 500])
    def test_a_host_that_refuses_costs_one_warning(self, status: int) -> None:
        with VideoHost(VIDEO, len(VIDEO), status=[status] * 9) as host:
            response = _blocking(world(finished(host.url))[0])
        (warning,) = response.warnings
        assert warning.startswith("the video was not measured: ")
        assert f"HTTP {status}" in warning

    def test_a_page_costs_one_warning(self) -> None:
        page = b"<html>please log in</html>" * 50
        with VideoHost(page, len(page)) as host:
            response = _blocking(world(finished(host.url))[0])
        (warning,) = response.warnings
        assert warning.startswith("the video was not measured: ")

    def test_a_mocked_url_is_not_asked_for(self) -> None:
        mocked = MockResponse(output_video="https://example.com/a.mp4")
        config = attrs.evolve(CONFIG, mock=MockConfig(responses=[mocked]))
        response = generate_video(config, fal.REQUEST)
        assert response.video == "https://example.com/a.mp4"
        assert response.warnings == ()

    def test_a_difference_from_what_was_reported_is_a_warning(self, tmp_path: Path) -> None:
        # given a provider that reports twice the length and another size
        response = VideoGenerationResponse(
            request_id="1",
            video=MediaContent(VIDEO, "video/mp4"),
            duration=1.6,
            resolution="1080p",
            media=attrs.evolve(
                VideoGenerationResponse(request_id="", video="").media,
                duration_source="reported",
                resolution_source="reported",
            ),
        )
        saved = save_video(response, tmp_path / "a.mp4", effects=world([])[0])
        assert [warning.partition(":")[0] for warning in saved.warnings] == [
            f"the provider reports 1.6 s, and the video has {saved.duration:.4g} s",
            f"the provider reports 1080p, and the video has {saved.resolution}",
        ]


@attrs.frozen
class _Strict:
    """An effect of somebody's test, which checks each request."""

    http: ScriptedHttp

    def open(self, request: HttpRequest, *, limits: Limits) -> IOOutcome[HttpReply]:
        if not self.http.unused:
            message = f"an unexpected {request.method}"
            raise AssertionError(message)
        return self.http.open(request, limits=limits)


class TestAnExpiredUrl:
    """Where a URL has expired, the provider is asked again, and never submitted to."""

    def test_it_recovers_within_one_call(self, generate: Generate, tmp_path: Path) -> None:
        # given a job whose first URL has expired
        with (
            VideoHost(VIDEO, len(VIDEO), status=[403]) as old,
            VideoHost(VIDEO, len(VIDEO)) as new,
        ):
            effects, scripted = world([*finished(old.url), *again(new.url)])
            response = generate(effects, save_to=tmp_path / "clip.mp4")
        assert response.path is not None
        assert response.path.read_bytes() == VIDEO
        assert response.video == new.url
        assert [asked.method for asked in scripted.requests] == ["POST", *["GET"] * 4]

    @pytest.mark.parametrize("form", ["value", "pickle", "generation"])
    def test_it_recovers_later(self, host: VideoHost, tmp_path: Path, form: str) -> None:
        # given a response that was kept for days, in one form or another
        effects, _ = world(finished("http://127.0.0.1:1/gone.mp4"))
        kept = _blocking(effects, measure=False)
        if form == "pickle":
            kept = pickle.loads(pickle.dumps(kept))  # noqa: S301 - our own bytes
        with VideoHost(VIDEO, len(VIDEO), status=[410] * 2) as old:
            kept = attrs.evolve(kept, video=old.url)
            # when it is saved in a process that has the key in its environment
            later, scripted = world(again(host.url))
            path = tmp_path / "clip.mp4"
            if form == "generation":
                assert kept.generation is not None
                whole = attrs.evolve(kept.generation, response=kept)
                stored = VideoGeneration.from_json(whole.to_json())
                saved = resume_video(stored, effects=later, save_to=path)
            else:
                saved = save_video(kept, path, effects=later)
        # then the provider is asked for the same job, and nothing is submitted
        assert saved.path == path
        assert path.read_bytes() == VIDEO
        assert saved.video == host.url
        assert [asked.method for asked in scripted.requests] == ["GET", "GET"]
        assert all("job-1" in asked.url for asked in scripted.requests)

    def test_a_checked_job_knows_where_it_came_from(self, host: VideoHost, tmp_path: Path) -> None:
        effects, _ = world(finished(host.url))
        job = start_video(CONFIG, fal.REQUEST, effects=effects)
        while job.response is None:
            job = check_video(job, effects=effects)
        stored = VideoGeneration.from_json(job.to_json())
        with VideoHost(VIDEO, len(VIDEO), status=[404]) as old:
            assert stored.response is not None
            expired = attrs.evolve(stored, response=attrs.evolve(stored.response, video=old.url))
            later, _ = world(again(host.url))
            saved = resume_video(expired, effects=later, save_to=tmp_path / "a.mp4")
        assert saved.video == host.url

    def test_a_config_with_the_key_is_taken(self, host: VideoHost, tmp_path: Path) -> None:
        with VideoHost(VIDEO, len(VIDEO), status=[404] * 2) as old:
            kept = _blocking(world(finished(old.url))[0], measure=False)
            later, scripted = world(again(host.url))
            later = attrs.evolve(later, environment=fake_effects().environment)
            # given no key in the environment
            with pytest.raises(SaveError, match="set FAL_KEY") as caught:
                save_video(kept, tmp_path / "a.mp4", effects=later)
            assert isinstance(caught.value.__cause__, AuthenticationError)
            # when the config is given again
            config = attrs.evolve(CONFIG, api_key="id:secret")
            saved = save_video(kept, tmp_path / "a.mp4", effects=later, config=config)
        assert saved.path is not None
        assert scripted.requests[0].credential == {"Authorization": "Key id:secret"}

    def test_a_job_that_the_provider_forgot_is_an_error_with_the_video(
        self, generate: Generate, tmp_path: Path
    ) -> None:
        with VideoHost(VIDEO, len(VIDEO), status=[404]) as old:
            gone = json_reply(404, {"detail": "not found"})
            effects, scripted = world([*finished(old.url), gone, gone, gone])
            with pytest.raises(SaveError) as caught:
                generate(effects, save_to=tmp_path / "clip.mp4")
        error = caught.value
        assert error.response is not None
        assert error.response.video == old.url
        assert error.generation == error.response.generation
        assert error.request_id == "job-1"
        assert old.url.partition("?")[0] in error.message
        assert "secret" not in str(error)
        assert "save_video(error.response" in error.message
        assert [asked.method for asked in scripted.requests].count("POST") == 1
        assert list(tmp_path.iterdir()) == []

    def test_a_provider_that_gives_no_fresh_one_is_asked_three_times(self, tmp_path: Path) -> None:
        running = json_reply(200, {"status": "IN_PROGRESS", "request_id": "job-1"})
        with VideoHost(VIDEO, len(VIDEO), status=[404]) as old:
            effects, scripted = world([*finished(old.url), *[running] * 9])
            with pytest.raises(SaveError, match="gave no fresh one in 3 exchanges"):
                _blocking(effects, save_to=tmp_path / "clip.mp4")
        assert scripted.unused == 6


class _Faulty(FakeDisk):
    """A disk of somebody's own, with a bug."""

    def create(self, path: Path) -> NoReturn:
        message = f"a bug at {path.name}"
        raise ValueError(message)


class TestFailures:
    """A finished video is never lost: the error has it."""

    def test_a_bug_in_an_effect_costs_no_video(self, generate: Generate, tmp_path: Path) -> None:
        effects, _ = world(finished("https://v3.fal.media/a.mp4"))
        with pytest.raises(SaveError, match="ValueError: a bug at") as caught:
            generate(attrs.evolve(effects, disk=_Faulty()), save_to=tmp_path / "a.mp4")
        assert caught.value.response is not None

    @pytest.mark.parametrize("options", [{}, {"save_to": "a.mp4"}], ids=["measured", "saved"])
    def test_an_interruption_has_the_video(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, options: dict[str, Any]
    ) -> None:
        def interrupted(_request: HttpRequest) -> HttpResponse:
            raise KeyboardInterrupt

        monkeypatch.chdir(tmp_path)
        http = ScriptedHttp([*fal.success(), interrupted], optional=True)
        effects = attrs.evolve(world([])[0], http=http)
        with pytest.raises(KeyboardInterrupt) as caught:
            _blocking(effects, **options)
        assert vars(caught.value)["response"].video == fal.URL
        assert vars(caught.value)["generation"].request_id == "job-1"
        assert "save_video(error.response" in caught.value.__notes__[0]
        assert list(tmp_path.iterdir()) == []

    async def test_a_cancelled_task_leaves_no_file(self, tmp_path: Path) -> None:
        # given a download without end
        def content(start: int, end: int) -> bytes:
            return VIDEO[start:end].ljust(end - start, b"\0")

        slowly = partial(time.sleep, 0.01)
        with VideoHost(content, 2**30, at_piece=slowly, piece=100) as host:
            effects, _ = world(finished(host.url))
            begun = asyncio.Event()

            def tell(update: VideoGenerationUpdate) -> None:
                if update.stage == "downloading":
                    begun.set()

            place = tmp_path / "a.mp4"
            call = generate_video_async(CONFIG, fal.REQUEST, tell, effects=effects, save_to=place)
            task = asyncio.ensure_future(call)
            await begun.wait()
            # when its task is cancelled
            task.cancel()
            with pytest.raises(asyncio.CancelledError) as caught:
                await task
            assert vars(caught.value)["response"].video == host.url
            # then its thread has ended, and the partial file is gone
            assert _files(tmp_path) == []

    def test_a_video_that_is_too_large_names_the_option(
        self, host: VideoHost, tmp_path: Path
    ) -> None:
        response = _blocking(world(finished(host.url))[0])
        with pytest.raises(SaveError, match=r"more than 1000 bytes: .*raise max_bytes"):
            save_video(response, tmp_path / "a.mp4", max_bytes=1000, effects=world([])[0])
        small = attrs.evolve(CONFIG, max_video_bytes=1000)
        effects, _ = world(finished(host.url))
        with pytest.raises(SaveError, match=r"more than 1000 bytes: .*raise max_video_bytes"):
            generate_video(small, fal.REQUEST, effects=effects, save_to=tmp_path / "a.mp4")

    def test_a_video_in_the_caller_s_own_storage_is_left_there(self, tmp_path: Path) -> None:
        response = VideoGenerationResponse(request_id="1", video="gs://bucket/a.mp4")
        effects, scripted = world([])
        with pytest.raises(SaveError, match=r"was delivered to gs://bucket/a\.mp4: fetch"):
            save_video(response, tmp_path / "a.mp4", effects=effects)
        assert scripted.requests == []

    def test_an_error_can_be_pickled_and_written_as_json(self, tmp_path: Path) -> None:
        with VideoHost(VIDEO, len(VIDEO), status=[451]) as host:
            effects, _ = world(finished(host.url))
            with pytest.raises(SaveError) as caught:
                _blocking(effects, save_to=tmp_path / "a.mp4")
        error = caught.value
        again_ = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
        assert again_ == error
        assert again_.response == error.response
        assert codec.from_json(codec.to_json(error), SaveError) == error


def test_a_response_goes_through_json_and_back(host: VideoHost, tmp_path: Path) -> None:
    response = _blocking(world(finished(host.url))[0], save_to=tmp_path / "a.mp4")
    text = codec.to_json(response)
    assert json.loads(text)["path"] == str(tmp_path / "a.mp4")
    assert "generation" not in json.loads(text)
    again_ = codec.from_json(text, VideoGenerationResponse)
    assert again_ == response
    assert again_.generation is None
    # and what is kept about its job has no response of its own
    assert response.generation is not None
    assert response.generation.response is None


def _files(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@attrs.frozen
class _SlowReply:
    """Takes two seconds of a clock for the video, in pieces."""

    reply: HttpReply
    clock: FakeClock

    @property
    def status(self) -> int:
        return self.reply.status

    @property
    def headers(self) -> Mapping[str, str]:
        return self.reply.headers

    def read(self, size: int) -> IOOutcome[bytes]:
        return self.reply.read(min(size, len(VIDEO) // 40)).map(self._later)

    def _later(self, piece: bytes) -> bytes:
        self.clock.advance(2.0 * len(piece) / len(VIDEO))
        return piece

    def close(self) -> None:
        self.reply.close()


@attrs.frozen
class _Slow:
    http: Http
    clock: FakeClock

    def open(self, request: HttpRequest, *, limits: Limits) -> IOOutcome[HttpReply]:
        return self.http.open(request, limits=limits).map(self._slowly)

    def _slowly(self, reply: HttpReply) -> HttpReply:
        return _SlowReply(reply, self.clock)


def _slowed(effects: Effects) -> Effects:
    clock = FakeClock()
    return attrs.evolve(effects, clock=clock, http=_Slow(effects.http, clock))


class TestProgress:
    """A download reports to the same callback, a few times a second."""

    @staticmethod
    def _check(updates: list[VideoGenerationUpdate]) -> None:
        stages = [update.stage for update in updates]
        assert stages == sorted(stages, reverse=True)
        downloads = [update for update in updates if update.stage == "downloading"]
        # The first bytes, the last, and at most four in each of the two seconds between.
        assert 5 <= len(downloads) <= 10
        for update in downloads:
            assert update.status == "completed"
            assert update.update["size"] == len(VIDEO)
            share = 100 * update.update["bytes"] / len(VIDEO)
            assert update.progress_percent == pytest.approx(share)
            assert (update.provider, update.model) == ("fal", "fal-ai/veo3")
        counts = [update.update["bytes"] for update in downloads]
        assert all(one < two for one, two in itertools.pairwise(counts))
        assert counts[-1] == len(VIDEO)

    def test_blocking(self, host: VideoHost, tmp_path: Path) -> None:
        updates: list[VideoGenerationUpdate] = []
        effects = _slowed(world(finished(host.url))[0])
        _blocking(effects, on_progress=updates.append, save_to=tmp_path / "a.mp4")
        self._check(updates)

    async def test_a_coroutine_is_awaited_in_the_caller_s_loop(
        self, host: VideoHost, tmp_path: Path
    ) -> None:
        updates: list[VideoGenerationUpdate] = []
        loop = asyncio.get_running_loop()

        async def tell(update: VideoGenerationUpdate) -> None:
            await asyncio.sleep(0)
            assert asyncio.get_running_loop() is loop
            updates.append(update)

        effects = _slowed(world(finished(host.url))[0])
        response = await generate_video_async(CONFIG, fal.REQUEST, effects=effects, measure=False)
        await save_video_async(response, tmp_path / "a.mp4", on_progress=tell, effects=effects)
        self._check(updates)

    def test_a_callback_that_raises_costs_nothing(self, host: VideoHost, tmp_path: Path) -> None:
        def tell(_update: VideoGenerationUpdate) -> None:
            message = "a bug of the caller's"
            raise ValueError(message)

        effects, _ = world(finished(host.url))
        response = _blocking(effects, on_progress=tell, save_to=tmp_path / "a.mp4")
        assert response.path is not None


class TestTime:
    """``timeout`` ends with the job; a download takes as long as bytes come."""

    def test_a_download_far_longer_than_a_request_may_take(self, tmp_path: Path) -> None:
        slowly = partial(time.sleep, 0.03)
        with VideoHost(VIDEO, len(VIDEO), at_piece=slowly, piece=len(VIDEO) // 60) as host:
            # The clock of the job stands still: its timeout is not what ends here.
            effects, _ = world(finished(host.url))
            began = time.monotonic()
            quick = attrs.evolve(CONFIG, timeout=1.0, request_timeout=0.2)
            response = generate_video(
                quick, fal.REQUEST, effects=effects, save_to=tmp_path / "a.mp4"
            )
        assert time.monotonic() - began > 1.5
        assert response.path is not None
        assert response.path.read_bytes() == VIDEO

    def test_a_limit_of_the_caller_s_own(self, tmp_path: Path) -> None:
        slowly = partial(time.sleep, 0.05)
        with VideoHost(VIDEO, len(VIDEO), at_piece=slowly, piece=len(VIDEO) // 60) as host:
            effects, _ = world(finished(host.url))
            with pytest.raises(SaveError, match=r"within download_timeout \(0\.4 s\)"):
                _blocking(effects, save_to=tmp_path / "a.mp4", download_timeout=0.4)
        assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_gibibyte_is_saved_in_little_memory(tmp_path: Path) -> None:
    # given a video of 1 GiB
    size = 2**30
    head = VIDEO[: VIDEO.index(b"mdat") - 4] + size.to_bytes(4, "big") + b"mdat"
    size += len(head) - 8

    def content(start: int, end: int) -> bytes:
        return head[start:end].ljust(end - start, b"\0")

    with VideoHost(content, size, piece=1 << 20) as host:
        response = VideoGenerationResponse(request_id="1", video=host.url)
        tracemalloc.start()
        before = _resident()
        saved = save_video(response, tmp_path / "large.mp4")
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert saved.media.size == size
    assert peak < 16 * 2**20
    # the host is a thread of the same process, so that its pieces count as well
    assert _resident() - before < 32 * 2**20


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096


def test_a_response_of_an_older_version_is_saved_without_its_job(tmp_path: Path) -> None:
    response = VideoGenerationResponse(request_id="1", video="http://127.0.0.1:1/a.mp4?sig=1")
    refused = attrs.evolve(world([])[0], http=_Refusing())
    with pytest.raises(SaveError, match="the URL has expired") as caught:
        save_video(response, tmp_path / "a.mp4", effects=refused)
    assert caught.value.generation is None
    assert "sig" not in caught.value.message


@attrs.frozen
class _Refusing:
    def open(self, request: HttpRequest, *, limits: Limits) -> IOOutcome[HttpReply]:
        reply = HttpResponse(status=403)
        return ScriptedHttp([reply]).open(request, limits=limits)
