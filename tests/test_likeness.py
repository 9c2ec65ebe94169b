"""Whether a listed job is that of a submission: pure comparisons."""

from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from returns.result import Success

from tarash.tarash_gateway import VideoGeneration, VideoGenerationConfig, VideoGenerationRequest
from tarash.tarash_gateway.http.messages import HttpRequest, JsonBody
from tarash.tarash_gateway.lifecycle.likeness import MARGIN, Sought, agreement, sought
from tarash.tarash_gateway.lifecycle.reconciling import Beside, Listed, judge
from tarash.tarash_gateway.models import Reconciliation
from tarash.tarash_gateway.provider_kit import Listing, Page, Provider, Submission, Target
from tarash.tarash_gateway.providers.fal import PROVIDER as FAL
from tarash.tarash_gateway.values.journal_entry import JournalEntry
from tarash.tarash_gateway.values.reconciliation import ListedJob

_AT = datetime(2026, 11, 26, 12, tzinfo=UTC)
_REQUEST = VideoGenerationRequest(
    prompt="a kite", duration_seconds=8, seed=5, cfg_scale=0.5, negative_prompt="rain"
)
_CONFIG = VideoGenerationConfig(provider="p", model="m", api_key="k", timeout=60)
_LISTING = Listing(
    request=lambda target, _since, _page: HttpRequest(method="GET", url=target.base_url),
    listed=lambda _target, _reply: Success(Page(jobs=())),
    sent=lambda request: request.body.value if isinstance(request.body, JsonBody) else {},
    fits=lambda target, job: job.model in {None, target.config.model},
    shows_after=timedelta(minutes=2),
    keeps=timedelta(days=1),
)


def _submit(_target: Target, request: VideoGenerationRequest) -> Any:
    fields = {
        "prompt": request.prompt,
        "duration": request.duration_seconds,
        "seed": request.seed,
        "negative_prompt": request.negative_prompt,
        **request.extra_params,
    }
    sent = HttpRequest(method="POST", url="https://p.example", body=JsonBody(value=fields))
    return Success(Submission(request=sent))


_PROVIDER: Provider = attrs.evolve(
    FAL, name="p", submit=_submit, uploads=None, media=None, listing=lambda _: _LISTING
)
_TARGET = Target(provider=_PROVIDER, config=_CONFIG)
_SAVED = VideoGeneration(id="call1-1", request=_REQUEST, configs=(_CONFIG,), started_at=_AT)
_ENTRY = JournalEntry(
    generation=_SAVED, state="unknown", updated_at=_AT + timedelta(seconds=3), message="lost"
)
_INPUT = {
    "prompt": "a kite",
    "duration": 8,
    "seed": 5,
    "negative_prompt": "rain",
    "cfg_scale": 0.5,
}
_JOB = ListedJob(id="j", created_at=_AT + timedelta(seconds=1), model="m", input=_INPUT)


def _sought(**changes: Any) -> Sought:
    return sought(attrs.evolve(_ENTRY, **changes), _TARGET, _LISTING)


# Values.

_leaves = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
)
_values = st.recursive(
    _leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)


def _with_defaults(value: Any, more: Any) -> Any:
    if isinstance(value, dict):
        return {"a default": more} | {name: _with_defaults(v, more) for name, v in value.items()}
    if isinstance(value, list):
        return [_with_defaults(item, more) for item in value]
    return value


@given(_values, _values)
def test_a_provider_may_add_defaults_at_every_level(value: Any, more: Any) -> None:
    assert agreement(value, _with_defaults(value, more)) == "equal"


@given(st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.booleans())
def test_a_provider_may_write_a_number_as_a_text(value: Any) -> None:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    assert agreement(value, text) == agreement(text, value) == "equal"


