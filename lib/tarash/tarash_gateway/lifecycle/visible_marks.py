"""A warning for a request that turns the visible mark of generated video off. Pure.

Sources of the names: api.volcengine.com and help.aliyun.com/zh/model-studio (``watermark``),
platform.minimax.io (``aigc_watermark``), klingai.com/global/dev (``watermark_info.enabled``),
cloud.google.com/vertex-ai (``addWatermark``), cloud.tencent.com/document/product/1616
(``LogoAdd``, 0 or 1), kie.ai (``remove_watermark``), all read in 2026-11; the other spellings are
those of servers that resell these models.
"""

from collections.abc import Iterator, Mapping
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
    waiting: list[tuple[str, Any]] = [("extra_params", dict(params))]
    # A value of the caller's may contain itself.
    seen: set[int] = set()
    for place, value in waiting:
        if id(value) in seen:
            continue
        seen.add(id(value))
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for name, inner in pairs:
            here = f"{place}[{name!r}]"
            if (means := _wanted(name)) is not None:
                if _state(inner) is means:
                    yield here
            elif isinstance(inner, dict | list | tuple):
                waiting.append((here, inner))


def _wanted(name: object) -> bool | None:
    """Return the state in which a parameter removes the mark, or None for every other name."""
    bare = name.lower().replace("_", "").replace("-", "") if isinstance(name, str) else ""
    return False if bare in _SWITCHES else True if bare in _REMOVERS else None


def _state(value: object) -> bool | None:
    """Return whether a switch is on or off, or None for a value that is neither."""
    if isinstance(value, dict):
        value = next((value[name] for name in _INSIDE if name in value), None)
    if isinstance(value, str):
        word = value.strip().lower()
        return False if word in _OFF else True if word in _ON else None
    # True is 1.
    return bool(value) if isinstance(value, int) and value in {0, 1} else None
