"""The forms of an image or a video that callers pass and providers accept.

Within the library it has one of three forms: a URL (``str``), bytes with a type
(`MediaContent`), or a file to read (``pathlib.Path``). Reading a file is an effect and
happens before the first exchange; everything here is pure.
"""

import base64
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Literal, NotRequired, TypeAlias, TypedDict, get_args
from urllib.parse import unquote_to_bytes

import attrs

from ..exceptions import ValidationError
from .checks import refuse
from .files import MediaFile, UploadedMedia
from .signatures import sniff


class MediaDict(TypedDict):
    """Bytes with a type, as a plain dictionary."""

    content: bytes
    content_type: str


@attrs.frozen(eq=True)
class MediaContent(Mapping[str, Any]):
    """Bytes with a type, readable as attributes or like the dictionary ``{"content": ...}``.

    Attributes:
        content: The bytes; the repr shows only how many there are.
        content_type: MIME type, e.g. ``"video/mp4"``.
    """

    content: bytes = attrs.field(
        repr=lambda content: f"<{len(content)} bytes>",
        validator=attrs.validators.instance_of(bytes),
    )
    content_type: str = attrs.field(validator=attrs.validators.instance_of(str))

    def __getitem__(self, key: str) -> Any:
        return attrs.asdict(self)[key]

    def __iter__(self) -> Iterator[str]:
        return iter(attrs.asdict(self))

    def __len__(self) -> int:
        return 2


ImageRole: TypeAlias = Literal["first_frame", "last_frame", "reference", "asset", "style"]
ROLES: Final[tuple[str, ...]] = get_args(ImageRole)

Media: TypeAlias = str | Path | MediaContent | MediaFile | UploadedMedia
MediaType: TypeAlias = Media | MediaDict | Mapping[str, Any]


@attrs.frozen(kw_only=True)
class ImageInput:
    """An image and what it is for.

    Attributes:
        image: The image.
        type: Its role; by default the first frame.
    """

    image: Media
    type: ImageRole = "first_frame"


class ImageType(TypedDict):
    """The same as a plain dictionary: ``ImageType(image=..., type="last_frame")``."""

    image: MediaType
    type: NotRequired[ImageRole]


ImageItem: TypeAlias = MediaType | ImageInput | ImageType

_ALLOWED: Final = (
    "a URL, a data URL, base64, a pathlib.Path, or {'content': bytes, 'content_type': str}"
)
_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*://\S+$")
_DATA_URL = re.compile(r"^data:([^;,]*)((?:;[^;,]*)*),(.*)$", re.DOTALL)
_SUFFIXES: Final = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".heic": "image/heic",
    ".mp4": "video/mp4",
    ".mov": "video/quicktime",
    ".webm": "video/webm",
}


def content_type_of(name: str, content: bytes) -> str:
    """Return the MIME type of a file by its bytes, else by its name's suffix."""
    by_suffix = _SUFFIXES.get(Path(name).suffix.lower())
    return sniff(content) or by_suffix or "application/octet-stream"


def type_of_url(url: str) -> str:
    """Return the MIME type that the suffix of a URL's path names.

    >>> type_of_url("https://example.com/a.mp4?_jwt=x#t=1"), type_of_url("https://example.com/a")
    ('video/mp4', 'application/octet-stream')
    """
    return content_type_of(url.partition("?")[0].partition("#")[0], b"")


def clip_type(video: str | MediaContent) -> str | None:
    """Return the type of a video, by its data or by its URL's suffix; None if neither names one.

    >>> clip_type("https://example.com/a.webm"), clip_type("data:video/mp4;base64,AAAA")
    ('video/webm', 'video/mp4')
    >>> clip_type("https://example.com/a.zip") is None
    True
    """
    if isinstance(video, MediaContent):
        return video.content_type
    if video.startswith("data:"):
        kind = re.split("[,;]", video[5:], maxsplit=1)[0]
    else:
        kind = type_of_url(video)
    return kind if kind.startswith("video/") else None


def as_media(field: str, value: object) -> Media:
    """Return ``value`` in one of the library's three forms.

    Raises:
        ValidationError: If it has none of the forms that callers may pass.

    >>> as_media("video", "https://example.com/a.mp4")
    'https://example.com/a.mp4'
    >>> as_media("video", "data:video/mp4;base64,AAAA")
    MediaContent(content=<3 bytes>, content_type='video/mp4')
    """
    match value:
        case MediaContent() | Path() | MediaFile() | UploadedMedia():
            return value
        case str():
            return _from_text(field, value)
        case {
            "content": bytes() | bytearray() as content,
            "content_type": str(content_type),
            **more,
        } if content and not more:
            return MediaContent(bytes(content), content_type)
        case _:
            raise refuse(field, value, _ALLOWED)


def _from_text(field: str, value: str) -> Media:
    text = value.strip()
    if text.startswith("data:"):
        return _from_data_url(field, text)
    if _SCHEME.match(text):
        return text
    content = b""
    with suppress(ValueError):
        content = base64.b64decode("".join(text.split()), validate=True)
    kind = sniff(content) or ""
    if not kind.startswith(("image/", "video/")):
        # A file name passed as a string would be sent as bytes that the caller pays for.
        raise refuse(field, value, f"{_ALLOWED} (pass a file's name as a pathlib.Path)")
    return MediaContent(content, kind)


def _from_data_url(field: str, text: str) -> MediaContent:
    found = _DATA_URL.match(text)
    if found is None:
        raise refuse(field, text, "a data URL of the form data:<type>;base64,<data>")
    kind, options, data = found.groups()
    content = b""
    with suppress(ValueError):
        if ";base64" in options.lower():
            content = base64.b64decode(unquote_to_bytes("".join(data.split())), validate=True)
        else:
            content = unquote_to_bytes(data)
    if not content:
        raise refuse(field, text, "a data URL with valid, non-empty data")
    return MediaContent(content, kind or sniff(content) or "application/octet-stream")


def as_image(field: str, value: object) -> ImageInput:
    """Return an item of ``image_list`` as an `ImageInput`.

    Raises:
        ValidationError: If it is neither an image nor ``{"image": image, "type": role}``.
    """
    if isinstance(value, ImageInput):
        return value
    if not (isinstance(value, Mapping) and "image" in value):
        return ImageInput(image=as_media(field, value))
    role = value.get("type", "first_frame")
    unknown = sorted(str(key) for key in value if key not in {"image", "type"})
    if unknown:
        raise ValidationError(
            message=f"{field} has unknown keys {', '.join(unknown)}: it takes image and type only"
        )
    if role not in ROLES:
        raise refuse(f"{field}['type']", role, "one of " + ", ".join(map(repr, ROLES)))
    return ImageInput(image=as_media(f"{field}['image']", value["image"]), type=role)


def as_url(media: Media) -> str:
    """Return the URL of an image or a video, or a data URL with its bytes.

    Raises:
        ValidationError: It is a file that is not in memory.

    >>> as_url(MediaContent(b"abc", "image/png"))
    'data:image/png;base64,YWJj'
    """
    match media:
        case MediaContent(content=content, content_type=kind):
            return f"data:{kind};base64,{base64.b64encode(content).decode()}"
        case UploadedMedia(url=url):
            return url
        case MediaFile(path=path, size=size):
            message = (
                f"the file {path.name} has {size} bytes, which no request can hold: pass a public "
                "URL, or use a provider that takes uploads"
            )
            raise ValidationError(message)
        case Path():
            return media.resolve().as_uri()
        case str():
            return media
