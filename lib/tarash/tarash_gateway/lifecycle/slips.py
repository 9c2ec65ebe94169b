"""Slips of the hand that can be known for free: in keywords of a request and in settings."""

from collections.abc import Mapping
from typing import Final

import attrs
from returns.result import Failure, Success

from ..catalog.natives import declares
from ..exceptions import ValidationError
from ..outcome import Outcome, catch_bugs
from ..providers.base import Provider, Submission, Target
from ..values.request import VideoGenerationRequest
from ..values.spelling import did_you_mean, slip_of

_FIELDS: Final = tuple(
    field.name for field in attrs.fields(VideoGenerationRequest) if field.name != "extra_keywords"
)


def without_slips(
    request: VideoGenerationRequest, providers: Mapping[str, Provider]
) -> Outcome[VideoGenerationRequest]:
    """Return the request, unless an unknown keyword of it is a slip of a field's name.

    A name that a model of any provider declares is never one. The providers are looked through
    only where a keyword is near a field's name: that imports each of them.
    """
    for name in sorted(request.extra_keywords):
        meant = slip_of(name, _FIELDS)
        if meant is None:
            continue
        known = _declared(name, providers)
        if isinstance(known, Failure):
            return Failure(known.failure())
        if not known.unwrap():
            message = (
                f"{name} is not a field of a request: did you mean {meant}? If it is the "
                f"provider's own parameter, give it in extra_params={{{name!r}: ...}}"
            )
            return Failure(ValidationError(message=message))
    return Success(request)


def _declared(name: str, providers: Mapping[str, Provider]) -> Outcome[bool]:
    # The table of a user's provider is somebody else's code.
    return catch_bugs(
        "a provider's model table",
        lambda: Success(
            any(
                declares(row, name)
                for provider in providers.values()
                for row in provider.models.values()
            )
        ),
    )


def with_settings(target: Target, submission: Submission) -> Submission:
    """Return the submission with a warning for each setting that its provider does not read."""
    settings = target.provider.settings
    if settings is None:
        return submission
    known = [setting.name for setting in settings]
    unread = tuple(
        f"provider_config[{name!r}] was left out: {target.provider.name} does not read it"
        + did_you_mean(name, known)
        for name in target.config.provider_config
        if name not in known
    )
    return attrs.evolve(
        submission,
        warnings=unread + submission.warnings,
        adjusted=unread + submission.adjusted,
    )
