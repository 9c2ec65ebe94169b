"""What a durable workflow is given and returns: values that an engine may write into its database.

They are JSON values, whatever serialiser the engine uses: no keys, and no bytes of media.
"""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import attrs

from ..exceptions import SaveError, SubmissionUnknownError, TarashException, ValidationError
from ..lifecycle.endings import storable_error, storable_response
from ..lifecycle.fingerprint import fingerprint
from ..lifecycle.links import chain
from ..lifecycle.watched import Look
from ..outcome import settle
from ..registry import known_providers
from ..running.arguments import given
from ..values.checks import refuse
from ..values.config import VideoGenerationConfig
from ..values.files import MediaFile
from ..values.journal_entry import JournalEntry
from ..values.json_forms import plain, structure
from ..values.media import Media, MediaContent
from ..values.request import VideoGenerationRequest, media_of
from ..values.response import VideoGenerationResponse
from ..values.saved import VideoGeneration
from ..values.short import ConfigLike, RequestLike

Stored: TypeAlias = dict[str, Any]
# Returns a stored config, or one of its chain alone, with keys.
WithKeys: TypeAlias = Callable[[VideoGenerationConfig], VideoGenerationConfig]


@attrs.frozen(kw_only=True)
class Order:
    """What a workflow makes.

    Attributes:
        config: The chain, without keys.
        request: What to generate; its media are URLs, or files that every worker has.
        save_to: The file or the folder, or None.
        overwrite: Whether an existing file is replaced.
        measure: Whether the video's file is read to find out what it is.
        webhook: Whether messages tell when to look, so that polls are only the net; None: where the
            provider was asked for a webhook.
    """

    config: VideoGenerationConfig
    request: VideoGenerationRequest
    save_to: str | None = None
    overwrite: bool = False
    measure: bool = True
    webhook: bool | None = None

    def stored(self) -> Stored:
        """Return the order as a JSON value."""
        return {
            "config": plain(self.config),
            "request": plain(self.request),
            "save_to": self.save_to,
            "overwrite": self.overwrite,
            "measure": self.measure,
            "webhook": self.webhook,
        }

    @classmethod
    def of(cls, stored: Stored) -> "Order":
        """Return the order that `stored` wrote."""
        return cls(
            **{
                **stored,
                "config": structure(stored["config"], VideoGenerationConfig),
                "request": structure(stored["request"], VideoGenerationRequest),
            }
        )

    @property
    def listens(self) -> bool:
        """Whether a message may end a pause."""
        if self.webhook is not None:
            return self.webhook
        return any(link.webhook_url is not None for link in chain(self.config))

    @property
    def digest(self) -> str:
        """What tells one video from another: two orders of one workflow id must have the same."""
        return fingerprint(self.config, self.request)


def new_order(  # noqa: PLR0913 - the options of the workflow
    config: ConfigLike,
    request: RequestLike,
    *,
    save_to: str | os.PathLike[str] | None,
    overwrite: bool,
    measure: bool,
    webhook: bool | None,
    has_keys: bool,
) -> Order:
    """Return the order of a call, before anything is stored.

    Args:
        config: The chain, or ``"PROVIDER:MODEL"``.
        request: What to generate, or only the prompt.
        save_to: A file, or a folder.
        overwrite: Whether an existing file is replaced.
        measure: Whether the video is measured.
        webhook: Whether messages tell when to look; None: where the config asks for a webhook.
        has_keys: Whether the workers fill in keys themselves.

    Raises:
        ValidationError: Something would be lost in a database: keys, bytes, or values without a
            JSON form.
    """
    whole, wanted = settle(given(config, request, known_providers()))
    for place, medium in media_of(wanted):
        if isinstance(medium, MediaContent | MediaFile):
            message = (
                f"{place} is given as bytes, which a workflow does not store: give a URL, or the "
                "pathlib.Path of a file that every worker has"
            )
            raise ValidationError(message)
    order = Order(
        config=whole,
        request=_with_absolute_paths(wanted),
        save_to=_absolute(save_to),
        overwrite=overwrite,
        measure=measure,
        webhook=webhook,
    )
    kept = Order.of(order.stored())
    if kept.request != order.request:
        message = (
            "the request has extra_params that cannot be stored (bytes, objects, or names that "
            "sound like a credential): leave them out"
        )
        raise ValidationError(message)
    if not has_keys:
        _refuse_keys(order.config, kept.config)
    return kept


