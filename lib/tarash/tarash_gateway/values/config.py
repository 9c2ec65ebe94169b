"""Where and how to generate: the config of a call, and of the mock."""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final, Literal, TypeAlias

import attrs

from ..exceptions import ValidationError
from . import checks
from .mock_config import MockConfig
from .secrets import Secret, optional_secret
from .settings import SETTINGS, names_credential
from .urls import origin

Unsupported: TypeAlias = Literal["warn", "error", "adapt"]
ERROR_KINDS: Final = frozenset(
    {
        "validation",
        "authentication",
        "insufficient_credits",
        "not_found",
        "rate_limit",
        "http",
        "connection",
        "submission_unknown",
        "timeout",
        "generation_failed",
        "cancelled",
        "moderation",
        "unexpected_reply",
    }
)


def _as_settings(value: Mapping[str, Any]) -> dict[str, Any]:
    return checks.string_keys("provider_config", value)


def _as_kinds(value: Sequence[str] | frozenset[str] | None) -> frozenset[str] | None:
    if value is None:
        return None
    kinds = (
        value if isinstance(value, frozenset) else frozenset(checks.listed("fallback_on", value))
    )
    unknown = kinds - ERROR_KINDS
    if unknown:
        raise ValidationError(
            message=f"fallback_on must be kinds of errors ({', '.join(sorted(ERROR_KINDS))}), "
            f"not {', '.join(sorted(map(str, unknown)))}"
        )
    return kinds


class _NotGiven(int):
    """A default that was not given: it reads like the number, and limits nothing.

    ``max_poll_attempts`` is documented to read 120. Taken as a limit, 120 polls that a provider
    asks to come every second would end a ``timeout`` of ten minutes after two.
    """


_POLLS: Final = _NotGiven(120)


def _with_its_kind(value: Any) -> Any:
    return value, isinstance(value, _NotGiven)


_VERSION: Final = re.compile(r"\?api-version=[\w.-]+\Z", re.ASCII)


def _is_base(url: str, provider: str) -> bool:
    """Tell whether a provider's paths can be joined to a URL.

    >>> _is_base("https://r.openai.azure.com/?api-version=preview", "azure-openai")
    True
    >>> _is_base("https://queue.fal.run?api-version=1", "fal")
    False
    >>> _is_base("https://r.openai.azure.com/?api-key=1", "azure-openai")
    False
    """
    # Azure takes the version out of its URL; the others would put their paths behind it.
    base = _VERSION.sub("", url) if provider == "azure-openai" else url
    return origin(url) is not None and not set(base) & set("?#@")


def _as_configs(
    value: "Sequence[VideoGenerationConfig] | None",
) -> "tuple[VideoGenerationConfig, ...] | None":
    return None if value is None else checks.listed("fallback_configs", value)


@attrs.frozen(kw_only=True)
class VideoGenerationConfig:
    """Where to generate, how long to wait, and what to do if it fails.

    Attributes:
        provider: Provider id, e.g. ``"fal"``.
        model: Model id, e.g. ``"fal-ai/veo3"``.
        api_key: The key; None reads the provider's environment variable. Kept as a `Secret`.
        base_url: Another base URL than the provider's own.
        api_version: API version, where a provider has one.
        timeout: Seconds to wait for the generation, > 0.
        max_poll_attempts: Most status polls, >= 1. It reads 120 where it was not given, and limits
            only where it was given: otherwise ``timeout`` alone decides.
        poll_interval: Seconds between two polls, >= 0.
        request_timeout: Seconds for one exchange, > 0. A video that is downloaded, and a request
            that is uploaded, may take longer as long as bytes keep coming: ``timeout`` bounds them.
        max_json_bytes: Most bytes of a decoded JSON reply, >= 1; 64 MiB by default.
        max_video_bytes: Most bytes of a video that comes as bytes, >= 1; 4 GiB by default.
        mock: Generate offline instead.
        fallback_configs: What to try next, in order; each may have its own.
        provider_config: Settings of one provider, e.g. ``{"project": ...}``.
        unsupported: What becomes of what the model cannot take. ``"warn"`` rounds and says so,
            and refuses an aspect ratio whose shape would really change; ``"error"`` refuses all
            of it; ``"adapt"`` adapts all of it and says so.
        fallback_on: Kinds of errors that go on to the next config; None is the usual table.
    """

    provider: str = attrs.field(validator=checks.text())
    model: str = attrs.field(validator=checks.text())
    api_key: Secret | None = attrs.field(
        default=None,
        converter=optional_secret,
        validator=checks.optional(checks.instance_of(Secret, "a string")),
    )
    base_url: str | None = attrs.field(default=None, validator=checks.optional(checks.text()))
    api_version: str | None = attrs.field(default=None, validator=checks.optional(checks.text()))
    timeout: float = attrs.field(default=600, validator=checks.number(above=0, unit="seconds"))
    max_poll_attempts: int = attrs.field(
        default=_POLLS, validator=checks.whole(1), eq=_with_its_kind
    )
    poll_interval: float = attrs.field(default=5, validator=checks.number(least=0, unit="seconds"))
    request_timeout: float = attrs.field(
        default=60, validator=checks.number(above=0, unit="seconds")
    )
    max_json_bytes: int = attrs.field(default=64 * 2**20, validator=checks.whole(1))
    max_video_bytes: int = attrs.field(default=4 * 2**30, validator=checks.whole(1))
    mock: MockConfig | None = attrs.field(
        default=None,
        validator=checks.optional(checks.instance_of(MockConfig, "a MockConfig")),
    )
    fallback_configs: "tuple[VideoGenerationConfig, ...] | None" = attrs.field(
        default=None, converter=_as_configs
    )
    provider_config: Mapping[str, Any] = attrs.field(
        factory=dict,
        converter=_as_settings,
        hash=False,
        # Its values may be credentials: an access token, a service account.
        repr=lambda value: "{" + ", ".join(f"{key!r}: ..." for key in value) + "}",
    )
    unsupported: Unsupported = attrs.field(
        default="warn", validator=checks.one_of({"warn", "error", "adapt"})
    )
    fallback_on: frozenset[str] | None = attrs.field(default=None, converter=_as_kinds)

    def __attrs_post_init__(self) -> None:
        """Refuse a base URL that is none, and fallbacks that are no configs."""
        if self.base_url is not None and not _is_base(self.base_url, self.provider):
            # Not shown: what does not belong there may be a key.
            message = (
                "base_url must be a URL with http:// or https://, without user, query, fragment"
            )
            raise ValidationError(message=message)
        for config in self.fallback_configs or ():
            if not isinstance(config, VideoGenerationConfig):
                raise checks.refuse("fallback_configs", config, "a list of VideoGenerationConfig")

    @property
    def poll_limit(self) -> int | None:
        """Most status polls, or None where no limit was given."""
        given = self.max_poll_attempts
        return None if isinstance(given, _NotGiven) else given

    def __copy__(self) -> "VideoGenerationConfig":
        return self

    def __deepcopy__(self, memo: object) -> "VideoGenerationConfig":
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """Leave credentials out of a pickle, as a `Secret` does: a key never leaves the process."""
        values = {field.name: getattr(self, field.name) for field in attrs.fields(type(self))}
        secret = {s.name: s.secret for s in SETTINGS.get(self.provider, ())}
        values["provider_config"] = {
            name: value
            for name, value in self.provider_config.items()
            if not secret.get(name, names_credential(name))
        }
        return partial(type(self), **values), ()
