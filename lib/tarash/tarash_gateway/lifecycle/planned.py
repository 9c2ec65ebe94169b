"""What `plan_video` returns: the first request of a call, to look at."""

import shlex
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs

from .. import _later
from ..http.parts import FormPart
from ..values.shown import Shown, keys

if TYPE_CHECKING:
    from ..http import messages
    from ..values import in_html
else:
    # Everybody who imports a verb needs the type of a plan, only its command needs requests, and
    # only a notebook asks for HTML.
    messages, in_html = _later.modules(__package__, "..http.messages", "..values.in_html")


@attrs.frozen(kw_only=True)
class PlannedUpload(Shown):
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
class VideoPlan(Shown):
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
        duration: Seconds that would be requested, after any rounding: what a price list multiplies.
            None where the model chooses.
        resolution: The resolution that would be requested, or None.
        aspect_ratio: The aspect ratio that would be requested, or None.
    """

    provider: str
    model: str
    method: str
    url: str
    headers: Mapping[str, str] = attrs.field(hash=False, repr=keys)
    body: Any = attrs.field(default=None, hash=False)
    parts: tuple[FormPart, ...] | None = None
    warnings: tuple[str, ...] = ()
    key: str | None = None
    key_headers: tuple[str, ...] = ()
    uploads: tuple[PlannedUpload, ...] = ()
    duration: float | None = None
    resolution: str | None = None
    aspect_ratio: str | None = None

    def _repr_html_(self) -> str:
        """Return a table for a notebook: the request, field by field, and its warnings."""
        fields = self.body.items() if isinstance(self.body, Mapping) else ()
        rows = (
            ("request", f"{self.method} {self.url}"),
            *((f"upload {upload.place}", upload.file_name) for upload in self.uploads),
            *fields,
            *((part.name, part.value or part.filename or "") for part in self.parts or ()),
            *(("warning", warning) for warning in self.warnings),
        )
        return in_html.table(("", f"{self.provider}:{self.model}"), rows)

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
            words += [
                "--data-raw",
                shlex.quote(messages.encode(messages.JsonBody(value=self.body))[0].decode()),
            ]
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
