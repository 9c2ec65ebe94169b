"""How a generation and a batch are going, in words."""

from typing import Final

import attrs

from ..values.media import MediaContent
from ..values.response import VideoGenerationResponse, VideoGenerationUpdate
from ..values.urls import without_query
from .plain_text import plain

_MINUTE: Final = 60.0
_HOUR: Final = 3600.0
_MEGABYTE: Final = 10**6
_LARGE: Final = 100 * _MEGABYTE
_STATUSES: Final = {"queued": "in queue", "processing": "generating"}


def text_of(update: VideoGenerationUpdate) -> str:
    """Return an update as a few words.

    >>> text_of(VideoGenerationUpdate(request_id="1", status="queued", queue_position=3))
    'in queue, 3 ahead'
    >>> half = {"request_id": "1", "status": "queued", "progress_percent": 50.0}
    >>> text_of(VideoGenerationUpdate(**half, stage="uploading"))
    'uploading, 50 %'
    >>> text_of(
    ...     VideoGenerationUpdate(
    ...         request_id="1",
    ...         status="completed",
    ...         stage="downloading",
    ...         update={"bytes": 1_500_000, "size": 250_000_000},
    ...     )
    ... )
    'downloading 1.5 of 250 MB'
    """
    if update.stage == "downloading":
        size = update.update.get("size")
        whole = "" if size is None else f" of {_megabytes(size)}"
        return f"downloading {_megabytes(update.update.get('bytes', 0))}{whole} MB"
    position = "" if update.queue_position is None else f", {update.queue_position} ahead"
    percent = "" if update.progress_percent is None else f", {update.progress_percent:.0f} %"
    status = _STATUSES.get(update.status, update.status)
    what = "uploading" if update.stage == "uploading" else status
    return plain(f"{what}{position}{percent}")


def step_of(update: VideoGenerationUpdate) -> object:
    """Return what a line is about: a log shows a download in steps of ten percent."""
    if update.stage != "downloading":
        return text_of(update)
    return "downloading", int((update.progress_percent or 0.0) // 10)


def _megabytes(size: int) -> str:
    return f"{size / _MEGABYTE:.1f}" if size < _LARGE else f"{size / _MEGABYTE:.0f}"


def place_of(response: VideoGenerationResponse) -> str:
    """Return where a finished video is.

    >>> place_of(VideoGenerationResponse(request_id="1", video="https://a.example/k.mp4?sig=1"))
    'https://a.example/k.mp4?...'
    """
    if response.path is not None:
        return plain(response.path)
    if isinstance(response.video, MediaContent):
        return f"{_megabytes(len(response.video.content))} MB in response.video"
    # The query may be a signature, and stderr is often kept in a log.
    return plain(without_query(response.video))


def duration(seconds: float) -> str:
    """Return seconds in words.

    >>> [duration(each) for each in (8.7, 90, 5400)]
    ['8 s', '2 min', '1 h 30 min']
    """
    if seconds < _MINUTE:
        return f"{int(seconds)} s"
    if seconds < _HOUR:
        return f"{seconds / _MINUTE:.0f} min"
    return f"{seconds // _HOUR:.0f} h {seconds % _HOUR // _MINUTE:.0f} min"


def clock_face(seconds: float) -> str:
    """Return seconds as a clock shows them.

    >>> clock_face(8.2), clock_face(3725)
    ('0:08', '1:02:05')
    """
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@attrs.frozen(kw_only=True)
class Pace:
    """How fast a batch is.

    Attributes:
        total: Videos to make, or None where their number is not known yet.
        ended: Those that came to an end.
        failed: Those of them without a video.
        running: Those that are being worked on.
        seconds: Seconds since the first one began.
    """

    total: int | None
    ended: int = 0
    failed: int = 0
    running: int = 0
    seconds: float = 0.0

    @property
    def place(self) -> str:
        """How many came to an end.

        >>> Pace(total=100, ended=12).place, Pace(total=None, ended=12).place
        ('12/100', '12')
        """
        return f"{self.ended}" if self.total is None else f"{self.ended}/{self.total}"

    @property
    def counts(self) -> str:
        """The counts in words.

        >>> Pace(total=100, ended=12, failed=1, running=8).counts
        '12 of 100, 1 failed, 8 running'
        >>> Pace(total=None, ended=12, running=8).counts
        '12 ended, 8 running'
        """
        ended = f"{self.ended} ended" if self.total is None else f"{self.ended} of {self.total}"
        failed = f", {self.failed} failed" if self.failed else ""
        return f"{ended}{failed}, {self.running} running"

    @property
    def result(self) -> str:
        """What there is at the end.

        >>> Pace(total=3, ended=3, failed=1).result, Pace(total=1, ended=1).result
        ('2 videos and 1 failure', '1 video')
        """
        done = self.ended - self.failed
        failed = f" and {self.failed} failure{'s' * (self.failed != 1)}" if self.failed else ""
        return f"{done} video{'s' * (done != 1)}{failed}"

    @property
    def rate(self) -> str:
        """The rate and the time left in words, as far as they can be told.

        >>> Pace(total=100, ended=12, seconds=240).rate
        '3.0 a minute, 29 min left'
        >>> Pace(total=None, ended=12, seconds=240).rate
        '3.0 a minute'
        >>> Pace(total=100).rate
        ''
        """
        if not self.ended or self.seconds <= 0:
            return ""
        rate = self.ended / self.seconds
        if self.total is None:
            return _rate(rate * _MINUTE)
        left = duration((self.total - self.ended) / rate)
        return f"{_rate(rate * _MINUTE)}, {left} left" if self.ended < self.total else ""


def _rate(a_minute: float) -> str:
    return (
        f"{a_minute:.1f} a minute" if a_minute < _MINUTE else f"{a_minute / _MINUTE:.1f} a second"
    )
