"""Fetch a video from its URL into a partial file: the interpreter of a `Transfer`."""

import hashlib
from collections.abc import Callable
from typing import Final, TypeAlias

import attrs
from returns.io import IOResult
from returns.result import Failure, Success

from ..effects import Effects, HttpReply, PartialFile
from ..exceptions import TarashException, TimeoutError, UnexpectedReplyError
from ..http.messages import Limits
from ..lifecycle.deadline import backoff
from ..lifecycle.transfer import (
    Algorithm,
    Complete,
    Head,
    Receiving,
    Redirected,
    Transfer,
    broken,
    check,
    receive,
    request_of,
)
from ..outcome import IOOutcome, Outcome, result_of
from ..values.signatures import sniff
from .hosts import refused_redirect

# Takes the bytes so far, and the size of the whole video or None.
Tell: TypeAlias = Callable[[int, int | None], None]

_CHUNK: Final = 1 << 18
_FOREVER: Final = 1e8
# The type of a file is in its first bytes; of the longest signature there are 376.
_HEAD: Final = 512


@attrs.frozen(kw_only=True)
class FetchLimits:
    """How long a download may take, and how much it may bring.

    Attributes:
        total: Seconds for the whole download, or None without a limit.
        idle: Seconds without a byte after which a connection is given up and continued.
        size: Most bytes of the video.
        size_setting: What the caller raises to get a larger one, for the message.
    """

    total: float | None = None
    idle: float = 60.0
    size: int
    size_setting: str = "max_video_bytes"


@attrs.frozen(kw_only=True)
class Fetched:
    """A whole video in a partial file.

    Attributes:
        size: Its bytes.
        sha256: Its SHA-256 digest in hexadecimal digits.
        content_type: The type that its first bytes show.
    """

    size: int
    sha256: str
    content_type: str

    @classmethod
    def of(cls, content: bytes, content_type: str) -> "Fetched":
        """Return the same about bytes that are known."""
        digest = hashlib.sha256(content).hexdigest()
        return cls(size=len(content), sha256=digest, content_type=content_type)


class _Writer:
    """What was written so far, with its digests."""

    def __init__(self, part: PartialFile, limits: FetchLimits, tell: Tell) -> None:
        self._limits = limits
        self._part, self._tell = part, tell
        self._begin()

    def _begin(self) -> None:
        self.size, self.head = 0, b""
        self._sha256, self._md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)

    def restart(self) -> Outcome[None]:
        """Begin again with an empty file."""
        self._begin()
        return result_of(self._part.restart())

    def write(self, piece: bytes, whole: int | None) -> Outcome[None]:
        """Append bytes, unless they are too many or not a video."""
        self.size += len(piece)
        if self.size > self._limits.size:
            setting = self._limits.size_setting
            message = f"the video has more than {self._limits.size} bytes: raise {setting}"
            return Failure(UnexpectedReplyError(message))
        self._sha256.update(piece)
        self._md5.update(piece)
        if len(self.head) < _HEAD:
            self.head += piece[: _HEAD - len(self.head)]
            if len(self.head) == _HEAD and self.kind is None:
                return Failure(_not_a_video(self.head))
        self._tell(self.size, whole)
        return result_of(self._part.write(piece))

    def digests(self) -> dict[Algorithm, bytes]:
        """Return the digests of what was written."""
        return {"sha256": self._sha256.digest(), "md5": self._md5.digest()}

    @property
    def kind(self) -> str | None:
        """The type of a video that the first bytes show, or None for something else."""
        kind = sniff(self.head)
        return kind if kind is not None and kind.startswith("video/") else None


def fetch(  # noqa: PLR0913 - what one download works with
    url: str,
    part: PartialFile,
    effects: Effects,
    limits: FetchLimits,
    *,
    private: Callable[[], bool] = lambda: False,
    tell: Tell = lambda _received, _size: None,
) -> IOOutcome[Fetched]:
    """Write the video behind a URL to a partial file; a break is continued where it happened.

    No key is sent.

    Args:
        url: Where the video is.
        part: The file.
        effects: The world.
        limits: How long it may take, and how much it may bring.
        private: Tells whether a redirect may lead to a private address.
        tell: Called with the bytes so far and the size, or None if that is not known.

    Errors:
        NotFoundError: The URL has expired.
        HTTPError: The host refuses, or what came is not what it announced.
        HTTPConnectionError: The network failed.
        TimeoutError: It was not there in time.
        UnexpectedReplyError: What came is not a video, or is too large.
        SaveError: The file cannot be written.
        ValidationError: A redirect leads to a private address.
    """
    end = effects.clock.monotonic() + min(limits.total or _FOREVER, _FOREVER)
    writer = _Writer(part, limits, tell)
    download = _Download(
        transfer=Transfer.of(url),
        writer=writer,
        effects=effects,
        limits=limits,
        end=end,
        private=private,
    )
    return IOResult.from_result(download.run())


