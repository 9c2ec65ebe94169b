"""Where and how to generate: the config of a call."""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final, Literal, TypeAlias

import attrs
from attrs.validators import optional

from ..exceptions import ERRORS as ERRORS
from ..exceptions import ValidationError
from . import checks
from .keywords import explained
from .known import KnownErrorKind, KnownModel, KnownProvider
from .mock_config import MockConfig
from .secrets import Secret, optional_secret
from .settings import SETTINGS, without_credentials
from .shown import Shown
from .urls import origin, without_query

Unsupported: TypeAlias = Literal["warn", "error", "adapt"]
# Another config does not help against an error of the journal, or of the disk.
_OF_THIS_MACHINE: Final = frozenset(
    {"batch_stopped", "interrupted", "job_in_use", "journal", "save", "webhook"}
)
ERROR_KINDS: Final = frozenset(cls.kind for cls in ERRORS.values()) - {"error", *_OF_THIS_MACHINE}


# A converter gives the parameter its type, and leaves the field the plain type that it has.
def _as_provider(value: KnownProvider) -> str:
    return value


def _as_model(value: KnownModel) -> str:
    return value


def _as_settings(value: Mapping[str, Any]) -> dict[str, Any]:
    return checks.string_keys("provider_config", value)


# Both take None themselves: what `attrs.converters.optional` returns takes anything, to pyright.
def _as_kinds(
    value: Sequence[KnownErrorKind] | frozenset[KnownErrorKind] | None,
) -> frozenset[str] | None:
    if value is None:
        return None
    kinds = frozenset(checks.as_tuple("fallback_on", value))
    if unknown := kinds - ERROR_KINDS:
        raise ValidationError(
            message=f"fallback_on must be kinds of errors ({', '.join(sorted(ERROR_KINDS))}), "
            f"not {', '.join(sorted(map(str, unknown)))}"
        )
    return kinds


class _NotGiven(int):
    """A default that reads as its number but is not applied as a limit.

    ``max_poll_attempts`` is documented to read 120. If that were a limit, a provider that asks for
    a poll every second would end a ``timeout`` of ten minutes after two minutes.
    """


# What a provider can call: no fragment, and nothing that has to be escaped.
_HOOK: Final = re.compile(r"[!-\"$-~]+", re.ASCII)


def _check_webhook_url(_: object, __: object, url: Any) -> None:
    if url is None or (isinstance(url, str) and _HOOK.fullmatch(url) and origin(url) is not None):
        return
    # The message does not show the URL: its user or query may be a secret.
    message = (
        "webhook_url must be a URL with http:// or https://, of ASCII characters, without user, "
        "password and fragment"
    )
    raise ValidationError(message=message)


_VERSION: Final = re.compile(r"\?api-version=[\w.-]+\Z", re.ASCII)


def _is_base(url: str, provider: str) -> bool:
    """Tell whether the provider's paths can be appended to a URL.

    >>> _is_base("https://r.openai.azure.com/?api-version=preview", "azure-openai")
    True
    >>> _is_base("https://queue.fal.run?api-version=1", "fal")
    False
    >>> _is_base("https://r.openai.azure.com/?api-key=1", "azure-openai")
    False
    """
    # Only the Azure provider removes the version from the URL before it appends a path.
    base = _VERSION.sub("", url) if provider == "azure-openai" else url
    return origin(url) is not None and not set(base) & set("?#@")


def _as_configs(
    value: "Sequence[VideoGenerationConfig] | None",
) -> "tuple[VideoGenerationConfig, ...] | None":
    return None if value is None else checks.as_tuple("fallback_configs", value)


