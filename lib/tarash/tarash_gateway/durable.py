"""A running call as a value that another process, on another day, can go on with."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import attrs

from . import codec
from .checks import is_whole
from .config import VideoGenerationConfig
from .exceptions import ValidationError
from .job import Job
from .media import MediaContent
from .metadata import AttemptMetadata
from .request import VideoGenerationRequest
from .response import StatusType, VideoGenerationResponse

VERSION: Final = 1


@attrs.frozen(kw_only=True)
class VideoGeneration:
    """Everything known about a call after its submission, but no key.

    Made by ``start_video``, carried by errors as ``.generation``, kept by journals.

    Attributes:
        id: Our own id of this attempt; a journal keeps it under this name.
        request: What the caller wants.
        configs: The config in use, then those still to try.
        started_at: Aware UTC time when the attempt began.
        status: Where the job stood when it was last asked for.
        job: The provider's job, or None if none was accepted yet.
        ready: Whether the job is done, and its result has to be fetched.
        polls: How often the job was asked for.
        attempts: The attempts that ended.
        warnings: What the caller should know so far.
        duration: Seconds that were asked of the provider, or None.
        resolution: Likewise.
        aspect_ratio: Likewise.
        response: The finished video, or None.
    """

    id: str
    request: VideoGenerationRequest
    configs: tuple[VideoGenerationConfig, ...]
    started_at: datetime
    status: StatusType = "queued"
    job: Job | None = None
    ready: bool = False
    polls: int = 0
    attempts: tuple[AttemptMetadata, ...] = ()
    warnings: tuple[str, ...] = ()
    duration: float | None = None
    resolution: str | None = None
    aspect_ratio: str | None = None
    response: VideoGenerationResponse | None = None

    @property
    def provider(self) -> str:
        """Provider id of the config in use."""
        return self.configs[0].provider

    @property
    def model(self) -> str:
        """Model id of the config in use."""
        return self.configs[0].model

    @property
    def request_id(self) -> str | None:
        """The provider's id of the job, or None if none was accepted yet."""
        if self.response is not None:
            return self.response.request_id
        return None if self.job is None else self.job.id

    def again(self, config: VideoGenerationConfig | None) -> VideoGenerationConfig:
        """Return the chain to go on with: what was kept, or ``config``'s for the same models."""
        first, *others = (_same(link, config) or link for link in self.configs)
        return attrs.evolve(first, fallback_configs=others or None)

    def to_json(self) -> str:
        """Return the value as JSON text, without keys: they come from the environment again.

        The bytes of images and videos are left out where no further config could need them.
        """
        kept = self if len(self.configs) > 1 and self.response is None else _without_bytes(self)
        value = {"version": VERSION, **codec.brief(kept)}
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        # A provider's words may hold half a character, which no file takes but as an escape.
        return text if is_whole(text) else json.dumps(value, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "VideoGeneration":
        """Return the value that `to_json` wrote.

        Raises:
            ValidationError: The text is no such value, or one of a newer version.
        """
        try:
            value = json.loads(text)
        except ValueError:
            value = None
        if not isinstance(value, Mapping) or value.get("version") != VERSION:
            message = f"this is not the JSON of a VideoGeneration of version {VERSION}"
            raise ValidationError(message=message)
        fields: dict[str, Any] = {name: item for name, item in value.items() if name != "version"}
        return codec.structured(fields, cls)


def _same(
    link: VideoGenerationConfig, config: VideoGenerationConfig | None
) -> VideoGenerationConfig | None:
    if config is None:
        return None
    if (config.provider, config.model) == (link.provider, link.model):
        return attrs.evolve(config, fallback_configs=None)
    found = (_same(link, fallback) for fallback in config.fallback_configs or ())
    return next((same for same in found if same is not None), None)


def _without_bytes(generation: VideoGeneration) -> VideoGeneration:
    request = generation.request
    bare = attrs.evolve(
        request,
        image_list=[i for i in request.image_list if not isinstance(i.image, MediaContent)],
        video=None if isinstance(request.video, MediaContent) else request.video,
    )
    return attrs.evolve(generation, request=bare)
