"""What fal's endpoints take that edit a video, or make somebody speak in one: data, no logic.

Source: fal-ai/fal-js:libs/client/src/types/endpoints.ts (2026-08-02), fal's own schemas. Most are
partners' endpoints, whose ids have no ``fal-ai/`` in front. Fields without a standard name are left
to ``extra_params``; a row names them only where the endpoint requires them.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ....catalog.rows import ImageSlot, Length, ModelRow, Switch
from .parts import REFERENCES, SUBJECT, VIDEO, lines, ratios, rows, seconds

_IMAGES_MUST: Final = ImageSlot(
    field="image_urls", roles=("reference", "asset"), many=True, required=True
)
_ENHANCE: Final = Switch(field="enhance_prompt")

# Talking heads: an image, a video or a stock person, and a sound or a text to speak.
_SPEAKING: Final = {
    **rows(
        ("fal-ai/bytedance/omnihuman", "fal-ai/sync-lipsync/v3/image-to-video"),
        ModelRow(prompt=None, images=(SUBJECT,), required=("audio_url",)),
    ),
    **rows(
        ("fal-ai/bytedance/omnihuman/v1.5",),
        ModelRow(resolution=lines(720, 1080), images=(SUBJECT,), required=("audio_url",)),
    ),
    **rows(
        (
            "fal-ai/sync-lipsync",
            "fal-ai/sync-lipsync/v2",
            "fal-ai/sync-lipsync/v2/pro",
            "fal-ai/sync-lipsync/v3",
            "veed/lipsync",
            "veed/lipsync/v2",
        ),
        ModelRow(prompt=None, video=VIDEO, required=("audio_url",)),
    ),
    **rows(
        ("fal-ai/sync-lipsync/react-1",),
        ModelRow(prompt=None, video=VIDEO, required=("audio_url", "emotion")),
    ),
    **rows(
        ("veed/fabric-1.0", "veed/fabric-1.0/fast"),
        ModelRow(
            prompt=None,
            resolution=lines(480, 720),
            images=(SUBJECT,),
            required=("audio_url",),
            needs=("resolution",),
        ),
    ),
    # The text is what the person says.
    **rows(
        ("veed/fabric-1.0/text",),
        ModelRow(
            prompt="text", resolution=lines(480, 720), images=(SUBJECT,), needs=("resolution",)
        ),
    ),
    **rows(
        ("argil/avatars/audio-to-video", "veed/avatars/audio-to-video"),
        ModelRow(prompt=None, required=("avatar_id", "audio_url")),
    ),
    **rows(
        ("argil/avatars/text-to-video", "veed/avatars/text-to-video"),
        ModelRow(prompt="text", required=("avatar_id",)),
    ),
}

# Videos and images as references. Lynx and Cosmos 3 count frames, and fal's schema does not tell at
# which rate: `num_frames` and `frames_per_second` are left to `extra_params`.
_REFERRING: Final = {
    **rows(
        ("alibaba/happy-horse/reference-to-video",),
        ModelRow(
            length=seconds(*range(3, 16)),
            aspect_ratio=ratios("16:9", "9:16", "1:1", "4:3", "3:4"),
            resolution=lines(720, 1080),
            seed="seed",
            images=(_IMAGES_MUST,),
        ),
    ),
    **rows(
        ("alibaba/happy-horse/v1.1/reference-to-video",),
        ModelRow(
            length=seconds(*range(3, 16)),
            aspect_ratio=ratios("16:9", "9:16", "1:1", "4:3", "3:4", "21:9", "9:21", "5:4", "4:5"),
            resolution=lines(720, 1080),
            seed="seed",
            images=(_IMAGES_MUST,),
        ),
    ),
    **rows(
        ("bytedance/lynx",),
        ModelRow(
            aspect_ratio=ratios("16:9", "9:16", "1:1"),
            resolution=lines(480, 580, 720),
            negative_prompt="negative_prompt",
            seed="seed",
            images=(SUBJECT,),
        ),
    ),
    **rows(
        ("nvidia/cosmos-3-super/image-to-video",),
        ModelRow(
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=Switch(field="enable_prompt_expansion"),
            images=(ImageSlot(field="image_url", roles=("first_frame",), required=True),),
        ),
    ),
    **rows(
        ("moonvalley/marey/motion-transfer", "moonvalley/marey/pose-transfer"),
        ModelRow(
            negative_prompt="negative_prompt",
            seed="seed",
            images=(
                ImageSlot(field="first_frame_image_url", roles=("first_frame",)),
                ImageSlot(field="reference_image_url", roles=("reference", "asset")),
            ),
            video=VIDEO,
        ),
    ),
}

# Edits of a video. `audio_setting` of Happy Horse keeps the sound or lets the model choose: it is
# not a switch.
_EDITING: Final = {
    **rows(
        ("alibaba/happy-horse/video-edit",),
        ModelRow(resolution=lines(720, 1080), seed="seed", images=(REFERENCES,), video=VIDEO),
    ),
    **rows(
        ("decart/lucy-edit/pro",),
        ModelRow(resolution=lines(720), enhance=_ENHANCE, video=VIDEO),
    ),
    **rows(
        ("decart/lucy-restyle",),
        ModelRow(resolution=lines(720), seed="seed", enhance=_ENHANCE, video=VIDEO),
    ),
    **rows(
        ("bria/bria_video_eraser/erase/prompt", "bria/video/erase/prompt"), ModelRow(video=VIDEO)
    ),
    **rows(
        ("bria/bria_video_eraser/erase/mask", "bria/video/erase/mask"),
        ModelRow(prompt=None, video=VIDEO, required=("mask_video_url",)),
    ),
    **rows(
        ("bria/bria_video_eraser/erase/keypoints", "bria/video/erase/keypoints"),
        ModelRow(prompt=None, video=VIDEO, required=("keypoints",)),
    ),
    **rows(
        (
            "bria/video/background-removal",
            "bria/video/background-removal/v3",
            "bria/video/increase-resolution",
            "cassetteai/video-sound-effects-generator",
            "clarityai/crystal-video-upscaler",
            "pixelcut/video-background-removal",
            "veed/video-background-removal",
            "veed/video-background-removal/fast",
            "veed/video-background-removal/green-screen",
        ),
        ModelRow(prompt=None, video=VIDEO),
    ),
    **rows(("veed/subtitles",), ModelRow(prompt=None, video=VIDEO, required=("preset",))),
    **rows(
        ("fal-ai/ltx-2.3/reframe",),
        ModelRow(
            prompt=None,
            aspect_ratio=ratios("1:1", "4:5", "5:4", "9:16", "16:9"),
            resolution=lines(720, 1080),
            video=VIDEO,
        ),
    ),
}

# Sound for a video that has none.
_SOUNDING: Final = {
    **rows(
        (
            "mirelo-ai/sfx-v1/video-to-video",
            "mirelo-ai/sfx-v1.5/video-to-video",
            "mirelo-ai/sfx1.6/video-to-video",
        ),
        ModelRow(prompt="text_prompt", length=Length(), seed="seed", video=VIDEO),
    ),
    **rows(("sonilo/v1.1/video-to-video-music",), ModelRow(length=Length(), video=VIDEO)),
    **rows(("sonilo/v1.1/video-to-video-sound-effects",), ModelRow(video=VIDEO)),
}

EDITS: Final[Mapping[str, ModelRow]] = MappingProxyType(
    {**_SPEAKING, **_REFERRING, **_EDITING, **_SOUNDING}
)
