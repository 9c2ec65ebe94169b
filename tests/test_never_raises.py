"""`functional` never raises, and the entry points raise declared errors only: whatever comes."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from returns.io import IOResult
from returns.result import Failure, Success
from tests.support import fal_replies as fal

from tarash.tarash_gateway import (
    TarashException,
    TimeoutError,
    ValidationError,
    VideoGeneration,
    VideoGenerationConfig,
    VideoGenerationRequest,
    functional,
    resume_video,
    start_video,
)
from tarash.tarash_gateway.effects.live import live_effects
from tarash.tarash_gateway.http.messages import HttpResponse
from tarash.tarash_gateway.outcome import Outcome, result_of
from tarash.tarash_gateway.providers.base import Provider
from tarash.tarash_gateway.providers.fal.provider import PROVIDER
from tarash.tarash_gateway.registry import BUILT_IN
from tarash.tarash_gateway.testing import FakeClock, ScriptedHttp, fake_effects

_ENTRIES: dict[str, Callable[..., Any]] = {
    name: getattr(functional, name)
    for name in functional.__all__
    if not name.endswith("_async")
    and name not in {"pending_videos", "generate_videos", "verify_webhook"}
}
_JUNK = st.one_of(
    st.none(),
    st.integers(),
    st.text(max_size=5),
    st.builds(dict),
    st.builds(list),
    st.just(VideoGenerationRequest(prompt="a kite")),
    st.just(fal.config()),
    st.just(object()),
    st.just(fal.config),
)


def _error(outcome: object) -> TarashException:
    assert isinstance(outcome, IOResult)
    result: Outcome[Any] = result_of(outcome)
    assert isinstance(result, Failure)
    error = result.failure()
    assert isinstance(error, TarashException)
    return error


@given(st.sampled_from(sorted(_ENTRIES)), _JUNK, _JUNK)
def test_arguments_of_any_kind_are_answered(name: str, one: Any, two: Any) -> None:
    entry, effects = _ENTRIES[name], fake_effects(http=ScriptedHttp([HttpResponse(status=400)] * 9))
    takes_job = name in {"resume_video", "check_video", "cancel_video"}
    outcome = (
        entry(one, config=two, effects=effects) if takes_job else entry(one, two, effects=effects)
    )
    assert isinstance(outcome, IOResult)


@given(st.tuples(*[_JUNK] * 6))
def test_a_webhook_of_anything_is_answered(junk: tuple[Any, ...]) -> None:
    provider, headers, body, keys, now, tolerance = junk
    for named in (provider, "fal"):
        outcome: object = functional.verify_webhook(
            named, headers, body, keys, now, tolerance=tolerance
        )
        assert isinstance(outcome, Failure)


@given(_JUNK, _JUNK)
def test_a_batch_of_anything_is_answered(one: Any, two: Any) -> None:
    effects = fake_effects(http=ScriptedHttp([]))
    answers = list(functional.generate_videos(one, two, effects=effects))
    assert all(isinstance(answer, IOResult) for answer in answers)
    # Only an iterable without items has no answer.
    assert answers or two in ({}, [], "")


def test_swapped_arguments_are_named() -> None:
    request, config = fal.REQUEST, fal.config()
    error = _error(functional.generate_video(request, config))  # type: ignore[arg-type]  # the test's point
    assert isinstance(error, ValidationError)
    expected = "config and request are swapped: give the config first, then the request"
    assert error.message == expected
    fields = {"prompt": "a kite"}
    error = _error(functional.plan_video(config, fields))  # type: ignore[arg-type]  # the test's point
    assert error.message.endswith("not a dict: write VideoGenerationRequest(**request)")


@pytest.mark.parametrize("options", [{"providers": 3}, {"effects": 3}, {"journal": 3}])
def test_options_of_any_kind_are_answered(options: dict[str, Any]) -> None:
    options = {"effects": fake_effects(http=ScriptedHttp([])), **options}
    assert _error(functional.generate_video(fal.config(), fal.REQUEST, **options)).message


# What people really do.


@pytest.mark.slow
def test_a_thousand_nested_fallbacks_are_a_chain() -> None:
    config = fal.config()
    for _ in range(1000):
        config = fal.config(fallback_configs=[config])
    refused = HttpResponse(status=401, body=b"{}")
    http = ScriptedHttp([refused] * 1001)
    error = _error(functional.generate_video(config, fal.REQUEST, effects=fake_effects(http=http)))
    assert len(error.attempts) == 1001


@pytest.mark.parametrize("field", ["timeout", "request_timeout", "poll_interval"])
@pytest.mark.parametrize("seconds", [1e10, sys.float_info.max, 10**400])
def test_any_number_of_seconds_is_a_time(field: str, seconds: float) -> None:
    try:
        config = fal.config(**{field: seconds})
    except ValidationError:
        return
    http = ScriptedHttp([fal.queued(), fal.completed(), fal.result()])
    effects = attrs.evolve(live_effects(), http=http, clock=FakeClock())
    outcome = functional.generate_video(config, fal.REQUEST, effects=effects)
    assert isinstance(result_of(outcome), Success)


@pytest.mark.parametrize("digits", ["9" * 400, "1" + "0" * 5000])
@pytest.mark.parametrize("field", ["aspect_ratio", "resolution"])
def test_a_number_of_many_digits_is_refused_or_told(field: str, digits: str) -> None:
    fields: dict[str, Any] = {field: f"{digits}:{digits}1"}
    request = VideoGenerationRequest(prompt="a kite", **fields)
    for name in ("fal", "runway", "openai", "replicate"):
        model = {"fal": "fal-ai/veo3", "runway": "gen4.5", "openai": "sora-2"}.get(name, "a/b")
        config = VideoGenerationConfig(provider=name, model=model, api_key="k")
        assert isinstance(functional.plan_video(config, request, effects=fake_effects()), IOResult)


def test_a_home_of_nobody_is_refused() -> None:
    request = VideoGenerationRequest(
        prompt="a kite", image_list=[Path("~nobody-of-this-name/a.png")]
    )
    error = _error(functional.plan_video(fal.config(), request, effects=live_effects()))
    assert isinstance(error, ValidationError)


@given(
    st.recursive(
        st.none() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
@settings(max_examples=50)
def test_parameters_of_any_kind_are_sent_or_refused(value: Any) -> None:
    deep: Any = value
    for _ in range(2000):
        deep = [deep]
    for extra in ({"x": value}, {"x": deep}, {"x": {1, 2}}, {"x": float("nan")}, {"x": object()}):
        request = VideoGenerationRequest(prompt="a kite", extra_params=extra)
        outcome = functional.plan_video(fal.config(), request, effects=fake_effects())
        assert isinstance(outcome, IOResult)


# Somebody else's code.


def _raises(*_: Any) -> Any:
    message = "not ready"
    raise NotImplementedError(message)


def _nonsense(*_: Any) -> Any:
    return 7


_FUNCTIONS = (
    "submit",
    "accepted",
    "poll",
    "polled",
    "collect",
    "collected",
    "failure",
    "authenticate",
)
_RUN = [fal.queued(), fal.completed(), fal.result()]


@pytest.mark.parametrize("function", [*_FUNCTIONS, "variant", "base_url_of", "cancel", "cancelled"])
@pytest.mark.parametrize("bug", [_raises, _nonsense], ids=["raises", "nonsense"])
def test_a_provider_s_bug_is_an_error_that_has_the_job(function: str, bug: Any) -> None:
    broken: Provider = attrs.evolve(PROVIDER, **{function: bug})
    replies = [*_RUN, *[HttpResponse(status=500)] * 600]
    if function == "failure":
        replies = [fal.queued(), *[HttpResponse(status=401)] * 600]
    if function in {"cancel", "cancelled"}:
        replies = [fal.queued(), *[HttpResponse(status=202, body=b'{"status": "IN_QUEUE"}')] * 600]
    config = fal.config(timeout=60, fallback_configs=[fal.config(model="fal-ai/veo2")])
    effects = fake_effects(http=ScriptedHttp(replies))
    result = result_of(
        functional.generate_video(config, fal.REQUEST, effects=effects, providers={"fal": broken})
    )
    if isinstance(result, Success):
        # The function was not needed for this job.
        return
    error = result.failure()
    assert isinstance(error, TarashException)
    attempts = error.attempts
    if any(attempt.submission == "accepted" for attempt in attempts):
        assert error.generation is not None
        assert error.generation.request_id == "job-1"


def test_every_provider_is_guarded() -> None:
    for name in BUILT_IN:
        if name == "mock":
            continue
        broken = attrs.evolve(BUILT_IN[name], submit=_raises, variant=None, oauth=None)
        config = VideoGenerationConfig(provider=name, model="a/b", api_key="k")
        error = _error(
            functional.generate_video(
                config, fal.REQUEST, effects=fake_effects(), providers={name: broken}
            )
        )
        assert "failed with NotImplementedError: not ready" in error.message


# Damaged values.


def _saved() -> str:
    effects = fake_effects(http=ScriptedHttp([fal.queued()]))
    return start_video(fal.config(), fal.REQUEST, effects=effects).to_json()


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


@pytest.mark.slow
@given(st.data())
@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
def test_a_damaged_saved_job_is_refused_or_resumed(data: st.DataObject) -> None:
    value = json.loads(_saved())
    name = data.draw(st.sampled_from(sorted(value)))
    if data.draw(st.booleans()):
        value[name] = data.draw(_JSON)
    else:
        value.pop(name)
    if isinstance(value.get("job"), dict) and data.draw(st.booleans()):
        value["job"] = {**value["job"], **data.draw(st.dictionaries(st.text(max_size=5), _JSON))}
        value["job"][data.draw(st.sampled_from(["id", "urls", "wait", "told"]))] = data.draw(_JSON)
    try:
        generation = VideoGeneration.from_json(json.dumps(value))
    except ValidationError:
        return
    effects = fake_effects(
        http=ScriptedHttp([*_RUN[1:], *[HttpResponse(status=500)] * 600]),
        environment={"FAL_KEY": "k"},
    )
    outcome = functional.resume_video(generation, effects=effects)
    assert isinstance(outcome, IOResult)
    again = generation.to_json()
    assert VideoGeneration.from_json(again) == generation


@given(st.text(max_size=200) | st.binary(max_size=20))
def test_any_text_is_a_saved_job_or_refused(text: Any) -> None:
    with pytest.raises(ValidationError):
        VideoGeneration.from_json(text)


def test_a_text_that_is_nested_too_deep_is_refused() -> None:
    with pytest.raises(ValidationError):
        VideoGeneration.from_json("[" * 100_000)


def test_the_raising_face_raises_what_the_other_returns() -> None:
    kept = VideoGeneration.from_json(_saved())
    effects = fake_effects(http=ScriptedHttp([fal.running()] * 200), environment={"FAL_KEY": "k"})
    with pytest.raises(TimeoutError):
        resume_video(kept, effects=effects)
