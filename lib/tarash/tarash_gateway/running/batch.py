"""The arguments of a batch, and what is wrong with them."""

from collections.abc import (
    AsyncIterable,
    Iterable,
    Mapping,
)
from pathlib import Path
from typing import TypeAlias, Unpack

import attrs
from returns.result import Failure, Success

from ..exceptions import TarashException, ValidationError
from ..outcome import Outcome, result_of
from ..providers.base import Provider
from ..registry import known_providers
from ..values.checks import refuse
from ..values.config import VideoGenerationConfig
from ..values.short import ConfigLike, RequestLike
from .arguments import Given, given, given_config, wrong_options
from .batch_calls import BatchCall, options_of_item
from .calls import make_call
from .faces import verb
from .options import BatchOptions, GenerateOptions, KeyOfItem, OnBatchProgress, Place, PlaceOfItem
from .saving import destination
from .shown import BAR, refuse_progress

BatchRequest: TypeAlias = RequestLike | tuple[ConfigLike, RequestLike]
BatchRequests: TypeAlias = Iterable[BatchRequest] | AsyncIterable[BatchRequest]


@attrs.frozen(kw_only=True)
class Batch:
    """What `generate_videos` was given; nothing has happened yet."""

    config: ConfigLike
    requests: BatchRequests
    max_in_flight: int
    max_failures: int | None
    key: str | KeyOfItem | None
    save_to: Place | PlaceOfItem | None
    on_progress: OnBatchProgress | None
    options: GenerateOptions

    def check(self, *, awaiting: bool = False) -> Outcome[None]:
        """Return what is wrong with the arguments, before anything is drawn."""
        wrong = (
            self._wrong_options()
            or _wrong_requests(self.requests, awaiting=awaiting)
            or _wrong_count("max_in_flight", self.max_in_flight)
            or (self.max_failures is not None and _wrong_count("max_failures", self.max_failures))
            or self._wrong_functions()
        )
        return Failure(wrong) if wrong else self._check_place()

    @property
    def _known(self) -> Mapping[str, Provider]:
        return known_providers(self.options.get("providers"))

    def _wrong_options(self) -> TarashException | None:
        get = self.options.get
        on_interrupt = get("on_interrupt", "keep")
        wrong = wrong_options(get("effects"), get("providers"), get("journal"), None, on_interrupt)
        if wrong:
            return wrong
        if _are_swapped(self.config, self.requests):
            return ValidationError("config and requests are swapped: give the config first")
        whole = given_config(self.config, self._known)
        return whole.failure() if isinstance(whole, Failure) else None

    def _wrong_functions(self) -> ValidationError | None:
        # A caller's code may not be type-checked.
        key: object = self.key
        on_progress: object = self.on_progress
        if key is not None and not (isinstance(key, str) or callable(key)):
            return refuse("key", key, "a text, or a function of an index and a request")
        if key is not None and self.options.get("journal") is None:
            return ValidationError("key needs a journal: give one, or leave the key out")
        if on_progress is None or on_progress == BAR or callable(on_progress):
            return None
        return refuse_progress(on_progress, "a function of an index and an update")

    def _check_place(self) -> Outcome[None]:
        if self.save_to is None or callable(self.save_to):
            return Success(None)
        world = make_call(self.options.get("effects"), None).effects
        found = result_of(destination(self.save_to, world, overwrite=True))
        if isinstance(found, Failure):
            return Failure(found.failure())
        if found.unwrap().is_folder:
            return Success(None)
        allowed = "a folder that exists, or a function of an index and a request"
        return Failure(refuse("save_to", str(Path(self.save_to)), allowed))

    def call(self, index: int, drawn: object) -> Outcome[BatchCall]:
        """Return the call of a request that was drawn.

        Errors:
            TarashException: It is no request, or a function of the caller's refuses it.
        """
        config: object = self.config
        request = drawn
        if isinstance(drawn, tuple) and len(drawn) == 2:  # noqa: PLR2004 - a config and a request
            config, request = drawn

        def call_of(whole: Given) -> Outcome[BatchCall]:
            config, request = whole
            return options_of_item(self.options, self.key, self.save_to, index, request).map(
                lambda options: BatchCall(
                    index=index,
                    config=config,
                    request=request,
                    on_progress=None if self.on_progress == BAR else self.on_progress,
                    options=options,
                )
            )

        return given(config, request, self._known).bind(call_of)