def _refuse_keys(given: VideoGenerationConfig, kept: VideoGenerationConfig) -> None:
    for link, stored in zip(chain(given), chain(kept), strict=True):
        # Its fallbacks are links of their own.
        if attrs.evolve(link, fallback_configs=None) != attrs.evolve(stored, fallback_configs=None):
            message = (
                f"a workflow stores no credentials, and the config of {link.provider}/{link.model} "
                f"has {_credential(link, stored)}: set the provider's variables in the environment "
                "of each worker, or give configure(with_keys=...) there"
            )
            raise ValidationError(message, provider=link.provider, model=link.model)


def _credential(link: VideoGenerationConfig, stored: VideoGenerationConfig) -> str:
    if link.api_key is not None:
        return "an api_key"
    if link.webhook_url != stored.webhook_url:
        return "a query in its webhook_url"
    return "some in its provider_config"


def _with_absolute_paths(request: VideoGenerationRequest) -> VideoGenerationRequest:
    # Another worker, or this one after a restart, may run in another folder.
    images = [attrs.evolve(each, image=_found(each.image)) for each in request.image_list]
    video = None if request.video is None else _found(request.video)
    return attrs.evolve(request, image_list=images, video=video)


def _found(medium: Media) -> Media:
    return medium.absolute() if isinstance(medium, Path) else medium


def _absolute(place: str | os.PathLike[str] | None) -> str | None:
    if place is None:
        return None
    if not isinstance(place, str | os.PathLike):
        raise refuse("save_to", place, "a path")
    text = os.fspath(place)
    # A slash at the end says that it is a folder.
    return f"{Path(text).absolute()}" + ("/" if text.endswith(("/", os.sep)) else "")


def look_out(look: Look) -> Stored:
    """Return a look without a video as a JSON value."""
    job = look.generation.to_json()
    return {"job": job, "wait": look.wait, "faults": look.faults, "left": look.left}


def look_in(stored: Stored) -> Look:
    """Return the look that `look_out` wrote."""
    job = VideoGeneration.from_json(stored["job"])
    return Look(generation=job, wait=stored["wait"], faults=stored["faults"], left=stored["left"])


def response_out(response: VideoGenerationResponse) -> Stored:
    """Return a response as a JSON value, with its job, and without bytes and credentials."""
    job = response.generation
    return {
        "response": plain(storable_response(response)),
        "job": None if job is None else job.to_json(),
    }


def response_in(stored: Mapping[str, Any]) -> VideoGenerationResponse:
    """Return the response that `response_out` wrote."""
    job = stored["job"]
    response: VideoGenerationResponse = structure(stored["response"], VideoGenerationResponse)
    if job is None:
        return response
    return attrs.evolve(response, generation=VideoGeneration.from_json(job))


def error_out(error: TarashException) -> TarashException:
    """Return an error that an engine may pickle: its job has neither keys nor bytes."""
    kept, job = storable_error(error), error.generation
    if isinstance(kept, SaveError) and kept.response is not None:
        kept = attrs.evolve(kept, response=response_in(response_out(kept.response)))
    if isinstance(kept, SubmissionUnknownError):
        kept = attrs.evolve(kept, unknown=tuple(map(_entry_out, kept.unknown)))
    if job is None:
        return kept
    return attrs.evolve(kept, generation=VideoGeneration.from_json(job.to_json()))


def _entry_out(entry: JournalEntry) -> JournalEntry:
    job = VideoGeneration.from_json(entry.generation.to_json())
    return attrs.evolve(entry, generation=job)
