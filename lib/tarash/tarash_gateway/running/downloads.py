"""Fetching a finished video from the URL where a provider left it; no key goes there."""

from returns.io import IOFailure, IOResult

from ..effects import Effects
from ..effects.receiving import received
from ..exceptions import HTTPError, NotFoundError, TarashException
from ..http.messages import HttpRequest, HttpResponse, Limits
from ..http.urls import MOST_REDIRECTS, REDIRECTS, followed
from ..lifecycle.deadline import backoff
from ..lifecycle.fates import is_passing
from ..outcome import IOOutcome, result_of
from ..providers.kit import result_bytes
from ..values.media import MediaContent

_TRIES = 4
# Seconds for one try: slow lines are waited for as long as bytes come, silent ones are not.
_TIMEOUT = 3600.0
_SILENCE = 60.0
_LARGEST = 4 * 2**30
_GONE = frozenset({404, 410})


def download(url: str, effects: Effects, *, timeout: float = _TIMEOUT) -> IOOutcome[MediaContent]:
    """Return the bytes behind ``url``; a failed try is made again a few times.

    Args:
        url: Where the video is.
        effects: The world.
        timeout: Seconds for one try.

    Errors:
        NotFoundError: The video is gone: most providers keep it for a limited time.
        HTTPError: The host refuses.
        HTTPConnectionError: The network failed.
        UnexpectedReplyError: What came is not a video, or has more than 4 GiB.
    """
    outcome = _fetch(url, effects, timeout, MOST_REDIRECTS)
    for tries in range(_TRIES - 1):
        error = result_of(outcome).swap().value_or(None)
        if not isinstance(error, TarashException) or not is_passing(error):
            break
        effects.clock.sleep(backoff(tries, effects.randomness.chance()))
        outcome = _fetch(url, effects, timeout, MOST_REDIRECTS)
    return outcome


def _fetch(url: str, effects: Effects, timeout: float, redirects: int) -> IOOutcome[MediaContent]:
    limits = Limits(
        total=timeout,
        head=min(timeout, _SILENCE),
        idle=min(timeout, _SILENCE),
        size=_LARGEST,
        size_setting="max_video_bytes",
    )
    return received(effects.http, HttpRequest(method="GET", url=url), limits=limits).bind(
        lambda reply: _received(reply, url, effects, timeout, redirects)
    )


def _received(
    reply: HttpResponse, url: str, effects: Effects, timeout: float, redirects: int
) -> IOOutcome[MediaContent]:
    if reply.status in range(200, 300):
        return IOResult.from_result(result_bytes("the host", reply))
    if reply.status in REDIRECTS and redirects > 0:
        following = followed(url, reply.headers.get("location", ""))
        if following is not None:
            return _fetch(following, effects, timeout, redirects - 1)
    if reply.status in _GONE:
        message = "the video is gone from its URL: generate it again"
        return IOFailure(NotFoundError(message=message))
    message = f"the video could not be fetched: its host answered HTTP {reply.status}"
    return IOFailure(HTTPError(message=message, status_code=reply.status))
