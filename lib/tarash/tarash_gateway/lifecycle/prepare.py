"""From a config and a request to what will be sent: everything that can be known for free.

Pure: providers and environment variables are arguments.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial

import attrs
from returns.result import Failure, Success

from ..exceptions import TarashException, ValidationError
from ..http.messages import fixed, is_header_text
from ..outcome import Outcome, catch_bugs, every
from ..providers.base import Provider, Submission, Target
from ..values.config import VideoGenerationConfig
from ..values.request import VideoGenerationRequest
from .generation import Leg
from .keys import target_of
from .links import Link, with_place
from .slips import with_settings, without_slips


def prepare(
    links: Sequence[Link],
    request: VideoGenerationRequest,
    providers: Mapping[str, Provider],
    environment: Mapping[str, str],
    today: date | None = None,
) -> Outcome[tuple[Leg, ...]]:
    """Return the whole chain, ready to be sent.

    A fallback that would make a video of another shape is left out, and the first leg's warnings
    say so.

    Args:
        links: The configs of the chain with their providers, in order.
        request: What the caller wants.
        providers: The providers by name, whose native names are not slips.
        environment: The environment variables that are set.
        today: The date in UTC, or None where no date refuses a model.

    Errors:
        ValidationError: A keyword that is a slip of a field's name, a request that a model of the
            chain cannot take, or another shape than was asked for by the first.
        AuthenticationError: A key is missing; the message names its variable.
    """
    first, *others = links
    return (
        without_slips(request, providers)
        .alt(lambda error: with_place(error, first.config))
        .bind(lambda _: every(links, lambda link: leg_of(link, request, environment, today)))
        .bind(
            lambda legs: (
                in_shape(legs[0])
                .alt(lambda error: with_place(error, first.config))
                .map(lambda leg: _with_fallbacks(leg, tuple(zip(others, legs[1:], strict=True))))
            )
        )
    )


def _with_fallbacks(first: Leg, fallbacks: tuple[tuple[Link, Leg], ...]) -> tuple[Leg, ...]:
    shaped = [(link, in_shape(leg)) for link, leg in fallbacks]
    left_out = tuple(
        left_out_warning(link.config, leg.failure())
        for link, leg in shaped
        if isinstance(leg, Failure)
    )
    return (
        _warned(first, left_out),
        *(leg.unwrap() for _, leg in shaped if not isinstance(leg, Failure)),
    )


def _warned(first: Leg, sentences: tuple[str, ...]) -> Leg:
    warnings = first.submission.warnings + sentences
    return attrs.evolve(first, submission=attrs.evolve(first.submission, warnings=warnings))


def left_out_warning(link: VideoGenerationConfig, error: TarashException) -> str:
    """Return the warning about a fallback that is not tried."""
    return f"the fallback {link.provider}/{link.model} was left out: {error.message}"


def in_shape(ready: Leg) -> Outcome[Leg]:
    """Return the leg, unless its video would have another shape than was asked for.

    Such a video is paid for nothing: only ``unsupported="adapt"`` takes it.

    Errors:
        ValidationError: It would; the message lists what the model takes.
    """
    misshapen = ready.submission.misshapen
    if ready.target.config.unsupported == "adapt" or not misshapen:
        return Success(ready)
    message = f"{'; '.join(misshapen)} (unsupported='adapt' sends it all the same)"
    return Failure(ValidationError(message))


def leg_of(
    link: Link,
    request: VideoGenerationRequest,
    environment: Mapping[str, str],
    today: date | None = None,
) -> Outcome[Leg]:
    """Return one config of a chain, ready to be sent.

    Errors:
        ValidationError: The model cannot take the request.
        AuthenticationError: The key is missing, or no HTTP header can carry it.
    """
    return (
        target_of(link, environment, today)
        .bind(partial(leg_to, request=request, position=link.position))
        .alt(lambda error: with_place(error, link.config))
    )


def leg_to(target: Target, request: VideoGenerationRequest, position: int = 0) -> Outcome[Leg]:
    """Return what is sent to a target.

    Errors:
        ValidationError: The model cannot take the request, or HTTP cannot carry it.
    """
    return (
        catch_bugs(
            f"provider {target.config.provider!r}",
            lambda: target.provider.submit(target, request).map(
                lambda submission: with_settings(target, submission)
            ),
        )
        .bind(lambda submission: _strict(target, submission))
        .bind(_fixed)
        .map(lambda submission: Leg(target=target, submission=submission, position=position))
    )


def _strict(target: Target, submission: Submission) -> Outcome[Submission]:
    if target.config.unsupported == "error" and submission.adjusted:
        message = f"{'; '.join(submission.adjusted)} (unsupported='error' refuses this)"
        return Failure(ValidationError(message=message))
    return Success(submission)


def _fixed(submission: Submission) -> Outcome[Submission]:
    headers = submission.request.headers
    wrong = [name for name, value in headers.items() if not is_header_text(f"{name}{value}")]
    if wrong:
        message = (
            f"the header {wrong[0]!r} has a line break, a control character or a character outside "
            "of latin-1, which HTTP cannot carry: correct the setting that it comes from"
        )
        return Failure(ValidationError(message))
    return fixed(submission.request).map(lambda request: attrs.evolve(submission, request=request))
