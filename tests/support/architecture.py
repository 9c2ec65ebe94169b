"""The tree of docs/architecture.md and the tables of docs/lifecycle.md, written from the code.

python -m tests.support.architecture     writes them into the pages
"""

import ast
import configparser
import re
from collections.abc import Iterator, Mapping
from functools import cache, partial
from itertools import product
from pathlib import Path
from typing import Any, Final, TypeAlias, get_args

import attrs
from returns.result import Failure, Success

from tarash.tarash_gateway import (
    AuthenticationError,
    GenerationFailedError,
    HTTPConnectionError,
    HTTPError,
    JournalError,
    Provider,
    RateLimitError,
    UnexpectedReplyError,
    VideoGenerationConfig,
    VideoGenerationRequest,
)
from tarash.tarash_gateway.catalog.limits import MediaLimits, MediaRules
from tarash.tarash_gateway.effects import HttpReply
from tarash.tarash_gateway.http.messages import HttpRequest, HttpResponse, Limits
from tarash.tarash_gateway.lifecycle.generation import Generation, Leg, Moment, Stage, begin
from tarash.tarash_gateway.outcome import IOOutcome, Outcome
from tarash.tarash_gateway.providers.base import (
    Job,
    Polled,
    Progress,
    Ready,
    Refusal,
    Submission,
    Target,
    Uploads,
    Video,
)
from tarash.tarash_gateway.providers.uploads import Stored, Upload
from tarash.tarash_gateway.running.progress import Listener
from tarash.tarash_gateway.running.steps import exchange
from tarash.tarash_gateway.running.tasks import block
from tarash.tarash_gateway.running.watcher import Watcher
from tarash.tarash_gateway.testing import FakeClock, Reply, ScriptedHttp, fake_effects
from tarash.tarash_gateway.values.files import UploadedMedia
from tarash.tarash_gateway.values.media import MediaContent
from tarash.tarash_gateway.values.response import StatusType

_ROOT: Final = Path(__file__).parents[2]
PACKAGE: Final = _ROOT / "lib" / "tarash" / "tarash_gateway"
PAGES: Final = tuple(_ROOT / "docs" / name for name in ("architecture.md", "lifecycle.md"))

# The tree.


def listed(folder: Path) -> dict[str, Path]:
    """Return the modules and packages of a folder: the name as `ls` shows it, and its source."""
    rooms = {f"{init.parent.name}/": init for init in folder.glob("*/__init__.py")}
    files = {file.name: file for file in folder.glob("*.py") if file.name != "__init__.py"}
    return rooms | files


def layers() -> list[str]:
    """Return the names of the linter's layers, from the highest to the lowest."""
    config = configparser.ConfigParser()
    config.read(_ROOT / "setup.cfg")
    return config["importlinter:contract:rooms"]["layers"].replace("|", " ").split()


def _line(name: str, source: Path, indent: str) -> str:
    docstring = ast.get_docstring(ast.parse(source.read_text(encoding="utf-8"))) or ""
    return f"{indent + name:<17}  {docstring.splitlines()[0].replace('``', '`')}"


def tree() -> str:
    """Return the package's tree in the order of the layers, with the first line of each docstring.

    What `ls` shows and no layer names comes last.
    """
    order = layers()

    def place(name: str) -> tuple[int, str]:
        stem = name.removesuffix("/").removesuffix(".py")
        return (order.index(stem) if stem in order else len(order)), name

    top = listed(PACKAGE)
    lines = ["lib/tarash/tarash_gateway/"]
    for name in sorted(top, key=place):
        lines.append(_line(name, top[name], "  "))
        rooms = listed(PACKAGE / name) if name.endswith("/") else {}
        lines += [_line(each, rooms[each], "    ") for each in sorted(rooms) if each[-1] == "/"]
    return "```tree\n" + "\n".join(lines) + "\n```"


# The lifecycle: every kind of reply, at every stage, of providers with every kind of cancel.

