"""A job's stream of events, on real sockets: it only ever tells when it is worth to poll.

The time of the calls is a clock that only a pause or a stream advances, so it does not matter how
long an exchange takes.
"""

import asyncio
import os
import signal
import threading
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import attrs
import pytest
from tests.support import fal_replies as fal
from tests.support.event_host import (
    DONE,
    HEAD,
    QUEUED,
    RUNNING,
    EventHost,
    event,
    good,
    open_for_ever,
)
from tests.support.patience import wait

from tarash.tarash_gateway import (
    VideoGenerationResponse,
    VideoGenerationUpdate,
    generate_video,
    generate_video_async,
)
from tarash.tarash_gateway.effects import Effects
from tarash.tarash_gateway.effects.live import live_effects
from tarash.tarash_gateway.lifecycle import deadline
from tarash.tarash_gateway.lifecycle import listening as hearing
from tarash.tarash_gateway.running import listening
from tarash.tarash_gateway.running.options import OnInterrupt
from tarash.tarash_gateway.testing import FixedRandomness

Told: TypeAlias = Callable[[VideoGenerationUpdate], None]
Make: TypeAlias = Callable[..., VideoGenerationResponse]


def _effects(host: EventHost) -> Effects:
    return attrs.evolve(live_effects(), clock=host.clock, randomness=FixedRandomness())


def _blocking(host: EventHost, told: Told | None = None, **config: Any) -> VideoGenerationResponse:
    effects = _effects(host)
    return generate_video(host.config(**config), fal.REQUEST, told, effects=effects, measure=False)


def _asyncio(host: EventHost, told: Told | None = None, **config: Any) -> VideoGenerationResponse:
    effects = _effects(host)
    call = generate_video_async(
        host.config(**config), fal.REQUEST, told, effects=effects, measure=False
    )
    return asyncio.run(call)


@pytest.fixture(params=[_blocking, _asyncio], ids=["blocking", "asyncio"])
def make(request: pytest.FixtureRequest) -> Make:
    made: Make = request.param
    return made


def test_a_job_is_asked_for_once_when_its_stream_says_that_it_is_done(make: Make) -> None:
    told: list[VideoGenerationUpdate] = []
    with EventHost(good) as host:
        response = make(host, told.append)

        assert response.video == "https://v3.fal.media/files/a/b.mp4"
        assert host.asked == ["submit", "stream", "poll", "result"]
        assert host.queries == ["logs=1"]
        # Nothing waited for the time of the poll.
        assert not any(host.clock.slept)
        assert [(each.status, each.queue_position, each.logs) for each in told] == [
            ("queued", None, ()),
            ("queued", 3, ()),
            ("processing", None, ("50 %",)),
            ("completed", None, ()),
        ]


def test_a_config_that_does_not_listen_polls(make: Make) -> None:
    with EventHost(good) as host:
        make(host, listen=False)

        assert host.asked == ["submit", "poll", "result"]


def _not_found(_: EventHost) -> Iterator[bytes]:
    yield b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


def _page(_: EventHost) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>one moment</html>"


def _garbage(_: EventHost) -> Iterator[bytes]:
    yield HEAD + b"data: \xff\x00{\n\n" + event(DONE)


def _early_close(_: EventHost) -> Iterator[bytes]:
    yield HEAD + event(QUEUED)


def _half_a_head(_: EventHost) -> Iterator[bytes]:
    yield b"HTTP/1.1 200"


@pytest.mark.parametrize("stream", [_not_found, _page, _garbage, _early_close, _half_a_head])
def test_a_stream_in_trouble_is_not_opened_again(make: Make, stream: Any) -> None:
    with EventHost(stream, polls=2) as host:
        make(host)

        assert host.asked == ["submit", "stream", "poll", "poll", "result"]


def _silence(host: EventHost) -> Iterator[bytes]:
    yield HEAD
    wait(host.hung_up)


def _no_head(host: EventHost) -> Iterator[bytes]:
    wait(host.hung_up)
    yield b""


@pytest.mark.slow
@pytest.mark.parametrize("stream", [_silence, _no_head])
def test_a_stream_that_says_nothing_delays_no_poll(
    make: Make, monkeypatch: pytest.MonkeyPatch, stream: Any
) -> None:
    # given a stream that may be silent for much longer, after its first bytes
    monkeypatch.setattr(hearing, "_SILENCE", 600.0)
    with EventHost(stream) as host:
        # Real seconds, in which the request for the stream has to be sent.
        make(host, poll_interval=5)

        assert host.asked == ["submit", "stream", "poll", "result"]
        wait(host.hung_up)


def _wrong_news(_: EventHost) -> Iterator[bytes]:
    yield HEAD + event(DONE)


def test_the_last_word_has_the_poll(make: Make) -> None:
    """A stream that says too early that the job is done costs one poll, and is not opened again."""
    with EventHost(_wrong_news, polls=2) as host:
        make(host)

        assert host.asked == ["submit", "stream", "poll", "poll", "result"]


