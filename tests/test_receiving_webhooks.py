"""A message to a webhook is checked, its job is found, and it is remembered; no more than that."""

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
from returns.io import IOFailure
from returns.result import Failure, Success
from tests.support.webhook_cases import (
    REPLICATE,
    SECRET,
    message,
    message_of_fal,
    started,
    started_at_fal,
)

from tarash.tarash_gateway import (
    HTTPConnectionError,
    Journal,
    JournalEntry,
    JournalError,
    SqliteJournal,
    TarashException,
    UnexpectedReplyError,
    ValidationError,
    Webhook,
    WebhookError,
    WebhookKeys,
    check_video,
    functional,
    receive_webhook,
    receive_webhook_async,
)
from tarash.tarash_gateway.effects import Effects
from tarash.tarash_gateway.http.messages import HttpResponse
from tarash.tarash_gateway.lifecycle.waking import about
from tarash.tarash_gateway.outcome import IOOutcome, result_of
from tarash.tarash_gateway.providers.base import Provider
from tarash.tarash_gateway.registry import BUILT_IN
from tarash.tarash_gateway.testing import (
    FakeClock,
    Reply,
    ScriptedHttp,
    SignedWebhook,
    fake_effects,
    json_reply,
    signed_webhook,
)

_ENVIRONMENT = {"REPLICATE_WEBHOOK_SECRET": SECRET}


def _asyncio(*arguments: Any, **options: Any) -> Any:
    return asyncio.run(receive_webhook_async(*arguments, **options))


def _functional(*arguments: Any, **options: Any) -> Any:
    return _settled(functional.receive_webhook(*arguments, **options))


def _future(*arguments: Any, **options: Any) -> Any:
    async def run() -> Any:
        return await functional.receive_webhook_async(*arguments, **options)

    return _settled(asyncio.run(run()))


def _settled(outcome: Any) -> Any:
    result = result_of(outcome)
    if isinstance(result, Failure):
        raise result.failure()
    return result.unwrap()


_FACES = [receive_webhook, _asyncio, _functional, _future]


@pytest.fixture(params=_FACES, ids=["blocking", "asyncio", "functional", "future"])
def receive(request: pytest.FixtureRequest) -> Callable[..., Webhook]:
    face: Callable[..., Webhook] = request.param
    return face


def _world(
    *replies: Reply, clock: FakeClock | None = None, environment: dict[str, str] | None = None
) -> tuple[ScriptedHttp, Effects]:
    http = ScriptedHttp(replies)
    environment = _ENVIRONMENT if environment is None else environment
    return http, fake_effects(http=http, clock=clock, environment=environment)


def _noted(journal: Journal, job: str = "job-1", provider: str = "replicate") -> Any:
    return result_of(journal.noted(about(provider, job))).unwrap()


def _entries(journal: Journal) -> tuple[JournalEntry, ...]:
    return result_of(journal.entries(pending=False)).unwrap()


# What is believed.


def test_a_message_names_its_job_and_is_remembered(
    receive: Callable[..., Webhook], journal: Journal
) -> None:
    # given a job in the journal, and a message about it
    generation, sent = started(journal), message()
    before = _entries(journal)
    http, effects = _world()
    # when it is received
    webhook = receive("replicate", sent.headers, sent.body, journal=journal, effects=effects)
    # then it names the job, and wakes whoever waits for it
    assert webhook.generation is not None
    assert (webhook.generation.id, webhook.generation.request_id) == (generation.id, "job-1")
    assert (webhook.event.status, webhook.event.verified) == ("completed", True)
    assert not webhook.replayed
    assert not webhook.ended
    assert _noted(journal) is not None
    # and nothing was sent, and nothing changed
    assert http.requests == []
    assert _entries(journal) == before


def test_a_webhook_leads_to_one_check(journal: Journal) -> None:
    started(journal)
    sent = message()
    done = {
        "id": "job-1",
        "status": "succeeded",
        "output": "https://replicate.delivery/kite.mp4",
    }
    http, effects = _world(json_reply(200, done))
    webhook = receive_webhook(
        "replicate", sent.headers, sent.body, journal=journal, effects=effects
    )
    assert webhook.generation is not None
    checked = check_video(webhook.generation, config=REPLICATE, journal=journal, effects=effects)
    assert checked.response is not None
    assert [request.method for request in http.requests] == ["GET"]
    # and a message that is late finds a job that has ended
    late = message(id="msg_2")
    webhook = receive_webhook(
        "replicate", late.headers, late.body, journal=journal, effects=effects
    )
    assert webhook.ended


