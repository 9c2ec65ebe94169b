"""Saving a finished video: whole files or nothing, continued after breaks, never stranded."""

import base64
import hashlib
import os
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import attrs
import pytest
from returns.io import IOFailure, IOSuccess
from tests.support.made_videos import Made
from tests.support.video_host import VideoHost

from tarash.tarash_gateway.effects import Effects, PartialFile
from tarash.tarash_gateway.effects.disk import SystemDisk
from tarash.tarash_gateway.effects.live import live_effects
from tarash.tarash_gateway.exceptions import (
    HTTPConnectionError,
    HTTPError,
    NotFoundError,
    SaveError,
    TarashException,
    UnexpectedReplyError,
    ValidationError,
)
from tarash.tarash_gateway.http.messages import HttpResponse
from tarash.tarash_gateway.outcome import IOOutcome, Outcome, result_of
from tarash.tarash_gateway.running.fetching import FetchLimits
from tarash.tarash_gateway.running.saving import Response, Saving, destination
from tarash.tarash_gateway.testing import FakeClock, FixedRandomness, Reply, ScriptedHttp
from tarash.tarash_gateway.values.media import MediaContent

_VIDEO = Made(form="mp4", codec="libx264", sound=True).file()


@pytest.fixture
def effects() -> Effects:
    """The real world, except that nothing waits."""
    return attrs.evolve(live_effects(), clock=FakeClock())


def _response(video: str | MediaContent) -> Response:
    return Response(request_id="job-1", video=video, duration=99.0)


def _saved(
    effects: Effects,
    video: str | MediaContent,
    to: str | Path,
    *,
    overwrite: bool = False,
    limits: FetchLimits | None = None,
    fresh: Callable[[], IOOutcome[Response]] | None = None,
) -> Outcome[Response]:
    most = limits or FetchLimits(size=2**31)
    return result_of(
        destination(to, effects, overwrite=overwrite).bind(
            lambda found: Saving(to=found, effects=effects, limits=most, fresh=fresh).save(
                _response(video)
            )
        )
    )


def _error(outcome: Outcome[Response]) -> TarashException:
    return outcome.failure()


def _offsets() -> Iterator[int]:
    return iter([round(len(_VIDEO) * place / 200) for place in range(200)])


def test_a_break_anywhere_is_continued_where_it_happened(effects: Effects, tmp_path: Path) -> None:
    # given a host that breaks off at one of 200 places
    for offset in _offsets():
        with VideoHost(_VIDEO, len(_VIDEO), cuts=[offset]) as host:
            # when its video is saved
            saved = _saved(effects, host.url, tmp_path / f"{offset}.mp4").unwrap()
        # then the file is the same, and what had come already was not asked for again
        assert saved.path is not None
        assert saved.path.read_bytes() == _VIDEO
        assert host.asked == [0, offset]
    # and nothing else is left in the folder
    assert len(list(tmp_path.iterdir())) == len(set(_offsets()))
    assert not list(tmp_path.glob(".*"))


def test_what_the_file_is_stands_in_the_response(effects: Effects, tmp_path: Path) -> None:
    with VideoHost(_VIDEO, len(_VIDEO)) as host:
        saved = _saved(effects, host.url, tmp_path / "clip.mp4").unwrap()
    assert saved.path == tmp_path / "clip.mp4"
    assert saved.media.sha256 == hashlib.sha256(_VIDEO).hexdigest()
    assert (saved.media.size, saved.media.codec, saved.media.audio) == (len(_VIDEO), "h264", True)
    # the provider said 99 seconds
    assert saved.duration == pytest.approx(0.76, abs=0.04)
    assert saved.media.duration_source == "measured"
    assert host.heads[0].startswith(b"GET /video.mp4?signature=secret ")
    assert b"identity" in host.heads[0]


def test_a_host_without_ranges_is_begun_again(effects: Effects, tmp_path: Path) -> None:
    with VideoHost(_VIDEO, len(_VIDEO), cuts=[100, 900], ranges=False) as host:
        saved = _saved(effects, host.url, tmp_path / "clip.mp4").unwrap()
    assert saved.path is not None
    assert saved.path.read_bytes() == _VIDEO
    assert host.asked == [0, 0, 0]