def _a_thousand(host: EventHost) -> Iterator[bytes]:
    yield HEAD
    for number in range(1000):
        yield event({"status": "IN_QUEUE", "queue_position": 1000 - number})
    host.done.set()
    yield event(DONE)


def test_a_thousand_events_are_told_in_order(make: Make) -> None:
    places: list[int | None] = []
    with EventHost(_a_thousand) as host:
        make(host, lambda update: places.append(update.queue_position))

        assert places[1:-1] == list(range(1000, 0, -1))
        assert host.asked == ["submit", "stream", "poll", "result"]


def _the_same_again(host: EventHost) -> Iterator[bytes]:
    yield HEAD + event(RUNNING) * 2 + event({"status": "IN_PROGRESS", "logs": []}) * 20
    host.done.set()
    yield event(DONE)


def test_only_news_is_told(make: Make) -> None:
    lines: list[tuple[str, ...]] = []
    with EventHost(_the_same_again) as host:
        make(host, lambda update: lines.append(update.logs))

    assert lines == [(), ("50 %",), ("50 %", "50 %"), ()]


def _too_long(host: EventHost) -> Iterator[bytes]:
    yield HEAD
    host.done.set()
    yield b"data: " + b"x" * 2**19
    wait(host.hung_up)


def test_an_event_that_is_too_long_leads_to_a_poll(make: Make) -> None:
    with EventHost(_too_long) as host:
        make(host)

        assert host.asked == ["submit", "stream", "poll", "result"]
        wait(host.hung_up)


def _one_word(host: EventHost) -> Iterator[bytes]:
    yield HEAD + event(QUEUED)
    wait(host.hung_up)


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")
@pytest.mark.parametrize("on_interrupt", ["keep", "cancel"])
def test_ctrl_c_closes_the_stream_and_knows_the_job(on_interrupt: OnInterrupt) -> None:
    def interrupt_soon(update: VideoGenerationUpdate) -> None:
        if update.queue_position is not None:
            threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()

    with EventHost(_one_word, polls=99) as host:
        with pytest.raises(KeyboardInterrupt) as caught:
            generate_video(
                host.config(),
                fal.REQUEST,
                interrupt_soon,
                effects=_effects(host),
                on_interrupt=on_interrupt,
            )

        wait(host.hung_up)
        left = [] if on_interrupt == "keep" else ["poll", "cancel"]
        assert host.asked == ["submit", "stream", *left]
        assert caught.value.generation.request_id == "job-1"  # type: ignore[attr-defined]  # marked


def test_a_cancelled_task_closes_its_stream_and_knows_its_job() -> None:
    async def scenario(host: EventHost) -> str:
        listening = asyncio.Event()
        task = asyncio.create_task(
            generate_video_async(
                host.config(),
                fal.REQUEST,
                lambda update: listening.set() if update.queue_position else None,
                effects=_effects(host),
            )
        )
        await listening.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await task
        return str(caught.value.generation.request_id)  # type: ignore[attr-defined]  # marked

    with EventHost(open_for_ever) as host:
        assert asyncio.run(scenario(host)) == "job-1"
        wait(host.hung_up)
        assert host.asked == ["submit", "stream"]


def _silent_about_the_end(host: EventHost) -> Iterator[bytes]:
    yield HEAD + event(QUEUED)
    host.clock.advance(10)
    yield from open_for_ever(host)


def test_a_stream_is_held_no_longer_than_the_deadline(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The job that the stream forgot to report is asked for at the deadline."""
    # The last poll has half a real second otherwise, which a slow machine may need for less.
    monkeypatch.setattr(deadline, "_LAST_LOOK", 60.0)
    with EventHost(_silent_about_the_end) as host:
        make(host, poll_interval=6, timeout=10)

        assert host.asked == ["submit", "stream", "poll", "result"]
        assert not any(host.clock.slept)
        wait(host.hung_up)


def _held_then_done(host: EventHost) -> Iterator[bytes]:
    if host.asked.count("stream") == 2:
        yield from good(host)
        return
    yield HEAD + event(QUEUED)
    host.clock.advance(hearing._HELD)
    yield from open_for_ever(host)


def test_a_live_stream_is_opened_again_after_a_poll(make: Make) -> None:
    # given a job that outlasts the time for which one stream is held
    with EventHost(_held_then_done, polls=2) as host:
        make(host)

        assert host.asked == ["submit", "stream", "poll", "stream", "poll", "result"]
        assert not any(host.clock.slept)


def test_no_more_streams_are_open_than_there_are_seats(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    none = listening.Seats(most=0)
    monkeypatch.setattr(listening, "_seats_of", lambda _process: none)
    with EventHost(good) as host:
        make(host)

        assert host.asked == ["submit", "poll", "result"]


def test_a_seat_that_is_left_is_free() -> None:
    seats = listening.Seats(most=2)
    assert [seats.take("a"), seats.take("a"), seats.take("a"), seats.take("b")] == [
        *(True, True, False, True)
    ]
    seats.leave("a")
    assert (seats.take("a"), seats.take("a")) == (True, False)
