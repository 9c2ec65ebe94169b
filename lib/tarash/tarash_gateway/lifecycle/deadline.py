"""How long things may take, and how long to wait: pure."""

from typing import Final

from ..http.messages import Limits
from .generation import Collecting, Generation, Leaving, Moment, Polling, Submitting, Uploading

_FIRST_WAIT: Final = 0.5
_LONGEST_WAIT: Final = 10.0
# A hint of more than an hour on a poll is a mistake of the server's.
_CREDIBLE: Final = 3600.0
# The part of the interval by which a poll may be earlier.
_SPREAD: Final = 0.2
# The least time for an exchange at the deadline, and the time for each exchange of a cancel.
_LAST_LOOK: Final = 0.5
_CANCEL: Final = 5.0


def backoff(faults: int, chance: float, asked: float | None = None) -> float:
    """Return the seconds to wait after ``faults`` failures in a row, at least those ``asked`` for.

    They double from half a second to ten, with 50 % jitter either way.

    >>> backoff(0, 0.5), backoff(3, 0.0), backoff(99, 0.5), backoff(0, 0.5, asked=7.0)
    (0.5, 2.0, 10.0, 7.0)
    """
    pause = min(_FIRST_WAIT * 2.0 ** min(faults, 10), _LONGEST_WAIT)
    return max(pause * (0.5 + chance), asked or 0.0)


def credible(hint: float | None) -> float | None:
    """Return a provider's hint in seconds, or None for one that has to be a mistake.

    >>> credible(30.0), credible(86_400.0), credible(None)
    (30.0, None, None)
    """
    return hint if hint is not None and hint <= _CREDIBLE else None


def clamp(hint: float | None, interval: float, *, least: bool = True) -> float:
    """Return the seconds to wait before the next poll: the provider's hint, or the interval.

    With ``least``, a short hint is lengthened: one of 0 would use up all polls in a moment.

    >>> [clamp(hint, 5.0) for hint in (0.0, 7.0, 600.0, 86_400.0, None)]
    [1.0, 7.0, 30.0, 5.0, 5.0]
    >>> clamp(0.0, 0.25), clamp(0.5, 5.0, least=False)
    (0.25, 0.5)
    """
    believed = credible(hint)
    shortest = min(1.0, interval) if least else 0.0
    return min(max(interval if believed is None else believed, shortest), max(interval, 30.0))


def pause(generation: Generation, hint: float | None, now: Moment, *, least: bool) -> float:
    """Return the seconds until the next poll.

    A hint that can be meant is followed: see `clamp`. Without one it is the config's interval, of
    which up to a fifth is left out, so that jobs that were submitted together are not asked for
    together; and the first poll waits at least as long as the model is known to take.
    """
    config, provider = generation.config, generation.provider
    interval = config.poll_interval
    if provider.exact_waits:
        return interval if hint is None else hint
    if credible(hint) is not None:
        return clamp(hint, interval, least=least)
    spread = _SPREAD * abs(2.0 * now.chance - 1.0)
    earlier = max(interval * (1.0 - spread), min(interval, provider.least_wait))
    soonest = None if generation.polls else generation.leg.submission.soonest
    return max(earlier, soonest or 0.0)


def last_start(generation: Generation) -> float:
    """Return when a submission may be sent at the latest: monotonic seconds.

    A job would be paid for and lost if nobody waited for its acceptance.
    """
    return generation.deadline - min(_LAST_LOOK, generation.config.timeout / 2)


def is_late(generation: Generation, now: Moment) -> bool:
    """Tell whether no time is left to wait for a submission's answer, so that it must not be sent.

    An upload before it is of no use then, either.
    """
    submitting = isinstance(generation.stage, Uploading | Submitting)
    return submitting and now.monotonic > last_start(generation)


# Bytes per second. A slower download is stopped and started again.
_CRAWL: Final = 1024.0
# Longer timeouts overflow in sockets and in some clocks.
_FOREVER: Final = 1e8


def limits(generation: Generation, now: Moment) -> Limits:
    """Return how long the next exchange may take, and how much it may bring."""
    config, stage = generation.config, generation.stage
    one = min(config.request_timeout, _FOREVER)
    left = min(max(generation.deadline - now.monotonic, _LAST_LOOK), _FOREVER)
    if isinstance(stage, Leaving) or generation.leaving is not None:
        total = min(one, _CANCEL)
    elif isinstance(stage, Polling):
        total = min(one, left)
    else:
        # An upload or a download may take longer than one exchange, as long as bytes arrive.
        total = left
    collecting = isinstance(stage, Collecting)
    return Limits(
        total=total,
        head=min(one, total),
        idle=min(one, total),
        size=config.max_video_bytes if collecting else config.max_json_bytes,
        rate=_CRAWL if collecting else 0.0,
        size_setting="max_video_bytes" if collecting else "max_json_bytes",
    )
