"""The categories of the support codes with which Google's filter explains itself: data, no logic.

Source: cloud.google.com/vertex-ai/generative-ai/docs/video/responsible-ai-and-usage-guidelines,
2026.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_CODES: Final = {
    "child safety": ("58061214", "17301594"),
    "a celebrity or a public person": ("29310472", "15236754"),
    "video safety": ("64151117", "42237218"),
    "dangerous content": ("62263041",),
    "hate": ("57734940", "22137204"),
    "other safety": ("74803281", "29578790", "42876398"),
    "prohibited content": ("89371032", "49114662", "63429089", "72817394", "60599140"),
    "third-party content": ("35561574", "35561575"),
    "sexual content": ("90789179", "43188360"),
    "toxic content": ("78610348",),
    "violence": ("61493863", "56562880"),
    "vulgar content": ("32635315",),
    "people or faces": ("39322892",),
    "personal information": ("92201652",),
}
CATEGORY: Final[Mapping[str, str]] = MappingProxyType(
    {code: category for category, codes in _CODES.items() for code in codes}
)