def test_a_message_that_comes_again_is_known(
    receive: Callable[..., Webhook], journal: Journal
) -> None:
    started(journal)
    sent, clock = message(), FakeClock()
    _, effects = _world(clock=clock)
    first = receive("replicate", sent.headers, sent.body, journal=journal, effects=effects)
    noted = _noted(journal)
    clock.advance(200)
    again = receive("replicate", sent.headers, sent.body, journal=journal, effects=effects)
    # then it wakes nobody a second time
    assert (first.replayed, again.replayed) == (False, True)
    assert _noted(journal) == noted


def test_a_message_that_the_provider_sends_again_hours_later_is_known(
    journal: Journal,
) -> None:
    # given a provider that signs each of its tries anew
    clock = FakeClock()
    _, effects = _world(clock=clock)
    replayed = []
    for _ in range(4):
        sent = message(sent_at=clock.utc())
        webhook = receive_webhook(
            "replicate", sent.headers, sent.body, journal=journal, effects=effects
        )
        replayed.append(webhook.replayed)
        clock.advance(8 * 3600)
    assert replayed == [False, True, True, True]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda m: attrs.evolve(m, body=m.body + b" "), "forged"),
        (lambda m: attrs.evolve(m, headers={**m.headers, "webhook-id": "msg_2"}), "forged"),
        (lambda m: attrs.evolve(m, headers={}), "unsigned"),
        (lambda _: message(sent_at=FakeClock().utc() - timedelta(seconds=301)), "late"),
        (lambda _: message(sent_at=FakeClock().utc() + timedelta(seconds=301)), "early"),
        (lambda _: message(secret="whsec_YW5vdGhlcg=="), "forged"),
        (lambda m: attrs.evolve(m, body=b"x" * 10_000_000), "too_large"),
    ],
    ids=["body", "name", "unsigned", "late", "early", "secret", "10 MB"],
)
def test_what_is_not_believed_leaves_no_trace(
    receive: Callable[..., Webhook],
    journal: Journal,
    change: Callable[[SignedWebhook], SignedWebhook],
    reason: str,
) -> None:
    started(journal)
    sent = change(message())
    http, effects = _world()
    with pytest.raises(WebhookError) as caught:
        receive("replicate", sent.headers, sent.body, journal=journal, effects=effects)
    assert caught.value.reason == reason
    assert _noted(journal) is None
    assert http.requests == []


# Which job it is about.


def test_a_message_before_the_acceptance_is_remembered_without_a_job(
    journal: Journal,
) -> None:
    sent = message()
    _, effects = _world()
    webhook = receive_webhook(
        "replicate", sent.headers, sent.body, journal=journal, effects=effects
    )
    assert webhook.generation is None
    assert _noted(journal) is not None


def test_a_job_of_another_provider_is_not_meant(journal: Journal) -> None:
    # given a job of fal's under the id that Replicate names
    started_at_fal(journal)
    sent = message()
    _, effects = _world()
    webhook = receive_webhook(
        "replicate", sent.headers, sent.body, journal=journal, effects=effects
    )
    assert webhook.generation is None


def test_our_own_name_of_a_job_is_not_the_provider_s(journal: Journal) -> None:
    generation = started(journal)
    sent = message(generation.id)
    _, effects = _world()
    webhook = receive_webhook(
        "replicate", sent.headers, sent.body, journal=journal, effects=effects
    )
    assert webhook.generation is None


def test_without_a_journal_a_message_is_only_checked(receive: Callable[..., Webhook]) -> None:
    sent = message()
    _, effects = _world()
    webhook = receive("replicate", sent.headers, sent.body, effects=effects)
    assert (webhook.event.request_id, webhook.generation, webhook.replayed) == (
        "job-1",
        None,
        False,
    )


def test_a_provider_under_another_name_has_the_jobs_of_that_name(journal: Journal) -> None:
    # given Replicate's record under a name of the program's
    mine = {"mine": BUILT_IN["replicate"]}
    sent = message()
    _, effects = _world()
    webhook = receive_webhook(
        "mine", sent.headers, sent.body, journal=journal, effects=effects, providers=mine
    )
    assert webhook.event.provider == "mine"
    assert _noted(journal, provider="mine") is not None


