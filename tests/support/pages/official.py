"""The official clients of the providers meet the simulated ones as well, at a server on loopback.

Pages about moving from a client to this library have code of both, and both run as they stand. A
client is led to the server by the variable that it reads for that. Where this library reads the
same variable it does not see it, so that a page behaves as for a reader who has not set it; only
OpenAI's is seen, because OpenAI's own host has no video models and a reader names another one.
"""

import gc
import os
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import fal_client
import fal_client.client
import google.auth
import pytest
import replicate
from google.oauth2.credentials import Credentials
from tests.faults.server import fields_of
from tests.support.pages.world import World
from tests.support.recorder import Answer, Recorded, recorder

FOLDER: Final = "docs/moving/"
_VARIABLES: Final = {
    "OPENAI_BASE_URL": "/v1",
    "RUNWAYML_BASE_URL": "",
    "REPLICATE_BASE_URL": "",
    "GOOGLE_VERTEX_BASE_URL": "",
    "GOOGLE_GEMINI_BASE_URL": "",
}
_HIDDEN: Final = _VARIABLES.keys() - {"OPENAI_BASE_URL"}


class PageEnvironment:
    """The variables of this process, without those that are for the official clients only."""

    def get(self, name: str) -> str | None:
        """Return the variable, or None."""
        return None if name in _HIDDEN else os.environ.get(name)


@contextmanager
def official_clients(page: str) -> Iterator[None]:
    """Lead the official clients to a server of their own, if the page is about one of them."""
    if not page.startswith(FOLDER):
        yield
        return
    world = World()

    def answer(asked: Recorded) -> Answer:
        url = f"http://{asked.headers['host']}{asked.path}"
        body = fields_of(asked.headers.get("content-type", ""), asked.body)
        reply = world.answer(asked.method, url, asked.headers, body)
        return Answer(status=reply.status, body=reply.body, headers=dict(reply.headers))

    with recorder(answer) as server, pytest.MonkeyPatch.context() as patch:
        for name, path in _VARIABLES.items():
            patch.setenv(name, f"{server.url}{path}")
        # It takes a host by its environment, and always adds https.
        patch.setattr(fal_client.client, "QUEUE_URL_FORMAT", f"{server.url}/")
        # The identity of a machine that has none.
        identity = Credentials(token="a-token"), "my-project"
        patch.setattr(google.auth, "default", lambda *_args, **_options: identity)
        # The clients wait by this function between two polls, and so do the pages.
        patch.setattr(time, "sleep", lambda _seconds: None)
        with _left_open():
            yield


@contextmanager
def _left_open() -> Iterator[None]:
    """Close what the programs of a page leave open, as the end of a process would."""
    with warnings.catch_warnings():
        # A reader sees this one, and OpenAI's page says it.
        warnings.filterwarnings("ignore", "The Sora API is scheduled", DeprecationWarning)
        yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        # The clients behind their modules' functions live as long as the process.
        for kept in (
            vars(fal_client.sync_client).pop("_client", None),
            vars(replicate.default_client).pop("_Client__client", None),
        ):
            if kept is not None:
                kept.close()
        gc.collect()
