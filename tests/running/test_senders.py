"""Which effect sends: the mock stands before the real senders and replaces neither."""

import attrs

from tarash.tarash_gateway.effects.live import live_effects
from tarash.tarash_gateway.mock.routing import with_mock
from tarash.tarash_gateway.testing import ScriptedHttp


def test_a_call_that_knows_the_mock_keeps_the_sender_of_its_event_loop() -> None:
    world = live_effects()
    assert world.async_http is not None

    assert attrs.evolve(world, http=with_mock(world.http)).async_http is world.async_http


def test_a_sender_of_the_caller_s_replaces_both() -> None:
    scripted = ScriptedHttp([])
    world = attrs.evolve(live_effects(), http=scripted)

    assert world.async_http is None
    assert attrs.evolve(world, http=with_mock(scripted)).async_http is None
