"""The ready-made receivers: what they answer, and how often a handler of the program's runs."""

import asyncio
import io
import logging
import threading
from collections.abc import Callable, Coroutine, Iterable, MutableMapping
from pathlib import Path
from typing import Any

import attrs
import pytest
from returns.io import IOFailure
from tests.support.patience import wait
from tests.support.webhook_cases import SECRET, message, message_of_fal, started

from tarash.tarash_gateway import (
    Journal,
    JournalError,
    SqliteJournal,
    ValidationError,
    Webhook,
    check_video,
)
from tarash.tarash_gateway.effects import Effects
from tarash.tarash_gateway.outcome import IOOutcome
from tarash.tarash_gateway.registry import BUILT_IN
from tarash.tarash_gateway.testing import (
    FakeClock,
    ScriptedHttp,
    fake_effects,
    json_reply,
    signed_webhook,
)
from tarash.tarash_gateway.webhooks import asgi_receiver, wsgi_receiver

Headers = Iterable[tuple[str, str]]


@attrs.frozen
class Reply:
    """What a receiver answered, and how many bytes it read."""

    status: int
    headers: dict[str, str]
    read: int


# A request to a receiver: its method, its headers and the pieces of its body.
Ask = Callable[..., Reply]


def _ask_asgi(
    receiver: Any, headers: Headers, pieces: Iterable[bytes], method: str = "POST"
) -> Reply:
    return asyncio.run(_ask_asgi_async(receiver, headers, pieces, method))


async def _ask_asgi_async(
    receiver: Any, headers: Headers, pieces: Iterable[bytes], method: str = "POST"
) -> Reply:
    waiting, read = list(pieces), 0
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        nonlocal read
        piece = waiting.pop(0) if waiting else b""
        read += len(piece)
        return {"type": "http.request", "body": piece, "more_body": bool(waiting)}

    async def send(event: MutableMapping[str, Any]) -> None:
        sent.append(event)

    raw = [(name.lower().encode(), value.encode()) for name, value in headers]
    scope = {"type": "http", "method": method, "path": "/", "headers": raw}
    await receiver(scope, receive, send)
    head, body = sent
    assert body == {"type": "http.response.body", "body": b""}
    answered = {name.decode().lower(): value.decode() for name, value in head["headers"]}
    return Reply(head["status"], answered, read)


class _Input(io.BytesIO):
    """A body that counts what was read of it."""

    count = 0

    def read(self, size: int | None = -1, /) -> bytes:
        piece = super().read(size)
        self.count += len(piece)
        return piece


def _ask_wsgi(
    receiver: Any, headers: Headers, pieces: Iterable[bytes], method: str = "POST"
) -> Reply:
    body = _Input(b"".join(pieces))
    environ: dict[str, Any] = {"REQUEST_METHOD": method, "wsgi.input": body}
    for name, value in headers:
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_LENGTH" else f"HTTP_{key}"] = value
    if "CONTENT_LENGTH" not in environ:
        environ["wsgi.input_terminated"] = True
    answered: list[tuple[str, dict[str, str]]] = []

    def start_response(status: str, given: list[tuple[str, str]]) -> None:
        answered.append((status, {name.lower(): value for name, value in given}))

    assert list(receiver(environ, start_response)) == []
    ((status, given),) = answered
    return Reply(int(status.split()[0]), given, body.count)


_KINDS = {"asgi": (asgi_receiver, _ask_asgi), "wsgi": (wsgi_receiver, _ask_wsgi)}


@attrs.define
class Desk:
    """A receiver of one kind, with what its handler saw."""

    make: Callable[..., Any]
    ask: Ask
    journal: Journal
    clock: FakeClock
    effects: Effects
    seen: list[Webhook] = attrs.field(factory=list)
    failures: int = 0
    application: Any = None

    def handle(self, webhook: Webhook) -> None:
        if self.failures:
            self.failures -= 1
            message_ = "a bug in the handler"
            raise RuntimeError(message_)
        self.seen.append(webhook)

    async def handle_async(self, webhook: Webhook) -> None:
        await asyncio.sleep(0)
        self.handle(webhook)

    def deliver(self, sent: Any = None, *, length: bool = True) -> int:
        sent = message(sent_at=self.clock.utc()) if sent is None else sent
        headers = dict(sent.headers)
        if length:
            headers["Content-Length"] = str(len(sent.body))
        half = len(sent.body) // 2
        pieces = [sent.body[:half], sent.body[half:]]
        return self.ask(self.application, headers.items(), pieces).status


