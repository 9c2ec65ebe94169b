"""The uploads of a scripted world: each provider takes a file in its own way, and keeps it."""

from collections.abc import Mapping

import attrs

from ..http.messages import BytesBody, FormBody, HttpRequest, HttpResponse, JsonBody
from ..http.parts import StreamBody
from .dialects.storages import STORAGES, Begun, Storage, place_of
from .playing import content_of, reply_of


@attrs.frozen(kw_only=True)
class Uploaded:
    """A file that a provider's storage got.

    Attributes:
        provider: Provider id.
        name: What the submission calls it, such as a URL of the storage.
        content_type: What it is said to be.
        content: Its bytes.
    """

    provider: str
    name: str
    content_type: str
    content: bytes = attrs.field(repr=lambda content: f"<{len(content)} bytes>")


@attrs.define(kw_only=True)
class _Open:
    """An upload whose last bytes have not come."""

    storage: Storage
    begun: Begun
    content_type: str
    content: bytes = b""


@attrs.define(eq=False)
class Uploading:
    """The storages, and what is on its way to them.

    Attributes:
        uploaded: The files that came, in order.
    """

    uploaded: list[Uploaded] = attrs.field(factory=list)
    _open: dict[str, _Open] = attrs.field(factory=dict)
    _count: int = 0

    def answer(self, request: HttpRequest) -> HttpResponse | None:
        """Return the reply to a request, or None if the request belongs to no upload."""
        url = request.url.partition("?")[0]
        if (found := self._open.get(url)) is not None:
            return self._take(found, request)
        if request.method != "POST":
            return None
        storages = (each for each in STORAGES if each.path.fullmatch(url))
        storage = next(storages, None)
        return None if storage is None else self._begin(storage, url, request)

    def _begin(self, storage: Storage, url: str, request: HttpRequest) -> HttpResponse:
        self._count += 1
        place = place_of(self._count)
        begun = storage.begin(url, place)
        upload = _Open(storage=storage, begun=begun, content_type=_announced(request))
        if begun.ended is None:
            self._keep(upload, request)
        else:
            self._open[place] = upload
        return reply_of(begun.content, **begun.headers)

    def _take(self, upload: _Open, request: HttpRequest) -> HttpResponse:
        """Take bytes: Google's come in pieces, and the last one says so."""
        ended, command = upload.begun.ended, request.headers.get("X-Goog-Upload-Command")
        if ended is None or (command is not None and "finalize" not in command):
            upload.content += _bytes_of(request)
            return HttpResponse(status=200, headers={"X-Goog-Upload-Status": "active"})
        self._keep(upload, request)
        return reply_of(ended, **upload.begun.more)

    def _keep(self, upload: _Open, request: HttpRequest) -> None:
        self.uploaded.append(
            Uploaded(
                provider=upload.storage.provider,
                name=upload.begun.name,
                content_type=upload.content_type or _type_of(request),
                content=upload.content + _bytes_of(request),
            )
        )


def _announced(request: HttpRequest) -> str:
    """Return the content type that the request for an upload names, or an empty text."""
    said = request.headers.get("X-Goog-Upload-Header-Content-Type")
    fields: Mapping[str, object] = {}
    if isinstance(request.body, JsonBody) and isinstance(request.body.value, dict):
        fields = request.body.value
    return str(said or fields.get("content_type") or "")


def _type_of(request: HttpRequest) -> str:
    match request.body:
        case FormBody(parts=(*_, file)):
            return file.content_type or ""
        case BytesBody() | StreamBody():
            return request.body.content_type
        case _:
            return ""


def _bytes_of(request: HttpRequest) -> bytes:
    match request.body:
        case FormBody(parts=(*_, file)):
            content = content_of(file)
            return content if isinstance(content, bytes) else content.encode()
        case BytesBody(content=content):
            return content
        case StreamBody():
            return b"".join(request.body.chunks())
        case _:
            return b""
