"""What a provider is: a frozen record of pure functions and facts.

A custom provider is the same record. None of these functions does I/O, reads the time or the
environment, or raises: what can go wrong is a ``Failure``.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import attrs

from ..outcome import Outcome
from ..values.attempts import Cancellation
from ..values.config import VideoGenerationConfig
from ..values.job import Job as Job
from ..values.request import VideoGenerationRequest
from ..values.response import StatusType
from ..values.secrets import Secret
from ..values.settings import Setting as Setting
from ..values.shown import Shown
from ..values.urls import origin
from .reports import Accepted as Accepted
from .reports import Heard as Heard
from .reports import Polled as Polled
from .reports import Progress as Progress
from .reports import Ready as Ready
from .reports import Refusal as Refusal
from .reports import Video as Video

if TYPE_CHECKING:
    # Everybody who imports a verb needs the type of a provider, and only a call needs its rows and
    # its requests.
    from ..catalog.limits import MediaRules
    from ..catalog.rows import ModelRow
    from ..http.events import Event
    from ..http.messages import HttpRequest, HttpResponse
    from .listing import ListedJob, Page
    from .uploads import Stored, Upload
    from .webhooks import Webhooks

ReplyTo: TypeAlias = Literal["submit", "poll", "collect"]


@attrs.frozen(kw_only=True)
class KeyVariables:
    """Environment variables that together make a key.

    Attributes:
        names: All of them must be set.
        join: The separator between their values.
    """

    names: tuple[str, ...]
    join: str = ":"

    @property
    def text(self) -> str:
        """The variables as a shell would write the key."""
        return self.join.join(f"${name}" for name in self.names)


@attrs.frozen(kw_only=True)
class OAuth:
    """An access token as a key: the config's ``api_key``, a setting or the machine's identity.

    Attributes:
        scope: OAuth scope of the token.
        setting: Key of ``provider_config`` under which a token may be given.
        shown: How a plan shows the token: a command that prints it, for a shell to run.
    """

    scope: str
    setting: str = "access_token"
    shown: str


@attrs.frozen(kw_only=True)
class Target:
    """A provider with the config of one attempt and its environment variables.

    Attributes:
        provider: The provider.
        config: The config.
        key: The key, or None where the provider needs none.
        environment: The provider's environment variables that were set, read once.
        today: The date of the clock effect, in UTC, or None if retired models are not refused.
    """

    provider: "Provider"
    config: VideoGenerationConfig
    key: Secret | None = None
    environment: Mapping[str, str] = attrs.field(factory=dict, hash=False, repr=False)
    today: date | None = None

    @property
    def base_url(self) -> str:
        """The config's base URL or the provider's own, without a slash at its end."""
        given = self.config.base_url or self.environment.get(self.provider.base_url_variable or "")
        return (given or self.own_base_url).rstrip("/")

    @property
    def own_base_url(self) -> str:
        """The provider's base URL, whatever the config and the environment say."""
        of = self.provider.base_url_of
        return self.provider.base_url if of is None else of(self)

    @property
    def origin(self) -> tuple[str, str, int | None] | None:
        """The base URL's origin: only a URL on it may get the key."""
        return origin(self.base_url)

    @property
    def at_own_host(self) -> bool:
        """Whether requests go to the provider's own host, and not to one that stands for it."""
        return origin(self.base_url) == origin(self.own_base_url)

    def owns(self, url: str) -> bool:
        """Tell whether a URL is on the base URL's origin."""
        place = origin(url)
        return place is not None and place == self.origin


