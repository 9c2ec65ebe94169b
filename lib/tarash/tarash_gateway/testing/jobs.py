"""A job of a scripted world, which answers for itself."""

import base64
import json
from collections.abc import Mapping, Sequence

import attrs

from ..http.messages import HttpRequest, HttpResponse
from .clips import wanted
from .dialects import CLIP_URL, INLINE, Content, Make, Taken
from .happenings import Happening
from .playing import Spoken, clip_for, fields_of, reply_of


@attrs.define(kw_only=True, eq=False)
class ScriptedJob:
    """A job that a provider has.

    Attributes:
        spoken: Whose API is spoken about it.
        happening: What happens to it.
        taken: Its submission.
        url: Where that was sent.
        is_cancelled: Whether somebody cancelled it before its end.
    """

    spoken: Spoken
    happening: Happening
    taken: Taken
    url: str
    is_cancelled: bool = attrs.field(default=False, init=False)
    _polls: int = attrs.field(default=0, init=False)

    @property
    def name(self) -> str:
        """Its id."""
        return self.taken.job

    @property
    def clip_url(self) -> str:
        """Where its clip is, at a provider that names the URL of a file."""
        return CLIP_URL.replace("clip", self.name)

    @property
    def clip(self) -> bytes:
        """Its clip: the one that the script says, else what the submission asks for."""
        if self.happening.video is not None:
            return self.happening.video
        provider = self.spoken.dialect.provider
        return wanted(provider, self.url, self.taken.body).content

    @property
    def _is_over(self) -> bool:
        return self.happening.end != "never ends" and self._polls > self.happening.polls

    def answer(self, request: HttpRequest) -> HttpResponse | None:
        """Return the reply to a request about this job, or None if it is about something else."""
        if request.url == self.clip_url:
            return clip_for(request, self.clip)
        found = self.spoken.route(request)
        if found is None or not self._is_named(found[1], request):
            return None
        match found[0].stage:
            case "poll":
                self._polls += 1
                return self._say(self._state())
            case "cancel":
                return self._say(self._cancel())
            case "download":
                return clip_for(request, self.clip)
            case "collect":
                dialect = self.spoken.dialect
                end = "moderated" if self.happening.end == "is moderated" else ""
                return self._say(dialect.results_failed.get(end) or dialect.results["collect"])
            case "submit" | "list":
                return None

    def _say(self, make: Make | None) -> HttpResponse | None:
        if make is None:
            return None
        content = make(self.spoken.base, self.name)
        # Only a reply that has the clip in it needs it to be made.
        texts = {CLIP_URL: self.clip_url}
        if INLINE in json.dumps(content.value):
            texts[INLINE] = base64.b64encode(self.clip).decode()
        return reply_of(content.replacing(texts))

    def _is_named(self, names: Mapping[str, str], request: HttpRequest) -> bool:
        """Tell whether a request names this job, in its path or else in its body."""
        named = names.get("job") or names.get("file")
        return named == self.name if named else self.name in str(fields_of(request))

    def _state(self) -> Make:
        dialect = self.spoken.dialect
        if not self._is_over:
            return dialect.running
        ends = {"fails": dialect.failed, "is moderated": dialect.moderated}
        return ends.get(self.happening.end, dialect.done)

    def _cancel(self) -> Make | None:
        dialect = self.spoken.dialect
        if self._is_over and dialect.too_late is not None:
            return dialect.too_late
        self.is_cancelled = dialect.cancelled is not None
        return dialect.cancelled

    def told(self) -> object | None:
        """End the job, and return the JSON of the message about it; None: none is sent."""
        tell = self.spoken.dialect.told
        if tell is None or self.happening.end == "never ends":
            return None
        self._polls = max(self._polls, self.happening.polls + 1)
        done = self.happening.end == "completes" and not self.is_cancelled
        message: object = tell(self.name, done)
        return message

    def as_listed(self) -> Taken:
        """Return it as a list of jobs has it: a job that nobody asked for has ended meanwhile."""
        is_over = self._is_over or not self._polls
        return attrs.evolve(self.taken, ended_at=self.taken.at if is_over else None)


def listed(spoken: Spoken, jobs: Sequence[ScriptedJob]) -> Content:
    """Return the list of an account's jobs."""
    own = [job.as_listed() for job in jobs if job.spoken == spoken]
    make = spoken.dialect.listed
    return Content(None if make is None else make(own))