Pair: TypeAlias = tuple[str, str]

_END: Final = "[*]"
_URL: Final = "https://kite.example/1"
_ERRORS: Final[Mapping[int, Refusal]] = {
    401: Refusal(error=AuthenticationError(message="the key is wrong")),
    404: Refusal(error=GenerationFailedError(message="the job is unknown"), of="job"),
    409: Refusal(error=HTTPError(message="the job runs"), of="too_early"),
    429: Refusal(error=RateLimitError(message="too many requests")),
    500: Refusal(error=HTTPError(message="the server failed")),
}
_WORDS: Final = (b"queued", b"processing", b"ready", b"video", b"failed", b"confirmed", b"too_late")
_REPLIES: Final[tuple[Reply, ...]] = (
    *(HttpResponse(status=200, body=word) for word in (*_WORDS, b"nonsense")),
    *(HttpResponse(status=status) for status in _ERRORS),
    HttpResponse(status=302, headers={"location": f"{_URL}.mp4"}),
    HttpResponse(status=302, headers={"location": "ftp://kite.example"}),
    HTTPConnectionError(message="nothing was sent", request_sent=False),
    HTTPConnectionError(message="no reply came", request_sent=True),
    UnexpectedReplyError(message="the reply is too long"),
    JournalError(message="the disk is full"),
)
_FAILED: Final = GenerationFailedError(message="the job failed")


def _accepted(_target: Target, reply: HttpResponse) -> Outcome[Job | Video]:
    if reply.body == b"nonsense":
        return Failure(UnexpectedReplyError(message="no job id"))
    return Success(Video(request_id="1", video=_URL) if reply.body == b"video" else Job(id="1"))


def _polled(_target: Target, job: Job, reply: HttpResponse) -> Outcome[Polled]:
    match reply.body:
        case b"queued":
            return Success(Progress(status="queued"))
        case b"processing":
            return Success(Progress(status="processing"))
        case b"ready":
            return Success(Ready(job=job))
        case b"video":
            return Success(Video(request_id=job.id, video=_URL))
        case b"failed":
            return Failure(_FAILED)
        case _:
            return Failure(UnexpectedReplyError(message="no status"))


def _request(_target: Target, _job: Job) -> HttpRequest:
    return HttpRequest(method="GET", url=_URL)


_SUBMISSION: Final = Submission(request=HttpRequest(method="POST", url=_URL))
_PLAIN: Final = Provider(
    name="kite",
    base_url="https://kite.example",
    authenticate=lambda _key: {},
    submit=lambda _target, _request: Success(_SUBMISSION),
    accepted=_accepted,
    poll=_request,
    polled=_polled,
    failure=lambda _target, reply, _to: _ERRORS.get(reply.status, _ERRORS[500]),
    collect=_request,
    collected=_polled,
)
CANCELLING: Final = attrs.evolve(
    _PLAIN,
    cancel=_request,
    cancelled=lambda reply: (
        "confirmed"
        if reply.body == b"confirmed"
        else "too_late"
        if reply.body == b"too_late"
        else "failed"
    ),
)
MEDIUM: Final = MediaContent(b"a kite", "video/mp4")
_UPLOAD: Final = Upload(place="video", medium=MEDIUM)


def _stored(_target: Target, upload: Upload, reply: HttpResponse) -> Outcome[Stored]:
    match reply.body:
        case b"processing":
            return Success(upload)
        case b"nonsense":
            return Failure(UnexpectedReplyError(message="no URL"))
        case _:
            return Success(UploadedMedia(url=f"{_URL}.mp4", content_type="video/mp4"))


