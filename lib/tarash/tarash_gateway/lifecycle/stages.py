"""The stages of an attempt, from its first upload to the response."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypeAlias

import attrs

from ..exceptions import TarashException
from ..providers.uploads import Upload
from ..values.files import UploadedMedia
from ..values.job import Job
from ..values.response import VideoGenerationResponse


@attrs.frozen(kw_only=True)
class Uploading:
    """A medium is being uploaded; nothing was submitted yet.

    Attributes:
        upload: The medium.
        waiting: The media after it.
        done: Those before it, by what the caller calls them.
        tries: How many times its upload failed.
    """

    upload: Upload
    waiting: tuple[Upload, ...] = ()
    done: Mapping[str, UploadedMedia] = attrs.field(factory=dict, hash=False)
    tries: int = 0


@attrs.frozen(kw_only=True)
class Submitting:
    """The submission is being sent; ``tries`` earlier ones were not accepted."""

    tries: int = 0


@attrs.frozen(kw_only=True)
class WithJob:
    """A stage that has an accepted job."""

    job: Job
    polls: int = 0


@attrs.frozen(kw_only=True)
class Ear:
    """What tells about a job between two polls: its stream, or its webhooks.

    Attributes:
        deaf: Whether the stream is not opened again: it was of no use, or it has said all that it
            had to.
        place: The id after which the stream goes on, or empty.
        every: Most seconds between two polls while a webhook is waited for, or None: it is not, and
            the stream is listened to.
        came: When the newest webhook came that was followed by a poll, or None.
    """

    deaf: bool = False
    place: str = ""
    every: float | None = None
    came: datetime | None = None


@attrs.frozen(kw_only=True)
class Asking(WithJob):
    """A stage at which the job is asked for."""

    faults: int = 0
    doubts: int = 0
    leaving: TarashException | None = None
    ear: Ear = Ear()


@attrs.frozen(kw_only=True)
class Polling(Asking):
    """A job was accepted and is being polled.

    Attributes:
        job: The job.
        polls: How many times it was polled.
        faults: How many exchanges in a row, up to the last, returned nothing usable.
        doubts: How many of these were refused or, at `Collecting`, not understood.
        leaving: The error for which the job was to be given up, where it turned out to be finished:
            this is the last attempt to get its video.
        ear: What tells about it between two polls.
    """


@attrs.frozen(kw_only=True)
class Collecting(Asking):
    """The job is done, and its result is being fetched.

    Attributes:
        redirects: How many redirects were followed.
        url: Where the last redirect leads, or None.
        job, polls, faults, doubts, leaving, ear: As for `Polling`.
    """

    redirects: int = 0
    url: str | None = None


@attrs.frozen(kw_only=True)
class Leaving(WithJob):
    """The job is given up: the provider is asked where it stands, then asked to cancel it.

    Attributes:
        job, polls: As for `Polling`.
        error: Why the job is given up.
        looking: Whether the next exchange asks where the job stands; otherwise it cancels the job.
        charged: Whether the provider may charge for the job although it is cancelled.
        by_caller: Whether the caller asked for the cancel. Otherwise it makes room for the next
            config of the chain.
    """

    error: TarashException
    looking: bool = False
    charged: bool = False
    by_caller: bool = False


@attrs.frozen(kw_only=True)
class Finished:
    """The video is there; the caller gets the response."""

    response: VideoGenerationResponse


Stage: TypeAlias = Uploading | Submitting | Polling | Collecting | Leaving | Finished