@given(st.text(), st.text())
def test_texts_agree_only_if_they_are_equal_or_cannot_be_compared(one: str, other: str) -> None:
    # However the words are laid out, they are the same.
    assert agreement(one, "\n".join(f" {word}" for word in one.split())) == "equal"
    found = agreement(f"words {one}", f"words {other}")
    assert found == agreement(f"words {other}", f"words {one}")
    if one.split() == other.split():
        assert found == "equal"
    elif (one + other).isascii():
        assert found in {"different", "open"}


@given(_values)
def test_what_is_not_listed_proves_nothing(value: Any) -> None:
    assert agreement(value, None) == ("equal" if value is None else "open")


@pytest.mark.parametrize(
    ("ours", "theirs", "found"),
    [
        (8, "8.0", "equal"),
        ("0.50", 0.5, "equal"),
        (True, "true", "equal"),
        (1, True, "different"),
        ("a", "b", "different"),
        ([1, 2], [1], "different"),
        ({"a": 1}, [1], "different"),
        ("https://a.example/1.png", "https://b.example/1.png", "open"),
        ("data:image/png;base64,AA==", "https://b.example/1.png", "open"),
        ("a kite in the wind " * 9, "a kite in the wind a kite in the wind a kite in ...", "open"),
        ("a kite in the wind", "a kite", "different"),
        (0.7, 0.699999988079071, "equal"),
        (4294967295, 4294967294, "different"),
        ("a kite", "https://b.example/1.png", "different"),
        ({"images": ["data:,a"]}, {"images": ["https://b.example"]}, "open"),
    ],
)
def test_values_by_example(ours: Any, theirs: Any, found: str) -> None:
    assert agreement(ours, theirs) == found


# Jobs.


def test_a_job_with_all_that_was_sent_is_the_same() -> None:
    assert _sought().likeness(_JOB) == "same"
    listed = attrs.evolve(_JOB, input={**_INPUT, "duration": "8", "fps": 24})
    assert _sought().likeness(listed) == "same"


@pytest.mark.parametrize(
    "change",
    [
        {"prompt": "a bird"},
        {"seed": 6},
        {"cfg_scale": 0.7},
        {"cfg_scale": "strong"},
        {"negative_prompt": "snow"},
    ],
)
def test_other_words_of_the_caller_are_another_job(change: dict[str, Any]) -> None:
    listed = attrs.evolve(_JOB, input={**_INPUT, **change})
    assert _sought().likeness(listed) == "another"


@pytest.mark.parametrize(
    "change",
    [
        {"input": {**_INPUT, "duration": 6}},
        {"input": {**_INPUT, "cfg_scale": [0.5]}},
        {"input": {name: value for name, value in _INPUT.items() if name != "seed"}},
        {"input": None},
        {"created_at": None},
    ],
)
def test_what_differs_in_the_provider_s_own_words_may_be_the_job(change: dict[str, Any]) -> None:
    # Another version of the library may have mapped the request in another way.
    assert _sought().likeness(attrs.evolve(_JOB, **change)) == "like"


@pytest.mark.parametrize(
    "change",
    [
        {"model": "n"},
        {"created_at": _AT - MARGIN - timedelta(seconds=1)},
        {"created_at": _AT + timedelta(seconds=4) + MARGIN},
    ],
)
def test_another_model_or_time_is_another_job(change: dict[str, Any]) -> None:
    assert _sought().likeness(attrs.evolve(_JOB, **change)) == "another"


def test_an_intent_may_have_been_sent_until_the_deadline() -> None:
    # given a call that may have waited for the provider's leave, or what `pending_videos` makes
    late = attrs.evolve(_JOB, created_at=_AT + timedelta(seconds=60))
    later = attrs.evolve(_JOB, created_at=_AT + timedelta(seconds=61) + MARGIN)
    for intent in (_sought(state="intended"), _sought(message=None)):
        assert intent.likeness(late) == "same"
        assert intent.likeness(later) == "another"


def test_without_its_media_a_submission_is_only_alike() -> None:
    saved = attrs.evolve(_SAVED, media_omitted=True)
    assert _sought(generation=saved).likeness(_JOB) == "like"