@pytest.fixture(params=[("asgi", "plain"), ("asgi", "async"), ("wsgi", "plain"), ("wsgi", "async")])
def desk(request: pytest.FixtureRequest, tmp_path: Path, journal: Journal) -> Desk:
    """Make a receiver of Replicate's webhooks, with a plain or an async handler."""
    kind, handler = request.param
    return _desk(kind, tmp_path, handler, journal)


@pytest.fixture(params=_KINDS)
def plain(request: pytest.FixtureRequest, tmp_path: Path) -> Desk:
    """Make one with a plain handler."""
    return _desk(request.param, tmp_path)


def _desk(kind: str, path: Path, handler: str = "plain", journal: Any = None, **more: Any) -> Desk:
    make, ask = _KINDS[kind]
    clock = FakeClock()
    environment = {"REPLICATE_WEBHOOK_SECRET": SECRET}
    effects = fake_effects(clock=clock, environment=environment)
    journal = journal or SqliteJournal(path / "journal.sqlite3")
    desk = Desk(make, ask, journal, clock, effects)
    on_webhook = desk.handle if handler == "plain" else desk.handle_async
    desk.application = make(
        "replicate", journal=journal, on_webhook=on_webhook, effects=effects, **more
    )
    return desk


# What is answered.


def test_a_message_is_handled_once_and_answered_well_each_time(desk: Desk) -> None:
    generation = started(desk.journal)
    assert [desk.deliver() for _ in range(3)] == [204, 204, 204]
    (webhook,) = desk.seen
    assert webhook.generation is not None
    assert webhook.generation.id == generation.id
    assert not webhook.replayed


def test_a_body_of_unknown_length_is_read_to_its_end(desk: Desk) -> None:
    assert desk.deliver(length=False) == 204
    assert len(desk.seen) == 1


def test_a_forged_message_is_refused(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    forged = message(secret="whsec_YW5vdGhlcg==")
    assert desk.deliver(forged) == 401
    assert desk.seen == []
    assert "a webhook of replicate was refused" in caplog.text
    # A good one with the same name is not shut out by it.
    assert desk.deliver() == 204


def test_a_message_without_a_signature_is_refused(desk: Desk) -> None:
    assert desk.deliver(attrs.evolve(message(), headers={})) == 401


def test_a_message_that_cannot_be_read_is_refused(desk: Desk) -> None:
    assert desk.deliver(message_with(b"<html>")) == 400
    assert desk.seen == []


def message_with(body: bytes) -> Any:
    return signed_webhook("replicate", body, secret=SECRET)


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "OPTIONS", "DELETE"])
def test_only_a_post_is_a_message(plain: Desk, method: str) -> None:
    reply = plain.ask(plain.application, [], [], method)
    assert (reply.status, reply.headers["allow"]) == (405, "POST")


def test_ten_megabytes_are_refused_unread(plain: Desk) -> None:
    headers = [*message().headers.items(), ("Content-Length", "10000000")]
    reply = plain.ask(plain.application, headers, [b"x" * 100_000] * 100)
    assert (reply.status, reply.read) == (413, 0)


def test_ten_megabytes_that_do_not_say_so_are_read_to_the_limit(plain: Desk) -> None:
    reply = plain.ask(plain.application, message().headers.items(), [b"x" * 100_000] * 100)
    assert reply.status == 413
    assert reply.read <= 1_200_000


