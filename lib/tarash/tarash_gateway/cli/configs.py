"""The config of a command: what a file says, and the options, which replace it."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NoReturn

import attrs

from .. import api
from ..exceptions import TarashException, ValidationError
from ..lifecycle.links import chain, is_mocked, unknown_provider
from ..registry import known_providers
from ..values.config import VideoGenerationConfig
from ..values.mock_config import MockConfig, MockPollingConfig
from . import words

# Seconds between two polls of the mock: progress is visible, and the wait is short.
_MOCK_PAUSE: Final = 0.2
# What belongs to one provider alone: it must not reach another one.
_OWN: Final[Mapping[str, Any]] = {
    "api_key": None,
    "base_url": None,
    "api_version": None,
    "provider_config": {},
    "fallback_configs": None,
}


def is_free(config: VideoGenerationConfig) -> bool:
    """Tell whether every config of a chain makes test clips only, which nobody is charged for."""
    return all(each.provider == "mock" or is_mocked(each) for each in chain(config))


def refuse_provider(name: str) -> NoReturn:
    """Raise the error for a provider that is not there, or cannot be used.

    Raises:
        ValidationError: It is unknown, or broken.
    """
    known = known_providers()
    broken = known[name].broken if name in known else None
    if broken:
        raise ValidationError(broken)
    raise ValidationError(unknown_provider(name, known).message)


class FileError(ValidationError):
    """A file of configs is wrong: the message names its fields, which are no options."""


@attrs.frozen(kw_only=True)
class Chosen:
    """What the options say about the config.

    Attributes:
        provider: Provider id, or empty.
        model: Model id, or PROVIDER:MODEL, or empty.
        file: ``FILE`` or ``FILE:NAME`` of a config, or empty.
        mock: Whether a test clip is made instead.
        fallbacks: The configs after the first one, each as PROVIDER:MODEL; None for the file's.
        settings: Settings of the provider, each as NAME=VALUE.
        others: Other fields of the config; None where an option was not given.
    """

    provider: str = ""
    model: str = ""
    file: str = ""
    mock: bool = False
    fallbacks: Sequence[str] | None = None
    settings: Sequence[str] | None = None
    others: Mapping[str, Any] = attrs.field(factory=dict)

    def config(self) -> VideoGenerationConfig:
        """Return the config, in which an option replaces the value of the file.

        Raises:
            ValidationError: The provider or the model is missing, or a value is wrong.
        """
        base = _loaded(self.file) if self.file else None
        provider, model = _place(self.provider, self.model)
        changes = {name: value for name, value in self.others.items() if value is not None}
        if self.settings:
            changes["provider_config"] = words.settings(self.settings, "--provider-config")
        if self.mock:
            pause = MockPollingConfig(delay_between_updates=_MOCK_PAUSE)
            changes["mock"] = MockConfig(polling=pause)
        if base is None:
            config = self._new(provider, model, changes)
        else:
            config = _replaced(base, provider, model, changes)
        if self.fallbacks:
            fallbacks = [_fallback(config, each) for each in self.fallbacks]
            config = attrs.evolve(config, fallback_configs=fallbacks)
        return _mocked(config, config.mock) if self.mock else config

    def of_row(self, provider: str, model: str) -> VideoGenerationConfig:
        """Return the config of a row, which may name its own provider and model.

        Raises:
            ValidationError: As `config`.
        """
        # A model of the row's own may name its provider as well.
        named = provider or _place("", model)[0] or self.provider
        return attrs.evolve(self, provider=named, model=model or self.model).config()

    def _new(self, provider: str, model: str, changes: Mapping[str, Any]) -> VideoGenerationConfig:
        if not self.mock and not (provider and model):
            raise ValidationError(_missing(provider, model))
        return VideoGenerationConfig(provider=provider or "mock", model=model or "mock", **changes)


def _mocked(config: VideoGenerationConfig, mock: MockConfig | None) -> VideoGenerationConfig:
    """Return the config with ``mock`` in it and in its fallbacks, those of a file as well."""
    given = config.fallback_configs
    fallbacks = None if given is None else [_mocked(each, mock) for each in given]
    return attrs.evolve(config, mock=mock, fallback_configs=fallbacks)


def _missing(provider: str, model: str) -> str:
    if provider:
        return f"--model is missing: tarash models {provider} lists them"
    if model:
        first, colon, _ = model.partition(":")
        if colon and "/" not in first:
            return f"--model {model}: {unknown_provider(first, known_providers()).message}"
        known = [info.name for info in api.list_models(retired=True) if info.model == model]
        whose = " or ".join(f"--model {name}" for name in known) or f"--model PROVIDER:{model}"
        return f"--model {model} does not name its provider: give {whose}"
    return (
        "no model was chosen: give --model PROVIDER:MODEL (tarash models lists them), or --mock "
        "for a test clip; tarash try shows the way"
    )


def _loaded(text: str) -> VideoGenerationConfig:
    path, name = _file(text)
    try:
        return api.load_config(path, name)
    except TarashException as error:
        raise FileError(error.message) from error


def _file(text: str) -> tuple[Path, str | None]:
    """Return the file and the config that ``FILE[:NAME]`` names."""
    path, colon, name = text.rpartition(":")
    # A file of that name, or the letter of a drive, has no name behind it.
    if not colon or not path or Path(text).exists() or set(name) & {"/", os.sep}:
        return Path(text), None
    return Path(path), name or None


def _place(provider: str, model: str) -> tuple[str, str]:
    """Return the provider and the model; without ``--provider``, a model may name both."""
    first, colon, rest = model.partition(":")
    if colon and first in known_providers() and provider in {"", first}:
        return first, rest
    return provider, model


def _replaced(
    base: VideoGenerationConfig, provider: str, model: str, changes: Mapping[str, Any]
) -> VideoGenerationConfig:
    if provider and provider != base.provider:
        if not model:
            raise ValidationError(_missing(provider, model))
        base = attrs.evolve(base, provider=provider, model=model, **_OWN)
    merged = {**base.provider_config, **changes.get("provider_config", {})}
    return attrs.evolve(
        base, **{**changes, "model": model or base.model, "provider_config": merged}
    )


def _fallback(config: VideoGenerationConfig, text: str) -> VideoGenerationConfig:
    provider, model = _place("", text)
    if not (provider and model):
        message = (
            f"--fallback must be PROVIDER:MODEL, such as fal:fal-ai/veo3, not {text!r} "
            f"(providers: {', '.join(sorted(known_providers()))})"
        )
        raise ValidationError(message)
    own = {} if provider == config.provider else _OWN
    return attrs.evolve(
        config, **{**own, "provider": provider, "model": model, "fallback_configs": None}
    )
