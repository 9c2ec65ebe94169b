"""Uploads on real sockets: streamed from the disk, without a limit of time, and never half."""

import asyncio
import hashlib
import os
import time
import tracemalloc
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import attrs
import pytest
from tests.support import upload_cases as cases
from tests.support.patience import AT_ONCE, wait, wait_async
from tests.support.upload_host import UploadHost, upload_host

from tarash.tarash_gateway import (
    TarashException,
    ValidationError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    generate_video,
    generate_video_async,
)
from tarash.tarash_gateway.catalog.limits import MediaLimits, MediaRules
from tarash.tarash_gateway.effects import Effects, timing
from tarash.tarash_gateway.effects.live import SystemClock, SystemFiles
from tarash.tarash_gateway.effects.urllib3_http import Urllib3Http
from tarash.tarash_gateway.providers.fal.provider import PROVIDER as FAL
from tarash.tarash_gateway.providers.replicate.provider import PROVIDER as REPLICATE
from tarash.tarash_gateway.testing import FakeClock, fake_effects

_MIB: Final = 1024 * 1024
_MP4: Final = cases.mp4(100)["content"]
_ANY: Final = MediaLimits(inline=1000, uploaded=2000 * _MIB)
_RULES: Final = MediaRules(images=_ANY, video=_ANY)
# The same providers with their own exchanges, and with limits that let any file through.
_PROVIDERS: Final = {
    "fal": attrs.evolve(FAL, media=lambda _target: _RULES),
    "replicate": attrs.evolve(REPLICATE, media=lambda _target: _RULES),
}


@pytest.fixture
def host() -> Iterator[UploadHost]:
    with upload_host() as running:
        yield running


@pytest.fixture
def effects() -> Iterator[Effects]:
    http = Urllib3Http()
    yield attrs.evolve(fake_effects(http=http), files=SystemFiles(), clock=SystemClock())
    http.close()


def _config(host: UploadHost, case: cases.Case = cases.FAL, **more: Any) -> VideoGenerationConfig:
    return case.config(base_url=host.url, model=case.video_model, **more)


def _sparse(path: Path, size: int) -> VideoGenerationRequest:
    """Make a video of so many bytes, and return a request with it."""
    with path.open("wb") as file:
        file.write(_MP4)
        file.truncate(size)
    return VideoGenerationRequest(prompt="a kite", video=path)


def _generate(
    config: VideoGenerationConfig, request: VideoGenerationRequest, effects: Effects
) -> None:
    generate_video(config, request, effects=effects, providers=_PROVIDERS)


def _fails(
    config: VideoGenerationConfig, request: VideoGenerationRequest, effects: Effects
) -> TarashException:
    with pytest.raises(TarashException) as caught:
        _generate(config, request, effects)
    return caught.value


@pytest.mark.slow
@pytest.mark.parametrize("case", [cases.FAL, cases.REPLICATE], ids=["raw body", "form"])
def test_a_large_file_is_never_in_memory(
    case: cases.Case, host: UploadHost, effects: Effects, tmp_path: Path
) -> None:
    # given a file of 300 MiB
    size = 300 * _MIB
    request = _sparse(tmp_path / "large.mp4", size)
    # when a video is generated from it
    tracemalloc.start()
    try:
        _generate(_config(host, case), request, effects)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # then all of it arrived, and less than 16 MiB of it were in memory at once
    assert peak < 16 * _MIB
    (body,) = host.bodies
    assert body.whole
    if case is cases.REPLICATE:
        assert b'name="content"; filename="video.mp4"\r\nContent-Type: video/mp4' in body.head
        assert size < body.length < size + 1000
    else:
        assert (body.length, body.digest) == (size, _digest(request.video))
    assert len(host.submitted) == (2 if case is cases.FAL else 1)


def _digest(path: object) -> str:
    assert isinstance(path, Path)
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@pytest.mark.parametrize("case", [cases.FAL, cases.REPLICATE], ids=["raw body", "form"])
def test_a_file_streams_from_the_disk(
    case: cases.Case, host: UploadHost, effects: Effects, tmp_path: Path
) -> None:
    request = _sparse(tmp_path / "large.mp4", 34 * _MIB)
    _generate(_config(host, case), request, effects)
    (body,) = host.bodies
    assert body.whole
    assert _MP4 in body.head
    path, submission = host.submitted[-1]
    assert f"{host.url}/{'stored' if case is cases.FAL else 'files/f1'}" in str(submission)
    assert host.paths.index(f"POST {path}") > 0


def test_an_upload_that_breaks_off_begins_again(
    host: UploadHost, effects: Effects, tmp_path: Path
) -> None:
    # given a storage that breaks off twice, early and late
    host.cuts = [100_000, 30 * _MIB]
    request = _sparse(tmp_path / "large.mp4", 34 * _MIB)
    # when a video is generated
    _generate(_config(host), request, effects)
    # then the third upload is whole, and one submission was made
    assert [body.whole for body in host.bodies] == [False, False, True]
    assert host.bodies[-1].digest == _digest(request.video)
    assert len([path for path, _ in host.submitted if "initiate" not in path]) == 1


