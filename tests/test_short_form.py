"""The short form of a call, and what a call says that was given something else."""

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.support import fal_replies as fal
from tests.support.fal_world import FalWorld

from tarash.tarash_gateway import (
    MockConfig,
    SqliteJournal,
    TarashException,
    ValidationError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    VideoGenerationResponse,
    cancel_video,
    check_video,
    functional,
    generate_video,
    generate_video_async,
    generate_videos,
    generate_videos_async,
    pending_videos,
    plan_video,
    resume_video,
    save_video,
    start_video,
    start_video_async,
    wait_for_webhook,
)
from tarash.tarash_gateway.models import ImageInput, WebhookKeys
from tarash.tarash_gateway.outcome import result_of
from tarash.tarash_gateway.testing import ScriptedHttp, fake_effects

_MODEL = "fal:fal-ai/veo3"
_KEY = {"FAL_KEY": "k"}
_CONFIG: Any = VideoGenerationConfig(provider="fal", model="fal-ai/veo3")
_REQUEST: Any = VideoGenerationRequest(prompt="a kite")


def _effects() -> Any:
    return fake_effects(http=ScriptedHttp(fal.success()), environment=_KEY)


def _job(**changes: Any) -> Any:
    effects = fake_effects(http=ScriptedHttp(fal.success()[:1]), environment=_KEY)
    return start_video(_MODEL, "a kite", effects=effects, **changes)


@pytest.mark.parametrize(
    "call",
    [
        lambda: generate_video(_MODEL, "a kite", effects=_effects()),
        lambda: asyncio.run(generate_video_async(_MODEL, "a kite", effects=_effects())),
        lambda: result_of(functional.generate_video(_MODEL, "a kite", effects=_effects())).unwrap(),
        lambda: resume_video(
            _job(), effects=fake_effects(http=ScriptedHttp(fal.success()[1:]), environment=_KEY)
        ),
    ],
    ids=["blocking", "asyncio", "functional", "start"],
)
def test_a_model_and_a_prompt_make_a_video(call: Callable[[], VideoGenerationResponse]) -> None:
    assert call().video == fal.URL


def test_both_forms_send_the_same() -> None:
    long = plan_video(_CONFIG, _REQUEST, effects=fake_effects())
    assert plan_video(_MODEL, "a kite", effects=fake_effects()) == long
    assert plan_video(_CONFIG, "a kite", effects=fake_effects()) == long
    assert plan_video(f" {_MODEL}", _REQUEST, effects=fake_effects()) == long


def test_a_model_may_have_a_colon() -> None:
    plan = plan_video(f"replicate:owner/name:{'1a' * 32}", "a kite", effects=fake_effects())
    assert plan.model == f"owner/name:{'1a' * 32}"


def test_a_submission_key_knows_both_forms_as_one(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "videos.sqlite3")
    first = generate_video(_MODEL, "a kite", journal=journal, key="order-1", effects=_effects())
    # then the long form of the same call sends nothing
    quiet = fake_effects(http=ScriptedHttp([]), environment=_KEY)
    again = generate_video(_CONFIG, _REQUEST, journal=journal, key="order-1", effects=quiet)
    assert again.request_id == first.request_id


def test_a_batch_takes_prompts() -> None:
    world = FalWorld()
    items = list(generate_videos(_MODEL, ["a", (_MODEL, "b")], effects=world.effects()))
    assert sorted(item.request.prompt for item in items) == ["a", "b"]
    assert all(item.response is not None for item in items)

    async def collected() -> list[str]:
        batch = generate_videos_async(_MODEL, iter("cd"), effects=FalWorld().effects())
        return sorted([item.request.prompt async for item in batch])

    assert asyncio.run(collected()) == ["c", "d"]


def test_starting_takes_the_short_form_on_an_event_loop() -> None:
    job = asyncio.run(start_video_async(_MODEL, "a kite", effects=_effects()))
    assert (job.model, job.request) == ("fal-ai/veo3", _REQUEST)


