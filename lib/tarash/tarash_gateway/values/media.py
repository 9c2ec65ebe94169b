"""The forms of an image or a video that callers pass and providers accept.

Within the library it is a URL (``str``), bytes with a type (`MediaContent`), a path to read
(``pathlib.Path``), a file that is streamed (`MediaFile`), or what a provider has already
(`UploadedMedia`). A path is read by an effect, before the first exchange. An open file that the
caller passes is read when the request is made, because only the caller knows where it stands.
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
from .content_types import UNKNOWN, disagree, registered, shown, type_of_url
from .content_types import content_type_of as content_type_of
from .files import MediaFile, UploadedMedia
from .keywords import explained
from .readable import (
    BinaryFile,
    Buffer,
    PathLike,
    bytes_of,
    bytes_of_file,
    is_file,
    is_path,
    name_of_file,
    path_of,
)
from .shown import Shown


class MediaDict(TypedDict):
    """Bytes with a type, as a plain dictionary."""

    content: bytes
    content_type: str


@attrs.frozen(eq=True)
class MediaContent(Shown, Mapping[str, Any]):
    """Bytes with a type, readable as attributes or like the dictionary ``{"content": ...}``.

    Attributes:
        content: The bytes; the repr shows only how many there are.
        content_type: MIME type, e.g. ``"video/mp4"``.
        declared: The type that the caller declared, where the bytes showed another one and won.
            Equality, the repr and the JSON form ignore it.
    """

    content: bytes = attrs.field(
        repr=lambda content: f"<{len(content)} bytes>",
        validator=attrs.validators.instance_of(bytes),
    )
    content_type: str = attrs.field(validator=attrs.validators.instance_of(str))
    declared: str | None = attrs.field(default=None, kw_only=True, eq=False, repr=False)

    def __getitem__(self, key: str) -> Any:
        return {"content": self.content, "content_type": self.content_type}[key]

    def __iter__(self) -> Iterator[str]:
        return iter(("content", "content_type"))

    def __len__(self) -> int:
        return 2


ImageRole: TypeAlias = Literal["first_frame", "last_frame", "reference", "asset", "style"]
ROLES: Final[tuple[ImageRole, ...]] = get_args(ImageRole)

Media: TypeAlias = str | Path | MediaContent | MediaFile | UploadedMedia


MediaType: TypeAlias = Media | MediaDict | Buffer | PathLike | BinaryFile


def _as_medium(value: MediaType) -> Media:
    return as_media("image", value)


@explained
@attrs.frozen(kw_only=True)
class ImageInput(Shown):
    """An image and what it is for.

    Attributes:
        image: The image.
        type: Its role; by default the first frame.
    """

    image: Media = attrs.field(converter=_as_medium)
    type: ImageRole = "first_frame"


class ImageType(TypedDict):
    """The same as a plain dictionary: ``ImageType(image=..., type="last_frame")``."""

    image: MediaType
    type: NotRequired[ImageRole]


ImageItem: TypeAlias = MediaType | ImageInput | ImageType

_ALLOWED: Final = (
    "a URL, a data URL, base64, the bytes of an image or a video, a path, an open binary file, or "
    "{'content': bytes, 'content_type': str}"
)
_KNOWN: Final = (
    "the bytes of an image or a video of a known format (JPEG, PNG, WebP, GIF, HEIC, AVIF, MP4, "
    "MOV, WebM), or {'content': bytes, 'content_type': str} for another"
)
_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*://\S+$")
_DATA_URL = re.compile(r"^data:([^;,]*)((?:;[^;,]*)*),(.*)$", re.DOTALL)


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
    """Return ``value`` in one of the library's forms.

    The type of bytes is the one that they show; `MediaContent.declared` keeps a declared type that
    differs.

    Raises:
        ValidationError: If it has none of the forms that callers may pass, or cannot be read.

    >>> as_media("video", "https://example.com/a.mp4")
    'https://example.com/a.mp4'
    >>> as_media("video", "data:video/mp4;base64,AAAA")
    MediaContent(content=<3 bytes>, content_type='video/mp4')
    >>> as_media("image", b"GIF89a")
    MediaContent(content=<6 bytes>, content_type='image/gif')
    """
    match value:
        case Path() | MediaFile() | UploadedMedia():
            return value
        case MediaContent(content=content, content_type=declared):
            typed = _typed(content, declared)
            return value if typed.content_type == declared else typed
        case str():
            return _from_text(field, value)
        case bytes() | bytearray() | memoryview():
            return _from_bytes(field, bytes_of(field, value))
        case {
            "content": bytes() | bytearray() | memoryview() as content,
            "content_type": str(declared),
            **more,
        } if len(content) and not more:
            return _typed(bytes_of(field, content), declared)
        case _ if is_path(value):
            return path_of(field, value)
        case _ if is_file(value):
            return _from_bytes(field, bytes_of_file(field, value), name_of_file(value))
        case _:
            raise refuse(field, value, _ALLOWED)


def _typed(content: bytes, declared: str) -> MediaContent:
    kind = shown(content) or registered(declared) or UNKNOWN
    return MediaContent(content, kind, declared=declared if disagree(declared, content) else None)


def _from_bytes(field: str, content: bytes, name: str = "") -> MediaContent:
    kind = content_type_of(name, content)
    if not content or not kind.startswith(("image/", "video/")):
        raise refuse(field, content, _KNOWN)
    return MediaContent(content, kind)


def _from_text(field: str, value: str) -> Media:
    text = value.strip()
    if text.startswith("data:"):
        return _from_data_url(field, text)
    if _SCHEME.match(text):
        return text
    content = b""
    with suppress(ValueError):
        content = base64.b64decode("".join(text.split()), validate=True)
    kind = shown(content) or ""
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
    return _typed(content, kind)


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
