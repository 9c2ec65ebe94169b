"""What fal's endpoints take that edit a video, or make somebody speak in one: data, no logic.

Source: fal-ai/fal-js:libs/client/src/types/endpoints.ts (2026-08-02), fal's own schemas. Most are
partners' endpoints, whose ids have no ``fal-ai/`` in front. Fields without a standard name are left
to ``extra_params``; a row names them only where the endpoint requires them.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ...catalog.rows import Choice, ImageSlot, Length, ModelRow, Switch, VideoSlot


def _rows(ids: tuple[str, ...], row: ModelRow) -> dict[str, ModelRow]:
    return dict.fromkeys(ids, row)


_VIDEO: Final = VideoSlot(required=True)
# A person or a thing, not a frame; a bare image of a request may stand there.
_SUBJECT: Final = ImageSlot(field="image_url", roles=("first_frame", "reference"), required=True)
_FIRST_MAYBE: Final = ImageSlot(field="first_frame_image_url", roles=("first_frame",))
_REFERENCE_MAYBE: Final = ImageSlot(field="reference_image_url", roles=("reference", "asset"))
_REFERENCES_MAYBE: Final = ImageSlot(
    field="reference_image_urls", roles=("reference", "asset"), many=True
)
_IMAGES: Final = ImageSlot(
    field="image_urls", roles=("reference", "asset"), many=True, required=True
)
_LINES_480_720: Final = Choice(field="resolution", values=("480p", "720p"))
_LINES_720: Final = Choice(field="resolution", values=("720p",))
_LINES_720_1080: Final = Choice(field="resolution", values=("720p", "1080p"))
_ANY_LENGTH: Final = Length()
_ENHANCE: Final = Switch(field="enhance_prompt")

# Talking heads: an image, a video or a stock person, and a sound or a text to speak.

_SPEAKING: Final = {
    **_rows(
        ("fal-ai/bytedance/omnihuman", "fal-ai/sync-lipsync/v3/image-to-video"),
        ModelRow(prompt=None, images=(_SUBJECT,), required=("audio_url",)),
    ),
    **_rows(
        ("fal-ai/bytedance/omnihuman/v1.5",),
        ModelRow(resolution=_LINES_720_1080, images=(_SUBJECT,), required=("audio_url",)),
    ),
    **_rows(
        (
            "fal-ai/sync-lipsync",
            "fal-ai/sync-lipsync/v2",
            "fal-ai/sync-lipsync/v2/pro",
            "fal-ai/sync-lipsync/v3",
            "veed/lipsync",
            "veed/lipsync/v2",
        ),
        ModelRow(prompt=None, video=_VIDEO, required=("audio_url",)),
    ),
    **_rows(
        ("fal-ai/sync-lipsync/react-1",),
        ModelRow(prompt=None, video=_VIDEO, required=("audio_url", "emotion")),
    ),
    **_rows(
        ("veed/fabric-1.0", "veed/fabric-1.0/fast"),
        ModelRow(
            prompt=None,
            resolution=_LINES_480_720,
            images=(_SUBJECT,),
            required=("audio_url",),
            needs=("resolution",),
        ),
    ),
    # The text is what the person says.
    **_rows(
        ("veed/fabric-1.0/text",),
        ModelRow(
            prompt="text", resolution=_LINES_480_720, images=(_SUBJECT,), needs=("resolution",)
        ),
    ),
    **_rows(
        ("argil/avatars/audio-to-video", "veed/avatars/audio-to-video"),
        ModelRow(prompt=None, required=("avatar_id", "audio_url")),
    ),
    **_rows(
        ("argil/avatars/text-to-video", "veed/avatars/text-to-video"),
        ModelRow(prompt="text", required=("avatar_id",)),
    ),
}

# Videos and images as references. Lynx and Cosmos 3 count frames, and fal's schema does not tell at
# which rate: `num_frames` and `frames_per_second` are left to `extra_params`.

_REFERRING: Final = {
    **_rows(
        ("alibaba/happy-horse/reference-to-video",),
        ModelRow(
            length=Length(choices=tuple(range(3, 16))),
            aspect_ratio=Choice(field="aspect_ratio", values=("16:9", "9:16", "1:1", "4:3", "3:4")),
            resolution=_LINES_720_1080,
            seed="seed",
            images=(_IMAGES,),
        ),
    ),
    **_rows(
        ("alibaba/happy-horse/v1.1/reference-to-video",),
        ModelRow(
            length=Length(choices=tuple(range(3, 16))),
            aspect_ratio=Choice(
                field="aspect_ratio",
                values=("16:9", "9:16", "1:1", "4:3", "3:4", "21:9", "9:21", "5:4", "4:5"),
            ),
            resolution=_LINES_720_1080,
            seed="seed",
            images=(_IMAGES,),
        ),
    ),
    **_rows(
        ("bytedance/lynx",),
        ModelRow(
            aspect_ratio=Choice(field="aspect_ratio", values=("16:9", "9:16", "1:1")),
            resolution=Choice(field="resolution", values=("480p", "580p", "720p")),
            negative_prompt="negative_prompt",
            seed="seed",
            images=(_SUBJECT,),
        ),
    ),
    **_rows(
        ("nvidia/cosmos-3-super/image-to-video",),
        ModelRow(
            negative_prompt="negative_prompt",
            seed="seed",
            enhance=Switch(field="enable_prompt_expansion"),
            images=(ImageSlot(field="image_url", roles=("first_frame",), required=True),),
        ),
    ),
    **_rows(
        ("moonvalley/marey/motion-transfer", "moonvalley/marey/pose-transfer"),
        ModelRow(
            negative_prompt="negative_prompt",
            seed="seed",
            images=(_FIRST_MAYBE, _REFERENCE_MAYBE),
            video=_VIDEO,
        ),
    ),
}

# Edits of a video. `audio_setting` of Happy Horse keeps the sound or lets the model choose: it is
# not a switch.

_EDITING: Final = {
    **_rows(
        ("alibaba/happy-horse/video-edit",),
        ModelRow(
            resolution=_LINES_720_1080, seed="seed", images=(_REFERENCES_MAYBE,), video=_VIDEO
        ),
    ),
    **_rows(
        ("decart/lucy-edit/pro",),
        ModelRow(resolution=_LINES_720, enhance=_ENHANCE, video=_VIDEO),
    ),
    **_rows(
        ("decart/lucy-restyle",),
        ModelRow(resolution=_LINES_720, seed="seed", enhance=_ENHANCE, video=_VIDEO),
    ),
    **_rows(
        ("bria/bria_video_eraser/erase/prompt", "bria/video/erase/prompt"), ModelRow(video=_VIDEO)
    ),
    **_rows(
        ("bria/bria_video_eraser/erase/mask", "bria/video/erase/mask"),
        ModelRow(prompt=None, video=_VIDEO, required=("mask_video_url",)),
    ),
    **_rows(
        ("bria/bria_video_eraser/erase/keypoints", "bria/video/erase/keypoints"),
        ModelRow(prompt=None, video=_VIDEO, required=("keypoints",)),
    ),
    **_rows(
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
        ModelRow(prompt=None, video=_VIDEO),
    ),
    **_rows(("veed/subtitles",), ModelRow(prompt=None, video=_VIDEO, required=("preset",))),
    **_rows(
        ("fal-ai/ltx-2.3/reframe",),
        ModelRow(
            prompt=None,
            aspect_ratio=Choice(field="aspect_ratio", values=("1:1", "4:5", "5:4", "9:16", "16:9")),
            resolution=_LINES_720_1080,
            video=_VIDEO,
        ),
    ),
}

# Sound for a video that has none.

_SOUNDING: Final = {
    **_rows(
        (
            "mirelo-ai/sfx-v1/video-to-video",
            "mirelo-ai/sfx-v1.5/video-to-video",
            "mirelo-ai/sfx1.6/video-to-video",
        ),
        ModelRow(prompt="text_prompt", length=_ANY_LENGTH, seed="seed", video=_VIDEO),
    ),
    **_rows(("sonilo/v1.1/video-to-video-music",), ModelRow(length=_ANY_LENGTH, video=_VIDEO)),
    **_rows(("sonilo/v1.1/video-to-video-sound-effects",), ModelRow(video=_VIDEO)),
}

EDITS: Final[Mapping[str, ModelRow]] = MappingProxyType(
    {**_SPEAKING, **_REFERRING, **_EDITING, **_SOUNDING}
)