def test_a_request_that_can_no_longer_be_made_is_known_by_its_prompt() -> None:
    def refuse(_target: Target, _request: VideoGenerationRequest) -> Any:
        message = "gone"
        raise ValueError(message)

    target = attrs.evolve(_TARGET, provider=attrs.evolve(_PROVIDER, submit=refuse))
    found = sought(_ENTRY, target, _LISTING)
    assert found.likeness(_JOB) == "like"
    assert found.likeness(attrs.evolve(_JOB, input={"prompt": "a bird"})) == "another"


# Verdicts.


def _judge(
    *jobs: ListedJob, beside: Beside | None = None, hours: float = 1.0, **changes: Any
) -> Reconciliation:
    at = _AT + timedelta(hours=hours)
    listed = Listed(jobs=jobs, is_whole=True, server_time=at, asked_at=at)
    return judge(_ENTRY, _sought(), attrs.evolve(listed, **changes), beside or Beside())


_listed_jobs = st.builds(
    ListedJob,
    id=st.sampled_from("abcd"),
    created_at=st.none()
    | st.builds(
        lambda seconds: _AT + timedelta(seconds=seconds), st.integers(min_value=-300, max_value=300)
    ),
    model=st.sampled_from(["m", "n", None]),
    input=st.sampled_from(
        [_INPUT, {**_INPUT, "duration": 6}, {**_INPUT, "prompt": "a bird"}, {}, None]
    ),
)


@given(st.lists(_listed_jobs, unique_by=lambda job: job.id), st.sets(st.sampled_from("abcd")))
def test_found_and_none_are_answered_only_where_they_are_certain(
    jobs: list[ListedJob], taken: set[str]
) -> None:
    answer = _judge(*jobs, beside=Beside(taken=frozenset(taken)))
    free = [job for job in jobs if job.id not in taken]
    same = [job for job in free if _sought().likeness(job) == "same"]
    likely = [job for job in free if _sought().likeness(job) != "another"]
    if answer.state == "found":
        assert answer.generation is not None
        assert [job.id for job in same] == [answer.generation.request_id]
    elif answer.state == "none":
        assert likely == []
    else:
        assert len(same) != 1
        assert likely != []
        assert set(answer.candidates) <= set(likely)


def test_one_job_and_two_submissions_that_it_may_be_of() -> None:
    rival = Beside(rivals=(_sought(),))
    answer = _judge(_JOB, beside=rival)
    assert (answer.state, answer.candidates) == ("cannot_tell", (_JOB,))


def test_a_job_may_be_missing_at_first_and_be_gone_at_last() -> None:
    early = _judge(hours=0.05)
    assert early.state == "cannot_tell"
    assert early.again_at == _AT + timedelta(seconds=3) + MARGIN + _LISTING.shows_after
    assert _judge(hours=0.1).state == "none"
    late = _judge(hours=25)
    assert (late.state, late.again_at) == ("cannot_tell", None)
    assert "older than 24 hours" in late.reason


def test_a_list_that_was_not_read_to_its_end_says_nothing_for_certain() -> None:
    answer = _judge(_JOB, is_whole=False)
    assert (answer.state, answer.candidates) == ("cannot_tell", (_JOB,))


@pytest.mark.parametrize("off", [-3600, -61, 61, 3600])
def test_a_clock_that_is_wrong_compares_no_times(off: int) -> None:
    wrong = _judge(_JOB, server_time=_AT + timedelta(hours=1, seconds=off))
    assert (wrong.state, "clock" in wrong.reason) == ("cannot_tell", True)


def test_a_list_without_the_journal_s_other_jobs_is_another_account_s() -> None:
    other = attrs.evolve(_JOB, id="other", input={"prompt": "a bird"})
    expected = Beside(expected=frozenset({"other"}))
    assert _judge(beside=expected).state == "cannot_tell"
    assert "another account" in _judge(beside=expected).reason
    assert _judge(other, beside=expected).state == "none"
