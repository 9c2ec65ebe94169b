"""A real HTTP server that speaks every provider's dialect, and fails by script.

Each case has its own path: ``http://host/CASE/...`` is a provider's base URL. What a case counted
stands at ``/CASE/_seen``; a case is made by ``POST /CASE/_script`` with a `Script` as JSON.

    python -m tests.faults.server --port 8080
"""

import argparse
import asyncio
import json
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.parser import BytesParser
from email.policy import HTTP
from email.utils import format_datetime
from typing import Any

import attrs
from aiohttp import web
from tests.support import patience

from . import webhooks
from .dialects import SERVED, Content, Dialect, Stage, Taken
from .wire import WIRE_FAULTS, on_the_wire

_HTML = b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
# Longer than any request of the tests may take.
_SILENCE = 30.0


@attrs.frozen(kw_only=True)
class Script:
    """What a case does.

    Attributes:
        dialect: Name of the dialect it speaks.
        stage: Where the fault is, or None for none.
        fault: One of `FAULTS`.
        times: How many requests of the stage meet the fault; then all is well.
        polls: How many polls find the job running.
        end: How the job ends: ``"done"``, ``"failed"`` or ``"moderated"``.
        delay: Seconds before each reply leaves.
        held: How many submissions are answered, if not all of them: the reply to each later one
            leaves when the case is let go.
        webhook: How the webhook of a job is called, where its submission asks for one: one of
            `WEBHOOKS`. All but an early one are called after the last poll that finds the job
            running.
        later: Seconds by which the server's clock is ahead when it is asked for its list, as if it
            were asked so much later; by then, all jobs have ended.
    """

    dialect: str
    stage: Stage | None = None
    fault: str = "none"
    times: int = 1
    polls: int = 1
    end: str = "done"
    delay: float = 0.0
    held: int | None = None
    webhook: str = "lost"
    later: float = 0.0


@attrs.define
class Seen:
    """What a case counted.

    Attributes:
        accepted: Jobs that were accepted, whether or not the client heard of it.
        requests: Requests by stage.
        cancelled: Jobs that were cancelled.
        completed: Jobs that finished with a video.
        keys: Key headers by the host that they came to.
        bodies: Every submission's body, for duplicates.
        webhooks: What the calls of webhooks were answered; 0 for no answer.
    """

    accepted: list[str] = attrs.field(factory=list)
    requests: Counter[str] = attrs.field(factory=Counter)
    cancelled: list[str] = attrs.field(factory=list)
    completed: list[str] = attrs.field(factory=list)
    keys: Counter[str] = attrs.field(factory=Counter)
    bodies: list[str] = attrs.field(factory=list)
    webhooks: list[int] = attrs.field(factory=list)


def _set() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


@attrs.define
class Case:
    """A script with what was seen of it, and how many submissions are being answered now."""

    script: Script
    seen: Seen = attrs.field(factory=Seen)
    polls: Counter[str] = attrs.field(factory=Counter)
    webhooks: dict[str, str] = attrs.field(factory=dict)
    taken: list[Taken] = attrs.field(factory=list)
    busy: int = 0
    idle: asyncio.Event = attrs.field(factory=_set)
    let_go: asyncio.Event = attrs.field(factory=asyncio.Event)

    @contextmanager
    def answering(self, *, submission: bool) -> Iterator[None]:
        """Count a submission while it is answered."""
        self.busy += submission
        if submission:
            self.idle.clear()
        try:
            yield
        finally:
            self.busy -= submission
            if not self.busy:
                self.idle.set()


def _text(status: int, body: bytes, kind: str = "text/html", **headers: str) -> web.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return web.Response(status=status, body=body, content_type=kind, headers=named)


def _error(status: int, **headers: str) -> web.Response:
    body = json.dumps({"detail": "a fault", "title": "a fault", "error": "a fault"}).encode()
    return _text(status, body, "application/json", **headers)


# Faults that answer with something else than the truth; the others are in `_fail`.
_REPLIES = {
    "500": lambda: _error(500),
    "502 html": lambda: _text(502, _HTML),
    "503": lambda: _error(503),
    "503 retry-after": lambda: _error(503, Retry_After="0"),
    "429 retry-after": lambda: _error(429, Retry_After="0"),
    "429 absurd hint": lambda: _error(429, Retry_After="999999999"),
    "499": lambda: _error(499),
    "408": lambda: _error(408),
    "401": lambda: _error(401),
    "402": lambda: _error(402),
    "404": lambda: _error(404),
    "422": lambda: _error(422),
    "200 html": lambda: _text(200, b"<html>one moment</html>"),
    "200 empty": lambda: _text(200, b"", "application/json"),
    "200 list": lambda: _text(200, b"[1, 2]", "application/json"),
    "200 nulls": lambda: _text(200, b'{"id": null, "status": null}', "application/json"),
}
# These refuse before anything is accepted, if they meet a submission.
_BEFORE = frozenset(
    {
        "429 retry-after",
        "429 absurd hint",
        "503 retry-after",
        "401",
        "402",
        "404",
        "422",
        "redirect",
    }
)
FAULTS: Sequence[str] = (
    *("drop", "silence", "cut", "truncated json", "garbled json", "redirect", "slow bytes"),
    *_REPLIES,
    *WIRE_FAULTS,
)


