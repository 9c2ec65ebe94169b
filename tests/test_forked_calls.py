"""A worker that is forked after a first asyncio call of its parent has threads of its own."""

import asyncio
import os
import signal
from contextlib import closing

import pytest
from tests.support import fal_replies as fal

from tarash.tarash_gateway import VideoGenerationResponse, generate_video_async
from tarash.tarash_gateway.effects.live import live_effects
from tarash.tarash_gateway.testing import ScriptedHttp, fake_effects


def _call() -> VideoGenerationResponse:
    effects = fake_effects(http=ScriptedHttp(fal.success()))
    return asyncio.run(generate_video_async(fal.config(), fal.REQUEST, effects=effects))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="fork is POSIX's")
@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_asyncio_calls_work_in_a_forked_worker() -> None:
    assert _call().video == fal.URL
    parent = live_effects()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        # Whatever happens here, the child must not go on with pytest's own work.
        signal.alarm(60)
        said = b"failed"
        try:
            ours = live_effects() is not parent
            said = b"ok" if _call().video == fal.URL and ours else b"shared"
        finally:
            os.write(writing, said)
            os._exit(0)
    os.close(writing)
    with closing(os.fdopen(reading, "rb")) as pipe:
        assert pipe.read() == b"ok"
    os.waitpid(child, 0)
