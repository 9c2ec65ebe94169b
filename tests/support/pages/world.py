"""Providers that take every job of a page and make a video of it, of the length that was asked for.

What is said in each provider's dialect is the library's own `ScriptedVideo`; here are the fields
without which the official clients refuse a reply.
"""

import json
import re
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import attrs
from returns.io import IOResult

from tarash.tarash_gateway.effects import Effects, HttpReply
from tarash.tarash_gateway.effects.receiving import WholeReply
from tarash.tarash_gateway.http.events import EVENTS
from tarash.tarash_gateway.http.messages import (
    FormBody,
    HttpRequest,
    HttpResponse,
    JsonBody,
    Limits,
)
from tarash.tarash_gateway.http.parts import FormPart
from tarash.tarash_gateway.outcome import IOOutcome, result_of
from tarash.tarash_gateway.testing import FakeClock, ScriptedVideo, Submitted
from tarash.tarash_gateway.testing.clips import wanted

_JOB: Final = re.compile(r"job\d{6}")
_FIELD: Final = re.compile(rb'form-data; name="([^"]+)"\r\n\r\n(.*?)\r\n--', re.DOTALL)


@attrs.define(eq=False)
class World:
    """An HTTP effect, which may be asked from any thread. The second poll finds a job done.

    Attributes:
        clock: The clock of the calls. It begins with the time of the machine, which programs on the
            pages read, too: signatures and deadlines fit, and models that have ended are refused.
    """

    clock: FakeClock = attrs.field(factory=lambda: FakeClock(utc=datetime.now(UTC)))
    _script: ScriptedVideo = attrs.field(init=False)
    _turn: threading.RLock = attrs.field(factory=threading.RLock, init=False)

    def __attrs_post_init__(self) -> None:
        """Let every job make a video."""
        self._script = ScriptedVideo(clock=self.clock).completes(times=None)

    @property
    def jobs(self) -> int:
        """How many submissions came."""
        return len(self._script.submitted)

    @property
    def effects(self) -> Effects:
        """Effects with these providers: real files and variables, no network, no waiting."""
        return attrs.evolve(self._script.effects, http=self)

    def open(self, request: HttpRequest, *, limits: Limits) -> IOOutcome[HttpReply]:
        """Answer a request: see `effects.Http`.

        Raises:
            AssertionError: No provider that is played here is asked so.
        """
        if request.headers.get("Accept") == EVENTS:
            return self._script.open(request, limits=limits)
        with self._turn:
            reply = self._said(request, limits)
        return IOResult.from_value(WholeReply(reply, limits))

    def receive(
        self, method: str, url: str, headers: Mapping[str, str], content: bytes
    ) -> HttpResponse:
        """Return the reply to a request whose body is bytes: JSON, or a form."""
        request = HttpRequest(
            method=method,  # type: ignore[arg-type]  # a client of somebody else's sends what it likes
            url=url,
            headers={name.title(): value for name, value in headers.items()},
            body=_body_from(content),
        )
        limits = Limits(total=60, head=60, idle=60, size=1 << 30)
        reply = result_of(self.open(request, limits=limits)).unwrap()
        assert isinstance(reply, WholeReply)
        return reply.response

    def _said(self, request: HttpRequest, limits: Limits) -> HttpResponse:
        before = len(self._script.submitted)
        opened = result_of(self._script.open(request, limits=limits)).unwrap()
        assert isinstance(opened, WholeReply)
        reply = opened.response
        if len(self._script.submitted) > before:
            return _tailored(reply, self._script.submitted[-1])
        found = _JOB.search(request.url) or _JOB.search(str(request.body and _text(request)))
        submitted = self._of(found[0]) if found else None
        if submitted is None or reply.headers.get("content-type") == "video/mp4":
            return reply
        return _tailored(reply, submitted)

    def _of(self, job: str) -> Submitted | None:
        return next((each for each in self._script.submitted if each.job == job), None)


def _text(request: HttpRequest) -> str:
    return str(request.body.value) if isinstance(request.body, JsonBody) else ""


def _body_from(content: bytes) -> JsonBody | FormBody | None:
    if not content:
        return None
    try:
        return JsonBody(value=json.loads(content))
    except ValueError:
        # The texts of a form; files have a name as well, and are of no interest here.
        found = _FIELD.findall(content)
        return FormBody(parts=tuple(FormPart(name=n.decode(), value=v.decode()) for n, v in found))


def _tailored(reply: HttpResponse, submitted: Submitted) -> HttpResponse:
    """Return a reply about a job with what its provider says beside it."""
    if not reply.body:
        return reply
    value = json.loads(reply.body)
    text = json.dumps({**value, **_more(value, submitted)})
    return attrs.evolve(reply, body=text.encode())


def _more(value: Mapping[str, Any], submitted: Submitted) -> dict[str, Any]:
    """Return the fields of real replies that no test of the library needs."""
    time = "2026-11-26T12:00:00Z"
    match submitted.provider:
        case "fal" if "request_id" in value:
            model = "/".join(submitted.url.partition("?")[0].split("/")[3:5])
            url = f"{submitted.url.partition('/fal')[0]}/{model}/requests/{submitted.job}"
            urls = {"response_url": url, "status_url": f"{url}/status"}
            return {**urls, "cancel_url": f"{url}/cancel", "queue_position": 0}
        case "fal" if value.get("status") == "COMPLETED":
            return {"logs": None, "metrics": {"inference_time": 1.5}}
        case "openai" | "azure-openai" if value.get("object") == "video":
            video = wanted(submitted.provider, submitted.url, submitted.body)
            size = f"{video.width}x{video.height}"
            named = {"model": submitted.body.get("model"), "created_at": 1795694400}
            return {**named, "seconds": f"{video.seconds:g}", "size": size}
        case "replicate":
            made = {"version": "hidden", "created_at": time, "metrics": {}}
            return {**made, "model": "", "input": dict(submitted.body.get("input", {}))}
        case "runway" if "status" in value:
            return {"createdAt": time}
        case _:
            return {}