@pytest.mark.parametrize(("name", "words"), [("runway", "sends no webhooks"), ("rplicate", "mean")])
def test_a_provider_without_webhooks_is_named(name: str, words: str) -> None:
    _, effects = _world()
    with pytest.raises(ValidationError, match=words):
        receive_webhook(name, {}, b"{}", effects=effects)


# The secrets.


def test_a_missing_secret_is_named_by_its_variable() -> None:
    sent = message()
    _, effects = _world(environment={})
    with pytest.raises(WebhookError, match="set REPLICATE_WEBHOOK_SECRET") as caught:
        receive_webhook("replicate", sent.headers, sent.body, effects=effects)
    assert caught.value.reason == "no_key"


def test_given_keys_come_before_the_environment() -> None:
    sent = message()
    _, effects = _world(environment={"REPLICATE_WEBHOOK_SECRET": "whsec_YW5vdGhlcg=="})
    with pytest.raises(WebhookError, match="fits"):
        receive_webhook("replicate", sent.headers, sent.body, effects=effects)
    keys = WebhookKeys(secrets=SECRET)
    receive_webhook("replicate", sent.headers, sent.body, keys=keys, effects=effects)


def test_a_secret_and_its_successor_are_both_believed() -> None:
    both = f"whsec_YW5vdGhlcg==  {SECRET}"
    _, effects = _world(environment={"REPLICATE_WEBHOOK_SECRET": both})
    for secret in both.split():
        sent = message(secret=secret)
        receive_webhook("replicate", sent.headers, sent.body, effects=effects)


def test_a_bad_secret_in_the_environment_is_an_error_that_does_not_show_it() -> None:
    sent = message()
    _, effects = _world(environment={"REPLICATE_WEBHOOK_SECRET": "whsec_!!!canary"})
    with pytest.raises(TarashException) as caught:
        receive_webhook("replicate", sent.headers, sent.body, effects=effects)
    assert "canary" not in str(caught.value)


# The key set.


def _key_set(sent: SignedWebhook, **headers: str) -> HttpResponse:
    return json_reply(200, sent.keys.key_set, headers)


def test_a_key_set_is_fetched_once_without_a_key(
    receive: Callable[..., Webhook], journal: Journal
) -> None:
    # given a provider that signs with its own key
    started_at_fal(journal)
    sent, other = message_of_fal(), message_of_fal("job-2")
    http, effects = _world(_key_set(sent), environment={"FAL_KEY": "canary"})
    # when two messages come
    webhook = receive("fal", sent.headers, sent.body, journal=journal, effects=effects)
    receive("fal", other.headers, other.body, journal=journal, effects=effects)
    # then its public keys were fetched for the first one
    assert webhook.generation is not None
    (request,) = http.requests
    assert (request.method, request.url) == ("GET", "https://rest.fal.ai/.well-known/jwks.json")
    assert (request.credential, request.body, request.keyless) == ({}, None, True)
    assert "canary" not in repr(request)


def test_forged_messages_do_not_become_requests() -> None:
    # given keys that are known
    sent, clock = message_of_fal(), FakeClock()
    forged = [message_of_fal(f"job-{n}", secret="whsec_YW5vdGhlcg==") for n in range(20)]
    http, effects = _world(*[_key_set(sent)] * 3, clock=clock)
    receive_webhook("fal", sent.headers, sent.body, effects=effects)
    # when messages come whose signatures fit none of them
    for each in forged:
        with pytest.raises(WebhookError) as caught:
            receive_webhook("fal", each.headers, each.body, effects=effects)
        assert caught.value.reason == "forged"
        clock.advance(5)
    # then the keys were asked for once a minute at most
    assert len(http.requests) == 2


