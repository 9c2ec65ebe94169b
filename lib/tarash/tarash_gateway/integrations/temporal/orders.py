"""What a workflow is given and tells: values that go through Temporal as JSON."""

from hashlib import sha256
from typing import Any, Final, Literal, TypeAlias

import attrs
from attrs.validators import optional

from ...exceptions import ValidationError
from ...outcome import settle
from ...values import checks
from ...values.config import VideoGenerationConfig
from ...values.media import MediaContent
from ...values.request import VideoGenerationRequest, media_of
from ...values.settings import plain
from ...values.short import ConfigLike, RequestLike, config_of, request_of
from ...values.shown import Shown
from ...values.submission_key import wrong_key

OnCancel: TypeAlias = Literal["keep", "cancel"]
Stage: TypeAlias = Literal["submitting", "waiting", "finished"]

# Temporal refuses payloads of more than 2 MB, and keeps each of them for as long as the workflow.
# Source: https://docs.temporal.io/cloud/limits (2026-11-26).
_MOST_BYTES: Final = 256 * 2**10


def _as_key(_order: object, _field: "attrs.Attribute[Any]", key: object) -> None:
    if wrong := wrong_key(key):
        raise wrong


def _as_config(value: ConfigLike) -> VideoGenerationConfig:
    return settle(config_of(value))


def _as_request(value: RequestLike) -> VideoGenerationRequest:
    return settle(request_of(value))


@attrs.frozen(kw_only=True)
class VideoOrder(Shown):
    """One video to make on Temporal.

    API keys and other credentials do not go into a workflow's history: each worker has its own, in
    its environment or from ``with_keys`` of its `VideoActivities`.

    Attributes:
        config: Where to generate, with its fallbacks; or ``"PROVIDER:MODEL"``.
        request: What to generate, or only the prompt. Its media are URLs, or paths that every
            worker can read; bytes may be small only, because they are kept in the workflow's
            history.
        key: The submission key; None for one made of the workflow's id: see `key_of_workflow`.
        save_to: A file or a folder (a text that ends in a slash) on a disk that every worker has,
            or None: then the result is the provider's URL.
        overwrite: Whether an existing file is replaced. It is checked before anything is submitted.
        download_timeout: Seconds that saving may take, > 0.
        on_cancel: What cancelling the workflow does to the job: ``"keep"`` lets it run,
            ``"cancel"`` cancels it at the provider.
        webhook_within: Seconds to wait for the signal ``webhook`` before the job is polled, > 0;
            None polls at once.
    """

    config: VideoGenerationConfig = attrs.field(converter=_as_config)
    request: VideoGenerationRequest = attrs.field(converter=_as_request)
    key: str | None = attrs.field(default=None, validator=optional(_as_key))
    save_to: str | None = attrs.field(default=None, validator=optional(checks.text))
    overwrite: bool = attrs.field(default=False, validator=checks.instance_of(bool))
    download_timeout: float = attrs.field(default=3600, validator=checks.number("seconds"))
    on_cancel: OnCancel = attrs.field(default="keep", validator=checks.one_of({"keep", "cancel"}))
    webhook_within: float | None = attrs.field(
        default=None, validator=optional(checks.number("seconds"))
    )

    def __attrs_post_init__(self) -> None:
        """Refuse what would not reach a worker as it is."""
        for name, medium in media_of(self.request):
            if isinstance(medium, MediaContent) and len(medium.content) > _MOST_BYTES:
                message = (
                    f"{name} has {len(medium.content)} bytes, and a workflow keeps at most "
                    f"{_MOST_BYTES} of them in its history: give a URL, or a path that each worker "
                    "can read"
                )
                raise ValidationError(message)
        params = self.request.extra_params
        if lost := sorted(
            name for name in params if plain({name: params[name]}) != {name: params[name]}
        ):
            message = (
                f"extra_params {', '.join(map(repr, lost))} cannot go through a workflow as they "
                "are: their names sound like credentials, or their values are not JSON"
            )
            raise ValidationError(message)


@attrs.frozen(kw_only=True)
class VideoStatus(Shown):
    """Where a workflow stands.

    Attributes:
        stage: ``"submitting"``, ``"waiting"`` (for the job) or ``"finished"``.
        key: The submission key.
        provider: Provider id of the job, or None before one was accepted.
        model: Model id of the job, or None.
        request_id: The provider's id of the job, or None.
        config_number: Place of the job's config in the chain, from 1, or None.
    """

    stage: Stage
    key: str
    provider: str | None = None
    model: str | None = None
    request_id: str | None = None
    config_number: int | None = None


def key_of_workflow(namespace: str, workflow_id: str, part: str = "") -> str:
    """Return the submission key of a workflow that names none.

    It has the workflow's id and not the id of a run: a retry of the workflow, continue-as-new, a
    reset and a second start under the same id go on with the job that there is, or return its
    video. A video that is to be paid for again needs another workflow id, or another ``key``.

    Args:
        namespace: The workflow's namespace.
        workflow_id: The workflow's id.
        part: What tells several videos of one workflow apart.

    >>> key_of_workflow("default", "order-17")
    'temporal/default/order-17'
    """
    key = "/".join(("temporal", namespace, workflow_id, *((part,) if part else ())))
    # A workflow's id may be longer than a key, and hold any character.
    return key if wrong_key(key) is None else f"temporal/{sha256(key.encode()).hexdigest()}"


def workflow_of_key(namespace: str, key: str | None) -> str | None:
    """Return the id of the workflow `GenerateVideo` that has a key, or None.

    Whoever receives a webhook finds the key by the job's id, in the journal, and the workflow to
    signal by its key. None is returned for a key that an order named, and for a digest.

    >>> workflow_of_key("default", key_of_workflow("default", "order-17"))
    'order-17'
    >>> workflow_of_key("default", "order-17") is None
    True
    """
    prefix = key_of_workflow(namespace, "")
    if key is None or not key.startswith(prefix):
        return None
    return key.removeprefix(prefix) or None