def test_a_slow_upload_takes_longer_than_one_exchange_may(
    host: UploadHost, effects: Effects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a storage that takes 34 MiB in about a minute of the connection's clock, and a limit of
    # half of that
    clock = FakeClock()
    monkeypatch.setattr(timing, "time", clock)
    host.at_piece = partial(clock.advance, 0.1)
    request = _sparse(tmp_path / "large.mp4", 34 * _MIB)
    # when a video is generated, then it succeeds
    _generate(_config(host, request_timeout=30), request, effects)
    assert clock.monotonic() > 50
    assert [body.whole for body in host.bodies] == [True]


def test_a_storage_that_takes_nothing_is_given_up(
    host: UploadHost, effects: Effects, tmp_path: Path
) -> None:
    # given a storage that reads nothing until the time of the call is over
    clock = FakeClock()

    def stuck() -> None:
        clock.advance(600)
        wait(host.over)

    host.at_piece = stuck
    request = _sparse(tmp_path / "large.mp4", 34 * _MIB)
    # when a video is generated, with real seconds in which the storage has to be asked for a place
    effects = attrs.evolve(effects, clock=clock)
    error = _fails(_config(host, request_timeout=5, timeout=600), request, effects)
    # then it is given up
    assert "no data was sent or received for 5 s" in str(error)
    assert [each.submission for each in error.attempts] == ["not_sent"]
    assert all("initiate" in path for path, _ in host.submitted)


def test_a_storage_that_takes_all_the_time_is_named_as_what_took_it(
    host: UploadHost, effects: Effects, tmp_path: Path
) -> None:
    # given a storage that takes the whole time to say where the file is to go
    clock = FakeClock()
    host.at_start = partial(clock.advance, 600)
    request = _sparse(tmp_path / "large.mp4", 34 * _MIB)
    # when a video is generated
    error = _fails(_config(host, timeout=600), request, attrs.evolve(effects, clock=clock))
    # then the error does not say that nothing was sent, and nothing was submitted
    assert "the upload was not finished within timeout (600 s): raise it" in str(error)
    assert [each.submission for each in error.attempts] == ["not_sent"]
    assert host.bodies == []
    assert len(host.submitted) == 1


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("shrinks", "changed while it was uploaded"),
        ("grows", "changed while it was uploaded"),
        ("is rewritten", "changed while it was uploaded"),
        ("vanishes", "cannot be read any more"),
    ],
)
def test_a_file_that_changes_before_its_upload_is_not_submitted(
    change: str, problem: str, host: UploadHost, effects: Effects, tmp_path: Path
) -> None:
    # given a file that changes between the plan and the upload
    path = tmp_path / "large.mp4"
    request = _sparse(path, 34 * _MIB)

    def alter() -> None:
        if change == "vanishes":
            path.unlink()
        elif change == "is rewritten":
            os.utime(path, ns=(1, 1))
        else:
            os.truncate(path, (33 if change == "shrinks" else 35) * _MIB)

    host.at_start = alter
    # when a video is generated
    error = _fails(_config(host), request, effects)
    # then the error says what happened to which file, and nothing was submitted
    assert isinstance(error, ValidationError)
    assert f"the file large.mp4 {problem}" in str(error)
    assert str(tmp_path) not in str(error)
    assert [each.submission for each in error.attempts] == ["not_sent"]
    assert [path for path, _ in host.submitted if "initiate" not in path] == []
    assert len(host.submitted) == 1


def test_a_file_that_shrinks_during_its_upload_is_not_submitted(
    host: UploadHost, effects: Effects, tmp_path: Path
) -> None:
    path = tmp_path / "large.mp4"
    request = _sparse(path, 200 * _MIB)
    host.at_first_piece = lambda: os.truncate(path, _MIB)
    error = _fails(_config(host), request, effects)
    assert "the file large.mp4 changed while it was uploaded" in str(error)
    assert [each.submission for each in error.attempts] == ["not_sent"]
    assert len(host.submitted) == 1


async def test_a_cancelled_task_stops_sending(
    host: UploadHost, effects: Effects, tmp_path: Path
) -> None:
    # given a storage that would take more than a minute for the file
    host.at_piece = partial(time.sleep, 0.03)
    request = _sparse(tmp_path / "large.mp4", 200 * _MIB)
    task = asyncio.ensure_future(
        generate_video_async(_config(host), request, effects=effects, providers=_PROVIDERS)
    )
    await wait_async(host.began)
    # when the task is cancelled
    task.cancel()
    start = time.monotonic()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - start < AT_ONCE
    # then the rest of the file is not sent
    await wait_async(host.ended)
    assert [body.whole for body in host.bodies] == [False]
    assert len(host.submitted) == 1