def test_a_new_key_is_found() -> None:
    # given keys that are known, of which the provider makes a new one
    old, clock = message_of_fal(), FakeClock()
    http, effects = _world(clock=clock)
    new = message_of_fal("job-2", secret="whsec_YW5vdGhlcg==", sent_at=clock.utc())
    http = ScriptedHttp([_key_set(old), _key_set(new)])
    effects = fake_effects(http=http, clock=clock)
    receive_webhook("fal", old.headers, old.body, effects=effects)
    clock.advance(61)
    assert receive_webhook("fal", new.headers, new.body, effects=effects).event.verified
    assert http.unused == 0


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 24 * 3600),
        ({"Cache-Control": "public, max-age=600"}, 600),
        ({"Cache-Control": "max-age=9999999"}, 24 * 3600),
        ({"Cache-Control": "no-store"}, 60),
        ({"Cache-Control": "max-age=soon"}, 24 * 3600),
    ],
)
def test_keys_are_kept_as_long_as_the_provider_says(headers: dict[str, str], seconds: int) -> None:
    sent, clock = message_of_fal(), FakeClock()
    http = ScriptedHttp([_key_set(sent, **headers), _key_set(sent)])
    effects = fake_effects(http=http, clock=clock)
    receive_webhook("fal", sent.headers, sent.body, effects=effects)
    for age, requests in ((seconds - 1, 1), (seconds, 2)):
        clock.advance(age - clock.monotonic())
        again = message_of_fal(sent_at=clock.utc())
        receive_webhook("fal", again.headers, again.body, effects=effects)
        assert len(http.requests) == requests


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (HTTPConnectionError(message="refused", request_sent=False), HTTPConnectionError),
        (json_reply(500, {}), UnexpectedReplyError),
        (json_reply(302, {}, {"Location": "https://elsewhere.example"}), UnexpectedReplyError),
        (json_reply(200, ["keys"]), UnexpectedReplyError),
        (json_reply(200, {"keys": "none"}), UnexpectedReplyError),
        (HttpResponse(status=200, body=b'{"keys": []}' + b" " * 300_000), UnexpectedReplyError),
    ],
    ids=["refused", "500", "redirect", "list", "no list", "large"],
)
def test_without_the_key_set_the_message_is_not_to_blame(
    reply: Reply, kind: type[TarashException], receive: Callable[..., Webhook]
) -> None:
    # given a key set that cannot be had
    sent, clock = message_of_fal(), FakeClock()
    http = ScriptedHttp([reply, _key_set(sent)])
    effects = fake_effects(http=http, clock=clock)
    # when messages come one after the other
    for _ in range(3):
        with pytest.raises(kind):
            receive("fal", sent.headers, sent.body, effects=effects)
        clock.advance(1)
    # then it was asked for once, and a few seconds later it is asked for again
    assert len(http.requests) == 1
    clock.advance(5)
    assert receive("fal", sent.headers, sent.body, effects=effects).event.verified


def test_known_keys_outlive_a_failed_request() -> None:
    # given keys that are known
    sent, clock = message_of_fal(), FakeClock()
    http = ScriptedHttp([_key_set(sent), json_reply(500, {})])
    effects = fake_effects(http=http, clock=clock)
    receive_webhook("fal", sent.headers, sent.body, effects=effects)
    clock.advance(70)
    # when a forged message leads to a request that fails
    forged = message_of_fal("x", secret="whsec_YW5vdGhlcg==", sent_at=clock.utc())
    with pytest.raises(WebhookError):
        receive_webhook("fal", forged.headers, forged.body, effects=effects)
    # then a good one is still believed
    good = message_of_fal("job-2", sent_at=clock.utc())
    assert receive_webhook("fal", good.headers, good.body, effects=effects).event.verified
    assert http.unused == 0


def test_keys_are_fetched_anew_where_they_cannot_be_kept() -> None:
    # given an HTTP effect of a program's that nothing can be kept for
    class Bare:
        __slots__ = ("http",)

        def __init__(self, http: ScriptedHttp) -> None:
            self.http = http

        def open(self, *arguments: Any, **options: Any) -> Any:
            return self.http.open(*arguments, **options)

    sent = message_of_fal()
    http = ScriptedHttp([_key_set(sent), _key_set(sent)])
    effects = fake_effects(http=Bare(http))
    for _ in range(2):
        receive_webhook("fal", sent.headers, sent.body, effects=effects)
    assert http.unused == 0


def test_given_public_keys_are_never_replaced() -> None:
    sent = message_of_fal()
    http, effects = _world()
    keys = WebhookKeys(key_set={"keys": []})
    with pytest.raises(WebhookError, match="key_set has no"):
        receive_webhook("fal", sent.headers, sent.body, keys=keys, effects=effects)
    receive_webhook("fal", sent.headers, sent.body, keys=sent.keys, effects=effects)
    assert http.requests == []


