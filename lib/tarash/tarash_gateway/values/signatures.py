r"""The type of a file by its bytes, whatever its name or its headers declare.

Sources, read 2026-11: WHATWG MIME Sniffing Standard (mimesniff.spec.whatwg.org) for pictures;
ISO/IEC 14496-12, sections 4.2 (a file is a list of boxes, each with its size) and 4.3 (brands),
with the brands registered at mp4ra.org/registered-types/brands;
iana.org/assignments/media-types/image/heic and /heic-sequence for the types of the HEIF brands;
RFC 8794, section 4.4, and RFC 9559 (EBML, Matroska and WebM); RFC 3533 (Ogg); ISO/IEC 13818-1,
section 2.4 (MPEG).
"""

from collections.abc import Iterator
from typing import Final

_EBML: Final = b"\x1a\x45\xdf\xa3"
_RIFF: Final = {b"WEBP": "image/webp", b"AVI ": "video/x-msvideo", b"WAVE": "audio/wav"}
_MAGIC: Final = {
    b"\x89PNG": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
    b"II*\x00": "image/tiff",
    b"MM\x00*": "image/tiff",
    b"FLV\x01": "video/x-flv",
    b"\x00\x00\x01\xba": "video/mpeg",
    b"\x00\x00\x01\xb3": "video/mpeg",
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11": "video/x-ms-asf",
}


def sniff(content: bytes) -> str | None:
    r"""Return the MIME type that the first bytes show, or None.

    >>> sniff(b"\x89PNG\r\n"), sniff(b"\0\0\0\x14ftypM4A \0\0\0\0isom"), sniff(b"<html>")
    ('image/png', 'audio/mp4', None)
    """
    if content[4:8] == b"ftyp":
        return _of_brands(content)
    if content[:4] == b"RIFF":
        return _RIFF.get(content[8:12])
    if content[:4] == _EBML:
        return "video/x-matroska" if b"matroska" in content[:64] else "video/webm"
    if content[:4] == b"OggS":
        return "video/ogg" if b"theora" in content[:128] else "audio/ogg"
    if content[4:8] in _BOXES_OF_OLD_MOVIES:
        return "video/quicktime"
    if len(content) > 2 * _PACKET and content[: 2 * _PACKET + 1 : _PACKET] == b"GGG":
        return "video/mp2t"
    if content[:2] == b"BM" and content[6:10] == bytes(4):
        # Two letters alone may begin any text; the reserved field of a bitmap is zero.
        return "image/bmp"
    return next((kind for magic, kind in _MAGIC.items() if content.startswith(magic)), None)


# Brands: the first box of a file names its own format and the formats it is compatible with.

_FTYP_HEAD: Final = 16
_BRANDS: Final = {
    "image/avif": b"avif avis avio MA1A MA1B",
    "image/heic": b"heic heix heim heis",
    "image/heic-sequence": b"hevc hevx hevm hevs",
    "image/avci": b"avci",
    "image/avcs": b"avcs",
    # Families of picture formats; the coding is named by a brand in the list of compatible ones.
    "image/heif": b"mif1 mif2 mif3 miaf MiAn MiBu MiCm MiHA MiHB MiHE MiPr 1pic "
    b"jpeg jpgs j2ki j2is vvic vvis evbi evbs evmi evms",
    "image/heif-sequence": b"msf1",
    "audio/mp4": b"M4A M4B M4P F4A F4B",
    "video/x-m4v": b"M4V M4VH M4VP",
    "video/quicktime": b"qt",
}
_FAMILIES: Final = frozenset({"image/heif", "image/heif-sequence"})
_CODED_PICTURES: Final = frozenset(
    {"image/avif", "image/heic", "image/heic-sequence", "image/avci", "image/avcs"}
)
# Families of brands with the same first three bytes.
_PREFIXES: Final = {
    "video/3gpp2": b"3g2",
    "video/3gpp": b"3gp 3ge 3gg 3gh 3gr 3gs",
    "video/mp4": b"iso mp4 avc",
    "image/x-canon-cr3": b"crx",
}
_KINDS: Final = {
    brand.ljust(4): kind for kind, brands in _BRANDS.items() for brand in brands.split()
} | {prefix: kind for kind, prefixes in _PREFIXES.items() for prefix in prefixes.split()}


def _of_brands(content: bytes) -> str:
    """Return the type of a file of boxes by its major brand, else by a compatible brand.

    A file with unknown brands counts as MP4, because there are too many video brands to list.
    """
    size = int.from_bytes(content[:4], "big")
    listed = content[_FTYP_HEAD : min(size, 1024) if size else 1024]
    brands = (content[8:12], *(listed[at : at + 4] for at in range(0, len(listed), 4)))
    kinds = [kind for brand in brands if (kind := _of_brand(brand)) is not None]
    named = kinds[0] if kinds else "video/mp4"
    if named not in _FAMILIES:
        return named
    return next((kind for kind in kinds if kind in _CODED_PICTURES), named)


