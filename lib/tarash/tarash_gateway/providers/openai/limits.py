"""The limits of images and videos in OpenAI's dialect. It has no upload route for them.

Sources: openai/openai-openapi, openapi.yaml (2026-08-21): ``image_url`` has at most 20971520
characters; developers.openai.com/api/docs/guides/video-generation (2026): the formats;
MicrosoftDocs/azure-ai-docs, articles/foundry/openai/concepts/video-generation.md (2025-12-01) and
articles/ai-foundry/openai/concepts/video-generation.md (2025-09-16): the formats at Azure.
"""

from typing import Final

import attrs

from ...catalog.limits import MIB, MediaLimits, MediaRules

_VIDEO: Final = MediaLimits(
    instead="pass the id of a video that the server made, as extra_params={'video': {'id': ...}}"
)
# A file goes into a form, whose size no page limits.
FORM_RULES: Final = MediaRules(
    images=MediaLimits(
        formats=("image/jpeg", "image/png", "image/webp"),
        source="https://developers.openai.com/api/docs/guides/video-generation, 2026",
    ),
    video=_VIDEO,
)
JSON_RULES: Final = attrs.evolve(
    FORM_RULES,
    images=attrs.evolve(
        FORM_RULES.images,
        inline=20 * MIB,
        counted="data_url",
        source="openai/openai-openapi, openapi.yaml, 2026-08-21",
    ),
)
# Other servers have limits of their own.
FOREIGN_RULES: Final = MediaRules(video=_VIDEO)
AZURE_RULES: Final = MediaRules(
    images=attrs.evolve(
        FORM_RULES.images,
        instead="",
        source="MicrosoftDocs/azure-ai-docs, articles/foundry/openai/concepts/video-generation.md, "
        "2025-12-01",
    )
)
AZURE_JOBS_RULES: Final = MediaRules(
    images=attrs.evolve(
        AZURE_RULES.images,
        formats=("image/jpeg", "image/png"),
        source="MicrosoftDocs/azure-ai-docs, articles/ai-foundry/openai/concepts/"
        "video-generation.md, 2025-09-16",
    )
)
