"""VCR cassettes: recorded without secrets, kept readable, and replayed."""

from .modes import RecordMode, current_mode, recording
from .playing import ReplayedVideo, is_played, replay, replay_in_place

__all__ = [
    "RecordMode",
    "ReplayedVideo",
    "current_mode",
    "is_played",
    "recording",
    "replay",
    "replay_in_place",
]