@attrs.frozen(kw_only=True)
class Submission:
    """The first request, and what is known before it is sent.

    Attributes:
        request: The request.
        warnings: What the caller should know, ``adjusted`` included: one sentence each.
        adjusted: What was rounded or left out; ``unsupported="error"`` refuses these.
        misshapen: Those of ``adjusted`` that change the shape; ``unsupported="warn"`` refuses them.
        duration: Seconds that the request asks for, or None.
        resolution: The resolution that it asks for, or None.
        aspect_ratio: The aspect ratio that it asks for, or None.
        soonest: Seconds that its model takes at least, if that is known: see `ModelRow`.
    """

    request: "HttpRequest"
    warnings: tuple[str, ...] = ()
    adjusted: tuple[str, ...] = ()
    misshapen: tuple[str, ...] = ()
    duration: float | None = None
    resolution: str | None = None
    aspect_ratio: str | None = None
    soonest: float | None = None


@attrs.frozen(kw_only=True)
class Uploads:
    """How a provider takes files.

    Attributes:
        origin: From a target to the base URL whose origin may get the key, beside the target's own.
        request: The next exchange of an upload.
        received: What a 2xx reply to it means: the upload with what the reply said, or the medium
            as the provider names it.
        pending: How a medium is named before it is uploaded, for a plan and for every check that
            comes before the first exchange.
    """

    origin: Callable[[Target], str]
    request: "Callable[[Target, Upload], HttpRequest]"
    received: "Callable[[Target, Upload, HttpResponse], Outcome[Stored]]"
    pending: "Callable[[Target, Upload], str]"


@attrs.frozen(kw_only=True)
class Stream:
    """Server-sent events about a job that runs: they only tell when it is worth to poll.

    Attributes:
        request: How to open it, after an id that `Heard.place` named, or from its beginning.
        heard: What an event means. A Failure means that the stream is of no use: the job is then
            polled as if there were no stream.
    """

    request: "Callable[[Target, Job, str], HttpRequest]"
    heard: "Callable[[Target, Job, Event], Outcome[Heard]]"


@attrs.frozen(kw_only=True)
class Listing:
    """A provider's list of jobs, by which the fate of an unknown submission can be found out.

    Attributes:
        request: The request for a page: the one that `Page.following` names, or the first one for
            an empty text. Jobs from before the time need not be on it.
        listed: What a 2xx reply to it means.
        sent: From a submission's request to the model's input in it, as a job's `ListedJob.input`
            has it.
        fits: Whether a job is of the model of a target.
        origin: From a target to the base URL whose origin may get the key, beside the target's own.
        newest_first: Whether the jobs are in the order of their creation, the newest first, so that
            the pages after an older job need not be asked for.
        shows_after: How long after its submission a job that exists may be missing in the list.
        keeps: How long after its submission a job is in the list at least; None for always.
        is_whole: Whether every job is in the list between these two. Where it is not, the list may
            find a job, but never says that there is none.
    """

    request: "Callable[[Target, datetime, str], HttpRequest]"
    listed: "Callable[[Target, HttpResponse], Outcome[Page]]"
    sent: "Callable[[HttpRequest], Mapping[str, Any]]"
    fits: "Callable[[Target, ListedJob], bool]"
    origin: "Callable[[Target], str]" = lambda target: target.base_url
    newest_first: bool = True
    shows_after: timedelta
    keeps: timedelta | None = None
    is_whole: bool = True