def _of_brand(brand: bytes) -> str | None:
    return _KINDS.get(brand) or _KINDS.get(brand[:3])


# Boxes.

_BOX_HEAD: Final = 8
_LARGE_HEAD: Final = 16
_LARGE: Final = 1
_BOXES: Final = frozenset(
    b"ftyp moov mdat free skip wide uuid meta styp sidx moof mfra emsg imda pdin prft pnot".split()
)
_DATA: Final = frozenset({b"mdat", b"imda"})
# Old QuickTime files have no brand.
_BOXES_OF_OLD_MOVIES: Final = frozenset({b"moov", b"mdat", b"wide"})
# More than any real file has: a long list of empty boxes must not take minutes.
_MOST_BOXES: Final = 1_000_000


def _boxes(content: bytes) -> Iterator[tuple[bytes, int]]:
    """Yield the name of each box and its declared end, which may be beyond the end of the file.

    Bytes that are not a box may follow the last one.
    """
    place = 0
    for _ in range(_MOST_BOXES):
        head = content[place : place + _LARGE_HEAD]
        name, size = head[4:_BOX_HEAD], int.from_bytes(head[:4], "big")
        if len(head) < _BOX_HEAD:
            return
        if size == 0:
            # Size 0 means that the box extends to the end of the file.
            yield name, len(content)
            return
        least = _BOX_HEAD
        if size == _LARGE:
            least = _LARGE_HEAD
            size = int.from_bytes(head[_BOX_HEAD:], "big") if len(head) == least else least
        if size < least or (name not in _BOXES and place + size > len(content)):
            return
        place += size
        yield name, place


def is_cut_off(content: bytes) -> bool:
    """Tell whether a file is shorter than it declares; False if it declares no length.

    >>> [is_cut_off(bytes([0, 0, 0, size]) + b"ftypmp42") for size in (12, 24)]
    [False, True]
    """
    if content[4:8] == b"ftyp" or content[4:8] in _BOXES_OF_OLD_MOVIES:
        return any(end > len(content) for _, end in _boxes(content))
    if content[:4] == _EBML:
        return _is_cut_off_ebml(content)
    if content[:4] == b"RIFF":
        size = int.from_bytes(content[4:8], "little")
        # A recorder that did not finish leaves one of these sizes.
        return size not in {0, 0xFFFFFFFF} and _BOX_HEAD + size > len(content)
    return False


_SEGMENT: Final = b"\x18\x53\x80\x67"


def _is_cut_off_ebml(content: bytes) -> bool:
    head = _sized(content, len(_EBML))
    if head is None or head[0] is None:
        return True
    segment = head[1] + head[0]
    if content[segment : segment + 4] != _SEGMENT:
        # Another element may precede the segment; if nothing follows at all, the file is cut off.
        return segment + 4 > len(content)
    body = _sized(content, segment + 4)
    return body is None or (body[0] is not None and body[1] + body[0] > len(content))


def _sized(content: bytes, place: int) -> tuple[int | None, int] | None:
    """Return an EBML size (None: unknown) and where its content begins; None if cut off."""
    first = content[place] if place < len(content) else 0
    length = 9 - first.bit_length()
    raw = content[place : place + length]
    if first == 0 or len(raw) < length:
        return None
    most = (1 << 7 * length) - 1
    size = int.from_bytes(raw, "big") & most
    return None if size == most else size, place + length


# Videos.

_PACKET: Final = 188


def video_type(content: bytes, *, told: str = "") -> str | None:
    r"""Return the MIME type of a video by its bytes, or None if they are not a complete video.

    A file of boxes without a box for media data is not a video, because its brand alone proves
    nothing; it counts as one only if it is complete and the server declared it a video.

    Args:
        content: The whole file.
        told: The ``Content-Type`` of the reply whose body the file is; empty if the bytes were
            inside another reply.

    >>> named = b"\0\0\0\x0cftypmp42"
    >>> video_type(named + b"\0\0\0\x08mdat"), video_type(named)
    ('video/mp4', None)
    >>> video_type(named, told="video/mp4")
    'video/mp4'
    """
    kind = sniff(content)
    if kind is None or not kind.startswith("video/") or is_cut_off(content):
        return None
    if content[4:8] == b"ftyp":
        return kind if told.startswith("video/") or _has(content, _DATA) else None
    if content[4:8] in _BOXES_OF_OLD_MOVIES:
        return kind if _has(content, _DATA) and _has(content, frozenset({b"moov"})) else None
    return kind


def _has(content: bytes, names: frozenset[bytes]) -> bool:
    return any(name in names for name, _ in _boxes(content))