class FaultServer:
    """The server's state, and its one handler."""

    def __init__(self) -> None:
        """Make a server without cases."""
        self.cases: dict[str, Case] = {}
        self.elsewhere = ""
        self._calls: set[asyncio.Task[None]] = set()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer any request."""
        _, name, rest = request.path.split("/", 2)
        if rest == "_script":
            self.cases[name] = Case(Script(**await request.json()))
            return web.json_response({})
        case = self.cases.get(name)
        if case is None:
            return _error(404)
        if rest == "_seen":
            return web.json_response(attrs.asdict(case.seen))
        if rest == "_keys":
            return web.json_response(webhooks.key_set())
        dialect = SERVED[case.script.dialect]
        if dialect.key in request.headers:
            case.seen.keys[request.host.partition(":")[0]] += 1
        with case.answering(submission=request.method == "POST"):
            return await self._answer(request, case, dialect, f"/{rest}")

    async def _answer(
        self, request: web.Request, case: Case, dialect: Dialect, path: str
    ) -> web.StreamResponse:
        found = [(r, m) for r in dialect.routes if (m := r.match(request.method, path))]
        if not found:
            return _error(404)
        route, match = found[0]
        seen, script = case.seen, case.script
        seen.requests[route.stage] += 1
        faulty = script.stage == route.stage and seen.requests[route.stage] <= script.times
        if route.stage == "submit":
            seen.bodies.append((await request.read()).decode(errors="replace"))
        if faulty and route.stage == "submit" and script.fault in _BEFORE:
            return await self._fail(request, case, Content())
        if route.stage == "list":
            if faulty:
                return await self._fail(request, case, Content())
            if script.later:
                # So much later, every submission has been answered.
                await case.idle.wait()
            return _list(case, dialect)
        known = seen.accepted[-1] if seen.accepted and route.stage != "submit" else None
        job = match.groupdict().get("job") or known or f"job-{len(seen.accepted) + 1}"
        content = await self._content(request, case, dialect, route.stage, job)
        await self._call_back(request, case, dialect, route.stage, job)
        await asyncio.sleep(script.delay)
        held = script.held is not None and len(seen.accepted) > script.held
        if held and route.stage == "submit":
            await case.let_go.wait()
        return await self._fail(request, case, content) if faulty else _reply(content)

    async def _call_back(
        self, request: web.Request, case: Case, dialect: Dialect, stage: Stage, job: str
    ) -> None:
        """Call the webhook of a job, if it is time for that."""
        script = case.script
        if stage == "submit":
            url = webhooks.url_of(request.query_string, case.seen.bodies[-1])
            if url is not None:
                case.webhooks[job] = url
        early = script.webhook == "early"
        due = stage == "submit" if early else stage == "poll" and case.polls[job] == script.polls
        if not due or job not in case.webhooks:
            return
        groups = webhooks.messages(script.webhook, dialect.provider, job)
        calling = webhooks.send(case.webhooks[job], groups, case.seen.webhooks)
        if early:
            await calling
            return
        call = asyncio.create_task(calling)
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)

    async def _content(
        self, request: web.Request, case: Case, dialect: Dialect, stage: Stage, job: str
    ) -> Content:
        base = f"http://{request.host}/{request.path.split('/')[1]}"
        seen, script = case.seen, case.script
        if stage == "submit":
            seen.accepted.append(job)
            body = await _fields(request)
            case.taken.append(Taken(job, body, datetime.now(UTC), None))
            return dialect.accepted(base, job)
        if job not in seen.accepted:
            return Content({"detail": "unknown job"}, 404)
        if stage == "cancel":
            return self._cancel(base, case, dialect, job)
        if stage == "poll":
            case.polls[job] += 1
            if case.polls[job] <= script.polls:
                return dialect.running(base, job)
            if script.end == "done" and job not in seen.completed:
                seen.completed.append(job)
            ends = {"failed": dialect.failed, "moderated": dialect.moderated}
            return ends.get(script.end, dialect.done)(base, job)
        return dialect.results_failed.get(script.end, dialect.results[stage])(base, job)

    @staticmethod
    def _cancel(base: str, case: Case, dialect: Dialect, job: str) -> Content:
        if job in case.seen.completed and dialect.too_late is not None:
            return dialect.too_late(base, job)
        if dialect.cancelled is None:
            return Content({"detail": "cannot cancel"}, 404)
        case.seen.cancelled.append(job)
        return dialect.cancelled(base, job)

    async def _fail(self, request: web.Request, case: Case, content: Content) -> web.StreamResponse:
        fault = case.script.fault
        if fault in _REPLIES:
            return _REPLIES[fault]()
        if fault in WIRE_FAULTS:
            return await on_the_wire(request, content, fault)
        match fault:
            case "drop":
                return _dropped(request)
            case "silence":
                await asyncio.sleep(_SILENCE)
                return _dropped(request)
            case "redirect":
                return _text(307, b"", Location=f"{self.elsewhere}{request.path}")
            case "truncated json":
                return _text(200, content.data[: len(content.data) // 2], content.content_type)
            case "garbled json":
                return _text(200, b"\x00\xff{'" + content.data[:8], content.content_type)
            case _:
                return await _halting(request, content, slow=fault == "slow bytes")


async def _fields(request: web.Request) -> dict[str, Any]:
    """Return a submission as an object: JSON, or the texts of a form."""
    text = await request.read()
    if request.content_type == "application/json":
        found: dict[str, Any] = json.loads(text)
        return found
    parts = BytesParser(policy=HTTP).parsebytes(
        f"Content-Type: {request.headers.get('Content-Type', '')}\r\n\r\n".encode() + text
    )
    return {
        str(part.get_param("name", header="content-disposition")): part.get_content()
        for part in parts.iter_parts()
        if part.get_filename() is None
    }


def _list(case: Case, dialect: Dialect) -> web.Response:
    now = datetime.now(UTC) + timedelta(seconds=case.script.later)
    jobs = [
        attrs.evolve(each, ended_at=now)
        if case.script.later or each.job in case.seen.completed
        else each
        for each in case.taken
    ]
    if dialect.listed is None:
        return _error(404)
    body = json.dumps(dialect.listed(jobs)).encode()
    return _text(200, body, "application/json", Date=format_datetime(now, usegmt=True))


def _reply(content: Content) -> web.Response:
    return web.Response(status=content.status, body=content.data, content_type=content.content_type)


def _dropped(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _halting(request: web.Request, content: Content, *, slow: bool) -> web.StreamResponse:
    """Send the reply's head and half of its body; then nothing, or a byte now and then."""
    reply = web.StreamResponse(status=content.status)
    reply.content_type = content.content_type
    reply.content_length = max(2, len(content.data))
    await reply.prepare(request)
    half = len(content.data) // 2
    if not slow:
        await reply.write(content.data[:half])
        return _closing(request, reply)
    for place in range(half):
        try:
            await reply.write(content.data[place : place + 1])
        except OSError:
            break
        await asyncio.sleep(0.05)
    return _closing(request, reply)


