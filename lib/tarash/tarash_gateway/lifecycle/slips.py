"""Slips in the keywords of a request and in settings, found before anything is sent."""

from collections.abc import Mapping
from itertools import chain
from typing import Final

import attrs
from returns.result import Failure, Success

from ..catalog.natives import declares
from ..exceptions import ValidationError
from ..outcome import Outcome, catch_bugs
from ..providers.base import Provider, Submission, Target
from ..values.config import VideoGenerationConfig
from ..values.request import VideoGenerationRequest
from ..values.spelling import did_you_mean, slip_of

_OF_CONFIG: Final = frozenset(field.name for field in attrs.fields(VideoGenerationConfig))
_FIELDS: Final = tuple(
    field.name for field in attrs.fields(VideoGenerationRequest) if field.name != "extra_keywords"
)


def without_slips(
    request: VideoGenerationRequest, providers: Mapping[str, Provider]
) -> Outcome[VideoGenerationRequest]:
    """Return the request, unless an unknown keyword of it is a field of a config, or a slip.

    A name that a model of any provider declares is never a slip. The models are searched only where
    a keyword resembles a field's name, because the search imports every provider.
    """
    for name in sorted(request.extra_keywords):
        meant = slip_of(name, _FIELDS)
        if meant is None and name not in _OF_CONFIG:
            continue
        declared = _is_declared(name, providers)
        if isinstance(declared, Failure):
            return Failure(declared.failure())
        if not declared.unwrap():
            where = f"did you mean {meant}?" if meant else "give it to VideoGenerationConfig."
            message = (
                f"{name} is not a field of a request: {where} If it is the "
                f"provider's own parameter, give it in extra_params={{{name!r}: ...}}"
            )
            return Failure(ValidationError(message))
    return Success(request)


def _is_declared(name: str, providers: Mapping[str, Provider]) -> Outcome[bool]:
    def search() -> Outcome[bool]:
        rows = chain.from_iterable(each.models.values() for each in providers.values())
        return Success(any(declares(row, name) for row in rows))

    # The table of a user's provider is somebody else's code.
    return catch_bugs("a provider's model table", search)


def with_settings(target: Target, submission: Submission) -> Submission:
    """Return the submission with a warning for each setting that its provider does not read."""
    settings = target.provider.settings
    if settings is None or not target.config.provider_config:
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