@pytest.mark.parametrize(
    ("config", "request_", "words"),
    [
        ("fal-ai/veo3", "a kite", r"not 'fal-ai/veo3'; did you mean 'fal:fal-ai/veo3'\?"),
        ("veo", "a kite", r'or "PROVIDER:MODEL", such as "fal:fal-ai/veo3", not \'veo\'$'),
        ("fal:", "a kite", "PROVIDER:MODEL"),
        (":veo3", "a kite", "PROVIDER:MODEL"),
        ("", "a kite", "not an empty text"),
        ("fall:veo", "a kite", "provider 'fall' is not known.*did you mean fal"),
        (_MODEL, "  ", "request must be a VideoGenerationRequest or a prompt.*an empty text"),
        (_MODEL, None, "request must be .* not None"),
        (_MODEL, ["a", "b"], "not a list: generate_videos takes several"),
        (None, "a kite", "config must be .* not None"),
        ({"provider": "fal"}, "a kite", r"not a dict: write VideoGenerationConfig\(\*\*config\)"),
        (_CONFIG, {"prompt": "p"}, r"not a dict: write VideoGenerationRequest\(\*\*request\)"),
        (_REQUEST, _CONFIG, "config and request are swapped"),
        (_REQUEST, _MODEL, "config and request are swapped"),
        ("a kite", _CONFIG, "config and request are swapped"),
        ("a kite", _MODEL, "config and request are swapped"),
        ("\ud800:a", "a kite", "PROVIDER:MODEL"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_advice(
    config: Any, request_: Any, words: str
) -> None:
    http = ScriptedHttp([])
    effects = fake_effects(http=http, environment=_KEY)
    for call in (generate_video, start_video, plan_video):
        with pytest.raises(ValidationError, match=words):
            call(config, request_, effects=effects)
    (item,) = generate_videos(_CONFIG, [(config, request_)], effects=effects)
    assert re.search(words, str(item.error))
    assert http.requests == []


def test_a_prompt_may_have_a_colon() -> None:
    plan = plan_video(_MODEL, "fal: a kite, in words", effects=fake_effects())
    assert plan.body["prompt"] == "fal: a kite, in words"


# Arguments of another kind.


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"on_progress": "clip.mp4"}, "on_progress must be .*not 'clip.mp4'"),
        ({"journal": "a.sqlite3"}, r"journal must be a Journal, not 'a.sqlite3': write SqliteJ"),
        ({"journal": Path("a.sqlite3")}, r"journal must be a Journal.*write SqliteJournal\("),
        ({"journal": "postgresql://h/db"}, r"write PostgresJournal\("),
        ({"journal": 3}, "journal must be a Journal, not 3"),
        ({"effects": 3}, "effects must be Effects"),
        ({"on_interrupt": "cancle"}, "on_interrupt must be 'keep' or 'cancel', not 'cancle'"),
        ({"providers": ["fal"]}, "providers must be a mapping of names to Providers"),
    ],
)
def test_an_option_of_another_kind_is_refused(options: dict[str, Any], words: str) -> None:
    given = {"effects": fake_effects(http=ScriptedHttp([]), environment=_KEY), **options}
    with pytest.raises(ValidationError, match=words):
        generate_video(_MODEL, "a kite", **given)
    with pytest.raises(ValidationError, match=words):
        list(generate_videos(_MODEL, ["a kite"], **given))


def test_swapped_arguments_of_a_batch_are_named() -> None:
    requests: Any = [_REQUEST]
    with pytest.raises(ValidationError, match="config and requests are swapped"):
        list(generate_videos(requests, _MODEL, effects=_effects()))


def test_a_job_is_asked_for_by_its_value(tmp_path: Path) -> None:
    mocked = VideoGenerationConfig(provider="fal", model="fal-ai/veo3", mock=MockConfig())
    response = generate_video(mocked, "a kite", effects=fake_effects())
    journal = SqliteJournal(tmp_path / "videos.sqlite3")
    _job(journal=journal)
    (entry,) = pending_videos(journal)
    advice = {
        "0a1b": "an id alone does not say what was asked for, and where; start_video returns one",
        '{"version": 2}': "VideoGeneration.from_json",
        response: "pass response.generation",
        entry: "pass entry.generation",
        _CONFIG: r"start_video\(config, request\) returns one",
        TarashException("no"): "pass error.generation",
        None: "not None: start_video returns one",
    }
    for value, words in advice.items():
        given: Any = value
        for call in (resume_video, check_video, cancel_video):
            with pytest.raises(ValidationError, match=words):
                call(given, effects=fake_effects())
        with pytest.raises(ValidationError, match=words):
            wait_for_webhook(given, journal, effects=fake_effects())


