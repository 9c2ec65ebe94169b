"""How the providers take a large file: where it goes, and what a submission calls it then.

Sources: those of each provider's module ``uploads``.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

import attrs

from .base import Content

# What is answered to the request that begins an upload, is made of its URL and a place for the
# bytes; so is what a submission calls the file.
Begin: TypeAlias = Callable[[str, str], "Begun"]
_PLACE: Final = "https://uploads.example"


@attrs.frozen(kw_only=True)
class Begun:
    """An upload that was asked for.

    Attributes:
        name: What a submission calls the file.
        content: The answer.
        headers: Its further headers.
        ended: The answer to the last bytes, at their place; None: the file came with the request.
        more: The headers of the answer to the last bytes.
    """

    name: str
    content: Content
    headers: Mapping[str, str] = attrs.field(factory=dict)
    ended: Content | None = None
    more: Mapping[str, str] = attrs.field(factory=dict)


@attrs.frozen(kw_only=True)
class Storage:
    """Where one provider takes files.

    Attributes:
        provider: Provider id.
        path: What the URL that begins an upload ends with, without its query.
        begin: What is answered there.
    """

    provider: str
    path: re.Pattern[str]
    begin: Begin


def place_of(number: int) -> str:
    """Return the URL for the bytes of the n-th upload."""
    return f"{_PLACE}/{number}"


def _json(value: Any, status: int = 200) -> Content:
    return Content(value, status)


def _fal(_url: str, place: str) -> Begun:
    name = f"https://v3b.fal.media/files/b/{_number(place)}"
    urls = {"upload_url": place, "file_url": name}
    return Begun(name=name, content=_json(urls), ended=Content(body=b""))


def _runway(_url: str, place: str) -> Begun:
    number = _number(place)
    name = f"runway://upload-{number}"
    slot = {"uploadUrl": place, "fields": {"key": f"ephemeral/{number}"}, "runwayUri": name}
    return Begun(name=name, content=_json(slot), ended=Content(body=b"", status=204))


def _google(url: str, place: str) -> Begun:
    host, _, rest = url.partition("/upload/")
    number = _number(place)
    name = f"{host}/{rest}/up{number}"
    return Begun(
        name=name,
        content=Content(body=b""),
        headers={"X-Goog-Upload-Url": place},
        ended=_json({"file": {"name": f"files/up{number}", "uri": name}}),
        more={"X-Goog-Upload-Status": "final"},
    )


def _replicate(url: str, place: str) -> Begun:
    file = f"file-{_number(place)}"
    name = f"{url}/{file}"
    return Begun(name=name, content=_json({"id": file, "urls": {"get": name}}, 201))


def _number(place: str) -> str:
    return place.rpartition("/")[2]


STORAGES: Final = (
    Storage(provider="fal", path=re.compile(r".+/storage/upload/initiate"), begin=_fal),
    Storage(provider="runway", path=re.compile(r".+/v1/uploads"), begin=_runway),
    Storage(provider="google", path=re.compile(r".+/upload/v1\w*/files"), begin=_google),
    Storage(provider="replicate", path=re.compile(r".+/files"), begin=_replicate),
)