@attrs.frozen(kw_only=True)
class Provider(Shown):
    """One provider's API as pure functions.

    Attributes:
        name: Provider id.
        base_url: The URL of its API.
        keys: Environment variables that may hold the key, in order; empty: it needs no key.
        authenticate: Returns the headers that carry the key.
        submit: The first request, with warnings, or a ``ValidationError`` for a wrong request.
        accepted: What a 2xx reply to it means: a job, or the finished video.
        poll: How to ask for a job.
        polled: What a 2xx reply to that means.
        failure: What an error reply means.
        stream: How to hear about a job between two polls, or None where the provider does not tell.
        least_wait: Seconds that it asks to leave between two polls of a job. A longer
            ``poll_interval`` is not shortened below them.
        collect: How to fetch the result of a job that is `Ready`, where that takes an exchange.
        collected: What a 2xx reply to that means.
        cancel: How to stop paying for a job, or None where the provider cannot.
        cancelled: What any reply to that means: ``"confirmed"``, ``"too_late"`` or ``"failed"``.
        cancel_destroys: Whether a cancel deletes the video of a finished job. Such a provider is
            first asked for the job's state, and gets no cancel if it does not answer.
        charged_when_cancelled: States of a job (``"queued"``, ``"processing"``) in which the
            provider charges for it, in whole or in part, although it is cancelled.
        refunds_nothing: Whether a cancel of such a job refunds nothing: the job is then left
            running, unless the caller asks for the cancel.
        exact_waits: Whether its hints for the next poll are followed exactly. A server's hints are
            clamped to sensible waits; the mock's hints are the caller's own.
        settings: Names that it reads in ``provider_config``, or None if it does not say.
        environment: Further environment variables the provider's functions want.
        base_url_variable: Environment variable that overrides ``base_url``, or None.
        base_url_of: Returns the URL of its API, where that depends on the config.
        oauth: Where the access token comes from, for a provider whose key is one.
        variant: Chooses the record by config and environment, where one id stands for several APIs.
        submissions: Most times one submission may be sent, where it was surely not accepted.
        media: The limits of a model's images and of its video; None for those of no provider.
        uploads: How it takes a file that is too large for a request, or None.
        listing: Returns how a target lists the jobs of an account, or None where it does not.
        dashboard: The page on which a user finds the jobs of an account, or None.
        key_page: The page on which a user makes a key, or None.
        starter_model: A quick model that needs a prompt alone, for a first video, or None.
        needs_address: Why a user has to set an address first, as a sentence, or None.
        webhooks: How it tells by itself that a job ended, or None where it does not.
        models: Its model table.
        stands_for: Only the mock has it: returns the record that answers in place of another
            provider, without a network or a key.
        broken: Why an installed package's provider cannot be used, or None: see `unusable`.
    """

    name: str
    base_url: str
    keys: tuple[KeyVariables, ...] = ()
    authenticate: Callable[[Secret], Mapping[str, str]]
    submit: Callable[[Target, VideoGenerationRequest], Outcome[Submission]]
    accepted: "Callable[[Target, HttpResponse], Outcome[Accepted]]"
    poll: "Callable[[Target, Job], HttpRequest]"
    polled: "Callable[[Target, Job, HttpResponse], Outcome[Polled]]"
    failure: "Callable[[Target, HttpResponse, ReplyTo], Refusal]"
    stream: Stream | None = None
    least_wait: float = 0.0
    collect: "Callable[[Target, Job], HttpRequest] | None" = None
    collected: "Callable[[Target, Job, HttpResponse], Outcome[Polled]] | None" = None
    cancel: "Callable[[Target, Job], HttpRequest] | None" = None
    cancelled: "Callable[[HttpResponse], Cancellation] | None" = None
    cancel_destroys: bool = False
    charged_when_cancelled: frozenset[StatusType] = frozenset()
    refunds_nothing: bool = False
    exact_waits: bool = False
    settings: tuple[Setting, ...] | None = None
    environment: tuple[str, ...] = ()
    base_url_variable: str | None = None
    base_url_of: Callable[[Target], str] | None = None
    oauth: OAuth | None = None
    variant: Callable[[VideoGenerationConfig, Mapping[str, str]], "Provider"] | None = None
    submissions: int = 4
    media: "Callable[[Target], MediaRules] | None" = None
    uploads: Uploads | None = None
    listing: "Callable[[Target], Listing | None]" = lambda _target: None
    dashboard: str | None = None
    key_page: str | None = None
    starter_model: str | None = None
    needs_address: str | None = None
    webhooks: "Webhooks | None" = None
    models: "Mapping[str, ModelRow]" = attrs.field(factory=dict, hash=False, repr=False)
    stands_for: "Callable[[Provider], Provider] | None" = None
    broken: str | None = None
