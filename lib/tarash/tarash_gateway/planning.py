"""From a config and a request to what will be sent: everything that can be known for free.

Pure: providers and environment variables are arguments.
"""

import shlex
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

import attrs
from returns.result import Failure, Success

from .config import VideoGenerationConfig
from .durable import VideoGeneration
from .exceptions import AuthenticationError, TarashException, ValidationError
from .generation import Collecting, Generation, Leg, Moment, Polling
from .job import Job
from .lifecycle import authenticated
from .messages import BytesBody, FormBody, FormPart, HttpRequest, JsonBody, encode, fixed
from .outcome import Outcome
from .providers.base import KeyVariables, Provider, Submission, Target
from .request import VideoGenerationRequest
from .secrets import Secret


def chain(config: VideoGenerationConfig) -> tuple[VideoGenerationConfig, ...]:
    """Return the config and its fallbacks, nested ones after the config they belong to."""
    nested = (chain(fallback) for fallback in config.fallback_configs or ())
    return (config, *(link for links in nested for link in links))


def variables(providers: Mapping[str, Provider]) -> tuple[str, ...]:
    """Return every environment variable that the providers want."""
    return tuple(
        name
        for provider in providers.values()
        for name in (
            *(name for key in provider.keys for name in key.names),
            *provider.environment,
            *([provider.base_url_variable] if provider.base_url_variable else []),
        )
    )


def provider_of(
    config: VideoGenerationConfig,
    providers: Mapping[str, Provider],
    environment: Mapping[str, str],
) -> Outcome[Provider]:
    """Return the config's provider: the mock where it is enabled, else the variant it asks for.

    Errors:
        ValidationError: There is none of that name (the message lists the known ones), or an
            installed package's is broken.
    """
    name = "mock" if config.mock is not None and config.mock.enabled else config.provider
    provider = providers.get(name)
    if provider is None:
        known = ", ".join(sorted(providers))
        message = f"provider {config.provider!r} is not known: use one of {known}, or register it"
        return Failure(ValidationError(message=message, provider=config.provider))
    if provider.broken is not None:
        return Failure(ValidationError(message=provider.broken, provider=config.provider))
    return Success(provider if provider.variant is None else provider.variant(config, environment))


def prepare(
    config: VideoGenerationConfig,
    request: VideoGenerationRequest,
    providers: Mapping[str, Provider],
    environment: Mapping[str, str],
) -> Outcome[tuple[Leg, ...]]:
    """Return the whole chain, ready to be sent.

    Errors:
        ValidationError: An unknown provider, or a request that a model of the chain cannot take.
        AuthenticationError: A key is missing; the message names its variable.
    """
    return _legs(chain(config), request, providers, environment)


def _legs(
    links: Iterable[VideoGenerationConfig],
    request: VideoGenerationRequest,
    providers: Mapping[str, Provider],
    environment: Mapping[str, str],
) -> Outcome[tuple[Leg, ...]]:
    legs: tuple[Leg, ...] = ()
    for link in links:
        leg = _target(link, providers, environment).bind(partial(_leg, request=request))
        if isinstance(leg, Failure):
            return Failure(_placed(leg.failure(), link))
        legs = (*legs, leg.unwrap())
    return Success(legs)


def _placed(error: TarashException, config: VideoGenerationConfig) -> TarashException:
    return attrs.evolve(error, provider=config.provider, model=config.model)


def key_of(
    config: VideoGenerationConfig, provider: Provider, environment: Mapping[str, str]
) -> Outcome[Secret | None]:
    """Return the key: the config's, else the environment's; None where none is needed.

    Errors:
        AuthenticationError: A key is needed and missing.
    """
    if provider.oauth_scope is not None:
        return _access_token(config)
    if config.api_key is not None or not provider.keys:
        return Success(config.api_key if provider.keys else None)
    for variables_ in provider.keys:
        values = [environment.get(name, "").strip() for name in variables_.names]
        if all(values):
            return Success(Secret(variables_.join.join(values)))
    wanted = ", or ".join(" and ".join(key.names) for key in provider.keys)
    message = f"no key for {provider.name}: set {wanted}, or give api_key in the config"
    return Failure(AuthenticationError(message=message))


