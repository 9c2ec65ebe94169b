"""From a saved generation to one that goes on: pure."""

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
from .prepare import in_shape, left_out_warning, leg_of


def configs_of(
    saved: VideoGeneration, config: VideoGenerationConfig | None
) -> Outcome[tuple[VideoGenerationConfig, ...]]:
    """Return the configs to go on with: the one that submitted the job, then those still to try.

    Args:
        saved: What was saved.
        config: A config that brings keys and limits, or None. It is the chain that was started, or
            the one config of it that submitted the job.

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
        return Failure(_another(saved, given, several=bool(fitting)))
    rest = (
        _same_model(link, given[place + after]) if place + after < len(given) else link
        for after, link in enumerate(saved.configs[1:], 1)
    )
    return Success((_going_on_with(saved, given[place]), *rest))


def _fits(saved: VideoGeneration, link: VideoGenerationConfig) -> bool:
    first = saved.configs[0]
    bases = {url.rstrip("/") for url in (link.base_url, saved.base_url) if url is not None}
    return (link.provider, link.model) == (first.provider, first.model) and len(bases) < 2  # noqa: PLR2004 - at most one


def _another(
    saved: VideoGeneration, given: Sequence[VideoGenerationConfig], *, several: bool
) -> ValidationError:
    at = f" at {saved.base_url}" if saved.base_url is not None else ""
    submitted = f"the job was submitted to {saved.provider}/{saved.model}{at}"
    if several:
        message = (
            f"{submitted}, and several configs of the chain could have done it: give the chain "
            "that was started, or that one config alone"
        )
    else:
        named = ", ".join(f"{link.provider}/{link.model}" for link in given)
        message = (
            f"{submitted}, and the config given is for {named}, or for another base URL: give the "
            "config that submitted it"
        )
    return ValidationError(message, provider=saved.provider, model=saved.model)


def _going_on_with(saved: VideoGeneration, given: VideoGenerationConfig) -> VideoGenerationConfig:
    """Return the config that submitted the job, with the keys and limits of the one given.

    What was saved decides how the job is asked for: another way to authenticate, or another
    region, would not find it. Credentials are not saved, so they come from the config given.
    """
    first = saved.configs[0]
    declared = SETTINGS.get(first.provider)
    settings = (
        saved.public_settings[0]
        if saved.public_settings
        else writable(first.provider_config, declared)
    )
    return attrs.evolve(
        given, fallback_configs=None, provider_config={**given.provider_config, **settings}
    )


def _same_model(own: VideoGenerationConfig, given: VideoGenerationConfig) -> VideoGenerationConfig:
    same = (own.provider, own.model) == (given.provider, given.model)
    return attrs.evolve(given if same else own, fallback_configs=None)


def revive(
    saved: VideoGeneration,
    links: Sequence[Link],
    environment: Mapping[str, str],
    now: Moment,
    call: str,
) -> Outcome[Generation]:
    """Return the generation that goes on where ``saved`` stands; its time begins anew.

    Args:
        saved: What was saved.
        links: The configs to go on with (see `configs_of`), with their providers.
        environment: The environment variables that are set.
        now: When it goes on.
        call: A name for this call that no other has.

    Errors:
        ValidationError: The generation has no accepted job.
        AuthenticationError: A key is missing; the message names its variable.
    """
    job = saved.job
    if job is None:
        message = (
            "no job of this generation is known to be accepted, and it is never submitted again by "
            "itself: look at the provider's dashboard, then start anew"
        )
        return Failure(ValidationError(message, provider=saved.provider, model=saved.model))
    first, *others = links
    rest, warnings = _rest(saved, others, environment, now.utc.date())
    return (
        target_of(first, environment)
        .bind(lambda target: _at_home(saved, first, target, environment))
        .alt(lambda error: with_place(error, first.config))
        .map(lambda target: _going_on(saved, job, target, now, call))
        .map(
            lambda generation: attrs.evolve(
                generation, rest=rest, warnings=(*generation.warnings, *warnings)
            )
        )
    )


def _at_home(
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
    saved: VideoGeneration,
    links: Sequence[Link],
    environment: Mapping[str, str],
    today: date,
) -> tuple[tuple[Leg, ...], tuple[str, ...]]:
    """Return the configs still to try that can be sent, and why others cannot.

    A fallback that has lost its key or its images must not keep a paid job from being fetched.
    """
    if saved.media_omitted and links:
        reason = (
            "the configs still to try were left out: the images or the video of the request were "
            "given as bytes, which a saved generation does not keep"
        )
        return (), (reason,)
    legs: list[Leg] = []
    warnings: list[str] = []
    for link in links:
        leg = leg_of(link, saved.request, environment, today).bind(in_shape)
        if isinstance(leg, Failure):
            warnings.append(left_out_warning(link.config, leg.failure()))
        else:
            legs.append(leg.unwrap())
    return tuple(legs), tuple(warnings)


def _going_on(
    saved: VideoGeneration, job: Job, target: Target, now: Moment, call: str
) -> Generation:
    # The submission is never sent again: it stands for what was asked.
    asked = Submission(
        request=HttpRequest(method="POST", url=target.base_url),
        duration=saved.duration,
        resolution=saved.resolution,
        aspect_ratio=saved.aspect_ratio,
    )
    stage = Collecting(job=job, polls=0) if saved.ready else Polling(job=job)
    return Generation(
        request=saved.request,
        leg=Leg(target=target, submission=asked, position=saved.position),
        # Polls of the time before count for the record of that time, not against the limit of
        # the time from now.
        stage=stage,
        started=attrs.evolve(now, utc=saved.started_at),
        due=now.monotonic,
        attempts=saved.attempts,
        warnings=saved.warnings,
        configs=len(saved.attempts) + len(saved.configs),
        call=call,
        entry=saved.id,
        status=saved.status,
        tried=tuple(Account(provider=a.provider, model=a.model) for a in saved.attempts),
        media_omitted=saved.media_omitted,
    )
