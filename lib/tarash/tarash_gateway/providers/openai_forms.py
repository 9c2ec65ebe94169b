"""Bodies of OpenAI's dialect: JSON, or a form as soon as there are bytes to upload.

Source: wire/openai.md, sections 1 (which body to send) and 6 (the form on the wire).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import attrs

from ..media import Media, MediaContent, as_url
from ..messages import FormBody, FormPart, HttpRequest, JsonBody, fixed
from ..outcome import Outcome

_KIND: Final = re.compile(r"\w+/([\w.+-]+)", re.ASCII)


def as_reference(media: Media) -> Any:
    """Return an image as it goes into the body: bytes as they are, a URL as an object."""
    return media if isinstance(media, MediaContent) else {"image_url": as_url(media)}


def file_part(name: str, content: MediaContent, filename: str | None = None) -> FormPart:
    """Return the part of a file; without a file name and a type it would count as a text.

    >>> file_part("video", MediaContent(b"0", "video/mp4")).filename
    'video.mp4'
    """
    kind = _KIND.fullmatch(content.content_type)
    return FormPart(
        name=name,
        filename=filename or f"{name}.{kind[1] if kind else 'bin'}",
        content_type=content.content_type if kind else "application/octet-stream",
        content=content.content,
    )


def post(url: str, headers: Mapping[str, str], fields: Mapping[str, Any]) -> Outcome[HttpRequest]:
    """Return the request that sends ``fields``: a form if one of them is a file.

    Errors:
        ValidationError: A field beside a file is no JSON value.
    """
    files = [file_part(n, v) for n, v in fields.items() if isinstance(v, MediaContent)]
    texts = {name: v for name, v in fields.items() if not isinstance(v, MediaContent)}
    return with_files(
        HttpRequest(method="POST", url=url, headers=headers, body=JsonBody(value=texts)), files
    )


def with_files(request: HttpRequest, files: Sequence[FormPart]) -> Outcome[HttpRequest]:
    """Return a request whose JSON goes as a form with ``files``, or as it is without any.

    Errors:
        ValidationError: Its body is no JSON object.
    """
    return fixed(request).map(lambda sent: _as_form(sent, files) if files else sent)


def _as_form(request: HttpRequest, files: Sequence[FormPart]) -> HttpRequest:
    fields = request.body.value if isinstance(request.body, JsonBody) else {}
    texts = [part for name, value in fields.items() for part in _texts(name, value)]
    return attrs.evolve(request, body=FormBody(parts=(*texts, *files)))


def _texts(name: str, value: Any) -> Iterator[FormPart]:
    """Yield the parts of a JSON value, lists and objects in brackets.

    >>> [(part.name, part.value) for part in _texts("a", [{"b": 1}, {"b": True}])]
    [('a[][b]', '1'), ('a[][b]', 'true')]
    """
    match value:
        case dict():
            for key, inner in value.items():
                yield from _texts(f"{name}[{key}]", inner)
        case list():
            for inner in value:
                yield from _texts(f"{name}[]", inner)
        case bool():
            yield FormPart(name=name, value="true" if value else "false")
        case None:
            yield FormPart(name=name, value="")
        case _:
            yield FormPart(name=name, value=str(value))