def test_without_a_secret_the_message_may_come_again(
    plain: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    effects = attrs.evolve(plain.effects, environment=fake_effects().environment)
    receiver = plain.make(
        "replicate", journal=plain.journal, on_webhook=plain.handle, effects=effects
    )
    sent = message()
    headers = [*sent.headers.items(), ("Content-Length", str(len(sent.body)))]
    reply = plain.ask(receiver, headers, [sent.body])
    assert (reply.status, reply.headers["retry-after"]) == (503, "30")
    assert "set REPLICATE_WEBHOOK_SECRET" in caplog.text


def test_without_the_provider_s_keys_the_message_may_come_again(plain: Desk) -> None:
    sent = message_of_fal()
    http = ScriptedHttp([json_reply(500, {}), json_reply(200, sent.keys.key_set)])
    clock = FakeClock()
    receiver = plain.make(
        "fal",
        journal=plain.journal,
        on_webhook=plain.handle,
        effects=fake_effects(http=http, clock=clock),
    )
    headers = [*sent.headers.items(), ("Content-Length", str(len(sent.body)))]
    assert plain.ask(receiver, headers, [sent.body]).status == 503
    clock.advance(30)
    assert plain.ask(receiver, headers, [sent.body]).status == 204


def test_nothing_secret_is_logged(plain: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    plain.deliver()
    plain.deliver(message(secret="whsec_Y2FuYXJ5"))
    sent = message()
    for secret in (SECRET, sent.headers["webhook-signature"], "succeeded"):
        assert secret not in caplog.text


@pytest.mark.parametrize("make", [asgi_receiver, wsgi_receiver])
@pytest.mark.parametrize("name", ["runway", "nobody"])
def test_a_receiver_of_no_webhooks_is_refused_when_it_is_made(
    make: Callable[..., Any], name: str
) -> None:
    with pytest.raises(ValidationError, match=name):
        make(name, journal=None, on_webhook=print)


# How often a handler runs.


def test_a_handler_that_failed_sees_the_message_again(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    # given a handler that fails twice
    started(desk.journal)
    desk.failures = 2
    # when the provider sends the message until it is received
    statuses = []
    while 204 not in statuses:
        statuses.append(desk.deliver())
        desk.clock.advance(60)
    # then it was not taken for one that was handled
    assert statuses == [500, 500, 204]
    (webhook,) = desk.seen
    assert not webhook.replayed
    assert "a bug in the handler" in caplog.text
    assert desk.deliver() == 204
    assert len(desk.seen) == 1


def test_a_message_whose_handler_s_process_died_is_handled_later(plain: Desk) -> None:
    # given a handler whose process ends in the middle
    class Killed(BaseException):
        """The end of a process."""

    def dying(_: Webhook) -> None:
        raise Killed

    receiver = plain.make(
        "replicate", journal=plain.journal, on_webhook=dying, effects=plain.effects
    )
    sent = message()
    headers = [*sent.headers.items(), ("Content-Length", str(len(sent.body)))]
    with pytest.raises(Killed):
        plain.ask(receiver, headers, [sent.body])
    # when the provider sends the message again, soon and later
    assert plain.deliver() == 503
    plain.clock.advance(601)
    assert plain.deliver() == 204
    assert len(plain.seen) == 1


def test_two_deliveries_at_once_are_handled_once(tmp_path: Path) -> None:
    # given a handler that takes its time
    inside, go_on = threading.Event(), threading.Event()
    seen: list[Webhook] = []

    def slow(webhook: Webhook) -> None:
        seen.append(webhook)
        inside.set()
        wait(go_on)

    desk = _desk("wsgi", tmp_path)
    # and two receivers of one journal, as two processes have them
    receivers = [
        wsgi_receiver("replicate", journal=desk.journal, on_webhook=slow, effects=desk.effects)
        for _ in range(2)
    ]
    sent, replies = message(), []
    headers = [*sent.headers.items(), ("Content-Length", str(len(sent.body)))]
    first = threading.Thread(
        target=lambda: replies.append(_ask_wsgi(receivers[0], headers, [sent.body]).status)
    )
    first.start()
    wait(inside)
    # when the message comes again meanwhile, it is not said to be received: it is not yet
    assert _ask_wsgi(receivers[1], headers, [sent.body]).status == 503
    go_on.set()
    first.join()
    # and it is, once it is
    assert replies == [204]
    assert _ask_wsgi(receivers[1], headers, [sent.body]).status == 204
    assert len(seen) == 1


def test_many_deliveries_at_once_are_handled_once(tmp_path: Path) -> None:
    desk = _desk("wsgi", tmp_path)
    begin = threading.Barrier(8)
    statuses: list[int] = []

    def deliver() -> None:
        begin.wait()
        statuses.append(desk.deliver())

    threads = [threading.Thread(target=deliver) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(desk.seen) == 1
    assert set(statuses) <= {204, 503}
    assert 204 in statuses


class _Full(SqliteJournal):
    """A journal whose disk is full at some notes."""

    bad: tuple[int, ...] = ()
    count = 0

    def note(self, message: str, **parts: Any) -> IOOutcome[bool]:
        self.count += 1
        if self.count in self.bad:
            return IOFailure(JournalError("the disk is full"))
        return super().note(message, **parts)


@pytest.mark.parametrize(
    ("bad", "handled"),
    [(1, 1), (2, 1), (3, 2)],
    ids=["before the message is remembered", "before the turn", "after the handler"],
)
@pytest.mark.parametrize("kind", _KINDS)
def test_a_journal_that_fails_loses_no_message(
    tmp_path: Path, kind: str, bad: int, handled: int
) -> None:
    journal = _Full(tmp_path / "journal.sqlite3")
    desk = _desk(kind, tmp_path, journal=journal)
    journal.bad = (bad,)
    assert desk.deliver() == 503
    # The turn of a handler that may have done its work is over after ten minutes.
    desk.clock.advance(601)
    assert desk.deliver() == 204
    assert len(desk.seen) == handled


@pytest.mark.parametrize("kind", _KINDS)
def test_a_plain_function_may_return_what_is_to_be_awaited(tmp_path: Path, kind: str) -> None:
    desk = _desk(kind, tmp_path)
    make = _KINDS[kind][0]

    def begin(webhook: Webhook) -> Coroutine[Any, Any, None]:
        return desk.handle_async(webhook)

    desk.application = make(
        "replicate",
        journal=desk.journal,
        on_webhook=begin,
        effects=desk.effects,
    )
    desk.failures = 1
    assert desk.deliver() == 500
    assert desk.deliver() == 204
    assert len(desk.seen) == 1


def test_without_a_journal_each_delivery_is_handled(tmp_path: Path) -> None:
    desk = _desk("wsgi", tmp_path)
    receiver = wsgi_receiver(
        "replicate", journal=None, on_webhook=desk.handle, effects=desk.effects
    )
    sent = message()
    headers = [*sent.headers.items(), ("Content-Length", str(len(sent.body)))]
    for _ in range(2):
        assert _ask_wsgi(receiver, headers, [sent.body]).status == 204
    assert [webhook.generation for webhook in desk.seen] == [None, None]


@pytest.mark.parametrize("kind", _KINDS)
def test_unsigned_messages_reach_a_handler_now_and_then(tmp_path: Path, kind: str) -> None:
    # given a provider that signs nothing, and a job of it
    webhooks = BUILT_IN["replicate"].webhooks
    assert webhooks is not None
    record = attrs.evolve(BUILT_IN["replicate"], webhooks=attrs.evolve(webhooks, signature=None))
    desk = _desk(kind, tmp_path, providers={"replicate": record})
    started(desk.journal)
    # when anybody sends messages about it, and about others
    for _ in range(30):
        assert desk.deliver(attrs.evolve(message(), headers={})) == 204
        assert desk.deliver(attrs.evolve(message("job-2"), headers={})) == 204
        desk.clock.advance(1)
    # then the handler runs once in ten seconds, for the job that is known
    assert len(desk.seen) == 3
    assert {webhook.event.request_id for webhook in desk.seen} == {"job-1"}


def test_a_handler_may_check_the_job(tmp_path: Path) -> None:
    # given a handler that makes one check, and blocks meanwhile
    reply = {"id": "job-1", "status": "succeeded", "output": "https://replicate.delivery/kite.mp4"}
    effects = fake_effects(
        http=ScriptedHttp([json_reply(200, reply)]),
        environment={"REPLICATE_WEBHOOK_SECRET": SECRET, "REPLICATE_API_TOKEN": "r8_secret"},
    )
    journal = SqliteJournal(tmp_path / "journal.sqlite3")
    started(journal)
    videos = []

    def handle(webhook: Webhook) -> None:
        assert webhook.generation is not None
        checked = check_video(webhook.generation, journal=journal, effects=effects)
        assert checked.response is not None
        videos.append(checked.response.video)

    receiver = asgi_receiver("replicate", journal=journal, on_webhook=handle, effects=effects)
    sent = message()
    assert _ask_asgi(receiver, sent.headers.items(), [sent.body]).status == 204
    assert videos == ["https://replicate.delivery/kite.mp4"]


# The interfaces of servers.


def test_a_loop_is_not_blocked_by_the_journal_or_the_handler(tmp_path: Path) -> None:
    # given a handler that waits until the event loop does something else
    ran = threading.Event()

    def handle(_: Webhook) -> None:
        wait(ran)

    desk = _desk("asgi", tmp_path)
    receiver = asgi_receiver(
        "replicate", journal=desk.journal, on_webhook=handle, effects=desk.effects
    )
    loops: set[int] = set()
    real = desk.journal.note

    def note(*arguments: Any, **parts: Any) -> IOOutcome[bool]:
        loops.add(threading.get_ident())
        return real(*arguments, **parts)

    desk.journal.note = note  # type: ignore[method-assign]  # it tells in which thread it runs

    async def both() -> int:
        async def other() -> None:
            ran.set()

        sent = message()
        asked = asyncio.create_task(_ask_asgi_async(receiver, sent.headers.items(), [sent.body]))
        await asyncio.create_task(other())
        return (await asked).status

    assert asyncio.run(both()) == 204
    assert threading.get_ident() not in loops


@pytest.fixture
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tarash.tarash_gateway.running.answering.SLOWEST", 0.05)


@pytest.mark.usefixtures("_fast")
def test_a_body_that_does_not_come_is_not_waited_for(tmp_path: Path) -> None:
    desk = _desk("asgi", tmp_path)
    sent: list[Any] = []

    async def receive() -> MutableMapping[str, Any]:
        await asyncio.Event().wait()
        raise AssertionError

    async def send(event: MutableMapping[str, Any]) -> None:
        sent.append(event)

    scope = {"type": "http", "method": "POST", "headers": []}
    asyncio.run(desk.application(scope, receive, send))
    assert sent[0]["status"] == 408


def test_a_slow_body_ends_between_its_pieces(tmp_path: Path) -> None:
    desk = _desk("wsgi", tmp_path)

    class Slow(_Input):
        def read(self, size: int | None = -1, /) -> bytes:
            desk.clock.advance(6)
            return super().read(min(size or 0, 10))

    environ = {"REQUEST_METHOD": "POST", "CONTENT_LENGTH": "1000", "wsgi.input": Slow(b"x" * 1000)}
    statuses: list[str] = []
    desk.application(environ, lambda status, _: statuses.append(status))
    assert statuses == ["408 Request Timeout"]


def test_a_body_without_a_length_is_refused_where_the_server_does_not_end_it(
    tmp_path: Path,
) -> None:
    desk = _desk("wsgi", tmp_path)
    statuses: list[str] = []
    environ = {"REQUEST_METHOD": "POST", "wsgi.input": _Input(b"{}")}
    desk.application(environ, lambda status, _: statuses.append(status))
    assert statuses == ["411 Length Required"]


def test_a_client_that_is_gone_gets_no_answer(tmp_path: Path) -> None:
    desk = _desk("asgi", tmp_path)
    sent: list[Any] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.disconnect"}

    async def send(event: MutableMapping[str, Any]) -> None:
        sent.append(event)

    asyncio.run(desk.application({"type": "http", "method": "POST", "headers": []}, receive, send))
    assert sent == []


def _run(
    application: Callable[..., Coroutine[Any, Any, None]], kind: str, *events: str
) -> list[str]:
    waiting, sent = list(events), []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": waiting.pop(0)}

    async def send(event: MutableMapping[str, Any]) -> None:
        sent.append(event["type"])

    asyncio.run(application({"type": kind}, receive, send))
    return sent


def test_a_server_may_start_and_stop_the_receiver_alone(tmp_path: Path) -> None:
    application = _desk("asgi", tmp_path).application
    assert _run(application, "lifespan", "lifespan.startup", "lifespan.shutdown") == [
        "lifespan.startup.complete",
        "lifespan.shutdown.complete",
    ]
    assert _run(application, "websocket", "websocket.connect") == ["websocket.close"]
