"""A warning for a request that turns the visible mark of generated video off. Pure.

Sources of the names: api.volcengine.com and help.aliyun.com/zh/model-studio (``watermark``),
platform.minimax.io (``aigc_watermark``), klingai.com/global/dev (``watermark_info.enabled``),
cloud.google.com/vertex-ai (``addWatermark``), cloud.tencent.com/document/product/1616
(``LogoAdd``, 0 or 1), kie.ai (``remove_watermark``), all read in 2026-11; the other spellings are
those of servers that resell these models.
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final

import attrs

from ..providers.base import Submission
from ..values.request import VideoGenerationRequest

# Names without case, dashes and underscores: what is off has no mark ...
_SWITCHES: Final = frozenset(
    {
        "addwatermark",
        "aigcwatermark",
        "enablewatermark",
        "includewatermark",
        "labelwatermark",
        "logoadd",
        "showwatermark",
        "watermark",
        "watermarkenabled",
        "watermarkinfo",
        "withwatermark",
    }
)
# ... and here what is on.
_REMOVERS: Final = frozenset(
    {
        "disablewatermark",
        "hidewatermark",
        "nowatermark",
        "removewatermark",
        "withoutwatermark",
    }
)
_INSIDE: Final = ("enabled", "enable")
_OFF: Final = frozenset({"false", "0", "no", "off"})
_ON: Final = frozenset({"true", "1", "yes", "on"})
_DEEPEST: Final = 8


def with_mark_warning(request: VideoGenerationRequest, submission: Submission) -> Submission:
    """Return the submission, with one warning if the request turns a visible mark off.

    It is not an adjustment: ``unsupported="error"`` does not refuse it.
    """
    found = next(removed_marks(request.extra_params), None)
    if found is None:
        return submission
    warning = (
        f"{found} turns a visible mark off: the EU AI Act (Regulation (EU) 2024/1689, article 50) "
        "requires generated video to be marked as such and a deepfake to be disclosed, so make "
        "sure that the video is marked in another way where this applies"
    )
    return attrs.evolve(submission, warnings=(*submission.warnings, warning))


def removed_marks(params: Mapping[str, Any]) -> Iterator[str]:
    """Yield the place of each parameter that turns a visible mark off.

    >>> list(removed_marks({"watermark": False, "parameters": {"watermark_info": {"enabled": 0}}}))
    ["extra_params['watermark']", "extra_params['parameters']['watermark_info']"]
    >>> list(removed_marks({"watermark": True, "watermark_text": False, "remove_watermark": False}))
    []
    """
    return _removed(params, "extra_params", 0)


def _removed(value: Any, place: str, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        return
    if isinstance(value, list | tuple):
        # More than a few items are data.
        for number, item in enumerate(islice(value, 100)):
            yield from _removed(item, f"{place}[{number}]", depth + 1)
    if not isinstance(value, Mapping):
        return
    for name, inner in value.items():
        here = f"{place}[{name!r}]"
        bare = name.lower().replace("_", "").replace("-", "") if isinstance(name, str) else ""
        if bare in _SWITCHES:
            if _word(inner) in _OFF:
                yield here
        elif bare in _REMOVERS:
            if _word(inner) in _ON:
                yield here
        else:
            yield from _removed(inner, here, depth + 1)


def _word(value: Any) -> str:
    if isinstance(value, Mapping):
        value = next((value[name] for name in _INSIDE if name in value), None)
    return str(value).strip().lower() if isinstance(value, str | bool | int) else ""
