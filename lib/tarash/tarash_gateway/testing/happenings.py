"""What may happen to a submission in a scripted world, and to the job that it makes."""

import json
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

import attrs

# How a job ends: never, where it runs until somebody cancels it.
End: TypeAlias = Literal["completes", "fails", "is moderated", "never ends"]
# How a submission is lost: before the provider has it, after that, or before anything is sent.
Loss: TypeAlias = Literal["not accepted", "accepted", "not sent"]


@attrs.frozen(kw_only=True)
class Happening:
    """What happens to one submission after another.

    Attributes:
        what: Its name in a message.
        end: How the job ends.
        polls: How many polls find it running before.
        video: The file that it makes, or None: as the submission asks for it.
        status: The HTTP status of a refusal, or None.
        message: The provider's words in a refusal.
        retry_after: Seconds in the header ``Retry-After`` of a refusal, or None.
        loss: How the answer is lost, or None.
        provider: The provider's id, or None for any provider.
        prompt: A text that the submission has, or None for any submission.
        times: To how many submissions it happens, or None for all from here on.
    """

    what: str
    end: End = "completes"
    polls: int = 1
    video: bytes | None = attrs.field(default=None, repr=False)
    status: int | None = None
    message: str = ""
    retry_after: float | None = None
    loss: Loss | None = None
    provider: str | None = None
    prompt: str | None = None
    times: int | None = 1

    def is_for(self, provider: str, fields: str) -> bool:
        """Tell whether it may happen to a submission, by its JSON."""
        if self.provider not in {None, provider}:
            return False
        return self.prompt is None or json.dumps(self.prompt, ensure_ascii=False)[1:-1] in fields

    @property
    def makes_job(self) -> bool:
        """Whether the provider has a job afterwards."""
        return self.status is None and self.loss in {None, "accepted"}


@attrs.define(eq=False)
class Happenings:
    """The script: what happens next, to each provider."""

    _left: list[Happening] = attrs.field(factory=list)

    def add(self, happening: Happening) -> None:
        """Let something happen after all that is there."""
        self._left.append(happening)

    def take(self, provider: str, body: Mapping[str, Any]) -> Happening | None:
        """Return what happens to a submission to a provider, or None where the script is over."""
        fields = json.dumps(body, ensure_ascii=False, default=lambda _: "")
        for place, happening in enumerate(self._left):
            if not happening.is_for(provider, fields):
                continue
            if happening.times is not None:
                self._left[place] = attrs.evolve(happening, times=happening.times - 1)
                if happening.times == 1:
                    del self._left[place]
            return happening
        return None

    @property
    def missing(self) -> tuple[str, ...]:
        """What was scripted and did not happen; what may happen any number of times is not here."""
        return tuple(
            each.what if each.times == 1 else f"{each.what} ({each.times} times)"
            for each in self._left
            if each.times is not None
        )
