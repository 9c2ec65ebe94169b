"""Read a provider's list of jobs, page by page."""

from __future__ import annotations  # those of inner functions are not made at each call

from functools import partial
from typing import Final

from returns.result import Failure, Success

from ..exceptions import TarashException, TimeoutError
from ..http.messages import HttpRequest, HttpResponse, Limits
from ..http.redacting import without_key
from ..lifecycle.deadline import backoff, credible
from ..lifecycle.fates import hint_of, is_passing
from ..lifecycle.keys import authenticate_request
from ..lifecycle.likeness import Sought
from ..lifecycle.reconciling import Listed, is_over
from ..outcome import Outcome, catch_bugs
from ..providers.base import Target
from ..providers.expiry import date_of
from ..providers.listing import ListedJob, Page
from .calls import Call
from .pausing import pause
from .sending import exchange_of
from .tasks import Steps, do

# A list of more pages is not read to its end: nobody makes so many videos in the hours in question.
_MOST_PAGES: Final = 50
_TRIES: Final = 4


def read_list(call: Call, wanted: Sought) -> Steps[Listed]:
    """Return the provider's list, as far back as the time of a submission.

    Errors:
        TarashException: It cannot be read.
    """
    jobs: list[ListedJob] = []
    place, server_time, asked_at, is_whole = "", None, call.effects.clock.utc(), False
    for number in range(_MOST_PAGES):
        asked = yield from _page(call, wanted, place)
        if isinstance(asked, Failure):
            return Failure(asked.failure())
        reply, page = asked.unwrap()
        if number == 0:
            server_time, asked_at = date_of(reply), call.effects.clock.utc()
        jobs += page.jobs
        is_whole = not page.following or is_over(wanted, page.jobs)
        if is_whole:
            break
        place = page.following
    return Success(
        Listed(jobs=tuple(jobs), is_whole=is_whole, server_time=server_time, asked_at=asked_at)
    )


def _page(call: Call, wanted: Sought, place: str) -> Steps[tuple[HttpResponse, Page]]:
    target, listing = wanted.target, wanted.listing

    def request() -> Outcome[HttpRequest]:
        bare = listing.request(target, wanted.first, place)
        return Success(authenticate_request(target, bare, listing.origin(target)))

    whose = f"provider {target.config.provider!r}"
    made = catch_bugs(whose, request)
    if isinstance(made, Failure):
        return Failure(made.failure())
    answered = yield from _exchange(call, target, made.unwrap())
    if isinstance(answered, Failure):
        return Failure(answered.failure())
    reply: HttpResponse = answered.unwrap()
    listed = catch_bugs(whose, lambda: listing.listed(target, reply))
    return listed.map(lambda page: (reply, page))


def _exchange(call: Call, target: Target, request: HttpRequest) -> Steps[HttpResponse]:
    """Return the reply to a question, which is asked again where that may help."""
    effects, config = call.effects, target.config
    seconds = float(config.request_timeout)
    limits = Limits(total=seconds, head=seconds, idle=seconds, size=config.max_json_bytes)
    tries = 0
    while True:
        sent = yield from do(
            exchange_of(effects, request, limits, seconds, partial(_late, seconds))
        )
        answer = sent.bind(partial(_judged, target))
        tries += 1
        if isinstance(answer, Success):
            return answer
        error: TarashException = answer.failure()
        if not is_passing(error) or tries == _TRIES:
            return Failure(error)
        chance = effects.randomness.chance()
        yield from do(pause(effects.clock, backoff(tries - 1, chance, credible(hint_of(error)))))


def _late(seconds: float) -> TarashException:
    return TimeoutError("no thread was free to ask for the list", timeout_seconds=seconds)


def _judged(target: Target, reply: HttpResponse) -> Outcome[HttpResponse]:
    bare = reply if target.key is None else without_key(reply, target.key.reveal())
    if bare.status in range(200, 300):
        return Success(bare)
    return catch_bugs(
        f"provider {target.config.provider!r}",
        lambda: Failure(target.provider.failure(target, bare, "poll").error),
    )
