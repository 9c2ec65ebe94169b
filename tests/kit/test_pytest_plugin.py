"""The plugin of pytest, as a project of its own meets it."""

import json
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from tests.support.recorder import Answer, Recorded, recorder

pytest_plugins = ("pytester",)

# The code of a project that makes videos, which knows nothing of tests.
_CODE: Final = """
    from tarash.tarash_gateway import (
        VideoGenerationConfig, VideoGenerationRequest, generate_video, generate_video_async
    )

    CONFIG = VideoGenerationConfig(provider="fal", model="fal-ai/veo3")

    def make(prompt, **more):
        return generate_video(CONFIG, VideoGenerationRequest(prompt=prompt), **more)

    async def make_async(prompt):
        return await generate_video_async(CONFIG, VideoGenerationRequest(prompt=prompt))
"""

Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs the tests of a project in a process of their own."""
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    pytester.makepyfile(films=textwrap.dedent(_CODE))

    def project(code: str, *arguments: str) -> pytest.RunResult:
        pytester.makepyfile(test_films=textwrap.dedent(code))
        return pytester.runpytest_subprocess("-p", "no:xdist", "-p", "no:cacheprovider", *arguments)

    return project


def test_the_plugin_is_there_and_light() -> None:
    """pytest loads it in every project: without the library's machinery, in no time to speak of."""
    code = """
        import sys
        import pytest, importlib.util
        before = set(sys.modules)
        import tarash.tarash_gateway.pytest_plugin
        print(sorted(m for m in set(sys.modules) - before))
    """
    ran = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True
    )
    loaded = set(eval(ran.stdout))  # noqa: S307 - a list of names that we printed
    assert {name for name in loaded if name.startswith("tarash")} == {
        "tarash",
        "tarash.tarash_gateway",
        "tarash.tarash_gateway._later",
        "tarash.tarash_gateway.pytest_plugin",
    }
    assert not loaded & {"attrs", "returns", "cattrs", "urllib3", "vcr", "yaml"}


def test_code_that_makes_videos_is_tested_without_a_network(run: Run) -> None:
    ran = run(
        """
        from films import make

        def test_a_busy_provider_is_waited_for(scripted_video, fake_clock, tmp_path):
            scripted_video.refuses(429, retry_after=7).completes()
            response = make("a kite", save_to=tmp_path / "kite.mp4")
            assert response.status == "completed"
            assert (tmp_path / "kite.mp4").stat().st_size > 1000
            assert scripted_video.submitted[-1].body["prompt"] == "a kite"
            assert 7 in fake_clock.slept
        """
    )
    ran.assert_outcomes(passed=1)


def test_what_was_not_scripted_fails_though_the_code_catches_everything(run: Run) -> None:
    ran = run(
        """
        from films import make

        def test_a_film(scripted_video):
            try:
                make("a kite")
            except BaseException:
                pass

        def test_another(scripted_video):
            scripted_video.completes()
        """
    )
    ran.assert_outcomes(passed=2, errors=2)
    ran.stdout.fnmatch_lines(
        ["*submission 1 of this test went to fal*", "*scripted and did not happen: completes*"]
    )


def test_each_test_has_a_world_of_its_own(run: Run) -> None:
    ran = run(
        """
        import pytest
        from films import make
        from tarash.tarash_gateway import AuthenticationError

        def test_one(scripted_video):
            scripted_video.completes()
            make("a kite")
            assert len(scripted_video.submitted) == 1

        def test_two(scripted_video):
            assert scripted_video.submitted == []

        def test_the_world_is_the_real_one_again():
            with pytest.raises(AuthenticationError):
                make("a kite")
        """
    )
    ran.assert_outcomes(passed=3)


def test_the_mock_takes_no_time_on_the_fake_clock(run: Run) -> None:
    ran = run(
        """
        from films import CONFIG
        import attrs
        from tarash.tarash_gateway import MockConfig, MockPollingConfig, generate_video
        from tarash.tarash_gateway import VideoGenerationRequest

        def test_a_slow_film(fake_clock):
            polling = MockPollingConfig(delay_between_updates=3600)
            config = attrs.evolve(CONFIG, mock=MockConfig(polling=polling), timeout=100_000)
            response = generate_video(config, VideoGenerationRequest(prompt="a kite"))
            assert response.is_mock
            assert sum(fake_clock.slept) >= 3600
        """
    )
    ran.assert_outcomes(passed=1)


@pytest.mark.parametrize("way", ["the setting", "the fixture"])
def test_a_guard_fails_tests_that_would_send(run: Run, pytester: pytest.Pytester, way: str) -> None:
    if way == "the setting":
        pytester.makeini("[pytest]\ntarash_offline = true\n")
    asks = "" if way == "the setting" else "tarash_offline"
    ran = run(
        f"""
        import pytest
        from films import make, make_async

        @pytest.fixture(autouse=True)
        def _key(monkeypatch):
            monkeypatch.setenv("FAL_KEY", "id:secret")

        def test_a_film({asks}):
            make("a kite")

        def test_a_film_of_code_that_catches_everything({asks}):
            try:
                make("a kite")
            except BaseException:
                pass

        def test_a_script_is_no_network({asks}{asks and ", "}scripted_video):
            scripted_video.completes()
            make("a kite")
        """
    )
    ran.assert_outcomes(failed=1, passed=2, errors=1)
    ran.stdout.fnmatch_lines(["*a test wanted to send POST https://queue.fal.run/fal-ai/veo3*"])


