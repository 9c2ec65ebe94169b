"""xAI's Grok Imagine at Runway."""

from typing import Final

from ....catalog.limits import MediaLimits
from ....catalog.rows import Choice, Length, ModelRow
from .parts import FIRST_FRAME, HD, IMAGE, SDK, TEXT, Rows, auto_ratio, lines, ratio, references

_LENGTH: Final = Length(low=1, high=15)
_LINES: Final = lines("480p", "720p", "1080p")
_LITE_720: Final = HD | {
    "720:720": (720, 720),
    "960:720": (960, 720),
    "720:960": (720, 960),
    "1088:720": (1080, 720),
    "720:1088": (720, 1080),
}
_LITE_480: Final = {
    "848:480": (853, 480),
    "480:848": (480, 853),
    "480:480": (480, 480),
    "640:480": (640, 480),
    "480:640": (480, 640),
    "720:480": (720, 480),
    "480:720": (480, 720),
}
_LITE_1080: Final = {
    "1904:1072": (1920, 1080),
    "1072:1904": (1080, 1920),
    "1424:1424": (1080, 1080),
    "1648:1232": (1440, 1080),
    "1232:1648": (1080, 1440),
    "1744:1152": (1620, 1080),
    "1152:1744": (1080, 1620),
}

GROK: Final[dict[str, Rows]] = {
    "grok_imagine_1_5": {
        TEXT: ModelRow(
            prompt="promptText",
            length=_LENGTH,
            aspect_ratio=Choice(
                field="ratio", values=("1:1", "16:9", "9:16", "4:3", "3:4", "3:2", "2:3")
            ),
            resolution=_LINES,
            images=(references(),),
        ),
        IMAGE: ModelRow(
            prompt="promptText",
            length=_LENGTH,
            resolution=_LINES,
            images=(FIRST_FRAME,),
            image_limits=MediaLimits(ratio=(0.4, 2.5), source=SDK),
        ),
    },
    "grok_imagine_1_5_lite": {
        TEXT: ModelRow(
            prompt="promptText", length=_LENGTH, size=ratio(_LITE_720, _LITE_480, _LITE_1080)
        ),
        IMAGE: ModelRow(
            prompt="promptText",
            length=_LENGTH,
            resolution=auto_ratio("480p", "720p", "1080p"),
            images=(FIRST_FRAME,),
        ),
    },
}
