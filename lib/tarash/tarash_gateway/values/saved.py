"""A running call as a value that another process can continue later."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import attrs

from .. import _later
from ..exceptions import ValidationError
from .attempts import AttemptMetadata
from .checks import is_encodable, preview
from .config import VideoGenerationConfig
from .files import MediaFile
from .job import Job
from .media import MediaContent
from .moments import in_utc
from .request import VideoGenerationRequest
from .response import StatusType, VideoGenerationResponse
from .shown import Shown
from .submission_key import KeyedAttempt

if TYPE_CHECKING:
    from . import in_html, json_forms
else:
    # Only what a journal stores is written as JSON, by cattrs, and only a notebook asks for HTML.
    in_html, json_forms = _later.modules(__package__, ".in_html", ".json_forms")

VERSION: Final = 2
# A program that does not know submission keys must not go on along the chain of one: its next
# attempt would not be below the key, and could be paid for twice.
_WITH_KEY: Final = 3
# Version 1 lacks position, base_url, doubts and media_omitted.
_READABLE: Final = (1, VERSION, _WITH_KEY)
# Another process may not have these bytes, or may find another file under the name.
_LOCAL: Final = (MediaContent, MediaFile)


@attrs.frozen(kw_only=True)
class VideoGeneration(Shown):
    """Everything that is known about a call after its submission, without keys.

    ``start_video`` returns it, errors carry it as ``.generation``, and journals store it.

    Attributes:
        id: Our own id of this attempt; it names the attempt's entry in a journal.
        request: What the caller wants.
        configs: The config in use, then those still to try.
        started_at: Aware UTC time when the attempt began.
        status: The job's status at the last poll.
        position: Place of the config in use in the whole chain, from 0; nested fallbacks follow
            the config that they belong to.
        base_url: Where the job was submitted, or None if an older version wrote this value.
        job: The provider's job, or None if no job was accepted yet.
        ready: Whether the job is done, and its result has to be fetched.
        polls: How many times the job's status was requested.
        doubts: How many of the last polls in a row were refused; the third refusal is final.
        attempts: The attempts that ended.
        warnings: The warnings so far.
        duration: Seconds that the submission requested, or None.
        resolution: The resolution that the submission requested, or None.
        aspect_ratio: The aspect ratio that the submission requested, or None.
        response: The finished video, or None.
        media_omitted: Whether this value comes from JSON without the bytes or the files of its
            images or video: the configs still to try cannot be sent without them.
        uploading: Whether its media were still being uploaded: nothing was submitted.
        keyed: Its place below a submission key, or None without a key.
        public_settings: For each config, the part of its ``provider_config`` that may be written.
    """

    id: str
    request: VideoGenerationRequest
    configs: tuple[VideoGenerationConfig, ...]
    started_at: datetime
    status: StatusType = "queued"
    position: int = 0
    base_url: str | None = None
    job: Job | None = None
    ready: bool = False
    polls: int = 0
    doubts: int = 0
    attempts: tuple[AttemptMetadata, ...] = ()
    warnings: tuple[str, ...] = ()
    duration: float | None = None
    resolution: str | None = None
    aspect_ratio: str | None = None
    response: VideoGenerationResponse | None = None
    media_omitted: bool = False
    uploading: bool = False
    keyed: KeyedAttempt | None = None
    public_settings: tuple[Mapping[str, Any], ...] = attrs.field(default=(), eq=False, repr=False)

    @property
    def provider(self) -> str:
        """Provider id of the config in use."""
        return self.configs[0].provider

    @property
    def model(self) -> str:
        """Model id of the config in use."""
        return self.configs[0].model

    @property
    def key(self) -> str | None:
        """The submission key, or None."""
        return None if self.keyed is None else self.keyed.key

    @property
    def request_id(self) -> str | None:
        """The provider's id of the job, or None if no job was accepted yet."""
        if self.response is not None:
            return self.response.request_id
        return None if self.job is None else self.job.id

    def _repr_html_(self) -> str:
        """Return a short table for a notebook."""
        return in_html.table((), self.lines().items())

    def lines(self) -> dict[str, str]:
        """Return what a short table says about it: what it is called, and its text."""
        return {
            "job": self.request_id or "not submitted yet",
            "model": f"{self.provider}:{self.model}",
            "status": self.status,
            "prompt": self.request.prompt,
            "started": in_utc(self.started_at),
        }

    def to_json(self) -> str:
        """Return the value as JSON text without keys, which are read from the environment again.

        The bytes of images and videos are left out, so that a journal stays small.
        """
        version = VERSION if self.keyed is None else _WITH_KEY
        value = {"version": version, **json_forms.brief(_without_bytes(self))}
        value.pop("public_settings", None)
        for config, settings in zip(value["configs"], self.public_settings, strict=False):
            config.pop("provider_config", None)
            if settings:
                config["provider_config"] = dict(settings)
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        # A provider's text may hold half of a surrogate pair: only an escape can be written.
        return text if is_encodable(text) else json.dumps(value, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "VideoGeneration":
        """Return the value that `to_json` wrote, in this version or an older one.

        Raises:
            ValidationError: The text is something else, or was written by a newer version.
        """
        try:
            value = json.loads(text)
        except (ValueError, RecursionError, TypeError):
            value = None
        generation = json_forms.structure(_fields(value), cls)
        if not generation.configs:
            message = (
                "this is not the JSON of a VideoGeneration: it has no config; pass the text that "
                "to_json wrote"
            )
            raise ValidationError(message)
        # A setting that was written once may be written again, even if its provider is unknown now.
        settings = tuple(config.provider_config for config in generation.configs)
        return attrs.evolve(generation, public_settings=settings)


# The two classes name each other: the name is resolved here, where both are known.
attrs.resolve_types(VideoGenerationResponse, localns={"VideoGeneration": VideoGeneration})


def _fields(value: Any) -> dict[str, Any]:
    version = value.get("version") if isinstance(value, Mapping) else None
    if type(version) is not int or version not in _READABLE:
        message = (
            f"this is not the JSON of a VideoGeneration of version {_WITH_KEY} or older (version "
            f"{preview(version)}): read it with the version of tarash-gateway that wrote it"
        )
        raise ValidationError(message)
    fields = {str(name): item for name, item in value.items() if name != "version"}
    attempts = fields.get("attempts")
    if version == 1 and isinstance(attempts, list):
        # Each config of a chain made one attempt.
        fields["position"] = len(attempts)
    return fields


def _without_bytes(generation: VideoGeneration) -> VideoGeneration:
    request = generation.request
    bare = attrs.evolve(
        request,
        image_list=[i for i in request.image_list if not isinstance(i.image, _LOCAL)],
        video=None if isinstance(request.video, _LOCAL) else request.video,
    )
    omitted = generation.media_omitted or bare != request
    return attrs.evolve(generation, request=bare, media_omitted=omitted)
