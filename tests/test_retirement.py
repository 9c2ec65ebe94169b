"""Retirement is a date: refused by the clock, and warned of before."""

from datetime import UTC, date, datetime, time, timedelta

import attrs
import pytest
from tests.support import fal_replies as fal

from tarash.tarash_gateway import (
    MockConfig,
    ValidationError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    generate_video,
    plan_video,
    resume_video,
    start_video,
)
from tarash.tarash_gateway.catalog.mapping import Mapped, map_request
from tarash.tarash_gateway.catalog.rows import ModelRow, Retirement
from tarash.tarash_gateway.http.messages import HttpRequest, JsonBody
from tarash.tarash_gateway.outcome import Outcome
from tarash.tarash_gateway.providers import kit
from tarash.tarash_gateway.providers.base import Provider, Submission, Target
from tarash.tarash_gateway.providers.fal.provider import PROVIDER as FAL
from tarash.tarash_gateway.testing import FakeClock, ScriptedHttp, fake_effects

_END = date(2026, 12, 3)
_ROW = ModelRow(
    retires=Retirement(on=_END, successor="kite-2", source="kite.example/deprecations, 2026-11")
)
_REPORTED = attrs.evolve(
    _ROW,
    retires=Retirement(on=_END, source="github.com/kite/list, 2026-11-25", published=False),
)
_REQUEST = VideoGenerationRequest(prompt="p")


def _provider(row: ModelRow) -> Provider:
    """Return a provider whose one model has this row; its replies are fal's."""

    def submit(target: Target, request: VideoGenerationRequest) -> Outcome[Submission]:
        def sent(mapped: Mapped) -> Submission:
            body = JsonBody(value=dict(mapped.fields))
            http = HttpRequest(method="POST", url=f"{target.base_url}/kite/1", body=body)
            return kit.submission(target, "kite-1", row, mapped, http)

        return (
            kit.offered(target, "kite-1", row)
            .bind(lambda offered: map_request("kite-1", offered, request))
            .map(sent)
        )

    return attrs.evolve(FAL, name="kite", submit=submit, models={"kite-1": row})


def _plan(row: ModelRow, day: date, base_url: str | None = None) -> tuple[str, ...]:
    config = VideoGenerationConfig(
        provider="kite", model="kite-1", api_key="k", base_url=base_url, unsupported="error"
    )
    effects = fake_effects(clock=_clock(day))
    providers = {"kite": _provider(row)}
    return plan_video(config, _REQUEST, effects=effects, providers=providers).warnings


def _clock(day: date) -> FakeClock:
    return FakeClock(utc=datetime.combine(day, time(23, 59), UTC))


_TOLD = "kite-1 is no longer offered from 2026-12-03; use kite-2"


@pytest.mark.parametrize(
    ("days", "warnings"), [(61, ()), (60, (_TOLD,)), (59, (_TOLD,)), (1, (_TOLD,))]
)
def test_a_model_is_warned_of_within_sixty_days(days: int, warnings: tuple[str, ...]) -> None:
    assert _plan(_ROW, _END - timedelta(days=days)) == warnings


@pytest.mark.parametrize("days", [0, 1, 400])
def test_a_model_is_refused_from_its_last_day_on(days: int) -> None:
    with pytest.raises(
        ValidationError, match=r"kite-1 is no longer offered since 2026-12-03; use kite-2"
    ):
        _plan(_ROW, _END + timedelta(days=days))


@pytest.mark.parametrize("days", [-60, -1, 0, 400])
def test_another_host_is_asked(days: int) -> None:
    assert _plan(_ROW, _END + timedelta(days=days), "https://gateway.example") == ()


@pytest.mark.parametrize(("days", "warned"), [(-61, False), (-60, True), (0, True), (400, True)])
@pytest.mark.parametrize("base_url", [None, "https://resource.example"])
def test_the_report_of_somebody_else_is_a_warning(
    days: int, base_url: str | None, *, warned: bool
) -> None:
    told = (
        "kite-1 is reported to be no longer offered from 2026-12-03 "
        "(github.com/kite/list, 2026-11-25)"
    )
    assert _plan(_REPORTED, _END + timedelta(days=days), base_url) == ((told,) if warned else ())


def test_the_warning_reaches_the_response() -> None:
    config = VideoGenerationConfig(provider="kite", model="kite-1", api_key="k")
    http = ScriptedHttp(fal.success())
    response = generate_video(
        config,
        _REQUEST,
        effects=fake_effects(http=http, clock=_clock(date(2026, 11, 1))),
        providers={"kite": _provider(_ROW)},
    )
    assert response.warnings == (_TOLD,)


def test_the_mock_never_refuses_by_date() -> None:
    config = VideoGenerationConfig(provider="openai", model="sora-2", mock=MockConfig())
    clock = _clock(date(2030, 1, 1))
    response = generate_video(config, _REQUEST, effects=fake_effects(clock=clock))
    assert response.is_mock


def test_a_fallback_that_retired_meanwhile_does_not_strand_a_paid_job() -> None:
    """Given a job whose fallback is offered still; when it is resumed after the fallback's end;
    then the job is asked for, and the fallback is left out with a warning."""
    providers = {"kite": _provider(_ROW)}
    spare = VideoGenerationConfig(provider="kite", model="kite-1", api_key="k")
    config = fal.config(fallback_configs=[spare])
    before = fake_effects(http=ScriptedHttp([fal.queued()]), clock=_clock(date(2026, 1, 1)))
    job = start_video(config, fal.REQUEST, effects=before, providers=providers)

    after = fake_effects(
        http=ScriptedHttp([fal.completed(), fal.result()]),
        clock=_clock(_END),
        environment={"FAL_KEY": "id:secret"},
    )
    response = resume_video(job, effects=after, providers=providers)

    assert response.video == fal.URL
    (told,) = response.warnings
    assert told.startswith(
        "the fallback kite/kite-1 was left out: kite-1 is no longer offered since 2026-12-03"
    )