def _access_token(config: VideoGenerationConfig) -> Outcome[Secret | None]:
    given = config.provider_config.get("access_token")
    if config.api_key is not None:
        return Success(config.api_key)
    if isinstance(given, str) and given.strip():
        return Success(Secret(given))
    message = "no access token: give provider_config['access_token'] or api_key in the config"
    return Failure(AuthenticationError(message=message))


def wants_token(
    config: VideoGenerationConfig,
    providers: Mapping[str, Provider],
    environment: Mapping[str, str],
) -> str | None:
    """Return the scope of the access token that the config lacks, or None."""
    provider = provider_of(config, providers, environment).value_or(None)
    if provider is None or provider.oauth_scope is None:
        return None
    return provider.oauth_scope if isinstance(_access_token(config), Failure) else None


def _target(
    config: VideoGenerationConfig,
    providers: Mapping[str, Provider],
    environment: Mapping[str, str],
) -> Outcome[Target]:
    return provider_of(config, providers, environment).bind(
        lambda provider: key_of(config, provider, environment).map(
            lambda key: _keyed(config, provider, key, environment)
        )
    )


def _keyed(
    config: VideoGenerationConfig,
    provider: Provider,
    key: Secret | None,
    environment: Mapping[str, str],
) -> Target:
    wanted = {*provider.environment, provider.base_url_variable}
    return Target(
        provider=provider,
        config=config,
        key=key,
        environment={name: value for name, value in environment.items() if name in wanted},
    )


def _leg(target: Target, request: VideoGenerationRequest) -> Outcome[Leg]:
    return (
        target.provider.submit(target, request)
        .bind(lambda submission: _strict(target, submission))
        .bind(_fixed)
        .map(lambda submission: Leg(target=target, submission=submission))
    )


def _strict(target: Target, submission: Submission) -> Outcome[Submission]:
    if target.config.unsupported == "error" and submission.adjusted:
        message = f"{'; '.join(submission.adjusted)} (unsupported='error' refuses this)"
        return Failure(ValidationError(message=message))
    return Success(submission)


def _fixed(submission: Submission) -> Outcome[Submission]:
    return fixed(submission.request).map(lambda request: attrs.evolve(submission, request=request))


def revive(
    kept: VideoGeneration,
    config: VideoGenerationConfig,
    providers: Mapping[str, Provider],
    environment: Mapping[str, str],
    now: Moment,
) -> Outcome[Generation]:
    """Return the generation that goes on where ``kept`` stands; its time begins anew.

    Args:
        kept: What was kept.
        config: The chain to go on with: see `VideoGeneration.again`.
        providers: The providers by name.
        environment: The environment variables that are set.
        now: When it goes on.

    Errors:
        ValidationError: An unknown provider, or no accepted job to go on with.
        AuthenticationError: A key is missing; the message names its variable.
    """
    if kept.job is None:
        message = (
            "no job of this generation is known to be accepted, and it is never submitted again by "
            "itself: look at the provider's dashboard, then start anew"
        )
        return Failure(ValidationError(message=message, provider=kept.provider, model=kept.model))
    job = kept.job
    first, *others = chain(config)
    current = _target(first, providers, environment).alt(lambda error: _placed(error, first))
    return _legs(others, kept.request, providers, environment).bind(
        lambda rest: current.map(lambda target: _going_on(kept, job, target, rest, now))
    )


