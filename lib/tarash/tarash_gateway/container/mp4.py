"""MP4 and MOV, as far as a video's measures need them.

Sources, read 2026-11: ISO/IEC 14496-12:2022; Apple's QuickTime File Format Specification for files
without brands; C2PA Technical Specification 2.2, section A.5.1, for the box of a manifest.
"""

from typing import Final

import attrs

from .boxes import Span, by_name, inner, outer
from .facts import Presence, VideoFacts
from .fragments import played
from .pieces import BrokenError, MissingError, Pieces, Wanted
from .tracks import times, track_in

_C2PA: Final = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")


def facts(pieces: Pieces) -> VideoFacts | Wanted:
    """Return what the file is, or the bytes that are needed to tell.

    Raises:
        BrokenError: It is not a file of boxes with a movie, or it is damaged.
        MissingError: Bytes are not known, and nothing can be said without them.
    """
    movie = _movie(pieces)
    parts = by_name(pieces, movie)
    scale, _ = times(pieces, parts[b"mvhd"][0]) if b"mvhd" in parts else (0, 0)
    found = (
        track_in(pieces, (start, end), scale)
        for name, start, end in inner(pieces, movie)
        if name == b"trak"
    )
    tracks = [track for track in found if track is not None]
    pictures = [track for track in tracks if track.kind == b"vide" and track.width * track.height]
    if not pictures:
        raise BrokenError
    picture = max(pictures, key=lambda track: track.width * track.height)
    known = VideoFacts(
        width=picture.width,
        height=picture.height,
        codec=picture.codec or None,
        audio=any(track.kind == b"soun" for track in tracks),
        seconds=picture.seconds or None,
        fps=picture.fps,
    )
    # What follows may lie anywhere in the file: where the budget is used up, it stays open.
    try:
        if not picture.samples:
            seconds, fps = played(pieces, parts.get(b"mvex"), picture, scale)
            known = attrs.evolve(known, seconds=seconds or known.seconds, fps=fps)
        return attrs.evolve(known, manifest=_manifest(pieces))
    except MissingError as missing:
        return pieces.wanted(missing) or known
    except BrokenError:
        # Cameras append bytes that are not a box, and a recorder may not have finished the file.
        return known


def _movie(pieces: Pieces) -> Span:
    for name, start, end in outer(pieces):
        if name == b"moov":
            return start, end
        # Names are four printable characters: anything else is a file of another format, through
        # which a walk by sizes would only read at random.
        if not all(0x20 <= letter < 0x7F or letter == 0xA9 for letter in name):  # noqa: PLR2004 - ASCII, and Apple's copyright sign
            raise BrokenError
    raise BrokenError


def _manifest(pieces: Pieces) -> Presence:
    for name, start, _ in outer(pieces):
        if name == b"uuid" and pieces.read(start, len(_C2PA)) == _C2PA:
            return "present"
    return "absent"