def test_a_video_is_saved_by_its_value(tmp_path: Path) -> None:
    advice: dict[Any, str] = {
        "https://example.com/a.mp4": "a URL alone cannot be renewed.*generate_video",
        _job(): r"resume_video\(generation, save_to=...\) waits for its video",
        3: "response must be a VideoGenerationResponse, not 3: generate_video and",
    }
    for given, words in advice.items():
        with pytest.raises(ValidationError, match=words):
            save_video(given, tmp_path / "a.mp4", effects=fake_effects())


def test_a_journal_is_named_by_its_class() -> None:
    name: Any = "videos.sqlite3"
    with pytest.raises(ValidationError, match=r"write SqliteJournal\(...\) with the name"):
        pending_videos(name)


# Keywords that nothing takes.


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: generate_video(model="veo3"),  # type: ignore[call-arg]  # the mistake under test
            r"generate_video\(\) got an unexpected .* 'model'; model is a field of VideoGenera",
        ),
        (
            lambda: plan_video(_MODEL, "p", seed=3),  # type: ignore[call-arg]  # the same
            "seed is a field of VideoGenerationRequest",
        ),
        (
            lambda: generate_video(_MODEL, "p", jurnal=None),  # type: ignore[call-arg]  # the same
            "'jurnal'; did you mean journal",
        ),
        (
            lambda: generate_video(_MODEL),  # type: ignore[call-arg]  # the same
            r"missing a required argument: 'request'; for example generate_video\(\"fal:fal-ai",
        ),
        (
            lambda: generate_video(_MODEL, "p", None, None),  # type: ignore[call-arg]  # the same
            "too many positional arguments: only config, request, on_progress may stand without",
        ),
        (
            lambda: VideoGenerationConfig("fal", "veo3"),  # type: ignore[call-arg]  # the same
            r"takes its fields by name: VideoGenerationConfig\(provider=..., ...\)",
        ),
        (
            lambda: VideoGenerationConfig(provider="fal", modle="veo3"),  # type: ignore[call-arg]  # the same
            r"VideoGenerationConfig\(\) got an unexpected keyword argument 'modle'; did you mean m",
        ),
        (
            lambda: VideoGenerationConfig(provider="fal"),  # type: ignore[call-arg]  # the same
            r"VideoGenerationConfig\(\) lacks model",
        ),
        (
            lambda: VideoGenerationConfig(provider="fal", model="m", prompt="p"),  # type: ignore[call-arg]  # the same
            "unexpected keyword argument 'prompt': its fields are provider, model, api_key",
        ),
        (
            lambda: VideoGenerationRequest("a kite"),  # type: ignore[call-arg]  # the same
            r"takes its fields by name: VideoGenerationRequest\(prompt=..., ...\)",
        ),
        (
            lambda: VideoGenerationRequest(promt="a kite"),  # type: ignore[call-arg]  # the same
            "'promt'; did you mean prompt",
        ),
        (lambda: ImageInput(path="a.png"), "lacks image"),  # type: ignore[call-arg]  # the same
        (lambda: MockConfig(sed=3), "did you mean seed"),  # type: ignore[call-arg]  # the same
        (lambda: WebhookKeys(secret="s"), "did you mean secrets"),  # type: ignore[call-arg]  # the same
    ],
)
def test_a_keyword_that_nothing_takes_says_what_to_write(
    call: Callable[[], object], words: str
) -> None:
    with pytest.raises(TypeError, match=words):
        call()


def test_a_field_of_a_config_is_not_sent_to_the_provider() -> None:
    # given a key in the wrong place: a provider would get it in the body
    request = VideoGenerationRequest(prompt="a kite", api_key="canary")
    with pytest.raises(ValidationError, match="api_key is not a field of a request: give it to Vi"):
        plan_video(_MODEL, request, effects=fake_effects())
    # then a parameter of that name is still the caller's to give
    request = VideoGenerationRequest(prompt="a kite", extra_params={"api_version": "2"})
    plan = plan_video(_MODEL, request, effects=fake_effects())
    assert plan.body["api_version"] == "2"
