"""Fetching a finished video from the URL where a provider left it; no key goes there."""

from returns.io import IOFailure, IOResult
from returns.result import Failure

from ..effects import Effects
from ..effects.receiving import receive
from ..exceptions import HTTPError, NotFoundError
from ..http.messages import HttpRequest, HttpResponse, Limits
from ..http.urls import MOST_REDIRECTS, REDIRECTS, followed
from ..lifecycle.deadline import backoff
from ..lifecycle.fates import is_passing
from ..outcome import IOOutcome, result_of
from ..providers.kit import result_bytes
from ..values.media import MediaContent

_TRIES = 4
# Seconds for one try. A slow line may use all of them; one that sends nothing is given up earlier.
_TIMEOUT = 3600.0
_SILENCE = 60.0
_LARGEST = 4 * 2**30
_GONE = frozenset({404, 410})


def download(url: str, effects: Effects, *, timeout: float = _TIMEOUT) -> IOOutcome[MediaContent]:
    """Return the bytes behind ``url``, after a few tries if the network or the host fails.

    Args:
        url: Where the video is.
        effects: The world.
        timeout: Seconds for one try.

    Errors:
        NotFoundError: The video is gone: most providers keep it for a limited time.
        HTTPError: The host refuses.
        HTTPConnectionError: The network failed.
        UnexpectedReplyError: The reply is not a video, or has more than 4 GiB.
    """
    for tries in range(_TRIES - 1):
        outcome = result_of(_fetch(url, effects, timeout))
        if not isinstance(outcome, Failure) or not is_passing(outcome.failure()):
            return IOResult.from_result(outcome)
        effects.clock.sleep(backoff(tries, effects.randomness.chance()))
    return _fetch(url, effects, timeout)


def _fetch(
    url: str, effects: Effects, timeout: float, redirects: int = MOST_REDIRECTS
) -> IOOutcome[MediaContent]:
    silence = min(timeout, _SILENCE)
    limits = Limits(
        total=timeout, head=silence, idle=silence, size=_LARGEST, size_setting="max_video_bytes"
    )

    def read(reply: HttpResponse) -> IOOutcome[MediaContent]:
        if reply.status in range(200, 300):
            return IOResult.from_result(result_bytes("the host", reply))
        if reply.status in REDIRECTS and redirects > 0:
            target = followed(url, reply.headers.get("location", ""))
            if target is not None:
                return _fetch(target, effects, timeout, redirects - 1)
        if reply.status in _GONE:
            message = "the video is gone from its URL: generate it again"
            return IOFailure(NotFoundError(message=message))
        message = f"the video could not be fetched: its host answered HTTP {reply.status}"
        return IOFailure(HTTPError(message=message, status_code=reply.status))

    request = HttpRequest(method="GET", url=url)
    return receive(effects.http, request, limits=limits).bind(read)
