"""What the mock's clip shows: the request that it stands for."""

import json
from collections.abc import Mapping
from typing import Any, Final

import attrs

from ..providers.base import Submission
from ..values.config import VideoGenerationConfig
from ..values.media import ImageRole, Media, MediaContent
from ..values.request import VideoGenerationRequest

# More does not fit into a frame, and the URL of the clip has all of it.
_LONGEST_PROMPT: Final = 2000
_MOST_FIELDS: Final = 40
# A larger picture is shown as an empty tile: it would only slow the mock down.
_LARGEST: Final = 16 * 2**20
_FIELDS: Final = (
    "duration_seconds",
    "resolution",
    "aspect_ratio",
    "generate_audio",
    "seed",
    "negative_prompt",
    "enhance_prompt",
)


@attrs.frozen(kw_only=True)
class Picture:
    """A picture of the request.

    Attributes:
        role: What it is for.
        content: Its bytes; empty if they are not known here, as for a URL.
    """

    role: ImageRole
    content: bytes = attrs.field(default=b"", repr=lambda content: f"<{len(content)} bytes>")


@attrs.frozen(kw_only=True)
class Story:
    """What a clip shows.

    Attributes:
        provider: Provider id that the mock stands for.
        model: Model id.
        prompt: The prompt.
        fields: Names and values of the other fields that were given.
        sound: Whether the clip has a sound track.
        pictures: The request's pictures.
    """

    provider: str = "mock"
    model: str = "mock"
    prompt: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    sound: bool = False
    pictures: tuple[Picture, ...] = ()

    def picture(self, role: ImageRole) -> bytes:
        """Return the bytes of the first picture of a role; empty without one."""
        return next((one.content for one in self.pictures if one.role == role), b"")


def story_of(
    config: VideoGenerationConfig, request: VideoGenerationRequest, sent: Submission
) -> Story:
    """Return what the clip of a request shows: its fields, and what the model makes of them."""
    made = {
        "duration_seconds": sent.duration,
        "resolution": sent.resolution,
        "aspect_ratio": sent.aspect_ratio,
    }
    given = [(name, getattr(request, name)) for name in _FIELDS]
    given += sorted(request.extra_params.items())
    if request.video is not None:
        given.append(("video", "given"))
    silent = any(sentence.startswith("generate_audio ") for sentence in sent.adjusted)
    return Story(
        provider=config.provider,
        model=config.model,
        prompt=request.prompt[:_LONGEST_PROMPT],
        fields=tuple(
            (_shown(name), _became(value, made.get(name)))
            for name, value in given
            if value is not None
        )[:_MOST_FIELDS],
        sound=bool(request.generate_audio) and not silent,
        pictures=tuple(Picture(role=i.type, content=_bytes(i.image)) for i in request.image_list),
    )


def _became(given: object, made: object) -> str:
    """Return a value as it is shown, with what it was rounded to."""
    return _shown(given) if made in {None, given} else f"{_shown(given)} -> {_shown(made)}"


def _bytes(medium: Media) -> bytes:
    content = medium.content if isinstance(medium, MediaContent) else b""
    return content if len(content) <= _LARGEST else b""


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return text if len(text) <= 60 else f"{text[:59]}…"  # noqa: PLR2004 - what fits into a corner


def to_query(story: Story) -> dict[str, Any]:
    """Return the words of a story for the query of a URL; its pictures do not fit there."""
    return {
        "provider": story.provider,
        "model": story.model,
        "prompt": story.prompt,
        "fields": json.dumps(story.fields, ensure_ascii=False),
        "sound": int(story.sound),
    }


def from_query(query: Mapping[str, str], pictures: tuple[Picture, ...] = ()) -> Story:
    """Return the story that `to_query` put into a query, with its pictures."""
    try:
        fields = tuple((str(name), str(value)) for name, value in json.loads(query["fields"]))
    except (KeyError, ValueError, TypeError):
        fields = ()
    return Story(
        provider=query.get("provider", "mock"),
        model=query.get("model", "mock"),
        prompt=query.get("prompt", ""),
        fields=fields,
        sound=query.get("sound") == "1",
        pictures=pictures,
    )
