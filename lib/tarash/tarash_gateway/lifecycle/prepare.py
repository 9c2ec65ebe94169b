"""From a config and a request to what will be sent: what is wrong is refused before it costs money.

Pure: providers and environment variables are arguments.
"""

from __future__ import annotations  # those of inner functions are not made at each call

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import partial

import attrs
from returns.result import Failure, Success

from ..exceptions import TarashException, ValidationError
from ..http.messages import fixed, is_header_text
from ..outcome import Outcome, catch_bugs, every
from ..providers.base import Provider, Submission, Target
from ..providers.uploads import Upload
from ..values.config import VideoGenerationConfig
from ..values.request import VideoGenerationRequest
from .declared import with_true_types
from .generation import Leg
from .keys import target_of
from .links import Link, with_place
from .slips import with_settings, without_slips
from .uploads import with_pending_uploads
from .visible_marks import with_mark_warning
from .webhook_url import with_webhook


def prepare(
    links: Sequence[Link],
    request: VideoGenerationRequest,
    providers: Mapping[str, Provider],
    environment: Mapping[str, str],
    today: date | None = None,
) -> Outcome[tuple[Leg, ...]]:
    """Return the whole chain, ready to be sent.

    A fallback that would make a video of another shape, or that cannot take an image or a video of
    this size, is left out; the first leg warns about it.
    The names that one of the ``providers`` declares are not slips. ``today`` is the date in UTC, or
    None where no date refuses a model.

    Errors:
        ValidationError: A keyword that is a slip of a field's name, a request that a model of the
            chain cannot take, or another shape than was asked for by the first.
        AuthenticationError: A key is missing; the message names its variable.
    """
    first, *others = links
    beyond = [(link, _beyond_limits(link, request, environment, today)) for link in others]
    left_out = tuple(left_out_warning(link.config, why) for link, why in beyond if why is not None)
    fitting = [link for link, why in beyond if why is None]

    def with_fallbacks(legs: Sequence[Leg]) -> Outcome[tuple[Leg, ...]]:
        fallbacks, warnings = usable(zip(fitting, map(in_shape, legs[1:]), strict=True))
        warnings = left_out + warnings
        return in_shape(legs[0]).map(lambda leg: (_with_warnings(leg, warnings), *fallbacks))

    return (
        without_slips(request, providers)
        .alt(lambda error: with_place(error, first.config))
        .bind(
            lambda _: every(
                (first, *fitting), lambda link: leg_of(link, request, environment, today)
            )
        )
        .bind(with_fallbacks)
    )


def _beyond_limits(
    link: Link,
    request: VideoGenerationRequest,
    environment: Mapping[str, str],
    today: date | None,
) -> TarashException | None:
    """Return why a config cannot take the media of a request, or None if it can."""
    target = target_of(link, environment, today)
    if isinstance(target, Failure):
        # `leg_of` refuses the config, because it has no key.
        return None
    pending = _pending(target.unwrap(), request)
    why = pending.failure() if isinstance(pending, Failure) else None
    return why if isinstance(why, ValidationError) else None


def _pending(
    target: Target, request: VideoGenerationRequest
) -> Outcome[tuple[VideoGenerationRequest, tuple[Upload, ...]]]:
    return catch_bugs(
        f"provider {target.config.provider!r}", lambda: with_pending_uploads(target, request)
    )


def usable(
    fallbacks: Iterable[tuple[Link, Outcome[Leg]]],
) -> tuple[tuple[Leg, ...], tuple[str, ...]]:
    """Return the legs of the fallbacks that can be sent, and a warning for each of the others."""
    legs: list[Leg] = []
    warnings: list[str] = []
    for link, leg in fallbacks:
        if isinstance(leg, Failure):
            warnings.append(left_out_warning(link.config, leg.failure()))
        else:
            legs.append(leg.unwrap())
    return tuple(legs), tuple(warnings)


def left_out_warning(link: VideoGenerationConfig, error: TarashException) -> str:
    """Return the warning about a fallback that is not tried."""
    return f"the fallback {link.provider}/{link.model} was left out: {error.message}"


def _with_warnings(leg: Leg, warnings: tuple[str, ...]) -> Leg:
    if not warnings:
        return leg
    warnings = leg.submission.warnings + warnings
    return attrs.evolve(leg, submission=attrs.evolve(leg.submission, warnings=warnings))


def in_shape(leg: Leg) -> Outcome[Leg]:
    """Return the leg, unless its video would have another shape than was asked for.

    Such a video is paid for nothing: only ``unsupported="adapt"`` takes it.

    Errors:
        ValidationError: It would; the message lists what the model takes.
    """
    config, misshapen = leg.target.config, leg.submission.misshapen
    if config.unsupported == "adapt" or not misshapen:
        return Success(leg)
    message = (
        f"the video would have another shape: {'; '.join(misshapen)} "
        "(unsupported='adapt' sends it all the same)"
    )
    return Failure(ValidationError(message, provider=config.provider, model=config.model))


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

    def submit(named: VideoGenerationRequest) -> Outcome[Submission]:
        return catch_bugs(
            f"provider {target.config.provider!r}",
            lambda: (
                target.provider.submit(target, named)
                .map(partial(with_settings, target))
                .map(partial(with_webhook, target))
            ),
        )

    def leg(named: VideoGenerationRequest, uploads: tuple[Upload, ...]) -> Outcome[Leg]:
        return (
            submit(named)
            .bind(lambda made: _refuse_adjustments(target.config, with_mark_warning(request, made)))
            .bind(lambda made: _encode(with_true_types(target.config, request, made)))
            .map(
                lambda submission: Leg(
                    target=target, submission=submission, position=position, uploads=uploads
                )
            )
        )

    return _pending(target, request).bind(lambda pending: leg(*pending))


def _refuse_adjustments(
    config: VideoGenerationConfig, submission: Submission
) -> Outcome[Submission]:
    if config.unsupported == "error" and submission.adjusted:
        message = (
            f"the request would be changed: {'; '.join(submission.adjusted)} "
            "(unsupported='error' refuses this)"
        )
        return Failure(ValidationError(message))
    return Success(submission)


def _encode(submission: Submission) -> Outcome[Submission]:
    for name, value in submission.request.headers.items():
        if not is_header_text(f"{name}{value}"):
            message = (
                f"the header {name!r} has a line break, a control character or a character outside "
                "of latin-1, which HTTP cannot carry: correct the setting that it comes from"
            )
            return Failure(ValidationError(message))
    return fixed(submission.request).map(lambda request: attrs.evolve(submission, request=request))
