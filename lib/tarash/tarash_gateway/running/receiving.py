"""What is done with a message to a webhook: it is checked, its job is found, it is remembered."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import attrs
from returns.io import IOResult, IOSuccess
from returns.result import Failure, Success

from ..effects import Effects
from ..effects.journal import Journal
from ..exceptions import ValidationError, WebhookError
from ..lifecycle.remembering import Memory, known, memory_of
from ..lifecycle.webhooks import GivenHeaders, verify
from ..outcome import IOOutcome, Outcome, failed
from ..providers.base import Provider
from ..providers.webhooks import Webhooks
from ..values.received import Webhook
from ..values.webhook import WebhookEvent, WebhookKeys
from .key_rings import key_ring_of
from .tasks import Steps, Task, do, work
from .webhook_check import record_of
from .worlds import world_of

# Most seconds between the time of a signature and now: what Standard Webhooks' libraries take.
_TOLERANCE: Final = 300.0
# A provider's key that is not known yet may fit where these were the reasons.
_OF_KEYS: Final = frozenset({"forged", "no_key"})


@attrs.frozen(kw_only=True)
class Received:
    """A message that is believed, and under what name it is remembered; None: it is not."""

    webhook: Webhook
    memory: Memory | None


@attrs.frozen(kw_only=True)
class Receiver:
    """What the messages of one provider are received with.

    Attributes:
        name: The provider's id, as the program's configs have it.
        webhooks: Its webhooks.
        provider: Its record.
        keys: Keys that the caller gave, or None: then the environment has the secrets.
        journal: What remembers messages and knows jobs, or None.
        own: The caller's world, or None: then it is the process's when a message comes.
    """

    name: str
    webhooks: Webhooks
    provider: Provider
    keys: WebhookKeys | None
    journal: Journal | None
    own: Effects | None

    @property
    def effects(self) -> Effects:
        """The world."""
        return self.own or world_of(None)

    def given_keys(self) -> WebhookKeys:
        """Return the caller's keys, or the secrets of the environment."""
        if self.keys is not None:
            return self.keys
        found = map(self.effects.environment.get, self.webhooks.variables)
        return WebhookKeys(secrets=[each for value in found if value for each in value.split()])

    def verified(
        self, headers: GivenHeaders, body: bytes, keys: WebhookKeys
    ) -> Outcome[WebhookEvent]:
        """Return what a message says, if it fits these keys."""
        now = self.effects.clock.utc()
        return (
            verify(self.provider, headers, body, keys, now, tolerance=_TOLERANCE)
            .map(lambda event: attrs.evolve(event, provider=self.name))
            .alt(self._with_variables)
        )

    def _with_variables(self, error: Any) -> Any:
        lacking = isinstance(error, WebhookError) and error.reason == "no_key"
        if not lacking or self.keys is not None or not self.webhooks.variables:
            return error
        names = " or ".join(self.webhooks.variables)
        return attrs.evolve(error, message=f"{error.message}; or set {names}")

    def looked_up(self, event: WebhookEvent) -> IOOutcome[Received]:
        """Return a message with its job, and remember it.

        It is remembered last: where the journal fails, nothing is, and it may be sent again.
        """
        now = self.effects.clock.utc()
        if self.journal is None:
            return IOSuccess(Received(webhook=Webhook(event=event), memory=None))
        journal = self.journal
        nothing: IOOutcome[Any] = IOSuccess(None)
        found = nothing if event.request_id is None else journal.entry(event.request_id)

        def remember(webhook: Webhook) -> IOOutcome[Received]:
            memory = memory_of(webhook, now, _TOLERANCE)
            if memory is None:
                return IOSuccess(Received(webhook=webhook, memory=None))
            return note(journal, memory, now).map(
                lambda first: Received(
                    webhook=attrs.evolve(webhook, replayed=not first), memory=memory
                )
            )

        return found.map(lambda entry: known(event, entry)).bind(remember)


def note(journal: Journal, memory: Memory, now: datetime) -> IOOutcome[bool]:
    """Remember something, and tell whether it was new."""
    return journal.note(memory.message, about=memory.about, now=now, until=memory.until)


def receiver_of(
    name: str,
    keys: WebhookKeys | None,
    journal: Journal | None,
    effects: Effects | None,
    providers: Mapping[str, Provider] | None,
) -> Outcome[Receiver]:
    """Return what the messages of a provider are received with.

    Errors:
        ValidationError: No provider has that name, or it sends no webhooks.
    """
    # A message may come on an event loop, where making the live effects would take too long.
    world = world_of(effects)

    def with_webhooks(provider: Provider) -> Outcome[Receiver]:
        if provider.webhooks is None:
            message = f"provider {name} sends no webhooks: wait for its jobs with resume_video"
            return Failure(ValidationError(message, provider=name))
        return Success(
            Receiver(
                name=name,
                webhooks=provider.webhooks,
                provider=provider,
                keys=keys,
                journal=journal,
                own=None if effects is None else world,
            )
        )

    return record_of(name, providers).bind(with_webhooks)


def received(receiver: Receiver, headers: GivenHeaders, body: bytes) -> Steps[Received]:
    """Check a message, find its job and remember it."""
    event = yield from _event(receiver, headers, body)
    if isinstance(event, Failure):
        return event
    return (yield from do(work(lambda: receiver.looked_up(event.unwrap()))))


def _event(receiver: Receiver, headers: GivenHeaders, body: bytes) -> Steps[WebhookEvent]:
    keys, effects = receiver.given_keys(), receiver.effects
    url, longest = receiver.webhooks.key_set_url, receiver.webhooks.key_set_seconds
    if url is None or keys.key_set is not None:
        return (yield from do(_check(receiver, headers, body, keys)))
    # `effects.http` may be wrapped anew for each call.
    ring = key_ring_of(getattr(effects.http, "real", effects.http))
    tried = ring.at_hand(url, effects.clock.monotonic())
    checked = yield from do(_check(receiver, headers, body, attrs.evolve(keys, key_set=tried)))
    error = checked.failure() if failed(checked) else None
    if not isinstance(error, WebhookError) or error.reason not in _OF_KEYS:
        return checked
    fetched = yield from do(work(lambda: ring.fetched(url, longest, effects, tried)))
    if isinstance(fetched, Failure):
        return fetched
    newest = fetched.unwrap()
    if newest is tried:
        return checked
    return (yield from do(_check(receiver, headers, body, attrs.evolve(keys, key_set=newest))))


def _check(
    receiver: Receiver, headers: GivenHeaders, body: bytes, keys: WebhookKeys
) -> Task[WebhookEvent]:
    # A body of a megabyte and its signature take milliseconds: not on an event loop.
    return work(lambda: IOResult.from_result(receiver.verified(headers, body, keys)))
