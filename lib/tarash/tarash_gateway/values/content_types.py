"""Names of media types: the registered one for an alias, and the one of a file by its bytes.

Sources, read 2026-11: www.iana.org/assignments/media-types for the registered names (RFC 9649
image/webp, RFC 9559 video/matroska, RFC 4337 audio/mp4 and video/mp4); jshttp/mime-db, db.json
(2026-03-14), which marks every name that IANA registers. video/webm is not registered; it is the
name in webmproject.org/docs/container.
"""

from types import MappingProxyType
from typing import Final

from .signatures import sniff

UNKNOWN: Final = "application/octet-stream"
_SUFFIXES: Final = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".heic": "image/heic",
    ".heif": "image/heif",
    ".mp4": "video/mp4",
    ".m4v": "video/mp4",
    ".mov": "video/quicktime",
    ".webm": "video/webm",
}
ALIASES: Final = MappingProxyType(
    {
        "image/jpg": "image/jpeg",
        "image/pjpeg": "image/jpeg",
        "image/jfif": "image/jpeg",
        "image/x-jpeg": "image/jpeg",
        "image/x-jpg": "image/jpeg",
        "image/x-png": "image/png",
        "image/x-citrix-jpeg": "image/jpeg",
        "image/x-citrix-png": "image/png",
        "image/x-gif": "image/gif",
        "image/x-webp": "image/webp",
        "image/x-heic": "image/heic",
        "image/x-heif": "image/heif",
        "image/x-avif": "image/avif",
        "image/avif-sequence": "image/avif",
        "image/x-bmp": "image/bmp",
        "image/x-ms-bmp": "image/bmp",
        "image/x-tiff": "image/tiff",
        "video/x-mp4": "video/mp4",
        "video/x-m4v": "video/mp4",
        "video/m4v": "video/mp4",
        "video/mov": "video/quicktime",
        "video/x-mov": "video/quicktime",
        "video/x-quicktime": "video/quicktime",
        "video/x-webm": "video/webm",
        "video/x-matroska": "video/matroska",
        "video/mkv": "video/matroska",
        "video/x-mpeg": "video/mpeg",
        "video/x-ogg": "video/ogg",
        "audio/m4a": "audio/mp4",
        "audio/x-m4a": "audio/mp4",
        "audio/x-mp4": "audio/mp4",
        "audio/mp3": "audio/mpeg",
        "audio/x-mp3": "audio/mpeg",
    }
)
# Names of the same bytes at two levels: a declaration of the left is right for the bytes of the
# right. A HEIC file is a HEIF file, and an MPEG-4 file may have sound only.
_WIDER: Final = frozenset(
    {
        ("image/heif", "image/heic"),
        ("image/heif", "image/heif-sequence"),
        ("image/heif", "image/heic-sequence"),
        ("image/heif", "image/avif"),
        ("image/heic", "image/heic-sequence"),
        ("image/heif-sequence", "image/heic-sequence"),
        ("video/matroska", "video/webm"),
        ("image/apng", "image/png"),
    }
)


def registered(name: str) -> str:
    """Return a media type in lower case, without parameters, under its registered name.

    >>> registered("Image/JPG; q=1"), registered("audio/x-m4a"), registered("video/mp4")
    ('image/jpeg', 'audio/mp4', 'video/mp4')
    """
    plain = name.partition(";")[0].strip().lower()
    return ALIASES.get(plain, plain)


def shown(content: bytes) -> str | None:
    r"""Return the registered name of the type that the first bytes show, or None.

    >>> shown(b"GIF89a"), shown(b"\0\0\0\x14ftypM4V "), shown(b"?")
    ('image/gif', 'video/mp4', None)
    """
    kind = sniff(content) if content else None
    return None if kind is None else registered(kind)


def disagree(declared: str, content: bytes) -> bool:
    r"""Tell whether the bytes show another type than the declared one.

    Bytes that show nothing, and a declaration that says nothing, agree with everything.

    >>> disagree("image/png", b"GIF89a"), disagree("image/gif", b"GIF89a"), disagree("", b"GIF89a")
    (True, False, False)
    >>> disagree("image/heif", b"\0\0\0\x10ftypheic")
    False
    """
    named, kind = registered(declared), shown(content)
    if kind is None or named in {"", UNKNOWN, kind}:
        return False
    return (named, kind) not in _WIDER


def content_type_of(name: str, content: bytes) -> str:
    """Return the MIME type of a file by its bytes, else by its name's suffix."""
    return shown(content) or _SUFFIXES.get("".join(name.rpartition(".")[1:]).lower()) or UNKNOWN


def type_of_url(url: str) -> str:
    """Return the MIME type that the suffix of a URL's path names.

    >>> type_of_url("https://example.com/a.mp4?_jwt=x#t=1"), type_of_url("https://example.com/a")
    ('video/mp4', 'application/octet-stream')
    """
    return content_type_of(url.partition("?")[0].partition("#")[0], b"")
