"""Runway's own models and tools: Gen-3 and Gen-4, Aleph, Act-Two, upscalers and ruby."""

from datetime import date
from typing import Final

import attrs

from ....catalog.rows import Choice, ImageSlot, ModelRow, Retirement, VideoSlot
from .parts import (
    CROPS,
    FIRST_FRAME,
    FIVE_OR_TEN,
    FRAMES,
    HD,
    IMAGE,
    SQUARE_720,
    TEXT,
    TWO_TO_TEN,
    VIDEO,
    VIDEO_URI,
    Rows,
    ratio,
    references,
)

UPSCALE: Final = "video_upscale"

GEN4_SIZES: Final = (
    HD | {"1104:832": (960, 720), "832:1104": (720, 960)} | SQUARE_720 | {"1584:672": (1680, 720)}
)
_ALEPH_RATIO: Final = Choice(
    field="targetAspectRatio",
    values=("16:9", "4:3", "3:2", "1:1", "2:3", "3:4", "9:16", "21:9"),
)
# Runway does not define the lines of "1k"; it stands below "2k" (1440p), as 1080p does.
_UPSCALED: Final = Choice(
    field="resolution", values=("720p", "1080p", "1k", "2k", "4k"), wire={"1080p": "1k"}
)
_SUNSET: Final = Retirement(
    on=date(2026, 7, 30),
    source="docs.dev.runwayml.com/api-details/api_changelog, 2026-06: sunset dates",
)
_TURBO: Final = ModelRow(
    prompt="promptText",
    length=TWO_TO_TEN,
    size=ratio(GEN4_SIZES, required=True),
    seed="seed",
    images=(FIRST_FRAME,),
    frames=CROPS,
)
# This model requires a length: 5 s is that of Runway's own examples.
_GEN4_5_LENGTH: Final = attrs.evolve(TWO_TO_TEN, default=5.0)

GEN4: Final[dict[str, Rows]] = {
    "gen4.5": {
        TEXT: ModelRow(
            prompt="promptText", length=_GEN4_5_LENGTH, size=ratio(HD, required=True), seed="seed"
        ),
        IMAGE: attrs.evolve(_TURBO, length=_GEN4_5_LENGTH),
    },
    "gen4_turbo": {IMAGE: _TURBO},
    "aleph2": {
        VIDEO: ModelRow(
            prompt="promptText",
            aspect_ratio=_ALEPH_RATIO,
            seed="seed",
            images=(
                ImageSlot(field="keyframes:first", roles=("first_frame",)),
                ImageSlot(field="keyframes:last", roles=("last_frame",)),
            ),
            video=VIDEO_URI,
        ),
    },
    "act_two": {
        "character_performance": ModelRow(
            prompt=None,
            size=ratio(GEN4_SIZES),
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
}

TOOLS: Final[dict[str, Rows]] = {
    "magnific_video_upscaler_creative": {
        UPSCALE: ModelRow(prompt=None, resolution=_UPSCALED, video=VIDEO_URI),
    },
    "enhance_frame_rate": {
        UPSCALE: ModelRow(prompt=None, video=VIDEO_URI, required=("targetFramerate",)),
    },
    "ruby": {"video_to_hdr": ModelRow(prompt=None, video=VIDEO_URI)},
}

# No longer in the official client: a comparison of its releases up to 5.24.0 (2026-11).
RETIRED: Final[dict[str, Rows]] = {
    "gen3a_turbo": {
        IMAGE: ModelRow(
            prompt="promptText",
            length=FIVE_OR_TEN,
            size=ratio({"1280:768": (1280, 768), "768:1280": (768, 1280)}),
            seed="seed",
            images=FRAMES,
            frames=CROPS,
            retires=attrs.evolve(_SUNSET, successor="gen4_turbo"),
            superseded_by="gen4_turbo",
        ),
    },
    "gen4_aleph": {
        VIDEO: ModelRow(
            prompt="promptText",
            seed="seed",
            # A type beside the URI of a reference: runwayml/sdk-python 4.5.0, 2025.
            images=(references(1, kind="image"),),
            video=VIDEO_URI,
            retires=attrs.evolve(_SUNSET, successor="aleph2"),
            superseded_by="aleph2",
        ),
    },
    "upscale_v1": {
        UPSCALE: ModelRow(
            prompt=None,
            video=VIDEO_URI,
            retires=Retirement(
                on=date(2026, 1, 17),
                successor="magnific_video_upscaler_creative",
                source='runwayml/sdk-node 4.3.0, 2026-01-17: "sunset"',
            ),
        ),
    },
}
