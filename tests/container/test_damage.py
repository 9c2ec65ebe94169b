"""Damaged heads: nothing is raised, and no more is read than the bound."""

import os
import random
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from returns.result import Failure, Success
from tests.support.made_videos import Made

from tarash.tarash_gateway.container.examine import examine
from tarash.tarash_gateway.container.facts import VideoFacts
from tarash.tarash_gateway.container.pictures import picture_size
from tarash.tarash_gateway.container.pieces import BUDGET, Pieces
from tarash.tarash_gateway.exceptions import UnexpectedReplyError

# `TARASH_DAMAGED_HEADS=1000000` makes the long run.
_HEADS = int(os.environ.get("TARASH_DAMAGED_HEADS", "4000"))
_MADE = (
    Made(form="mp4", codec="libx264", sound=True, reordered=True),
    Made(form="mp4", codec="libx264", layout="frag_keyframe+empty_moov", sound=True),
    Made(form="mp4", codec="libx264", layout="frag_keyframe+empty_moov+dash"),
    Made(form="mov", codec="libx264", layout="faststart"),
    Made(form="webm", codec="libvpx-vp9", sound=True),
)


_NUMBERS = (b"\0\0\0\0", b"\xff\xff\xff\xff", b"\0\0\0\1")


@cache
def _files() -> tuple[bytes, ...]:
    return tuple(made.file() for made in _MADE)


def _damaged(file: bytes, dice: random.Random) -> bytes:
    damaged = bytearray(file)
    for _ in range(dice.randint(1, 8)):
        place = dice.randrange(len(damaged))
        match dice.randrange(5):
            case 0:
                damaged[place] = dice.randrange(256)
            case 1:
                damaged[place : place + 4] = dice.choice(_NUMBERS)
            case 2:
                damaged[place : place + dice.randrange(64)] = b""
            case 3:
                damaged[place:place] = dice.randbytes(dice.randrange(64))
            case _:
                other = dice.randrange(len(damaged))
                damaged[place : place + 16] = damaged[other : other + 16]
        if not damaged:
            return b""
    return bytes(damaged)


def _follow(file: bytes, announced: int | None) -> int:
    """Return how many bytes are read until the parser has its answer."""
    pieces, read = Pieces(size=announced), 0
    while True:
        found = examine(pieces)
        if isinstance(found, Failure):
            assert isinstance(found.failure(), UnexpectedReplyError)
            return read
        wanted = found.unwrap()
        if isinstance(wanted, VideoFacts):
            assert wanted.width > 0
            assert wanted.height > 0
            assert wanted.seconds is None or 0 < wanted.seconds < float("inf")
            assert wanted.fps is None or 0 < wanted.fps < float("inf")
            return read
        part = file[wanted.start : wanted.start + wanted.length]
        read += len(part)
        end = wanted.start + len(part) if len(part) < wanted.length else announced
        pieces = pieces.with_part(wanted.start, part, end)


def test_damaged_heads_give_facts_or_the_declared_error() -> None:
    # given files of every form, each damaged at random
    dice = random.Random(11)
    for _ in range(_HEADS):
        file = _damaged(dice.choice(_files()), dice)
        announced = dice.choice((len(file), None, dice.randrange(1 << 40)))
        # then the answer is a Result, and no more than the bound was read for it
        assert _follow(file, announced) <= BUDGET


@given(st.binary(max_size=400), st.sampled_from((b"", b"\0\0\0\x10ftypisom", b"\x1a\x45\xdf\xa3")))
def test_arbitrary_bytes_are_examined(content: bytes, head: bytes) -> None:
    outcome = examine(Pieces.of(head + content))
    assert isinstance(outcome, Success | Failure)


_PICTURES = (
    b"\x89PNG\r\n\x1a\n",
    b"GIF89a",
    b"\xff\xd8\xff",
    b"RIFF\0\0\0\0WEBP",
    b"\0\0\0\x10ftypavif",
)


@given(st.binary(max_size=400), st.sampled_from(_PICTURES))
def test_arbitrary_pictures_have_a_size_or_none(content: bytes, head: bytes) -> None:
    size = picture_size(head + content)
    assert size is None or min(size) > 0


@pytest.mark.parametrize("length", [0, 1, 7, 8, 11, 12, 100])
def test_a_file_that_ends_early(length: int) -> None:
    for file in _files():
        assert isinstance(examine(Pieces.of(file[:length])), Failure)