def test_another_file_under_the_same_url_is_not_mixed_in(effects: Effects, tmp_path: Path) -> None:
    # given a host whose file changes between two connections
    other = Made(form="mp4", codec="libx264", rate=24).file()
    host = VideoHost(_VIDEO, len(_VIDEO), cuts=[700])
    first = True

    def content(start: int, end: int) -> bytes:
        nonlocal first
        if first and start == 0:
            first = False
            host.content, host.size, host.tag = other, len(other), '"two"'
            return _VIDEO[start:end]
        return other[start:end]

    host.content = content
    with host:
        saved = _saved(effects, host.url, tmp_path / "clip.mp4").unwrap()
    # then the file is one of the two, whole
    assert saved.path is not None
    assert saved.path.read_bytes() == other


@pytest.mark.parametrize(
    "header",
    [
        "Repr-Digest: sha-256=:{sha256}:",
        "Digest: SHA-256={sha256}",
        "Content-MD5: {md5}",
        "x-goog-hash: crc32c=AAAAAA==,md5={md5}",
        "x-amz-checksum-sha256: {sha256}",
    ],
)
def test_a_digest_that_the_host_sends_is_checked(
    effects: Effects, tmp_path: Path, header: str
) -> None:
    def digests(content: bytes) -> str:
        return header.format(
            sha256=base64.b64encode(hashlib.sha256(content).digest()).decode(),
            md5=base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode(),
        )

    with VideoHost(_VIDEO, len(_VIDEO), headers=[digests(_VIDEO)]) as host:
        assert _saved(effects, host.url, tmp_path / "good.mp4").unwrap().path is not None
    with VideoHost(_VIDEO, len(_VIDEO), headers=[digests(b"other")]) as host:
        error = _error(_saved(effects, host.url, tmp_path / "bad.mp4"))
    assert "digest" in error.message
    assert [path.name for path in tmp_path.iterdir()] == ["good.mp4"]


def test_a_page_is_not_saved_as_a_video(effects: Effects, tmp_path: Path) -> None:
    page = b"<html>please log in</html>" * 50
    with VideoHost(page, len(page)) as host:
        error = _error(_saved(effects, host.url, tmp_path / "clip.mp4"))
    assert "is not a video" in error.message
    assert not list(tmp_path.iterdir())


def test_a_video_beyond_the_maximum_is_refused(effects: Effects, tmp_path: Path) -> None:
    with VideoHost(_VIDEO, len(_VIDEO)) as host:
        limits = FetchLimits(size=1000)
        error = _error(_saved(effects, host.url, tmp_path / "clip.mp4", limits=limits))
    assert "max_video_bytes" in error.message
    assert not list(tmp_path.iterdir())


def test_a_fresh_url_is_asked_for_when_the_old_one_expired(
    effects: Effects, tmp_path: Path
) -> None:
    with (
        VideoHost(_VIDEO, len(_VIDEO), status=[403]) as old,
        VideoHost(_VIDEO, len(_VIDEO)) as new,
    ):
        fresh = _response(new.url)
        saved = _saved(
            effects, old.url, tmp_path / "clip.mp4", fresh=lambda: IOSuccess(fresh)
        ).unwrap()
    assert saved.video == new.url
    assert saved.path is not None
    assert saved.path.read_bytes() == _VIDEO


def test_a_failed_download_says_where_the_paid_video_is(effects: Effects, tmp_path: Path) -> None:
    with VideoHost(_VIDEO, len(_VIDEO), status=[404]) as host:
        gone = IOFailure(NotFoundError("the job is not known any more"))
        error = _error(_saved(effects, host.url, tmp_path / "clip.mp4", fresh=lambda: gone))
    assert isinstance(error, SaveError)
    assert error.response == _response(host.url)
    assert host.url.partition("?")[0] in error.message
    assert "secret" not in error.message
    assert "save_video(error.response" in error.message
    assert not list(tmp_path.iterdir())


def test_a_host_that_stays_broken_is_given_up(effects: Effects, tmp_path: Path) -> None:
    with VideoHost(_VIDEO, len(_VIDEO), status=[503] * 20) as host:
        error = _error(_saved(effects, host.url, tmp_path / "clip.mp4"))
    assert isinstance(error, SaveError)
    assert error.status_code == 503
    assert len(host.heads) == 7


def test_bytes_are_saved_as_they_are(effects: Effects, tmp_path: Path) -> None:
    saved = _saved(effects, MediaContent(_VIDEO, "video/mp4"), f"{tmp_path}/").unwrap()
    assert saved.path == tmp_path / "job-1.mp4"
    assert saved.path.read_bytes() == _VIDEO
    again = _saved(effects, MediaContent(_VIDEO, "video/mp4"), tmp_path).unwrap()
    assert again.path == tmp_path / "job-1-2.mp4"