@attrs.define(kw_only=True)
class _Download:
    """A download on its way: the transfer moves on, and the writer has what came so far."""

    transfer: Transfer
    writer: _Writer
    effects: Effects
    limits: FetchLimits
    end: float
    private: Callable[[], bool]

    def run(self) -> Outcome[Fetched]:
        """Make exchanges until the file is whole, or nothing more helps."""
        while True:
            outcome = self._exchange()
            if isinstance(outcome, Success):
                fetched = outcome.unwrap()
                if fetched is not None:
                    return Success(fetched)
                continue
            error = outcome.failure()
            going_on = broken(self.transfer, self.writer.size, error)
            if isinstance(going_on, Failure):
                return Failure(error)
            if self.effects.clock.monotonic() >= self.end:
                return Failure(self._too_late())
            self.transfer = going_on.unwrap()
            pause = backoff(self.transfer.faults, self.effects.randomness.chance())
            self.effects.clock.sleep(pause)

    def _exchange(self) -> Outcome[Fetched | None]:
        """Make one exchange; None means that another one must follow."""
        request = request_of(self.transfer)
        answer = result_of(self.effects.http.open(request, limits=self._limits()))
        if isinstance(answer, Failure):
            return Failure(answer.failure())
        reply = answer.unwrap()
        try:
            return receive(self.transfer, reply.status, reply.headers).bind(
                lambda head: self._after(head, reply)
            )
        finally:
            reply.close()

    def _limits(self) -> Limits:
        left = max(0.1, self.end - self.effects.clock.monotonic())
        idle = min(left, self.limits.idle)
        size, setting = self.limits.size, self.limits.size_setting
        return Limits(total=left, head=idle, idle=idle, size=size, size_setting=setting)

    def _too_late(self) -> TarashException:
        total = self.limits.total
        message = (
            f"{self.writer.size} bytes of the video came within download_timeout ({total} s), and "
            "not all of it: raise it, or leave it out"
        )
        return TimeoutError(message, timeout_seconds=total)

    def _after(self, head: Head, reply: HttpReply) -> Outcome[Fetched | None]:
        self.transfer = head.transfer
        match head:
            case Redirected():
                transfer = self.transfer
                return refused_redirect(transfer.url, self.effects, transfer.source, self.private)
            case Complete():
                return self._whole()
            case Receiving():
                begun = self.transfer.received == self.writer.size
                emptied: Outcome[None] = Success(None) if begun else self.writer.restart()
                return emptied.bind(lambda _: self._body(reply))

    def _body(self, reply: HttpReply) -> Outcome[Fetched | None]:
        while True:
            piece = result_of(reply.read(_CHUNK))
            if isinstance(piece, Failure):
                return Failure(piece.failure())
            if not piece.unwrap():
                return self._whole()
            written = self.writer.write(piece.unwrap(), self.transfer.size)
            if isinstance(written, Failure):
                return Failure(written.failure())

    def _whole(self) -> Outcome[Fetched | None]:
        kind, digests = self.writer.kind, self.writer.digests()
        if kind is None:
            return Failure(_not_a_video(self.writer.head))
        checked = check(self.transfer, self.writer.size, digests)
        if isinstance(checked, Failure):
            # Nothing of a file with wrong bytes may be kept: without a validator it is begun again.
            self.transfer = attrs.evolve(self.transfer, validator="")
            return Failure(checked.failure())
        sha256 = digests["sha256"].hex()
        return Success(Fetched(size=self.writer.size, sha256=sha256, content_type=kind))


def _not_a_video(head: bytes) -> TarashException:
    shown = head[:40].decode("latin-1")
    message = f"what came from the video's URL is not a video (it begins with {shown!r})"
    return UnexpectedReplyError(f"{message}: open the URL in a browser to see what it says")
