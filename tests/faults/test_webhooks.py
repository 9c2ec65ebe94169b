"""Whatever happens to a webhook, no job is lost, none is paid twice, and no state is wrong."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from tests.support.places import SchemaPlace
from tests.support.serving import SERVING

from tarash.tarash_gateway import (
    GenerationFailedError,
    Journal,
    SqliteJournal,
    VideoGenerationConfig,
    VideoGenerationRequest,
    Webhook,
    WebhookKeys,
    pending_videos,
    start_video,
    wait_for_webhook,
    wait_for_webhook_async,
)
from tarash.tarash_gateway.effects import Effects
from tarash.tarash_gateway.effects.live import SystemClock, live_effects
from tarash.tarash_gateway.outcome import result_of
from tarash.tarash_gateway.providers.base import Provider
from tarash.tarash_gateway.registry import BUILT_IN
from tarash.tarash_gateway.webhooks import asgi_receiver, wsgi_receiver

from .server import Running, Script, Seen, running
from .webhooks import SECRET, WEBHOOKS

pytestmark = pytest.mark.slow

_REQUEST = VideoGenerationRequest(prompt="a kite")
_SPEED = 20.0
_RECEIVERS: dict[str, Any] = {"asgi": asgi_receiver, "wsgi": wsgi_receiver}
_MODELS = {"fal": "fal-ai/veo3", "replicate": "minimax/video-01"}


class _Hurried(SystemClock):
    """A clock that goes twenty times as fast."""

    def monotonic(self) -> float:
        return super().monotonic() * _SPEED

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds / _SPEED)

    async def sleep_async(self, seconds: float) -> None:
        await super().sleep_async(seconds / _SPEED)


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running() as started:
        yield started


@attrs.frozen
class Site:
    """A program with a receiver, a journal, and a provider that calls it."""

    name: str
    server: Running
    journal: Journal
    config: VideoGenerationConfig
    providers: dict[str, Provider]
    effects: Effects
    handled: list[Webhook]

    @property
    def seen(self) -> Seen:
        return self.server.seen(self.name)

    def wait(self, generation: Any, **options: Any) -> Any:
        return wait_for_webhook(
            generation,
            self.journal,
            config=self.config,
            effects=self.effects,
            providers=self.providers,
            measure=False,
            **options,
        )

    def start(self) -> Any:
        return start_video(
            self.config,
            _REQUEST,
            effects=self.effects,
            providers=self.providers,
            journal=self.journal,
        )


_SITES = [
    ("fal", "asgi", "sqlite"),
    ("replicate", "wsgi", "postgres"),
    ("replicate", "asgi", "sqlite"),
]


@pytest.fixture(params=_SITES, ids="-".join)
def site(request: pytest.FixtureRequest, server: Running, tmp_path: Path) -> Iterator[Site]:
    """Run a receiver; the test makes the case with `_script`."""
    provider, kind, storage = request.param
    name = request.node.name.replace("[", "-").replace("]", "").replace(" ", "-")
    base = f"{server.url}/{name}"
    record = BUILT_IN[provider]
    assert record.webhooks is not None
    if provider == "fal":
        keys = f"{base}/_keys"
        record = attrs.evolve(record, webhooks=attrs.evolve(record.webhooks, key_set_url=keys))
    journal: Journal = (
        SqliteJournal(tmp_path / "journal.sqlite3")
        if storage == "sqlite"
        else SchemaPlace(request.getfixturevalue("postgres_database")).journal()
    )
    handled: list[Webhook] = []
    effects = attrs.evolve(live_effects(), clock=_Hurried())
    receiver = _RECEIVERS[kind](
        provider,
        journal=journal,
        on_webhook=handled.append,
        keys=None if provider == "fal" else WebhookKeys(secrets=SECRET),
        effects=effects,
        providers={provider: record},
    )
    with SERVING[kind](receiver) as url:
        config = VideoGenerationConfig(
            provider=provider,
            model=_MODELS[provider],
            api_key="k",
            base_url=base,
            webhook_url=f"{url}/webhook",
        )
        yield Site(name, server, journal, config, {provider: record}, effects, handled)


def _script(site: Site, webhook: str, **more: Any) -> None:
    dialect = site.config.provider
    site.server.case(site.name, Script(dialect=dialect, webhook=webhook, **more))


# Those that make the provider's answer wanted at once, and what they are answered.
_WAKING = {
    "valid": {204},
    "replayed": {204},
    "out of order": {204},
    "duplicated": {204, 503},
}
_NOT_WAKING = {
    "lost": set(),
    "forged": {401},
    "late": {401},
    "unknown": {204},
    "large": {413, 0},
    "garbled": {400, 401},
}


@pytest.mark.parametrize("webhook", _WAKING)
def test_a_webhook_wakes_the_call_that_waits(site: Site, webhook: str) -> None:
    # given a job whose webhook is called once the call that waits has polled
    _script(site, webhook)
    generation = site.start()
    # when it is waited for, with a net that is far away
    response = site.wait(generation, poll_every=10_000)
    # then the video is there, after one poll at the beginning and one for each message
    assert response.video.startswith("https://")
    assert site.seen.requests["poll"] in ({2, 3} if webhook == "out of order" else {2})
    # and it was paid once, and its end is written down
    assert len(site.seen.accepted) == site.seen.requests["submit"] == 1
    assert pending_videos(site.journal) == ()


@pytest.mark.parametrize("webhook", _NOT_WAKING)
def test_whatever_else_comes_polling_finds_the_end(site: Site, webhook: str) -> None:
    _script(site, webhook)
    generation = site.start()
    response = site.wait(generation, poll_every=20)
    assert response.video.startswith("https://")
    assert site.seen.requests["poll"] == 2
    assert len(site.seen.accepted) == site.seen.requests["submit"] == 1
    assert set(site.seen.webhooks) <= _NOT_WAKING[webhook]
    assert {webhook.event.request_id for webhook in site.handled} <= {"job-unknown"}


def test_a_webhook_before_the_submission_s_reply_loses_nothing(site: Site) -> None:
    # given a provider that is done before it has answered the submission
    _script(site, "early", polls=0)
    generation = site.start()
    assert site.seen.webhooks == [204]
    assert [webhook.generation for webhook in site.handled] == [None]
    # when the job is waited for, then the first poll finds its end
    assert site.wait(generation, poll_every=10_000).video.startswith("https://")
    assert site.seen.requests["poll"] == 1
    assert len(site.seen.accepted) == 1


def test_a_webhook_never_says_how_a_job_ended(site: Site) -> None:
    # given a webhook that says that the job succeeded, and a provider that says that it failed
    _script(site, "valid", end="failed")
    generation = site.start()
    with pytest.raises(GenerationFailedError):
        site.wait(generation, poll_every=10_000)
    (entry,) = result_of(site.journal.entries(pending=False)).unwrap()
    assert entry.state == "failed"
    assert len(site.seen.accepted) == 1


def test_a_call_on_an_event_loop_is_woken_too(site: Site) -> None:
    _script(site, "valid")
    generation = site.start()
    response = asyncio.run(
        wait_for_webhook_async(
            generation,
            site.journal,
            config=site.config,
            effects=site.effects,
            providers=site.providers,
            measure=False,
            poll_every=10_000,
        )
    )
    assert response.video
    assert site.seen.requests["poll"] == 2


def test_each_kind_of_webhook_is_tried() -> None:
    assert {*_WAKING, *_NOT_WAKING, "early"} == set(WEBHOOKS)
