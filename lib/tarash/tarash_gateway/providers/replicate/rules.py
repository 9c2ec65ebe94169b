"""What Replicate's models accept of two fields together: data, no logic.

Sources: the pages replicate.com/OWNER/NAME/api and their schemas (2025-12 to 2026-11), and the npm
package all-the-public-replicate-models 1.352.0 (2025-01-15).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ...catalog.rows import Ignored, Rule, Standard, Together


def _last_needs_first(last: str, first: str = "image") -> Together:
    return Together(
        field=last,
        beside=(first,),
        message="image_list has a last_frame image: {model} takes it only beside a first_frame",
    )


def _no_frames_with_references() -> Together:
    return Together(
        field="reference_images",
        beside=("image", "last_frame_image"),
        apart=True,
        message="image_list has both frames and references: {model} takes only one kind",
    )


def _ignored(name: Standard, *beside: str) -> Ignored:
    return Ignored(name=name, beside=beside)


_RAY_2_RULES: Final = (_ignored("aspect_ratio", "start_image", "end_image"),)

RULES: Final[Mapping[str, tuple[Rule, ...]]] = MappingProxyType(
    {
        "google/veo-3.1": (
            _last_needs_first("last_frame"),
            Together(
                field="reference_images",
                beside=("aspect_ratio",),
                of=("16:9",),
                default="16:9",
                message="aspect_ratio must be 16:9 where image_list has references for {model}",
            ),
            Together(
                field="reference_images",
                beside=("duration",),
                of=(8,),
                default=8,
                message="duration_seconds must be 8 where image_list has references for {model}",
            ),
        ),
        "google/veo-3.1-fast": (_last_needs_first("last_frame"),),
        # "Ignored if start_image is provided": replicate.com/kwaivgi/NAME/api, 2025-12 to 2026-11.
        **dict.fromkeys(
            (
                "kwaivgi/kling-v1.6-standard",
                "kwaivgi/kling-v2.0",
                "kwaivgi/kling-v2.1-master",
                "kwaivgi/kling-v2.5-turbo-pro",
                "kwaivgi/kling-v2.6",
            ),
            (_ignored("aspect_ratio", "start_image"),),
        ),
        # "If not using audio": replicate.com/kwaivgi/kling-lip-sync/api/schema, 2026-09.
        "kwaivgi/kling-lip-sync": (_ignored("prompt", "audio_file"),),
        "kwaivgi/kling-v1.6-pro": (
            _ignored("aspect_ratio", "start_image"),
            Together(
                field="prompt",
                beside=("start_image", "end_image"),
                only_warns=True,
                message="{model} wants a first_frame or a last_frame in image_list",
            ),
        ),
        "kwaivgi/kling-v2.1": (
            Together(
                field="end_image",
                beside=("mode",),
                of=("pro",),
                default="standard",
                message="image_list has a last_frame image, and {model} takes one only with "
                "resolution='1080p'",
            ),
        ),
        "minimax/hailuo-02": (
            Together(
                field="duration",
                value=10,
                beside=("resolution",),
                of=("768p",),
                default="1080p",
                message="duration_seconds 10 goes only with resolution='768p' in {model}",
            ),
        ),
        "bytedance/seedance-1-lite": (
            _no_frames_with_references(),
            Together(
                field="reference_images",
                beside=("resolution",),
                of=("480p", "720p"),
                default="720p",
                message="resolution must be 480p or 720p where image_list has references for "
                "{model}",
            ),
        ),
        "bytedance/seedance-2.0": (
            _no_frames_with_references(),
            _last_needs_first("last_frame_image"),
        ),
        "pixverse/pixverse-v5": (_last_needs_first("last_frame_image"),),
        "luma/ray": (_ignored("aspect_ratio", "start_image_url", "end_image_url"),),
        "luma/ray-2-720p": _RAY_2_RULES,
        "luma/ray-2-540p": _RAY_2_RULES,
        "luma/ray-flash-2-720p": _RAY_2_RULES,
        "luma/ray-flash-2-540p": _RAY_2_RULES,
        "xai/grok-imagine-video": (
            # An edit keeps the measures of its video.
            _ignored("duration_seconds", "video"),
            _ignored("aspect_ratio", "video"),
            _ignored("resolution", "video"),
        ),
    }
)