def _closing(request: web.Request, reply: web.StreamResponse) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.close()
    return reply


def application(server: FaultServer) -> web.Application:
    """Return the server as an application."""
    app = web.Application(client_max_size=64 * 2**20)
    app.router.add_route("*", "/{path:.*}", server.handle)
    return app


@attrs.frozen
class Running:
    """A server in a thread of its own.

    Attributes:
        url: Where it listens.
        state: What it has seen.
        loop: Its event loop.
    """

    url: str
    state: FaultServer
    loop: asyncio.AbstractEventLoop

    def call_back(self, name: str, job: str, kind: str) -> list[int]:
        """Call the webhook of a job now, and return what its calls were answered so far."""
        case = self.state.cases[name]
        groups = webhooks.messages(kind, SERVED[case.script.dialect].provider, job)
        calling = webhooks.send(case.webhooks[job], groups, case.seen.webhooks)
        asyncio.run_coroutine_threadsafe(calling, self.loop).result(20)
        return case.seen.webhooks

    def case(self, name: str, script: Script) -> str:
        """Make a case, and return its base URL."""
        self.state.cases[name] = Case(script)
        return f"{self.url}/{name}"

    def let_go(self, name: str) -> None:
        """Answer the submissions of a case that its script holds."""
        self.loop.call_soon_threadsafe(self.state.cases[name].let_go.set)

    def change(self, name: str, **script: Any) -> None:
        """Change what a case does from now on, such as when its jobs end."""
        case = self.state.cases[name]
        case.script = attrs.evolve(case.script, **script)

    def seen(self, name: str) -> Seen:
        """Return what a case counted."""
        return self.state.cases[name].seen


@contextmanager
def running() -> Iterator[Running]:
    """Run a server on loopback; ``localhost`` stands for another host than ``127.0.0.1``."""
    state, ready, loop = FaultServer(), threading.Event(), asyncio.new_event_loop()
    place: dict[str, Any] = {}

    async def start() -> web.AppRunner:
        runner = web.AppRunner(application(state), access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        place["port"] = runner.addresses[0][1]
        ready.set()
        return runner

    def serve() -> None:
        asyncio.set_event_loop(loop)
        place["runner"] = loop.run_until_complete(start())
        loop.run_forever()
        waiting = asyncio.all_tasks(loop)
        for task in waiting:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*waiting, return_exceptions=True))
        loop.run_until_complete(place["runner"].cleanup())
        loop.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    patience.wait(ready)
    state.elsewhere = f"http://localhost:{place['port']}"
    try:
        yield Running(f"http://127.0.0.1:{place['port']}", state, loop)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def main() -> None:
    """Run the server until it is interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8080)
    port = parser.parse_args().port
    state = FaultServer()
    state.elsewhere = f"http://localhost:{port}"
    web.run_app(application(state), host="127.0.0.1", port=port, access_log=None)


if __name__ == "__main__":
    main()
