"""LiteLLM's proxy, which other people wrote, between this library and a server of the tests."""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
import urllib3
from tests.support import strangers
from tests.support.postgres import free_port

# It takes only a key that is hard to guess.
KEY: Final = "sk-7d1f4c0a92be4e6d8853"
UPSTREAM_KEY: Final = "sk-of-the-server-behind"
# Seconds until it answers, on a busy machine: it imports a quarter of a million lines.
_PATIENCE: Final = 120.0
# It neither fetches its list of prices nor reports to anybody, and it gets no key of ours.
_QUIET: Final = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LITELLM_TELEMETRY": "False",
    "DISABLE_ADMIN_UI": "True",
}


@contextmanager
def litellm_proxy(upstream: str, folder: Path) -> Iterator[str]:
    """Run it before a server, and yield its URL; not installed, the test is skipped, or fails.

    Args:
        upstream: The base URL of a server that speaks OpenAI's dialect and has ``sora-2``.
        folder: An empty folder for what it reads and writes.
    """
    program = strangers.needed("litellm") / "bin" / "litellm"
    behind = {"model": "openai/sora-2", "api_base": upstream, "api_key": UPSTREAM_KEY}
    settings: dict[str, Any] = {
        "model_list": [{"model_name": "sora-2", "litellm_params": behind}],
        # It would send a submission again whose fate is not known.
        "router_settings": {"num_retries": 0},
        "general_settings": {"master_key": KEY},
    }
    # YAML takes JSON.
    (folder / "config.yaml").write_text(json.dumps(settings), encoding="utf-8")
    port = free_port()
    where = ["--config", "config.yaml", "--host", "127.0.0.1", "--port", str(port)]
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(  # noqa: S603 - ours
            [str(program), *where],
            cwd=folder,
            env={"PATH": os.environ["PATH"], "HOME": str(folder), **_QUIET},
            stdout=log,
            stderr=log,
        ) as proxy,
    ):
        try:
            url = f"http://127.0.0.1:{port}"
            if not _answers(proxy, url):
                text = (folder / "log").read_text(encoding="utf-8", errors="replace")
                pytest.fail(f"LiteLLM's proxy did not start: {text[-2000:]}")
            yield url
        finally:
            proxy.kill()


def _answers(proxy: "subprocess.Popen[bytes]", url: str) -> bool:
    end = time.monotonic() + _PATIENCE
    while proxy.poll() is None and time.monotonic() < end:
        try:
            reply = urllib3.request("GET", f"{url}/health/liveliness", retries=False, timeout=5)
        except urllib3.exceptions.HTTPError:
            time.sleep(0.1)
        else:
            return reply.status == 200
    return False