def test_asyncio_tests_have_the_same_fixtures(run: Run) -> None:
    ran = run(
        """
        import asyncio
        import pytest
        from films import make_async

        def test_a_film(scripted_video):
            scripted_video.completes()
            assert asyncio.run(make_async("a kite")).status == "completed"

        @pytest.fixture
        def anyio_backend():
            return "asyncio"

        @pytest.mark.anyio
        async def test_with_anyio(scripted_video):
            scripted_video.completes()
            assert (await make_async("a kite")).status == "completed"

        @pytest.mark.asyncio
        async def test_with_pytest_asyncio(scripted_video):
            scripted_video.completes()
            assert (await make_async("a kite")).status == "completed"
        """
    )
    ran.assert_outcomes(passed=3)


_REPLAYED: Final = """
    from films import make
    import pytest

    def test_a_film(replayed_video):
        response = make("a kite")
        assert response.status == "completed"
        assert response.video == "https://v3.fal.media/files/kite.mp4?Expires=REDACTED"
"""


def _fal(asked: Recorded) -> Answer:
    """Play fal, with what a real one shows of an account."""
    base = f"http://{asked.headers['host']}/fal-ai/veo3/requests/job-1"
    where = asked.path.partition("?")[0]
    if asked.method == "POST":
        urls = {"status_url": f"{base}/status", "response_url": base, "user_id": "u-77"}
        body = json.dumps({"status": "IN_QUEUE", "request_id": "job-1", **urls}).encode()
    elif where.endswith("/status"):
        body = b'{"status": "COMPLETED"}'
    else:
        body = b'{"video": {"url": "https://v3.fal.media/files/kite.mp4?Expires=1799"}}'
    headers = {"Content-Type": "application/json", "Set-Cookie": "session=abc", "cf-ray": "1"}
    return Answer(body=body, headers=headers)


@pytest.mark.slow
def test_a_cassette_is_recorded_once_and_replayed_without_a_key(
    run: Run, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    cassette = pytester.path / "cassettes" / "test_films" / "test_a_film.yaml"
    # given no cassette, a test says how to record one
    ran = run(_REPLAYED)
    ran.assert_outcomes(errors=1)
    ran.stdout.fnmatch_lines(["*there is no cassette *test_a_film.yaml: record it*once*"])
    # and without a key, a recording says which variable to set
    ran = run(_REPLAYED, "--record-mode=once")
    ran.stdout.fnmatch_lines(["*FAL_KEY*"])
    assert not cassette.exists()
    # when it is recorded with a key, from a server that plays the provider
    monkeypatch.setenv("FAL_KEY", "id-of-mine:secret-of-mine")
    with recorder(_fal) as server:
        local = _CODE.replace('"fal-ai/veo3"', f'"fal-ai/veo3", base_url="{server.url}"')
        pytester.makepyfile(films=textwrap.dedent(local))
        recording = _REPLAYED.replace("REDACTED", "1799")
        run(recording, "--record-mode=once").assert_outcomes(passed=1)
        assert [asked.method for asked in server.requests] == ["POST", "GET", "GET"]
    text = cassette.read_text(encoding="utf-8")
    # then the file says where it comes from, is readable, and shows no account
    assert text.startswith(f"# Source: recorded from {server.url.removeprefix('http://')} on 20")
    assert "by the test test_films.py::test_a_film, with --record-mode=once" in text
    assert "      json:\n        prompt: a kite\n" in text
    shown = text.lower()
    for secret in ("mine", "authorization", "cookie", "session=", "cf-ray", "u-77", "1799"):
        assert secret not in shown, secret
    # and it is replayed without the server and without a key
    monkeypatch.delenv("FAL_KEY")
    run(_REPLAYED).assert_outcomes(passed=1)
    run(_REPLAYED, "--record-mode=once").assert_outcomes(passed=1)


def test_a_cassette_may_be_named(run: Run, pytester: pytest.Pytester) -> None:
    named = pytester.path / "tapes" / "kite.yaml"
    named.parent.mkdir()
    source = Path(__file__).parents[2] / "cassettes" / "fal" / "success.yaml"
    named.write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    ran = run(
        """
        import pytest
        from films import CONFIG
        from tarash.tarash_gateway import VideoGenerationRequest, generate_video

        @pytest.mark.tarash_cassette("tapes/kite.yaml")
        def test_a_film(replayed_video):
            request = VideoGenerationRequest(
                prompt="A drone shot over mountain peaks at golden hour",
                duration_seconds=5, aspect_ratio="16:9", resolution="1080p",
            )
            assert generate_video(CONFIG, request).status == "completed"
            assert not replayed_video.is_recording

        @pytest.mark.tarash_cassette()
        def test_a_wrong_mark(replayed_video):
            pass
        """,
        "--strict-markers",
    )
    ran.assert_outcomes(passed=1, errors=1)
    ran.stdout.fnmatch_lines(["*tarash_cassette takes one path*"])
