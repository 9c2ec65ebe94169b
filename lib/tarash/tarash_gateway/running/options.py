"""The options of the entry points: one type for each set of verbs that share them.

A verb takes `**options: Unpack[…]`, so that a type checker knows every option of every face, and
`faces.verb` makes keyword parameters of them.
"""

import os
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Literal, TypeAlias, TypedDict

from ..effects import Effects
from ..effects.journal import Journal
from ..providers.base import Provider
from ..values.config import VideoGenerationConfig
from ..values.request import VideoGenerationRequest
from ..values.response import OnProgress, VideoGenerationUpdate

OnInterrupt: TypeAlias = Literal["keep", "cancel"]
Place: TypeAlias = str | os.PathLike[str]
Providers = Mapping[str, Provider] | None

# An option that is not here is None by default.
DEFAULTS: Final[Mapping[str, Any]] = {
    "forget": False,
    "max_in_flight": 8,
    "on_interrupt": "keep",
    "overwrite": False,
    "measure": True,
    "poll_every": 60,
}


class WorldOptions(TypedDict, total=False):
    """What every verb takes that looks at a provider."""

    effects: Effects | None
    providers: Providers


class JournalOptions(WorldOptions, total=False):
    """What every verb takes that sends something."""

    journal: Journal | None


class InterruptOptions(JournalOptions, total=False):
    """What every verb takes that waits for a job."""

    on_interrupt: OnInterrupt


class SubmitOptions(InterruptOptions, total=False):
    """What every verb takes that submits.

    `webhook_url` belongs here when it is built: one line, and one in `DEFAULTS` if the default is
    not None.
    """

    key: str | None


class FileOptions(TypedDict, total=False):
    """What every verb takes that may write a file."""

    overwrite: bool
    download_timeout: float | None


class _SaveTo(TypedDict, total=False):
    save_to: Place | None


class DeliveryOptions(_SaveTo, FileOptions, total=False):
    """What every verb takes that waits for a video."""

    measure: bool


class WaitOptions(DeliveryOptions, InterruptOptions, total=False):
    """What every verb takes that waits for a video, whatever its other options are."""


class GenerateOptions(DeliveryOptions, SubmitOptions, total=False):
    """What `generate_video` takes."""


class _Config(TypedDict, total=False):
    config: VideoGenerationConfig | None


class JobOptions(_Config, JournalOptions, total=False):
    """What `check_video` and `cancel_video` take."""


class ReconcileOptions(JobOptions, total=False):
    """What `reconcile_video` takes."""

    forget: bool
    job: str | None


class _Progress(_Config, total=False):
    on_progress: OnProgress | None


class ResumeOptions(_Progress, DeliveryOptions, InterruptOptions, total=False):
    """What `resume_video` takes."""


class AwaitOptions(_Progress, DeliveryOptions, WorldOptions, total=False):
    """What `wait_for_webhook` takes."""

    on_interrupt: OnInterrupt
    poll_every: float
    timeout: float | None


class SaveOptions(_Progress, FileOptions, WorldOptions, total=False):
    """What `save_video` takes."""

    max_bytes: int | None


# The options of a batch that may differ from item to item.
KeyOfItem: TypeAlias = Callable[[int, VideoGenerationRequest], str]
PlaceOfItem: TypeAlias = Callable[[int, VideoGenerationRequest], Place | None]
BatchProgress: TypeAlias = Callable[[int, VideoGenerationUpdate], Awaitable[None] | None]
OnBatchProgress: TypeAlias = BatchProgress | Literal["bar"]


class BatchOptions(FileOptions, InterruptOptions, total=False):
    """What `generate_videos` takes."""

    max_in_flight: int
    max_failures: int | None
    key: str | KeyOfItem | None
    save_to: Place | PlaceOfItem | None
    on_progress: OnBatchProgress | None
    measure: bool