class TestBeforeTheVideoIsPaidFor:
    """Every problem with the file that can be known is known before the submission."""

    def _problem(self, effects: Effects, to: str | Path, *, overwrite: bool = False) -> str:
        outcome = result_of(destination(to, effects, overwrite=overwrite))
        error = outcome.failure()
        assert isinstance(error, ValidationError)
        return error.message

    def test_a_folder_that_does_not_exist(self, effects: Effects, tmp_path: Path) -> None:
        assert "its folder does not exist: make it first" in self._problem(
            effects, tmp_path / "no" / "clip.mp4"
        )
        assert "does not exist" in self._problem(effects, f"{tmp_path}/no/")

    def test_an_existing_file(self, effects: Effects, tmp_path: Path) -> None:
        path = tmp_path / "clip.mp4"
        path.write_bytes(b"precious")
        assert "exists already" in self._problem(effects, path)
        assert result_of(destination(path, effects, overwrite=True)).unwrap().path == path
        assert path.read_bytes() == b"precious"

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
    def test_a_folder_without_permission(self, effects: Effects, tmp_path: Path) -> None:
        tmp_path.chmod(0o500)
        assert "Permission denied" in self._problem(effects, tmp_path / "clip.mp4")

    def test_a_full_disk(
        self, effects: Effects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        full = attrs.make_class("Usage", {"free": attrs.field(default=5 * 2**20)})
        monkeypatch.setattr("shutil.disk_usage", lambda _path: full())
        assert "5 MiB of free space" in self._problem(effects, tmp_path / "clip.mp4")


def test_a_disk_that_is_full_while_it_is_written(effects: Effects, tmp_path: Path) -> None:
    # given a disk that takes a part of the video
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    limits = FetchLimits(size=2**31)
    place = result_of(destination(tmp_path, effects, overwrite=False)).unwrap()
    full = attrs.evolve(effects, disk=_FullDisk())
    saving = Saving(to=place, effects=full, limits=limits)
    error = result_of(saving.save(_response(MediaContent(_VIDEO, "video/mp4")))).failure()
    assert isinstance(error, SaveError)
    assert "No space left on device" in error.message
    assert error.response is not None


class _FullDisk(SystemDisk):
    """A disk on which a file can be begun, and nothing can be written to it."""

    def create(self, path: Path) -> IOOutcome[PartialFile]:
        def spoilt(part: PartialFile) -> PartialFile:
            vars(part)["_file"].close()
            full = Path("/dev/full").open("w+b", buffering=0)  # noqa: SIM115 - the part closes it
            vars(part)["_file"] = full
            return part

        return super().create(path).map(spoilt)


@pytest.mark.parametrize("fault", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("overwrite", [True, False])
@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_part_of_a_file_never_stays(
    monkeypatch: pytest.MonkeyPatch,
    effects: Effects,
    tmp_path: Path,
    fault: BaseException,
    step: str,
    *,
    overwrite: bool,
) -> None:
    def fails(*_: object) -> None:
        raise fault

    monkeypatch.setattr("os.fsync" if step == "fsync" else "pathlib.Path.replace", fails)
    video, path = MediaContent(_VIDEO, "video/mp4"), tmp_path / "a.mp4"
    if isinstance(fault, OSError):
        error = _error(_saved(effects, video, path, overwrite=overwrite))
        assert isinstance(error, SaveError)
        assert "No space left on device" in error.message
    else:
        with pytest.raises(KeyboardInterrupt):
            _saved(effects, video, path, overwrite=overwrite)
    assert list(tmp_path.iterdir()) == []


_LOST = HTTPConnectionError("no reply")
_CLIP = HttpResponse(status=200, headers={"Content-Type": "binary/octet-stream"}, body=_VIDEO)


def test_bad_weather_is_waited_out_and_a_video_is_what_its_bytes_say(tmp_path: Path) -> None:
    clock = FakeClock()
    http = ScriptedHttp([_LOST, HttpResponse(status=503), _LOST, _CLIP])
    effects = attrs.evolve(live_effects(), http=http, clock=clock, randomness=FixedRandomness())
    saved = _saved(effects, "https://cdn.example/a", tmp_path / "a.mp4").unwrap()
    assert saved.content_type == "video/mp4"
    assert clock.slept == [1.0, 2.0, 4.0]


@pytest.mark.parametrize(
    ("replies", "cause"),
    [
        ([_LOST] * 7, HTTPConnectionError),
        ([HttpResponse(status=500)] * 7, HTTPError),
        ([HttpResponse(status=403)], NotFoundError),
        ([HttpResponse(status=404)], NotFoundError),
        ([HttpResponse(status=410)], NotFoundError),
        ([HttpResponse(status=200)], UnexpectedReplyError),
        ([HttpResponse(status=200, body=b"<html>")], UnexpectedReplyError),
    ],
    ids=["lost", "500", "403", "404", "410", "empty", "html"],
)
def test_what_is_not_a_video_is_an_error(
    tmp_path: Path, replies: list[Reply], cause: type[TarashException]
) -> None:
    http = ScriptedHttp(replies)
    effects = attrs.evolve(live_effects(), http=http, clock=FakeClock())
    error = _error(_saved(effects, "https://cdn.example/a", tmp_path / "a.mp4"))
    assert isinstance(error, SaveError)
    assert type(error.__cause__) is cause
    assert http.unused == 0
    assert list(tmp_path.iterdir()) == []


def _pause() -> None:
    time.sleep(0.1)


def test_a_slow_host_takes_as_long_as_bytes_come(tmp_path: Path) -> None:
    # given a host that needs longer than the silence that is allowed, which is 50 of its pauses
    with VideoHost(_VIDEO, len(_VIDEO), at_piece=_pause, piece=len(_VIDEO) // 60) as host:
        limits = FetchLimits(size=2**31, idle=5.0)
        saved = _saved(live_effects(), host.url, tmp_path / "clip.mp4", limits=limits).unwrap()
    assert saved.path is not None
    assert saved.path.read_bytes() == _VIDEO
    assert host.asked == [0]


def test_a_download_timeout_ends_a_download(tmp_path: Path) -> None:
    with VideoHost(_VIDEO, len(_VIDEO), at_piece=_pause, piece=len(_VIDEO) // 60) as host:
        limits = FetchLimits(size=2**31, total=0.4)
        error = _error(_saved(live_effects(), host.url, tmp_path / "a.mp4", limits=limits))
    assert isinstance(error, SaveError)
    assert not list(tmp_path.iterdir())


def test_a_large_video_does_not_grow_the_memory(effects: Effects, tmp_path: Path) -> None:
    # given a video of 256 MiB
    size = 256 * 2**20
    head = _VIDEO[: _VIDEO.index(b"mdat") - 4] + size.to_bytes(4, "big") + b"mdat"
    size += len(head) - 8

    def content(start: int, end: int) -> bytes:
        return (head[start:end]).ljust(end - start, b"\0")

    with VideoHost(content, size, piece=1 << 20) as host:
        tracemalloc.start()
        saved = _saved(effects, host.url, tmp_path / "large.mp4")
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert saved.unwrap().media.size == size
    assert peak < 16 * 2**20


def test_a_refusal_is_an_error_of_http(effects: Effects, tmp_path: Path) -> None:
    with VideoHost(_VIDEO, len(_VIDEO), status=[451]) as host:
        error = _error(_saved(effects, host.url, tmp_path / "clip.mp4"))
    assert isinstance(error, SaveError)
    assert error.status_code == 451
    assert not isinstance(error, HTTPError)


def test_a_video_in_the_caller_s_own_bucket_is_not_fetched(
    effects: Effects, tmp_path: Path
) -> None:
    # given a video that the provider wrote where the request said
    place = "gs://my-bucket/clips/it's one.mp4"
    response = attrs.evolve(_response(place), delivered=True)
    to = result_of(destination(tmp_path / "clip.mp4", effects, overwrite=False)).unwrap()
    saving = Saving(to=to, effects=effects, limits=FetchLimits(size=2**31))
    # when it is to be saved, then the sentence says where it is and how to fetch it
    error = _error(result_of(saving.save(response)))
    assert isinstance(error, SaveError)
    assert "into your own storage, where it is finished, at gs://my-bucket/clips/it's" in (
        error.message
    )
    assert """gcloud storage cp 'gs://my-bucket/clips/it'"'"'s one.mp4' .""" in error.message
    assert error.response == response
    assert list(tmp_path.iterdir()) == []
    # and an upload URL, which may be a signature, is named without its query
    upload = attrs.evolve(_response("https://up.example/a.mp4?sig=secret"), delivered=True)
    message = _error(result_of(saving.save(upload))).message
    assert "at https://up.example/a.mp4; fetch it from there" in message
    assert "secret" not in message