def test_an_old_message_costs_no_request() -> None:
    sent = message_of_fal(sent_at=FakeClock().utc() - timedelta(days=1))
    http, effects = _world()
    with pytest.raises(WebhookError, match="signed"):
        receive_webhook("fal", sent.headers, sent.body, effects=effects)
    assert http.requests == []


def test_google_signs_in_two_ways(journal: Journal) -> None:
    # given a webhook of a project, with a secret, and one that a submission asked for
    body = {"type": "video.generated", "data": {"id": "models/veo/operations/1"}}
    static = signed_webhook("google", body, by="secret", id="a")
    dynamic = signed_webhook("google", body, by="key", id="b")
    http = ScriptedHttp([_key_set(dynamic)])
    environment = {"GEMINI_WEBHOOK_SECRET": SECRET}
    effects = fake_effects(http=http, environment=environment)
    # when both come, then each is believed, and the key set was fetched for the second
    receive_webhook("google", static.headers, static.body, journal=journal, effects=effects)
    assert http.requests == []
    receive_webhook("google", dynamic.headers, dynamic.body, journal=journal, effects=effects)
    assert http.unused == 0


# A provider that signs nothing.


def _unsigned() -> Provider:
    webhooks = BUILT_IN["replicate"].webhooks
    assert webhooks is not None
    return attrs.evolve(BUILT_IN["replicate"], webhooks=attrs.evolve(webhooks, signature=None))


def test_an_unsigned_message_wakes_a_job_now_and_then(journal: Journal) -> None:
    # given a job, and messages about it without end, each of them another one
    started(journal)
    clock, times = FakeClock(), set()
    providers = {"replicate": _unsigned()}
    _, effects = _world(clock=clock)
    for number in range(60):
        body = json.dumps({"id": "job-1", "status": "processing", "n": number}).encode()
        webhook = receive_webhook(
            "replicate", {}, body, journal=journal, effects=effects, providers=providers
        )
        assert not webhook.event.verified
        times.add(_noted(journal))
        clock.advance(1)
    # then it is woken once in ten seconds
    assert len(times) == 6


def test_an_unsigned_message_about_no_known_job_leaves_no_trace(journal: Journal) -> None:
    _, effects = _world()
    for number in range(3):
        body = json.dumps({"id": f"job-{number}", "status": "succeeded"}).encode()
        webhook = receive_webhook(
            "replicate",
            {},
            body,
            journal=journal,
            effects=effects,
            providers={"replicate": _unsigned()},
        )
        assert webhook.generation is None
        assert _noted(journal, f"job-{number}") is None


# A journal in trouble.


class _Failing(SqliteJournal):
    """A journal that fails as often as it is told to."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.lookups = 0
        self.notes = 0

    def entry(self, id: str) -> IOOutcome[JournalEntry | None]:  # noqa: A002 - the value's name
        if self.lookups:
            self.lookups -= 1
            return IOFailure(JournalError("the disk is full"))
        return super().entry(id)

    def note(self, message: str, **parts: Any) -> IOOutcome[bool]:
        if self.notes:
            self.notes -= 1
            return IOFailure(JournalError("the disk is full"))
        return super().note(message, **parts)


@pytest.mark.parametrize("what", ["lookups", "notes"])
def test_a_message_that_the_journal_could_not_take_is_new_the_next_time(
    tmp_path: Path, what: str, receive: Callable[..., Webhook]
) -> None:
    journal = _Failing(tmp_path / "journal.sqlite3")
    started(journal)
    sent = message()
    _, effects = _world()
    setattr(journal, what, 1)
    with pytest.raises(JournalError):
        receive("replicate", sent.headers, sent.body, journal=journal, effects=effects)
    webhook = receive("replicate", sent.headers, sent.body, journal=journal, effects=effects)
    assert not webhook.replayed
    assert webhook.generation is not None


def test_a_pruned_message_is_new_but_too_old(journal: Journal) -> None:
    # given a message that was forgotten, because its time was over
    sent, clock = message(), FakeClock()
    _, effects = _world(clock=clock)
    receive_webhook("replicate", sent.headers, sent.body, journal=journal, effects=effects)
    clock.advance(3 * 86_400)
    assert isinstance(result_of(journal.prune(clock.utc())), Success)
    assert _noted(journal) is None
    # then it does not pass the check of its time
    with pytest.raises(WebhookError) as caught:
        receive_webhook("replicate", sent.headers, sent.body, journal=journal, effects=effects)
    assert caught.value.reason == "late"
