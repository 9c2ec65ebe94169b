"""Errors are values and exceptions at once."""

import builtins
import copy
import pickle
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest

from tarash.tarash_gateway import exceptions
from tarash.tarash_gateway.exceptions import (
    HTTPConnectionError,
    HTTPError,
    RateLimitError,
    TarashException,
    TimeoutError,
    ValidationError,
    is_retryable_error,
)
from tarash.tarash_gateway.values.attempts import AttemptMetadata

_ATTEMPT = AttemptMetadata(
    provider="fal",
    model="fal-ai/veo3",
    attempt_number=1,
    started_at=datetime(2026, 1, 1, tzinfo=UTC),
    ended_at=datetime(2026, 1, 1, 0, 0, 5, tzinfo=UTC),
    status="failed",
    submission="unknown",
)
_NEEDED: dict[str, dict[str, Any]] = {
    "HTTPError": {"status_code": 502},
    "TimeoutError": {"timeout_seconds": 600.0},
}
_CLASSES = [
    cls
    for name in exceptions.__all__
    if isinstance(cls := getattr(exceptions, name), type) and issubclass(cls, TarashException)
]


def _made(cls: type[TarashException], message: str = "it failed") -> TarashException:
    return cls(
        message=message,
        provider="fal",
        model="fal-ai/veo3",
        request_id="job-1",
        raw_response={"detail": ["x"]},
        attempts=(_ATTEMPT,),
        **_NEEDED.get(cls.__name__, {}),
    )


@pytest.mark.parametrize("cls", _CLASSES)
def test_an_error_is_a_value(cls: type[TarashException]) -> None:
    error = _made(cls)
    assert error == _made(cls)
    assert error != _made(cls, "it failed otherwise")
    assert hash(error) == hash(_made(cls))
    assert pickle.loads(pickle.dumps(error)) == error  # noqa: S301 - our own bytes
    assert copy.deepcopy(error) == error
    with pytest.raises(attrs.exceptions.FrozenError):
        error.message = "another"


@pytest.mark.parametrize("cls", _CLASSES)
def test_an_error_is_an_exception(cls: type[TarashException]) -> None:
    with pytest.raises(cls) as caught:
        raise _made(cls) from KeyError("cause")
    assert isinstance(caught.value.__cause__, KeyError)
    caught.value.add_note("a note")
    assert str(caught.value) == "fal/fal-ai/veo3: it failed (request job-1)"


def test_an_error_names_its_place_as_far_as_it_is_known() -> None:
    assert str(TarashException(message="m")) == "m"
    assert str(TarashException(message="m", request_id="1")) == "m (request 1)"
    assert str(TarashException(message="m", provider="fal")) == "fal: m"


def test_the_built_in_classes_catch_them() -> None:
    assert issubclass(ValidationError, ValueError)
    assert issubclass(HTTPConnectionError, ConnectionError)
    assert issubclass(TimeoutError, builtins.TimeoutError)


@pytest.mark.parametrize(
    ("error", "retryable"),
    [
        (HTTPError(message="", status_code=500), True),
        (HTTPError(message="", status_code=408), True),
        (HTTPError(message="", status_code=409), False),
        (RateLimitError(message=""), True),
        (TimeoutError(message="", timeout_seconds=1.0), True),
        (ValidationError(message=""), False),
        (exceptions.ContentModerationError(message=""), False),
        (exceptions.GenerationFailedError(message=""), True),
        (OSError(), False),
    ],
)
def test_some_errors_may_pass(error: BaseException, retryable: bool) -> None:  # noqa: FBT001 - a table
    assert is_retryable_error(error) is retryable
