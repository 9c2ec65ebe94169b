"""From a saved generation to one that runs again: pure."""

from collections.abc import Mapping, Sequence
from datetime import date

import attrs
from returns.result import Failure, Success

from ..exceptions import TarashException, ValidationError
from ..http.messages import HttpRequest
from ..outcome import Outcome
from ..providers.base import Job, Submission, Target
from ..values.config import VideoGenerationConfig
from ..values.saved import VideoGeneration
from ..values.settings import SETTINGS, writable
from .generation import Account, Collecting, Generation, Leg, Moment, Polling
from .keys import target_of
from .links import Link, chain, with_place
from .prepare import in_shape, leg_of, usable


def configs_of(
    saved: VideoGeneration, config: VideoGenerationConfig | None
) -> Outcome[tuple[VideoGenerationConfig, ...]]:
    """Return the configs to go on with: the one that submitted the job, then those still to try.

    A ``config`` brings keys and limits. It is the chain that was started, or the one config of it
    that submitted the job.

    Errors:
        ValidationError: The config is for another provider, model or base URL, or it is not clear
            which config of its chain is meant.
    """
    if config is None:
        return Success(saved.configs)
    given = chain(config)
    fitting = [place for place, link in enumerate(given) if _fits(saved, link)]
    if saved.position in fitting:
        place = saved.position
    elif len(fitting) == 1:
        place = fitting[0]
    else:
        return Failure(_no_place(saved, given, several=bool(fitting)))
    rest = list(saved.configs[1:])
    for number, (own, link) in enumerate(zip(rest, given[place + 1 :], strict=False)):
        if _same_model(own, link):
            rest[number] = link
    first = _with_saved_settings(saved, given[place])
    return Success(tuple(attrs.evolve(link, fallback_configs=None) for link in (first, *rest)))


def _fits(saved: VideoGeneration, link: VideoGenerationConfig) -> bool:
    bases = {url.rstrip("/") for url in (link.base_url, saved.base_url) if url is not None}
    return _same_model(saved.configs[0], link) and len(bases) <= 1


def _same_model(one: VideoGenerationConfig, other: VideoGenerationConfig) -> bool:
    return (one.provider, one.model) == (other.provider, other.model)


def _no_place(
    saved: VideoGeneration, given: Sequence[VideoGenerationConfig], *, several: bool
) -> ValidationError:
    at = f" at {saved.base_url}" if saved.base_url is not None else ""
    if several:
        problem = (
            "several configs of the chain could have done it: give the chain that was started, or "
            "that one config alone"
        )
    else:
        names = ", ".join(f"{link.provider}/{link.model}" for link in given)
        problem = (
            f"the config given is for {names}, or for another base URL: give the config that "
            "submitted it"
        )
    message = f"the job was submitted to {saved.provider}/{saved.model}{at}, and {problem}"
    return ValidationError(message, provider=saved.provider, model=saved.model)


def _with_saved_settings(
    saved: VideoGeneration, given: VideoGenerationConfig
) -> VideoGenerationConfig:
    """Return the config given, with the settings that the job was submitted with.

    They decide how the job is asked for: another way to authenticate, or another region, would not
    find it. Credentials are not saved, so they come from the config given.
    """
    first = saved.configs[0]
    settings = (
        saved.public_settings[0]
        if saved.public_settings
        else writable(first.provider_config, SETTINGS.get(first.provider))
    )
    return attrs.evolve(given, provider_config={**given.provider_config, **settings})


def revive(
    saved: VideoGeneration,
    links: Sequence[Link],
    environment: Mapping[str, str],
    now: Moment,
    call: str,
) -> Outcome[Generation]:
    """Return the generation that continues what was saved; its time limit starts again.

    The ``links`` are those of `configs_of`; ``call`` names this call, and no other.

    Errors:
        ValidationError: The generation has no accepted job.
        AuthenticationError: A key is missing; the message names its variable.
    """
    job = saved.job
    if job is None:
        if saved.uploading:
            message = (
                "the call ended while it uploaded its images or its video: nothing was submitted, "
                "and nothing is charged; start it again (tarash forget removes it from a journal)"
            )
            return Failure(ValidationError(message, provider=saved.provider, model=saved.model))
        message = (
            "no job of this generation is known to be accepted, and it is never submitted again by "
            "itself: let reconcile_video ask the provider's list of jobs, or look at the "
            "provider's dashboard, then start anew"
        )
        return Failure(ValidationError(message, provider=saved.provider, model=saved.model))
    first, *others = links
    rest, warnings = _rest(saved, others, environment, now.utc.date())
    return (
        target_of_saved(saved, first, environment)
        .map(lambda target: _restore(saved, job, target, now, call))
        .map(lambda generation: attrs.evolve(generation, rest=rest).with_warnings(warnings))
    )


def target_of_saved(
    saved: VideoGeneration, link: Link, environment: Mapping[str, str]
) -> Outcome[Target]:
    """Return where a saved generation was submitted to, with the key.

    Errors:
        AuthenticationError: The key is missing; the message names its variable.
    """
    return (
        target_of(link, environment)
        .bind(lambda target: _at_saved_url(saved, link, target, environment))
        .alt(lambda error: with_place(error, link.config))
    )


def _at_saved_url(
    saved: VideoGeneration, link: Link, target: Target, environment: Mapping[str, str]
) -> Outcome[Target]:
    """Return the target with the base URL of the submission: the environment may name another."""
    if saved.base_url is None or target.base_url == saved.base_url:
        return Success(target)
    try:
        config = attrs.evolve(target.config, base_url=saved.base_url)
    except TarashException as error:
        return Failure(error)
    return target_of(attrs.evolve(link, config=config), environment)


def _rest(
    saved: VideoGeneration, links: Sequence[Link], environment: Mapping[str, str], today: date
) -> tuple[tuple[Leg, ...], tuple[str, ...]]:
    """Return the configs still to try that can be sent, and a warning for each of the others.

    A fallback that has lost its key or its images must not keep a paid job from being fetched.
    """
    if saved.media_omitted and links:
        reason = (
            "the configs still to try were left out: the images or the video of the request were "
            "given as bytes, which a saved generation does not keep"
        )
        return (), (reason,)
    return usable(
        (link, leg_of(link, saved.request, environment, today).bind(in_shape)) for link in links
    )


def _restore(
    saved: VideoGeneration, job: Job, target: Target, now: Moment, call: str
) -> Generation:
    # The submission is never sent again: it only describes what was asked for.
    submission = Submission(
        request=HttpRequest(method="POST", url=target.base_url),
        duration=saved.duration,
        resolution=saved.resolution,
        aspect_ratio=saved.aspect_ratio,
    )
    return Generation(
        request=saved.request,
        leg=Leg(target=target, submission=submission, position=saved.position),
        # The polls of before are in the record of that time. They do not count against the limit
        # of the time from now.
        stage=Collecting(job=job) if saved.ready else Polling(job=job),
        started=attrs.evolve(now, utc=saved.started_at),
        due=now.monotonic,
        attempts=saved.attempts,
        warnings=saved.warnings,
        configs=len(saved.attempts) + len(saved.configs),
        call=call,
        entry=saved.id,
        keyed=saved.keyed,
        status=saved.status,
        tried=tuple(Account(provider=each.provider, model=each.model) for each in saved.attempts),
        media_omitted=saved.media_omitted,
    )
