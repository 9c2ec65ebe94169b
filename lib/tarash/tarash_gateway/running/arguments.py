"""The arguments of a verb: what is short is made whole, what is wrong is refused with advice."""

from collections.abc import Mapping
from typing import Any, Final, TypeAlias, get_args

import attrs
from returns.result import Failure, Success

from ..effects import Effects
from ..exceptions import TarashException, ValidationError
from ..outcome import Outcome, catch_bugs
from ..providers.base import Provider
from ..values.batch import BatchItem
from ..values.checks import preview, refuse
from ..values.config import VideoGenerationConfig
from ..values.journal_entry import JournalEntry
from ..values.readable import is_path
from ..values.request import VideoGenerationRequest
from ..values.response import VideoGenerationResponse
from ..values.saved import VideoGeneration
from ..values.short import config_of, request_of
from .options import OnInterrupt

Given: TypeAlias = tuple[VideoGenerationConfig, VideoGenerationRequest]

_ON_INTERRUPT: Final = get_args(OnInterrupt)
_JOB_FROM: Final = (
    "start_video returns one, an error of a call has it as error.generation, and each entry of "
    "pending_videos(journal) as entry.generation"
)
_VIDEO_FROM: Final = "generate_video and resume_video return one"


def given(config: object, request: object, known: Mapping[str, Provider]) -> Outcome[Given]:
    """Return the config and the request of a call, each of which may be in its short form.

    Args:
        config: A config, or ``"PROVIDER:MODEL"``.
        request: A request, or a prompt.
        known: The providers by name, for the advice about a config that is none.

    Errors:
        ValidationError: One of them is something else, or they are swapped.
    """
    if _are_swapped(config, request, known):
        message = "config and request are swapped: give the config first, then the request"
        return Failure(ValidationError(message))
    return given_config(config, known).bind(
        lambda whole: request_of(request).map(lambda wanted: (whole, wanted))
    )


def given_config(config: object, known: Mapping[str, Provider]) -> Outcome[VideoGenerationConfig]:
    """Return the config of a call, or the error that says what to write in place of it."""
    return config_of(config).alt(lambda error: _with_model_names(error, config, known))


def _are_swapped(config: object, request: object, known: Mapping[str, Provider]) -> bool:
    if isinstance(config, VideoGenerationRequest):
        return isinstance(request, VideoGenerationConfig | str)
    if isinstance(request, VideoGenerationConfig):
        return isinstance(config, str)
    if not (isinstance(config, str) and isinstance(request, str)):
        return False
    return config.partition(":")[0] not in known and request.partition(":")[0] in known


def _with_model_names(
    error: TarashException, config: object, known: Mapping[str, Provider]
) -> TarashException:
    """Return the error with the names that a model's bare id may stand for."""

    def search() -> Outcome[list[str]]:
        return Success([f"{n}:{config}" for n, each in known.items() if config in each.models])

    if not isinstance(config, str):
        return error
    # The table of a user's provider is somebody else's code.
    names = catch_bugs("a provider's model table", search).value_or([])
    if not names:
        return error
    meant = f"; did you mean {' or '.join(map(repr, names))}?"
    return attrs.evolve(error, message=error.message + meant)


def wrong_kind(name: str, value: object, kind: type) -> ValidationError | None:
    """Return the error about an argument that is not of its type, or None.

    It says how to get what is needed from what was given.
    """
    if isinstance(value, kind):
        return None
    error = refuse(name, value, f"a {kind.__name__}")
    advice = _advice(value, kind)
    return attrs.evolve(error, message=f"{error.message}: {advice}") if advice else error


def _advice(value: object, kind: type) -> str:
    if kind is VideoGeneration:
        return _job_advice(value)
    return _video_advice(value) if kind is VideoGenerationResponse else ""


def _job_advice(value: object) -> str:
    match value:
        case JournalEntry():
            return "pass entry.generation"
        case VideoGenerationResponse():
            return "the video is finished; pass response.generation to ask for its job again"
        case BatchItem():
            return "pass item.error.generation, or item.response.generation"
        case TarashException():
            return "pass error.generation, where it is not None"
        case VideoGenerationConfig():
            return "start_video(config, request) returns one"
        case str() if value.lstrip().startswith("{"):
            return "VideoGeneration.from_json(text) reads what to_json wrote"
        case str():
            return f"an id alone does not say what was asked for, and where; {_JOB_FROM}"
        case _:
            return _JOB_FROM


def _video_advice(value: object) -> str:
    match value:
        case VideoGeneration():
            return "resume_video(generation, save_to=...) waits for its video and saves it"
        case JournalEntry():
            return "resume_video(entry.generation, save_to=...) waits for its video and saves it"
        case BatchItem():
            return "pass item.response, where it is not None"
        case str():
            return f"a URL alone cannot be renewed when it expires; {_VIDEO_FROM}"
        case _:
            return _VIDEO_FROM


def wrong_options(
    effects: object,
    providers: object,
    journal: object,
    on_progress: object,
    on_interrupt: object = "keep",
) -> ValidationError | None:
    """Return the error about an option that cannot be what its name says, or None."""
    if on_interrupt not in _ON_INTERRUPT:
        return refuse("on_interrupt", on_interrupt, "'keep' or 'cancel'")
    if effects is not None and not isinstance(effects, Effects):
        return refuse("effects", effects, "Effects, such as testing.fake_effects() returns")
    if providers is not None and not isinstance(providers, Mapping):
        return refuse("providers", providers, "a mapping of names to Providers")
    if on_progress is not None and not callable(on_progress):
        return refuse("on_progress", on_progress, "a function of a VideoGenerationUpdate")
    return wrong_journal(journal) if journal is not None else None


def wrong_journal(journal: Any) -> ValidationError | None:
    """Return the error about a journal that is none, or None."""
    if callable(getattr(journal, "entries", None)):
        return None
    message = f"journal must be a Journal, not {preview(journal)}"
    if isinstance(journal, str) and journal.partition(":")[0] in {"postgres", "postgresql"}:
        message += ": write PostgresJournal(...)"
    elif isinstance(journal, str) or is_path(journal):
        message += ": write SqliteJournal(...) with the name of the file"
    return ValidationError(message)