UPLOADING: Final = attrs.evolve(
    CANCELLING,
    media=lambda _target: MediaRules(video=MediaLimits(inline=1, uploaded=1000)),
    uploads=Uploads(
        origin=lambda target: target.base_url,
        request=lambda _target, _upload: HttpRequest(method="POST", url=_URL),
        received=_stored,
        pending=lambda _target, _upload: f"{_URL}.mp4",
    ),
)
_RUNNING: Final[frozenset[StatusType]] = frozenset({"processing"})
_PROVIDERS: Final = (
    _PLAIN,
    CANCELLING,
    UPLOADING,
    attrs.evolve(CANCELLING, cancel_destroys=True),
    attrs.evolve(CANCELLING, charged_when_cancelled=_RUNNING),
    attrs.evolve(CANCELLING, charged_when_cancelled=_RUNNING, refunds_nothing=True),
)


# Which kinds of errors may be followed by a second payment, and the number of configs.
_CHAINS: Final = ((None, 1), (None, 2), (frozenset({"timeout"}), 2))


def _begun() -> Iterator[Generation]:
    """Return a new generation for each provider, alone and with a fallback."""
    clock = FakeClock()
    now = Moment(monotonic=clock.monotonic(), utc=clock.utc())
    for provider, (chosen, length) in product(_PROVIDERS, _CHAINS):
        legs = tuple(
            Leg(
                target=Target(
                    provider=provider,
                    config=VideoGenerationConfig(
                        provider="kite", model=f"kite-{position}", fallback_on=chosen
                    ),
                ),
                submission=_SUBMISSION,
                position=position,
                uploads=() if provider.uploads is None else (_UPLOAD,),
            )
            for position in range(length)
        )
        yield begin(VideoGenerationRequest(prompt="a kite"), legs, now)


@attrs.frozen
class _SlowHttp:
    """Answers once, after a while."""

    reply: Reply
    clock: FakeClock
    seconds: float

    def open(self, request: HttpRequest, *, limits: Limits) -> IOOutcome[HttpReply]:
        """Return the reply."""
        self.clock.advance(self.seconds)
        return ScriptedHttp([self.reply]).open(request, limits=limits)


def _after(generation: Generation, reply: Reply, *, late: bool) -> Outcome[Generation]:
    clock = FakeClock(generation.due)
    seconds = generation.deadline - generation.due + 1 if late else 0.0
    effects = fake_effects(http=_SlowHttp(reply, clock, seconds), clock=clock)
    return block(exchange(generation, effects, Watcher(effects, Listener(None))))


def _essence(generation: Generation) -> tuple[Any, ...]:
    """Return what decides where a generation can go: no times, no counters that only grow."""
    stage = generation.stage
    counts = (getattr(stage, name, 0) for name in ("tries", "doubts", "looking", "charged"))
    marks = (getattr(stage, name, None) is not None for name in ("url", "leaving"))
    leg = generation.leg
    return leg.target, len(generation.rest), type(stage), *counts, *marks


@cache
def transitions() -> frozenset[Pair]:
    """Return from which stage to which one exchange leads; ``[*]`` is the end in an error."""
    found: set[Pair] = set()
    waiting = list(_begun())
    known = set(map(_essence, waiting))
    while waiting:
        before = waiting.pop()
        name = type(before.stage).__name__
        for reply, late in product(_REPLIES, (False, True)):
            outcome = _after(before, reply, late=late)
            if isinstance(outcome, Failure):
                found.add((name, _END))
                continue
            after = outcome.unwrap()
            found.add((name, type(after.stage).__name__))
            if type(after.stage).__name__ != "Finished" and _essence(after) not in known:
                known.add(_essence(after))
                waiting.append(after)
    return frozenset(found)