def _are_swapped(config: object, requests: object) -> bool:
    is_config = isinstance(requests, str | VideoGenerationConfig)
    return is_config and isinstance(config, Iterable) and not isinstance(config, str)


def _wrong_requests(requests: object, *, awaiting: bool) -> ValidationError | None:
    kinds = (Iterable, AsyncIterable) if awaiting else (Iterable,)
    # Its letters or its names are no requests.
    if isinstance(requests, kinds) and not isinstance(requests, str | bytes | Mapping):
        return None
    error = refuse("requests", requests, "an iterable of requests")
    if isinstance(requests, str):
        return ValidationError(f"{error.message}: one prompt is [prompt]")
    return error


def _wrong_count(name: str, value: object) -> ValidationError | None:
    is_count = isinstance(value, int) and not isinstance(value, bool) and value > 0
    return None if is_count else refuse(name, value, "a whole number of at least 1")


@verb
def generate_videos(
    config: ConfigLike, requests: BatchRequests, **options: Unpack[BatchOptions]
) -> Batch:
    """Generate many videos, so many at a time, and return the results as they come.

    The return value is an iterator of `BatchItem` in the order of completion, with ``index``,
    ``request``, and ``response`` or ``error``: what is wrong with one request harms no other.
    Nothing happens before its first result is asked for. It is a context manager, too.

    Args:
        config: Where to generate, as for `generate_video`.
        requests: The requests or prompts, or pairs of a config and a request, from any iterable:
            a list, a generator, a reader of a file. The next one is drawn only when a call may
            begin, so a million need not exist at once. The asyncio form takes an async iterable
            as well, and hands over results while it waits for a request.
        max_in_flight: Most calls at a time, >= 1.
        max_failures: After so many errors nothing more is started; those under way end. None for
            no limit.
        key: A function of an index and a request that returns the submission key of that request,
            or a text to which the index is appended: see `generate_video`. It needs a journal.
        save_to: A folder in which the videos are named after their jobs, or a function of an index
            and a request that returns the file or folder, or None.
        on_progress: Called with an index and a `VideoGenerationUpdate`; plain or async. The
            blocking form calls it in another thread. ``"bar"`` shows a progress bar of the whole
            batch on stderr; without a terminal, or without rich, a line for each video that ended.
        on_interrupt: What leaving the batch early does to accepted jobs: ``"keep"`` lets them run,
            ``"cancel"`` cancels them. ``left`` of the batch, and of the exception, has them.
        effects: As for `generate_video`; so are ``providers``, ``journal``, ``overwrite``,
            ``download_timeout`` and ``measure``.

    Returns:
        The batch. ``summary`` counts; ``close()`` interrupts it; ``left`` is what was begun and
        not handed over when it was interrupted.

    Raises:
        ValidationError: An argument is wrong; nothing was sent.
        BatchStoppedError: ``max_failures`` was reached, or the iterator of requests raised (its
            exception is the ``__cause__``). It is raised last, when every call that was under way
            has ended and its result was handed over.
    """
    names = GenerateOptions.__annotations__.keys() - {"key", "save_to"}
    common = {name: value for name, value in options.items() if name in names}
    return Batch(
        config=config,
        requests=requests,
        max_in_flight=options["max_in_flight"],
        max_failures=options["max_failures"],
        key=options["key"],
        save_to=options["save_to"],
        on_progress=options["on_progress"],
        # A TypedDict cannot be built from names that are known only at run time.
        options=GenerateOptions(**common),  # type: ignore[typeddict-item]
    )