@explained
@attrs.frozen(kw_only=True)
class VideoGenerationConfig(Shown):
    """Where to generate, how long to wait, and what to do if it fails.

    Attributes:
        provider: Provider id, e.g. ``"fal"``.
        model: Model id, e.g. ``"fal-ai/veo3"``.
        api_key: The key; None reads the provider's environment variable. Stored as a `Secret`.
        base_url: A base URL that replaces the provider's own.
        api_version: API version, where a provider has one.
        timeout: Seconds to wait for the generation, > 0.
        max_poll_attempts: Most status polls, >= 1. The default reads 120 but is not a limit: only a
            number that the caller gives limits the polls; otherwise ``timeout`` alone does.
        poll_interval: Seconds between two polls, >= 0.
        request_timeout: Seconds for one exchange, > 0. A download or an upload may take longer
            while bytes keep moving; ``timeout`` bounds it.
        listen: Whether the provider's stream of events about a job, where it has one, tells when it
            is worth to poll. Where it fails, the job is polled as without it.
        webhook_url: A URL of yours that the provider is asked to call when the job has ended, http
            or https. The job is polled all the same; a provider that cannot be asked gets a
            warning. Its query may be a secret: it is neither shown nor written into JSON, a journal
            or a pickle, so the next config of a call that another process resumes asks for the
            webhook again only if ``resume_video`` gets the config.
        max_json_bytes: Most bytes of a decoded JSON reply, >= 1; 64 MiB by default.
        max_video_bytes: Most bytes of a video that is returned as bytes, >= 1; 4 GiB by default.
        mock: Generate offline instead, without a key, what the model would make of the request.
        fallback_configs: What to try next, in order; each may have its own fallbacks.
        provider_config: Settings of one provider, e.g. ``{"project": ...}``.
        unsupported: How to treat values that the model does not support. ``"warn"`` rounds them
            with a warning, but refuses an aspect ratio if the shape would differ noticeably;
            ``"error"`` refuses all of them; ``"adapt"`` adapts all of them with a warning.
        fallback_on: Kinds of errors after which the next config is tried; None means the
            default kinds.
    """

    provider: str = attrs.field(converter=_as_provider, validator=checks.text)
    model: str = attrs.field(converter=_as_model, validator=checks.text)
    api_key: Secret | None = attrs.field(
        default=None,
        converter=optional_secret,
        validator=optional(checks.instance_of(Secret, "a string")),
    )
    base_url: str | None = attrs.field(default=None, validator=optional(checks.text))
    api_version: str | None = attrs.field(default=None, validator=optional(checks.text))
    timeout: float = attrs.field(default=600, validator=checks.number("seconds"))
    max_poll_attempts: int = attrs.field(
        default=_NotGiven(120),
        validator=checks.whole(1),
        eq=lambda limit: (limit, isinstance(limit, _NotGiven)),
    )
    poll_interval: float = attrs.field(default=5, validator=checks.number("seconds", or_zero=True))
    request_timeout: float = attrs.field(default=60, validator=checks.number("seconds"))
    listen: bool = attrs.field(default=True, validator=checks.instance_of(bool))
    webhook_url: str | None = attrs.field(
        default=None,
        validator=_check_webhook_url,
        repr=lambda url: repr(url and without_query(url)),
    )
    max_json_bytes: int = attrs.field(default=64 * 2**20, validator=checks.whole(1))
    max_video_bytes: int = attrs.field(default=4 * 2**30, validator=checks.whole(1))
    mock: MockConfig | None = attrs.field(
        default=None, validator=optional(checks.instance_of(MockConfig))
    )
    fallback_configs: "tuple[VideoGenerationConfig, ...] | None" = attrs.field(
        default=None, converter=_as_configs
    )
    provider_config: Mapping[str, Any] = attrs.field(
        factory=dict,
        converter=_as_settings,
        hash=False,
        # The values may be credentials, such as an access token or a service account.
        repr=lambda value: "{" + ", ".join(f"{key!r}: ..." for key in value) + "}",
    )
    unsupported: Unsupported = attrs.field(
        default="warn", validator=checks.one_of({"warn", "error", "adapt"})
    )
    fallback_on: frozenset[str] | None = attrs.field(default=None, converter=_as_kinds)

    def __attrs_post_init__(self) -> None:
        """Refuse an invalid base URL, and fallbacks that are not configs."""
        if self.base_url is not None and not _is_base(self.base_url, self.provider):
            # The message does not show the URL: its user or query may be a key.
            message = (
                "base_url must be a URL with http:// or https://, without user, query, fragment"
            )
            raise ValidationError(message=message)
        for config in self.fallback_configs or ():
            if not isinstance(config, VideoGenerationConfig):
                raise checks.refuse("fallback_configs", config, "a list of VideoGenerationConfig")

    @property
    def poll_limit(self) -> int | None:
        """Most status polls, or None if the caller gave no limit."""
        given = not isinstance(self.max_poll_attempts, _NotGiven)
        return self.max_poll_attempts if given else None

    def __copy__(self) -> "VideoGenerationConfig":
        return self

    def __deepcopy__(self, memo: object) -> "VideoGenerationConfig":
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """Leave credentials out of a pickle, as `Secret` does, so that they stay in the process.

        The query of ``webhook_url`` may be one.
        """
        values = {field.name: getattr(self, field.name) for field in attrs.fields(type(self))}
        settings = SETTINGS.get(self.provider)
        values["provider_config"] = without_credentials(self.provider_config, settings)
        values["webhook_url"] = self.webhook_url and without_query(self.webhook_url)
        return partial(type(self), **values), ()
