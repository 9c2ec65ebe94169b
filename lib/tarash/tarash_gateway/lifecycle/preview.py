"""The first request of a call, to look at without sending it: pure."""

import shlex
from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

import attrs

from ..http.messages import BytesBody, FormBody, FormPart, JsonBody, encode
from ..outcome import Outcome
from ..providers.base import Provider, Target, Uploads
from ..providers.uploads import Upload
from ..values.config import VideoGenerationConfig
from ..values.request import VideoGenerationRequest
from .generation import Leg
from .keys import authenticate_request, shown_key, with_key
from .links import is_mocked, links_of, with_place
from .prepare import in_shape, leg_to
from .slips import without_slips


@attrs.frozen(kw_only=True)
class PlannedUpload:
    """A medium that would be uploaded before the first request.

    Attributes:
        place: What the caller calls it: ``image_list[0]`` or ``video``.
        file_name: The name that the provider is told.
        content_type: MIME type.
        size: Its bytes.
        method: HTTP method of the upload's first exchange.
        url: URL of that exchange.
        name: What stands for it in the plan's body; the provider's reply has the real name.
    """

    place: str
    file_name: str
    content_type: str
    size: int
    method: str
    url: str
    name: str


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
        key: The placeholder of the key in the headers, which a shell fills in; None without a key.
        key_headers: The names of the headers that carry it.
        uploads: What would be uploaded before this request.
    """

    provider: str
    model: str
    method: str
    url: str
    headers: Mapping[str, str] = attrs.field(hash=False)
    body: Any = attrs.field(default=None, hash=False)
    parts: tuple[FormPart, ...] | None = None
    warnings: tuple[str, ...] = ()
    key: str | None = None
    key_headers: tuple[str, ...] = ()
    uploads: tuple[PlannedUpload, ...] = ()

    def curl(self) -> str:
        """Return the request as a command for a shell that has the key in its environment.

        A part with bytes is read from a file of its name in the current folder.
        """
        words = ["curl", "-X", self.method, shlex.quote(self.url)]
        for name, value in self.headers.items():
            key = self.key if name in self.key_headers else None
            words += ["-H", _shell_header(f"{name}: {value}", key)]
        for part in self.parts or ():
            words += _form_words(part)
        if self.parts is None and self.body is not None:
            words += ["--data-raw", shlex.quote(encode(JsonBody(value=self.body))[0].decode())]
        return " ".join(words)


def _shell_header(header: str, key: str | None) -> str:
    r"""Return a header as a word of a shell: it fills in the key, and runs nothing else.

    >>> _shell_header("Authorization: Key $FAL_KEY", "$FAL_KEY")
    '\'Authorization: Key \'"$FAL_KEY"'
    >>> _shell_header("X-Note: $(rm -rf ~)", None)
    "'X-Note: $(rm -rf ~)'"
    """
    if key is None:
        return shlex.quote(header)
    parts = (shlex.quote(part) if part else "" for part in header.split(key))
    return f'"{key}"'.join(parts)


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
    today: date | None = None,
) -> Outcome[VideoPlan]:
    """Return what the first submission would be; no key is needed.

    Where the mock stands for a provider, it is the submission that this provider would get.

    Errors:
        ValidationError: As for `prepare`.
    """
    if is_mocked(config) and config.model != "mock":
        # The mock never refuses by date.
        config, today = attrs.evolve(config, mock=None), None
    return (
        without_slips(request, providers)
        .bind(lambda _: links_of((config,), providers, environment))
        .map(lambda links: with_key(links[0], shown_key(links[0].provider), environment, today))
        .bind(partial(leg_to, request=request))
        .bind(in_shape)
        .map(_plan_of)
        .alt(lambda error: with_place(error, config))
    )


def _plan_of(leg: Leg) -> VideoPlan:
    target, config = leg.target, leg.target.config
    route = target.provider.uploads
    request = authenticate_request(target, leg.submission.request)
    body = request.body
    headers = {**request.headers, **request.credential}
    if isinstance(body, JsonBody | BytesBody):
        headers["Content-Type"] = encode(body)[1]
    return VideoPlan(
        provider=config.provider,
        model=config.model,
        method=request.method,
        url=request.url,
        headers=headers,
        body=body.value if isinstance(body, JsonBody) else None,
        parts=body.parts if isinstance(body, FormBody) else None,
        warnings=leg.submission.warnings,
        key=None if target.key is None else target.key.reveal(),
        key_headers=tuple(request.credential),
        uploads=()
        if route is None
        else tuple(_planned(route, target, each) for each in leg.uploads),
    )


def _planned(route: Uploads, target: Target, upload: Upload) -> PlannedUpload:
    first = route.request(target, upload)
    return PlannedUpload(
        place=upload.place,
        file_name=upload.file_name,
        content_type=upload.content_type,
        size=upload.size,
        method=first.method,
        url=first.url,
        name=route.pending(target, upload),
    )