def _going_on(
    kept: VideoGeneration, job: Job, target: Target, rest: tuple[Leg, ...], now: Moment
) -> Generation:
    # The submission is never sent again: it stands for what was asked.
    asked = Submission(
        request=HttpRequest(method="POST", url=target.base_url),
        duration=kept.duration,
        resolution=kept.resolution,
        aspect_ratio=kept.aspect_ratio,
    )
    return Generation(
        request=kept.request,
        leg=Leg(target=target, submission=asked),
        rest=rest,
        # Polls of the time before count for the record of that time, not against the limit of
        # the time from now.
        stage=Collecting(job=job, polls=0) if kept.ready else Polling(job=job),
        started=attrs.evolve(now, utc=kept.started_at),
        due=now.monotonic,
        attempts=kept.attempts,
        warnings=kept.warnings,
        configs=len(kept.attempts) + len(kept.configs),
        call=kept.id.rpartition("-")[0],
        status=kept.status,
    )


@attrs.frozen(kw_only=True)
class VideoPlan:
    """What would be sent, with the key as an environment variable.

    Attributes:
        provider: Provider id.
        model: Model id.
        method: HTTP method.
        url: Absolute URL.
        headers: All headers; the key stands as ``$FAL_KEY`` or the like.
        body: The JSON value, or None.
        parts: The parts of a form, or None.
        warnings: What was adapted or left out: one sentence each.
    """

    provider: str
    model: str
    method: str
    url: str
    headers: Mapping[str, str] = attrs.field(hash=False)
    body: Any = attrs.field(default=None, hash=False)
    parts: tuple[FormPart, ...] | None = None
    warnings: tuple[str, ...] = ()

    def curl(self) -> str:
        """Return the request as a command for a shell that has the key in its environment.

        A part with bytes is read from a file of its name in the current folder.
        """
        words = ["curl", "-X", self.method, shlex.quote(self.url)]
        for name, value in self.headers.items():
            words += ["-H", _shell_header(f"{name}: {value}")]
        if self.parts is not None:
            for part in self.parts:
                words += _form_words(part)
        elif self.body is not None:
            words += ["--data-raw", shlex.quote(encode(JsonBody(value=self.body))[0].decode())]
        return " ".join(words)


def _shell_header(header: str) -> str:
    if "$" not in header:
        return shlex.quote(header)
    # Double quotes let the shell put in the variable, and nothing else.
    escaped = header.replace("\\", "\\\\").replace('"', '\\"').replace("`", "\\`")
    return f'"{escaped}"'


def _form_words(part: FormPart) -> list[str]:
    if part.content is None:
        return ["--form-string", shlex.quote(f"{part.name}={part.value or ''}")]
    kind = f";type={part.content_type}" if part.content_type else ""
    return ["-F", shlex.quote(f"{part.name}=@{part.filename or part.name}{kind}")]


def plan(
    config: VideoGenerationConfig,
    request: VideoGenerationRequest,
    providers: Mapping[str, Provider],
    environment: Mapping[str, str],
) -> Outcome[VideoPlan]:
    """Return what the first submission would be; no key is needed.

    Errors:
        ValidationError: As for `prepare`.
    """
    return (
        provider_of(config, providers, environment)
        .map(lambda provider: _keyed(config, provider, _shown_key(provider), environment))
        .bind(partial(_leg, request=request))
        .map(_shown_plan)
        .alt(lambda error: _placed(error, config))
    )


def _shown_key(provider: Provider) -> Secret | None:
    if provider.oauth_scope is not None:
        return Secret("$(gcloud auth print-access-token)")
    first: KeyVariables | None = next(iter(provider.keys), None)
    return None if first is None else Secret(first.text)


def _shown_plan(leg: Leg) -> VideoPlan:
    request: HttpRequest = authenticated(leg.target, leg.submission.request)
    body = request.body
    headers = {**request.headers, **request.credential}
    if isinstance(body, JsonBody | BytesBody):
        headers["Content-Type"] = encode(body)[1]
    return VideoPlan(
        provider=leg.target.config.provider,
        model=leg.target.config.model,
        method=request.method,
        url=request.url,
        headers=headers,
        body=body.value if isinstance(body, JsonBody) else None,
        parts=body.parts if isinstance(body, FormBody) else None,
        warnings=leg.submission.warnings,
    )
