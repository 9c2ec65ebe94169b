"""Which dialect a request is in, what it asks for, and what it says: pure."""

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import attrs

from ..exceptions import HTTPConnectionError, TarashException
from ..http.messages import BytesBody, FormBody, HttpRequest, HttpResponse, JsonBody
from ..http.parts import FormPart, StreamBody
from .dialects import DIALECTS, FAMILIES, Content, Dialect, Route
from .happenings import Happening

# The ids of the providers that a script plays.
PLAYED: Final = frozenset(dialect.provider for dialect in DIALECTS.values())
_RANGE: Final = re.compile(r"bytes=(\d+)-(\d*)")


@attrs.frozen(kw_only=True)
class Spoken:
    """A dialect as it is spoken at one base URL."""

    dialect: Dialect
    base: str

    def route(self, request: HttpRequest) -> tuple[Route, Mapping[str, str]] | None:
        """Return where a request leads, with the names in its path; None: it is not for here."""
        path = request.url.partition("?")[0]
        if not path.startswith(self.base):
            return None
        rest = path[len(self.base) :]
        matched = ((r, r.match(request.method, rest)) for r in self.dialect.routes)
        return next(((route, found.groupdict()) for route, found in matched if found), None)

    def lists(self, request: HttpRequest) -> bool:
        """Tell whether a request is for the list of jobs, which another host may have."""
        if self.dialect.listed is None:
            return False
        path = request.url.partition("?")[0]
        places = {path.removeprefix(self.base), urlsplit(path).path}
        lists = (route for route in self.dialect.routes if route.stage == "list")
        return any(route.match(request.method, place) for route in lists for place in places)


def spoken_by(request: HttpRequest) -> Spoken | None:
    """Return the dialect of a submission, or None for any other request."""
    # No submission sends bytes alone.
    if request.method != "POST" or isinstance(request.body, BytesBody | StreamBody):
        return None
    url = request.url.partition("?")[0]
    for family in FAMILIES:
        found = family.submission.fullmatch(url)
        if found is None:
            continue
        names = found.groupdict()
        base = names.pop("base")
        name, begin = family.header or ("", "")
        sent = {**request.headers, **request.credential}
        if family.header is None or sent.get(name, "").startswith(begin):
            return Spoken(dialect=family.dialect(**names), base=base)
    return None


def fields_of(request: HttpRequest) -> Mapping[str, Any]:
    """Return the fields of a request's JSON, or of its form; files are bytes."""
    match request.body:
        case JsonBody(value=dict(value)):
            return value
        case FormBody(parts=parts):
            return {part.name: content_of(part) for part in parts}
        case _:
            return {}


def content_of(part: FormPart) -> str | bytes:
    """Return the text or the bytes of a part of a form."""
    if isinstance(part.content, StreamBody):
        return b"".join(part.content.chunks())
    return (part.value or "") if part.content is None else part.content


def reply_of(content: Content, **headers: str) -> HttpResponse:
    """Return a reply with this content."""
    headers = {"Content-Type": content.content_type, **headers}
    return HttpResponse(status=content.status, headers=headers, body=content.data)


def clip_for(request: HttpRequest, clip: bytes) -> HttpResponse:
    """Return a clip, or the part of it that a request asks for."""
    headers = {"Content-Type": "video/mp4", "Accept-Ranges": "bytes"}
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    if asked is None:
        return HttpResponse(status=200, headers=headers, body=clip)
    first, size = int(asked[1]), len(clip)
    last = min(int(asked[2] or size), size - 1)
    if first > last:
        return HttpResponse(status=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return HttpResponse(status=206, headers=headers, body=clip[first : last + 1])


def reply_to(
    spoken: Spoken, happening: Happening, name: str | None
) -> HttpResponse | TarashException:
    """Return what a submission is answered, or the error of an exchange without an answer."""
    if happening.loss is not None:
        return HTTPConnectionError("the script loses the answer", request_sent=True)
    if happening.status is not None:
        body = spoken.dialect.refused(happening.status, happening.message)
        wait = happening.retry_after
        headers = {} if wait is None else {"Retry-After": f"{wait:g}"}
        return reply_of(Content(body, happening.status), **headers)
    return reply_of(spoken.dialect.accepted(spoken.base, name or ""))