# Where each function of the public interface enters the lifecycle.
ENTRIES: Final[Mapping[str, str]] = {
    "Uploading": "generate_video, start_video",
    "Submitting": "generate_video, start_video",
    "Polling": "resume_video, check_video",
    "Collecting": "resume_video, check_video",
    "Leaving": "cancel_video",
}
_ERROR: Final = "an error is raised"
_BEGINS: Final = ("| function | begins at |", "|---|---|")
_MOVES: Final = ("| stage | what the reply means | next |", "|---|---|---|")
STAGES: Final = tuple(stage.__name__ for stage in get_args(Stage))
_UPLOAD_NEXT: Final = "try the next config, whose media are uploaded first"
WORDS: Final[Mapping[Pair, str]] = {
    ("Uploading", "Uploading"): "the next piece or medium, once more, or the next config",
    ("Uploading", "Submitting"): "all media are uploaded",
    ("Uploading", _END): "refused or too late, nothing was submitted",
    ("Submitting", "Uploading"): _UPLOAD_NEXT,
    ("Polling", "Uploading"): _UPLOAD_NEXT,
    ("Collecting", "Uploading"): _UPLOAD_NEXT,
    ("Leaving", "Uploading"): _UPLOAD_NEXT,
    ("Submitting", "Submitting"): "not accepted, send again or try the next config",
    ("Submitting", "Polling"): "accepted",
    ("Submitting", "Collecting"): "accepted, and done already",
    ("Submitting", "Leaving"): "accepted after the deadline, a fallback may follow",
    ("Submitting", "Finished"): "the reply has the video",
    ("Submitting", _END): "refused or unknown, no config may follow",
    ("Polling", "Submitting"): "the job failed, try the next config",
    ("Polling", "Polling"): "not done, or no usable reply",
    ("Polling", "Collecting"): "done, fetch the result",
    ("Polling", "Leaving"): "deadline or refused polls, a fallback may follow",
    ("Polling", "Finished"): "done, the reply has the video",
    ("Polling", _END): "failed or too late, no config may follow",
    ("Collecting", "Submitting"): "the result is a failure, try the next config",
    ("Collecting", "Polling"): "not done after all",
    ("Collecting", "Collecting"): "redirected, or no usable reply",
    ("Collecting", "Leaving"): "deadline or refused fetches, a fallback may follow",
    ("Collecting", "Finished"): "the reply has the video",
    ("Collecting", _END): "failed or too late, no config may follow",
    ("Leaving", "Submitting"): "cancelled, try the next config",
    ("Leaving", "Polling"): "too late to cancel, the job is done",
    ("Leaving", "Collecting"): "the job was looked at and is done",
    ("Leaving", "Leaving"): "the job was looked at and runs, cancel it",
    ("Leaving", "Finished"): "the job was looked at and has a video",
    ("Leaving", _END): "the job may be charged, no config may follow",
}


def lifecycle() -> str:
    """Return the lifecycle as two tables: where a call begins, and which reply leads where."""
    order = (*STAGES, _END)
    begins = [
        f"| {_code(names)} | {' or '.join(s for s in ENTRIES if ENTRIES[s] == names)} |"
        for names in dict.fromkeys(ENTRIES.values())
    ]
    arrows = sorted(transitions(), key=lambda pair: (*map(order.index, pair),))
    moves = [
        f"| {one} | {WORDS[one, other]} | {_ERROR if other == _END else other} |"
        for one, other in arrows
    ]
    return "\n".join([*_BEGINS, *begins, "", *_MOVES, *moves])


def _code(names: str) -> str:
    return ", ".join(f"`{name}`" for name in names.split(", "))


# The page.

_MARKED: Final = "(<!-- {0} -->\n).*?(\n<!-- end of {0} -->)"


def drawn(page: str) -> str:
    """Return the page with what is written from the code."""
    for mark, draw in (("tree", tree), ("lifecycle", lifecycle)):
        pattern = re.compile(_MARKED.format(mark), re.DOTALL)
        page = pattern.sub(partial(_between, draw()), page)
    return page


def _between(drawing: str, marks: re.Match[str]) -> str:
    return f"{marks[1]}{drawing}{marks[2]}"


def main() -> None:
    """Write the tree and the tables into their pages."""
    for page in PAGES:
        page.write_text(drawn(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
