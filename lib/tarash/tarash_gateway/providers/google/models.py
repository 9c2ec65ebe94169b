"""What Google's video models take, one row for each thing a model can start from: data, no logic.

A field without a standard name goes through ``extra_params``.

Source: ai.google.dev/gemini-api/docs/video, 2026-07 (Veo with a key) and /docs/omni, 2026-11
(Omni); cloud.google.com/vertex-ai/generative-ai/docs/model-reference/veo-video-generation, 2026,
and the model cards of docs.cloud.google.com, 2026 (Veo on Vertex AI).
"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

import attrs

from ...catalog.rows import (
    Choice,
    ImageSlot,
    Length,
    LengthAt,
    ModelRow,
    Retirement,
    Switch,
    Together,
    VideoSlot,
)

Start: TypeAlias = Literal["plain", "references", "extension"]
Rows: TypeAlias = Mapping[Start, ModelRow]

# Veo's fields inside "instances" and beside it; every other field goes into "parameters".
# Source: googleapis/python-genai, google/genai/models.py, 2.19.0, 2026-08; Vertex AI's model
# reference, 2026 (cameraControl).
INSTANCE: Final = frozenset(
    {"prompt", "image", "lastFrame", "referenceImages", "video", "mask", "cameraControl"}
)
TOP: Final = frozenset({"labels", "webhookConfig"})
# Our own field name: Veo takes style images in referenceImages, with the type STYLE.
STYLES: Final = "styleImages"
# The official client's parameter names, which extra_params may use too.
SPELLED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "person_generation": "personGeneration",
        "number_of_videos": "sampleCount",
        "output_gcs_uri": "storageUri",
        "storage_uri": "storageUri",
        "compression_quality": "compressionQuality",
        "resize_mode": "resizeMode",
        "pubsub_topic": "pubsubTopic",
        "webhook_config": "webhookConfig",
    }
)

# The objects that contain Omni's fields; every other field stands at the top of the body.
# Source: googleapis/python-genai, google/genai/_gaos/types/interactions/, 3.4.0, 2026-11.
PLACES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "aspect_ratio": ("response_format",),
        "resolution": ("response_format",),
        "duration": ("response_format",),
        "delivery": ("response_format",),
        "gcs_uri": ("response_format",),
        "seed": ("generation_config",),
        "task": ("generation_config", "video_config"),
    }
)
# Fields that become parts of Omni's input, in the order of the parts.
FIRST: Final = "first_frame"
LAST: Final = "last_frame"
REFERENCES: Final = "references"

# The categories of the filter's support codes. Source:
# cloud.google.com/vertex-ai/generative-ai/docs/video/responsible-ai-and-usage-guidelines, 2026.
SUPPORT_CODES: Final[Mapping[str, str]] = MappingProxyType(
    dict.fromkeys(("58061214", "17301594"), "child safety")
    | dict.fromkeys(("29310472", "15236754"), "a celebrity or a public person")
    | dict.fromkeys(("64151117", "42237218"), "video safety")
    | dict.fromkeys(("62263041",), "dangerous content")
    | dict.fromkeys(("57734940", "22137204"), "hate")
    | dict.fromkeys(("74803281", "29578790", "42876398"), "other safety")
    | dict.fromkeys(
        ("89371032", "49114662", "63429089", "72817394", "60599140"), "prohibited content"
    )
    | dict.fromkeys(("35561574", "35561575"), "third-party content")
    | dict.fromkeys(("90789179", "43188360"), "sexual content")
    | dict.fromkeys(("78610348",), "toxic content")
    | dict.fromkeys(("61493863", "56562880"), "violence")
    | dict.fromkeys(("32635315",), "vulgar content")
    | dict.fromkeys(("39322892",), "people or faces")
    | dict.fromkeys(("92201652",), "personal information")
)


def _lines(*values: str) -> Choice:
    return Choice(field="resolution", values=values)


def _seconds(*choices: float) -> Length:
    return Length(field="durationSeconds", choices=choices)


_RATIO: Final = Choice(field="aspectRatio", values=("16:9", "9:16"))
_AUDIO: Final = Switch(field="generateAudio")
_ENHANCE: Final = Switch(field="enhancePrompt")
# A Veo 3 job fails without it: "Veo 3 prompt enhancement cannot be disabled", as a public project
# recorded on 2026-10-08.
_ALWAYS_ENHANCE: Final = Switch(field="enhancePrompt", always_on=True)
_IMAGE: Final = ImageSlot(field="image", roles=("first_frame", "reference"))
_LAST_FRAME: Final = ImageSlot(field="lastFrame", roles=("last_frame",))
_ASSETS: Final = ImageSlot(field="referenceImages", roles=("asset", "reference"), many=True, most=3)
_STYLES: Final = ImageSlot(field=STYLES, roles=("style",), many=True, most=1)
_VIDEO: Final = VideoSlot(field="video", required=True)


def _rows(
    plain: ModelRow, references: ModelRow | None = None, extension: ModelRow | None = None
) -> Rows:
    rows: dict[Start, ModelRow | None] = {
        "plain": plain,
        "references": references,
        "extension": extension,
    }
    return {start: row for start, row in rows.items() if row is not None}


def _with_references(row: ModelRow, *images: ImageSlot) -> ModelRow:
    return attrs.evolve(row, images=images, length=row.length and _seconds(8))


def _extension(row: ModelRow, length: Length, lines: Choice | None) -> ModelRow:
    return attrs.evolve(row, images=(), video=_VIDEO, length=length, resolution=lines)


# Veo with a key. Source: ai.google.dev/gemini-api/docs/video, 2026-07; vercel/ai,
# packages/google/src/google-video-model.ts, 2026 (seed, sampleCount).

_INSTEAD: Final = (
    "gemini-omni-1.2-flash, or veo-3.1-generate-001 on Vertex AI (provider_config={'project': ...})"
)
_DEPRECATIONS: Final = "ai.google.dev/gemini-api/docs/deprecations, 2026-10"
_LITELLM: Final = "BerriAI/litellm, model_prices_and_context_window.json, 1.110.2, 2026-11"
# Google lists the end of the preview and experimental models on the model card, and the end of
# the stable models on the page of model versions.
_VERTEX_CARD: Final = (
    "docs.cloud.google.com/gemini-enterprise-agent-platform/models/veo/2-0-generate, 2026-06"
)
_VERTEX_VERSIONS: Final = (
    "docs.cloud.google.com/gemini-enterprise-agent-platform/models/model-versions, 2026-10"
)


def _ends(on: date, successor: str, source: str, *, published: bool = True) -> Retirement:
    return Retirement(on=on, successor=successor, source=source, published=published)


# Rules of all Veo rows, and of the rows with a key: the Gemini API makes 1080p and 4k in 8 seconds
# only.
_FRAMES: Final = Together(
    field="lastFrame",
    beside=("image",),
    message="image_list has a last_frame image only: {model} needs a first_frame too",
)
_KEY_RULES: Final = (_FRAMES, LengthAt(resolutions=("1080p", "4k"), choices=(8,)))
_KEY_2: Final = ModelRow(
    length=_seconds(5, 6, 8),
    aspect_ratio=_RATIO,
    negative_prompt="negativePrompt",
    enhance=_ENHANCE,
    images=(_IMAGE, _LAST_FRAME),
    rules=_KEY_RULES,
    retires=_ends(date(2026, 6, 30), _INSTEAD, _DEPRECATIONS),
)
_KEY_3: Final = ModelRow(
    length=_seconds(4, 6, 8),
    aspect_ratio=_RATIO,
    resolution=_lines("720p", "1080p"),
    negative_prompt="negativePrompt",
    seed="seed",
    images=(_IMAGE,),
    rules=_KEY_RULES,
    retires=_ends(date(2026, 6, 30), _INSTEAD, _DEPRECATIONS),
)
_KEY_3_1: Final = attrs.evolve(
    _KEY_3,
    resolution=_lines("720p", "1080p", "4k"),
    enhance=_ALWAYS_ENHANCE,
    images=(_IMAGE, _LAST_FRAME),
    retires=_ends(date(2026, 10, 22), _INSTEAD, _DEPRECATIONS),
)
_KEY_3_1_ROWS: Final = _rows(
    _KEY_3_1,
    _with_references(_KEY_3_1, _ASSETS),
    _extension(_KEY_3_1, _seconds(8), _lines("720p")),
)

VEO: Final[Mapping[str, Rows]] = MappingProxyType(
    {
        "veo-3.1-generate-preview": _KEY_3_1_ROWS,
        "veo-3.1-fast-generate-preview": _KEY_3_1_ROWS,
        "veo-3.1-lite-generate-preview": _rows(
            attrs.evolve(_KEY_3_1, resolution=_lines("720p", "1080p"), negative_prompt=None)
        ),
        "veo-3.0-generate-001": _rows(_KEY_3),
        "veo-3.0-fast-generate-001": _rows(_KEY_3),
        "veo-2.0-generate-001": _rows(_KEY_2),
    }
)

_KEY_UNKNOWN: Final = ModelRow(
    length=_seconds(),
    aspect_ratio=Choice(field="aspectRatio", values=()),
    resolution=_lines(),
    negative_prompt="negativePrompt",
    seed="seed",
    enhance=_ENHANCE,
    images=(_IMAGE, _LAST_FRAME),
    rules=(_FRAMES,),
    generic=True,
)


def _unknown(row: ModelRow, *references: ImageSlot) -> Rows:
    return _rows(
        row,
        attrs.evolve(row, images=references),
        attrs.evolve(row, images=(), video=_VIDEO),
    )


VEO_GENERIC: Final = _unknown(_KEY_UNKNOWN, _ASSETS)

# Veo on Vertex AI. Source: the model reference and the model cards named at the top.

_CLOUD_2: Final = ModelRow(
    length=_seconds(5, 6, 7, 8),
    aspect_ratio=_RATIO,
    negative_prompt="negativePrompt",
    seed="seed",
    enhance=_ENHANCE,
    images=(_IMAGE, _LAST_FRAME),
    rules=(_FRAMES,),
)
_SUCCESSOR: Final = "veo-3.1-generate-001"
_CLOUD_2_STABLE: Final = attrs.evolve(
    _CLOUD_2, retires=_ends(date(2026, 6, 30), _SUCCESSOR, _VERTEX_VERSIONS)
)
_CLOUD_2_TRIAL: Final = attrs.evolve(
    _CLOUD_2, retires=_ends(date(2026, 4, 2), _SUCCESSOR, _VERTEX_CARD)
)
_CLOUD_3_1: Final = attrs.evolve(
    _CLOUD_2,
    length=_seconds(4, 6, 8),
    resolution=_lines("720p", "1080p", "4k"),
    audio=_AUDIO,
    enhance=_ALWAYS_ENHANCE,
)
# Google has not announced a date. It promises one year from the release on 2025-11-17, so the date
# that LiteLLM names is the earliest possible end. It causes a warning, never a refusal.
_CLOUD_3_1_STABLE: Final = attrs.evolve(
    _CLOUD_3_1,
    retires=_ends(
        date(2026, 11, 17),
        "",
        f"{_LITELLM}; Google: not before that day, {_VERTEX_VERSIONS}",
        published=False,
    ),
)
_CLOUD_3_1_ROWS: Final = _rows(
    _CLOUD_3_1_STABLE,
    _with_references(_CLOUD_3_1_STABLE, _ASSETS),
    _extension(_CLOUD_3_1_STABLE, _seconds(7), _lines("720p", "1080p", "4k")),
)
_CLOUD_3: Final = attrs.evolve(
    _CLOUD_3_1,
    resolution=_lines("720p", "1080p"),
    images=(_IMAGE,),
    retires=_ends(date(2026, 6, 30), _SUCCESSOR, _VERTEX_VERSIONS),
)
_CLOUD_PREVIEW: Final = _rows(
    attrs.evolve(_CLOUD_3_1, retires=_ends(date(2026, 4, 2), _SUCCESSOR, _VERTEX_CARD)),
)

VERTEX: Final[Mapping[str, Rows]] = MappingProxyType(
    {
        "veo-3.1-generate-001": _CLOUD_3_1_ROWS,
        # The model card and the price list disagree on 4k here, and on last frames for lite. The
        # API decides.
        "veo-3.1-fast-generate-001": _CLOUD_3_1_ROWS,
        "veo-3.1-lite-generate-001": _rows(
            attrs.evolve(_CLOUD_3_1, resolution=_lines("720p", "1080p"))
        ),
        "veo-2.0-generate-001": _rows(
            _CLOUD_2_STABLE, extension=_extension(_CLOUD_2_STABLE, _seconds(7), None)
        ),
        "veo-2.0-generate-exp": _rows(
            _CLOUD_2_TRIAL,
            _with_references(_CLOUD_2_TRIAL, _ASSETS, _STYLES),
            _extension(_CLOUD_2_TRIAL, _seconds(7), None),
        ),
        "veo-2.0-generate-preview": _rows(
            _CLOUD_2_TRIAL, extension=_extension(_CLOUD_2_TRIAL, _seconds(7), None)
        ),
        "veo-3.1-generate-preview": _CLOUD_PREVIEW,
        "veo-3.1-fast-generate-preview": _CLOUD_PREVIEW,
        "veo-3.0-generate-001": _rows(_CLOUD_3),
        "veo-3.0-fast-generate-001": _rows(_CLOUD_3),
    }
)
VERTEX_GENERIC: Final = _unknown(attrs.evolve(_KEY_UNKNOWN, audio=_AUDIO), _ASSETS, _STYLES)

# Omni takes nearly the same fields on both hosts. Source: ai.google.dev/gemini-api/docs/omni,
# 2026-11; TanStack/ai, pull request 1273, 2026 (the preview makes 720p only).

_OMNI_FIRST: Final = ImageSlot(field=FIRST, roles=("first_frame", "reference"))
_OMNI_LAST: Final = ImageSlot(field=LAST, roles=("last_frame",))
# Resellers allow 3 references and a page of Google Cloud allows 10. The row has the larger number,
# and the API decides.
_OMNI_REFERENCES: Final = ImageSlot(
    field=REFERENCES, roles=("asset", "reference", "style"), many=True, most=10
)
_OMNI_1_1: Final = ModelRow(
    length=Length(low=3, high=10, step=0.5, form="seconds"),
    aspect_ratio=Choice(field="aspect_ratio", values=("16:9", "9:16")),
    resolution=Choice(field="resolution", values=("360p", "720p", "1080p", "4k")),
    seed="seed",
    images=(_OMNI_FIRST, _OMNI_LAST),
    video=VideoSlot(field="video"),
)
_OMNI_PREVIEW: Final = attrs.evolve(_OMNI_1_1, resolution=_lines("720p"), images=(_OMNI_FIRST,))


def _omni(row: ModelRow) -> Rows:
    frames = tuple(
        attrs.evolve(slot, roles=tuple(role for role in slot.roles if role != "reference"))
        for slot in row.images
    )
    return _rows(row, attrs.evolve(row, images=(*frames, _OMNI_REFERENCES)))


_OMNI_SUCCESSOR: Final = "gemini-omni-1.2-flash"
OMNI: Final[Mapping[str, Rows]] = MappingProxyType(
    {
        _OMNI_SUCCESSOR: _omni(
            attrs.evolve(_OMNI_1_1, length=Length(low=3, high=15, step=0.5, form="seconds"))
        ),
        "gemini-omni-1.1-flash": _omni(
            attrs.evolve(
                _OMNI_1_1,
                retires=_ends(
                    date(2026, 12, 3), _OMNI_SUCCESSOR, f"{_DEPRECATIONS}, as quoted by {_LITELLM}"
                ),
            )
        ),
        # LiteLLM says 2026-10-22. Google's page said 2026-09-30, and TanStack/ai removed the model
        # on 2026-10-08 because it "shut down on 2026-09-30". The row has Google's own date.
        "gemini-omni-flash-preview": _omni(
            attrs.evolve(
                _OMNI_PREVIEW, retires=_ends(date(2026, 9, 30), _OMNI_SUCCESSOR, _DEPRECATIONS)
            )
        ),
    }
)
# Google has not published a shutdown of Omni on Vertex AI. Dates that others report only cause a
# warning.
OMNI_VERTEX: Final[Mapping[str, Rows]] = MappingProxyType(
    {
        **OMNI,
        "gemini-omni-1.1-flash": _omni(_OMNI_1_1),
        "gemini-omni-1.1-flash-preview": _omni(_OMNI_1_1),
        "gemini-omni-flash-preview": _omni(
            attrs.evolve(
                _OMNI_PREVIEW,
                retires=_ends(date(2026, 11, 6), _OMNI_SUCCESSOR, _LITELLM, published=False),
            )
        ),
    }
)
OMNI_GENERIC: Final = _omni(
    attrs.evolve(
        _OMNI_1_1,
        length=Length(step=0.5, form="seconds"),
        aspect_ratio=Choice(field="aspect_ratio", values=()),
        resolution=_lines(),
        generic=True,
    )
)
