"""What may happen to a submission in a scripted world, and to the job that it makes."""

import json
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

import attrs
from attrs.validators import optional

from ..values.checks import Check

# How a job ends: never, where it runs until somebody cancels it.
End: TypeAlias = Literal["completes", "fails", "is moderated", "never ends"]
# How a submission is lost: before the provider has it, after that, or before anything is sent.
Loss: TypeAlias = Literal["not accepted", "accepted", "not sent"]


def _count(smallest: int, *, or_none: bool = False) -> Check:
    def check(_: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
        if value is None and or_none:
            return
        if not isinstance(value, int) or value < smallest:
            wrong = f"{attribute.name} must be a whole number from {smallest}, not {value!r}"
            raise ValueError(wrong)

    return check


def _bytes(_: object, __: "attrs.Attribute[Any]", value: object) -> None:
    if not isinstance(value, bytes):
        wrong = "video must be the bytes of a file, such as grey_clip(3, 640, 360), not "
        raise ValueError(wrong + repr(value))  # noqa: TRY004 - as for the other arguments


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
    polls: int = attrs.field(default=1, validator=_count(0))
    video: bytes | None = attrs.field(default=None, repr=False, validator=optional(_bytes))
    status: int | None = None
    message: str = ""
    retry_after: float | None = None
    loss: Loss | None = None
    provider: str | None = None
    prompt: str | None = None
    times: int | None = attrs.field(default=1, validator=_count(1, or_none=True))

    def is_for(self, provider: str, fields: str) -> bool:
        """Tell whether it may happen to a submission, by its JSON."""
        if self.provider not in {None, provider}:
            return False
        return self.prompt is None or json.dumps(self.prompt, ensure_ascii=False)[1:-1] in fields

    def __str__(self) -> str:
        limits = (
            None if self.times in {None, 1} else f"{self.times} times",
            None if self.provider is None else f"only for {self.provider}",
            None if self.prompt is None else f"only for a prompt with {self.prompt!r}",
        )
        said = ", ".join(filter(None, limits))
        return f"{self.what} ({said})" if said else self.what

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
            if happening.times == 1:
                del self._left[place]
            elif happening.times is not None:
                self._left[place] = attrs.evolve(happening, times=happening.times - 1)
            return happening
        return None

    @property
    def missing(self) -> tuple[str, ...]:
        """What was scripted and did not happen; what may happen any number of times is not here."""
        return tuple(str(each) for each in self._left if each.times is not None)

    @property
    def left(self) -> tuple[str, ...]:
        """What may still happen."""
        return tuple(map(str, self._left))
