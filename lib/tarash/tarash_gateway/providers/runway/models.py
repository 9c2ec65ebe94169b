"""What each of Runway's video models takes, one row an endpoint of a model: data, no logic.

Source: runwayml/sdk-python 5.24.0, src/runwayml/types/*_create_params.py (2026-11).
Fields without a standard name (``contentModeration``, ``outputFormat``, ``providerSettings``,
``referenceAudio``, ``mode`` and the like) are left to ``extra_params``.
"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final, TypeAlias

import attrs

from ...catalog.rows import Choice, ImageSlot, Length, ModelRow, Retirement, Size, Switch, VideoSlot

TEXT: Final = "text_to_video"
IMAGE: Final = "image_to_video"
VIDEO: Final = "video_to_video"

# Images whose native field holds several of them, each with its place: the part before the colon
# is the native name.
LAST: Final = "promptImage:last"
KEYFRAMES: Final = MappingProxyType({"keyframes:first": 0.0, "keyframes:last": 1.0})
# Media that stand in objects, ``{"uri": ...}``, and the type that such an object names.
OBJECTS: Final = MappingProxyType(
    {"references": None, "referenceVideos": "video", "character": "image", "reference": "video"}
)

# Models that want a type beside the URI of a reference: runwayml/sdk-python 4.5.0, 2025.
TYPED_REFERENCES: Final = frozenset({"gen4_aleph"})
# Models that limit their images altogether: runwayml/sdk-python 5.24.0, 2026-11.
MOST_IMAGES: Final = MappingProxyType({"kling_4": 10})

# Sizes: native value to what Runway means by it. 960:960 is the square of the 720p class, and
# 1470:630 its 21:9: by their true sides a "720p" would become the next smaller class.

_HD: Final = {"1280:720": (1280, 720), "720:1280": (720, 1280)}
_FULL_HD: Final = {"1920:1080": (1920, 1080), "1080:1920": (1080, 1920)}
_UHD: Final = {"3840:2160": (3840, 2160), "2160:3840": (2160, 3840)}
_SQUARE_720: Final = {"960:960": (720, 720)}
_SQUARE_1080: Final = {"1440:1440": (1080, 1080)}
_GEN4_SIZES: Final = (
    _HD | {"1104:832": (960, 720), "832:1104": (720, 960)} | _SQUARE_720 | {"1584:672": (1680, 720)}
)
_SEEDANCE_480: Final = {
    "992:432": (1120, 480),
    "752:560": (640, 480),
    "640:640": (480, 480),
    "560:752": (480, 640),
}
_SEEDANCE_720: Final = (
    _HD | {"1470:630": (1680, 720), "1112:834": (960, 720), "834:1112": (720, 960)} | _SQUARE_720
)
_SEEDANCE_1080: Final = (
    _FULL_HD
    | {"2206:946": (2520, 1080), "1664:1248": (1440, 1080), "1248:1664": (1080, 1440)}
    | _SQUARE_1080
)
_SEEDANCE_4K: Final = _UHD | {
    "3840:1646": (5040, 2160),
    "3840:2880": (2880, 2160),
    "2880:3840": (2160, 2880),
    "3840:3840": (2160, 2160),
}
_SEEDANCE_2_480: Final = _SEEDANCE_480 | {"864:496": (853, 480), "496:864": (480, 853)}
_SEEDANCE_2_5_480: Final = _SEEDANCE_480 | {"854:480": (853, 480), "480:854": (480, 853)}
_HAPPYHORSE_SIZES: Final = (
    _HD
    | _SQUARE_720
    | {"1108:832": (960, 720), "832:1108": (720, 960)}
    | _FULL_HD
    | _SQUARE_1080
    | {"1662:1248": (1440, 1080), "1248:1662": (1080, 1440)}
)
_KLING_2_5_SIZES: Final = _HD | {"720:720": (720, 720)} | _FULL_HD | _SQUARE_1080
_KLING_4_SIZES: Final = (
    _HD
    | {"940:940": (720, 720), "1460:624": (1680, 720)}
    | _FULL_HD
    | _SQUARE_1080
    | {"2200:940": (2520, 1080)}
)
_WAN_SIZES: Final = (
    _HD
    | {"1104:832": (960, 720), "832:1104": (720, 960)}
    | _SQUARE_720
    | {
        "832:480": (853, 480),
        "720:544": (640, 480),
        "624:624": (480, 480),
        "544:720": (480, 640),
        "480:832": (480, 853),
    }
    | _FULL_HD
    | {"1648:1248": (1440, 1080), "1248:1648": (1080, 1440)}
    | _SQUARE_1080
)
_GEMINI_SIZES: Final = _HD | {"640:360": (640, 360), "360:640": (360, 640)} | _FULL_HD | _UHD
_GROK_LITE_SIZES: Final = (
    _HD
    | {
        "720:720": (720, 720),
        "960:720": (960, 720),
        "720:960": (720, 960),
        "1088:720": (1080, 720),
        "720:1088": (720, 1080),
    }
    | {
        "848:480": (853, 480),
        "480:848": (480, 853),
        "480:480": (480, 480),
        "640:480": (640, 480),
        "480:640": (480, 640),
        "720:480": (720, 480),
        "480:720": (480, 720),
    }
    | {
        "1904:1072": (1920, 1080),
        "1072:1904": (1080, 1920),
        "1424:1424": (1080, 1080),
        "1648:1232": (1440, 1080),
        "1232:1648": (1080, 1440),
        "1744:1152": (1620, 1080),
        "1152:1744": (1080, 1620),
    }
)

_GEN4: Final = Size(field="ratio", sizes=_GEN4_SIZES, required=True)
_GEN4_MAYBE: Final = Size(field="ratio", sizes=_GEN4_SIZES)
_WIDE: Final = Size(field="ratio", sizes=_HD)
_WIDE_MUST: Final = Size(field="ratio", sizes=_HD, required=True)
_VEO: Final = Size(field="ratio", sizes=_HD | _FULL_HD, required=True)
_SEEDANCE_2: Final = Size(
    field="ratio", sizes=_SEEDANCE_720 | _SEEDANCE_2_480 | _SEEDANCE_1080 | _SEEDANCE_4K
)
_SEEDANCE_2_SMALL: Final = Size(field="ratio", sizes=_SEEDANCE_720 | _SEEDANCE_2_480)
_SEEDANCE_2_5: Final = Size(field="ratio", sizes=_SEEDANCE_720 | _SEEDANCE_2_5_480 | _SEEDANCE_1080)
_WAN: Final = Size(field="ratio", sizes=_WAN_SIZES)
_GEMINI: Final = Size(field="ratio", sizes=_GEMINI_SIZES)

# The shape follows the input.
_AUTO_720_1080: Final = Choice(
    field="ratio", values=("720p", "1080p"), wire={"720p": "auto_720p", "1080p": "auto_1080p"}
)
_AUTO_480_720_1080: Final = Choice(
    field="ratio",
    values=("480p", "720p", "1080p"),
    wire={"480p": "auto_480p", "720p": "auto_720p", "1080p": "auto_1080p"},
)
_HAILUO_RATIO: Final = Choice(
    field="ratio", values=("adaptive", "21:9", "16:9", "4:3", "1:1", "3:4", "9:16")
)
_HAILUO_LINES: Final = Choice(field="resolution", values=("768p", "2k"))
_GROK_RATIO: Final = Choice(
    field="ratio", values=("1:1", "16:9", "9:16", "4:3", "3:4", "3:2", "2:3")
)
_GROK_LINES: Final = Choice(field="resolution", values=("480p", "720p", "1080p"))
_ALEPH_RATIO: Final = Choice(
    field="targetAspectRatio",
    values=("16:9", "4:3", "3:2", "1:1", "2:3", "3:4", "9:16", "21:9"),
)
# Runway does not define the lines of "1k"; it stands below "2k" (1440p), as 1080p does.
_UPSCALED: Final = Choice(
    field="resolution", values=("720p", "1080p", "1k", "2k", "4k"), wire={"1080p": "1k"}
)

# Lengths: whole seconds, as a JSON number. "auto" goes in through extra_params.

# The types of the client give no bounds. Those of Runway's OpenAPI description
# (docs.dev.runwayml.com/openapi.json) are here as clients that read it and probed the API state
# them, 2026-08 to 2026-10; of kling_4 none states any.

_ANY: Final = Length()
_1_TO_15: Final = Length(low=1, high=15)
_2_TO_10: Final = Length(low=2, high=10)
_2_TO_30: Final = Length(low=2, high=30)
_3_TO_10: Final = Length(low=3, high=10)
_3_TO_15: Final = Length(low=3, high=15)
_4_TO_15: Final = Length(low=4, high=15)
_4_TO_30: Final = Length(low=4, high=30)
_5_TO_15: Final = Length(low=5, high=15)
_5_10: Final = Length(choices=(5, 10))
_4_6_8: Final = Length(choices=(4, 6, 8))
_8: Final = Length(choices=(8,))

# What models want and the caller may leave open: 5 s is the length in Runway's own examples.
DEFAULT_SECONDS: Final = MappingProxyType({"gen4.5": 5.0, "veo3": 8.0})

_AUDIO: Final = Switch(field="audio")
_EXPANSION: Final = Switch(field="promptExpansionMode", on="balanced", off="disabled")

# Media.

_FIRST: Final = ImageSlot(field="promptImage", roles=("first_frame",), required=True)
_LAST: Final = ImageSlot(field=LAST, roles=("last_frame",))
_FRAMES: Final = (_FIRST, _LAST)
_VIDEO_URI: Final = VideoSlot(field="videoUri", required=True)
_PROMPT_VIDEO: Final = VideoSlot(field="promptVideo", required=True)
_REFERENCE_VIDEOS: Final = VideoSlot(field="referenceVideos", many=True)


def _references(most: int | None = None) -> ImageSlot:
    return ImageSlot(field="references", roles=("reference", "asset"), many=True, most=most)


Rows: TypeAlias = Mapping[str, ModelRow]

_SUNSET: Final = Retirement(
    on=date(2026, 7, 30),
    source="docs.dev.runwayml.com/api-details/api_changelog, 2026-06: sunset dates",
)


def _kling_3(sizes: Mapping[str, tuple[int, int]]) -> Rows:
    return {
        TEXT: ModelRow(
            prompt="promptText",
            length=_3_TO_15,
            size=Size(field="ratio", sizes=sizes, required=True),
            audio=_AUDIO,
        ),
        IMAGE: ModelRow(
            prompt="promptText",
            length=_3_TO_15,
            size=Size(field="ratio", sizes=sizes),
            audio=_AUDIO,
            images=_FRAMES,
        ),
    }


def _kling_o3(sizes: Mapping[str, tuple[int, int]]) -> Rows:
    return {
        TEXT: _kling_3(sizes)[TEXT],
        IMAGE: ModelRow(
            prompt="promptText",
            length=_3_TO_15,
            size=Size(field="ratio", sizes=sizes),
            audio=_AUDIO,
            images=(*_FRAMES, _references(7)),
        ),
        VIDEO: ModelRow(prompt="promptText", images=(_references(4),), video=_PROMPT_VIDEO),
    }


def _seedance(size: Size, length: Length, most: int) -> Rows:
    # Reference images go to the text endpoint: in the image endpoint's own list they exclude
    # frames, and there is no telling how many it takes.
    return {
        endpoint: ModelRow(
            prompt="promptText",
            length=length,
            size=size,
            audio=_AUDIO,
            seed="seed",
            images=images,
            video=video,
        )
        for endpoint, images, video in (
            (TEXT, (_references(most),), None),
            (IMAGE, _FRAMES, None),
            (VIDEO, (_references(most),), _PROMPT_VIDEO),
        )
    }


_VEO_3_1: Final = {
    endpoint: ModelRow(
        prompt="promptText",
        length=_4_6_8,
        size=_VEO,
        audio=_AUDIO,
        negative_prompt="negativePrompt",
        seed="seed",
        images=images,
    )
    for endpoint, images in ((TEXT, ()), (IMAGE, _FRAMES))
}
_VEO_3: Final = {
    endpoint: ModelRow(
        prompt="promptText",
        length=_8,
        size=_VEO,
        negative_prompt="negativePrompt",
        images=images,
    )
    for endpoint, images in ((TEXT, ()), (IMAGE, (_FIRST,)))
}
# Frames want a size that follows the first of them. Without an endpoint for videos, a video is a
# reference.
_WAN_3: Final = {
    TEXT: ModelRow(
        prompt="promptText",
        length=_2_TO_30,
        size=_WAN,
        audio=_AUDIO,
        images=(_references(10),),
        video=_REFERENCE_VIDEOS,
    ),
    IMAGE: ModelRow(
        prompt="promptText",
        length=_2_TO_30,
        resolution=_AUTO_480_720_1080,
        audio=_AUDIO,
        images=_FRAMES,
        video=_REFERENCE_VIDEOS,
    ),
}
_HAILUO_3: Final = {
    endpoint: ModelRow(
        prompt="promptText",
        length=_5_TO_15,
        aspect_ratio=_HAILUO_RATIO,
        resolution=_HAILUO_LINES,
        images=images,
        video=video,
    )
    for endpoint, images, video in (
        (TEXT, (_references(9),), None),
        (IMAGE, _FRAMES, None),
        (VIDEO, (_references(9),), _PROMPT_VIDEO),
    )
}

ENDPOINTS: Final[Mapping[str, Rows]] = MappingProxyType(
    {
        "gen4.5": {
            TEXT: ModelRow(prompt="promptText", length=_2_TO_10, size=_WIDE_MUST, seed="seed"),
            IMAGE: ModelRow(
                prompt="promptText", length=_2_TO_10, size=_GEN4, seed="seed", images=(_FIRST,)
            ),
        },
        "gen4_turbo": {
            IMAGE: ModelRow(
                prompt="promptText", length=_2_TO_10, size=_GEN4, seed="seed", images=(_FIRST,)
            ),
        },
        "aleph2": {
            VIDEO: ModelRow(
                prompt="promptText",
                aspect_ratio=_ALEPH_RATIO,
                seed="seed",
                images=(
                    ImageSlot(field="keyframes:first", roles=("first_frame",)),
                    ImageSlot(field="keyframes:last", roles=("last_frame",)),
                ),
                video=_VIDEO_URI,
            ),
        },
        "act_two": {
            "character_performance": ModelRow(
                prompt=None,
                size=_GEN4_MAYBE,
                seed="seed",
                images=(
                    ImageSlot(
                        field="character",
                        roles=("first_frame", "reference", "asset"),
                        required=True,
                    ),
                ),
                video=VideoSlot(field="reference", required=True),
            ),
        },
        "veo3.1": _VEO_3_1,
        "veo3.1_fast": _VEO_3_1,
        "seedance2": _seedance(_SEEDANCE_2, _4_TO_15, 9),
        "seedance2_fast": _seedance(_SEEDANCE_2_SMALL, _4_TO_15, 9),
        "seedance2_mini": _seedance(_SEEDANCE_2_SMALL, _4_TO_15, 9),
        "seedance2_5": _seedance(_SEEDANCE_2_5, _4_TO_30, 30),
        "happyhorse_1_0": {
            TEXT: ModelRow(
                prompt="promptText",
                length=_3_TO_15,
                size=Size(field="ratio", sizes=_HAPPYHORSE_SIZES),
            ),
            IMAGE: ModelRow(
                prompt="promptText",
                length=_3_TO_15,
                resolution=Choice(field="resolution", values=("720p", "1080p")),
                images=(_FIRST,),
            ),
        },
        "kling2.5_turbo_pro": {
            TEXT: ModelRow(
                prompt="promptText",
                length=_5_10,
                size=Size(field="ratio", sizes=_KLING_2_5_SIZES),
            ),
            IMAGE: ModelRow(prompt="promptText", length=_5_10, images=_FRAMES),
        },
        "kling3.0_standard": _kling_3(_HD | _SQUARE_720),
        "kling3.0_pro": _kling_3(_FULL_HD | _SQUARE_1080),
        "kling3.0_4k": _kling_3(_UHD | {"2880:2880": (2160, 2160)}),
        "klingO3_standard": _kling_o3(_HD | _SQUARE_720),
        "klingO3_pro": _kling_o3(_FULL_HD | _SQUARE_1080),
        "klingO3_4k": _kling_o3(_UHD | {"2880:2880": (2160, 2160)}),
        "kling_4": {
            TEXT: ModelRow(
                prompt="promptText",
                length=_ANY,
                size=Size(field="ratio", sizes=_KLING_4_SIZES),
                images=(_references(10),),
            ),
            IMAGE: ModelRow(
                prompt="promptText",
                length=_ANY,
                resolution=_AUTO_720_1080,
                images=(*_FRAMES, _references(9)),
            ),
            VIDEO: ModelRow(
                prompt="promptText",
                resolution=_AUTO_720_1080,
                images=(_references(10),),
                video=_VIDEO_URI,
            ),
        },
        "hailuo3": _HAILUO_3,
        "h3_max": {
            endpoint: ModelRow(
                prompt="promptText",
                length=_5_TO_15,
                resolution=Choice(field="resolution", values=("480p", "768p")),
                seed="seed",
                enhance=_EXPANSION,
                images=images,
            )
            for endpoint, images in ((TEXT, ()), (IMAGE, _FRAMES))
        },
        "wan3": _WAN_3,
        "wan3_prime": _WAN_3,
        "gemini_omni_flash": {
            TEXT: ModelRow(prompt="promptText", length=_3_TO_10, size=_WIDE),
            IMAGE: ModelRow(prompt="promptText", length=_3_TO_10, size=_WIDE, images=(_FIRST,)),
            VIDEO: ModelRow(prompt="promptText", images=(_references(),), video=_VIDEO_URI),
        },
        "gemini_omni_flash_1.1": {
            endpoint: ModelRow(
                prompt="promptText", length=_3_TO_10, size=_GEMINI, images=images, video=video
            )
            for endpoint, images, video in (
                (TEXT, (_references(),), None),
                (IMAGE, _FRAMES, None),
                (VIDEO, (_references(),), _VIDEO_URI),
            )
        },
        "grok_imagine_1_5": {
            TEXT: ModelRow(
                prompt="promptText",
                length=_1_TO_15,
                aspect_ratio=_GROK_RATIO,
                resolution=_GROK_LINES,
                images=(_references(),),
            ),
            IMAGE: ModelRow(
                prompt="promptText", length=_1_TO_15, resolution=_GROK_LINES, images=(_FIRST,)
            ),
        },
        "grok_imagine_1_5_lite": {
            TEXT: ModelRow(
                prompt="promptText",
                length=_1_TO_15,
                size=Size(field="ratio", sizes=_GROK_LITE_SIZES),
            ),
            IMAGE: ModelRow(
                prompt="promptText",
                length=_1_TO_15,
                resolution=_AUTO_480_720_1080,
                images=(_FIRST,),
            ),
        },
        "magnific_video_upscaler_creative": {
            "video_upscale": ModelRow(prompt=None, resolution=_UPSCALED, video=_VIDEO_URI),
        },
        "enhance_frame_rate": {
            "video_upscale": ModelRow(prompt=None, video=_VIDEO_URI, required=("targetFramerate",)),
        },
        "ruby": {"video_to_hdr": ModelRow(prompt=None, video=_VIDEO_URI)},
        # No longer in the official client: a comparison of its releases up to 5.24.0 (2026-11).
        "gen3a_turbo": {
            IMAGE: ModelRow(
                prompt="promptText",
                length=_5_10,
                size=Size(field="ratio", sizes={"1280:768": (1280, 768), "768:1280": (768, 1280)}),
                seed="seed",
                images=_FRAMES,
                retires=attrs.evolve(_SUNSET, successor="gen4_turbo"),
            ),
        },
        "gen4_aleph": {
            VIDEO: ModelRow(
                prompt="promptText",
                seed="seed",
                images=(_references(1),),
                video=_VIDEO_URI,
                retires=attrs.evolve(_SUNSET, successor="aleph2"),
            ),
        },
        "veo3": _VEO_3,
        "upscale_v1": {
            "video_upscale": ModelRow(
                prompt=None,
                video=_VIDEO_URI,
                retires=Retirement(
                    on=date(2026, 1, 17),
                    successor="magnific_video_upscaler_creative",
                    source='runwayml/sdk-node 4.3.0, 2026-01-17: "sunset"',
                ),
            ),
        },
    }
)

# Models that left the official client while the API still names them: sent with a warning.
REMOVED: Final = MappingProxyType(
    {"gen3a_turbo": "gen4_turbo", "gen4_aleph": "aleph2", "veo3": "veo3.1"}
)

_USUAL_SIZES: Final = Size(field="ratio", sizes=_GEN4_SIZES | _FULL_HD | _SQUARE_1080 | _UHD)

# Fields that most models share, for a model that is not in the table.
GENERIC: Final[Rows] = MappingProxyType(
    {
        endpoint: ModelRow(
            prompt="promptText",
            length=_ANY,
            size=_USUAL_SIZES,
            audio=_AUDIO,
            negative_prompt="negativePrompt",
            seed="seed",
            images=images,
            video=video,
            generic=True,
        )
        for endpoint, images, video in (
            (TEXT, (_references(),), None),
            (IMAGE, _FRAMES, None),
            (VIDEO, (_references(),), _VIDEO_URI),
        )
    }
)
