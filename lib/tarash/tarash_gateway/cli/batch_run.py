"""The making of the rows of a file that lack a video."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import attrs

from .. import api
from ..display.bars import BatchBar, VideoBar, batch_bar, video_bar
from ..exceptions import (
    BatchStoppedError,
    GenerationInterruptedError,
    SaveError,
    SubmissionUnknownError,
    TarashException,
)
from ..running.worlds import world_of
from ..values.batch import BatchItem
from ..values.config import VideoGenerationConfig
from ..values.request import VideoGenerationRequest
from ..values.response import VideoGenerationResponse, VideoGenerationUpdate
from . import exits, receipts
from .batch_show import Told
from .journal import CliJournal
from .output import reason
from .plans import Plans
from .row_keys import key_to_use
from .rows import BadRow, Row, suffix_of
from .speech import in_terms
from .terminal import warn

# Codes of failures, the most urgent first: the code of the batch is the first one that occurs.
_URGENT: Final = (exits.LOOK_FIRST, exits.ACCOUNT, exits.LATER, exits.FAILED, exits.USAGE)
_AGAIN: Final = (
    "run the same command again: it goes on with the jobs that were accepted, and makes only what "
    "is missing"
)
_AGAIN_FREE: Final = "run the same command again: it makes only what is missing"


@attrs.define(eq=False)
class BatchRun:
    """The making of the rows that lack a video.

    Attributes:
        folder: Where the videos go.
        journal: The journal, or None for the mock.
        plans: What is to be made.
        again: Whether jobs that failed are made again.
        told: What became of the rows so far.
        problem: Why the batch ended early; empty if it did not.
    """

    folder: Path
    journal: CliJournal | None
    plans: Plans
    again: bool
    told: list[Told] = attrs.field(factory=list, init=False)
    problem: str = attrs.field(default="", init=False)
    _under_way: dict[int, Row] = attrs.field(factory=dict, init=False)
    _downloads: dict[int, VideoBar] = attrs.field(factory=dict, init=False)
    _codes: set[int] = attrs.field(factory=set, init=False)
    _paid: int = attrs.field(default=0, init=False)
    _began: float = attrs.field(init=False)

    @_began.default
    def _now(self) -> float:
        return world_of(None).clock.monotonic()

    @property
    def _is_free(self) -> bool:
        """Whether the batch makes test clips, whose jobs end with the command."""
        return self.journal is None

    def all_told(self) -> list[Told]:
        """Return what became of every row: those that were there, were begun, and were not."""
        there = self.plans.there.items()
        begun = {one.name for one in self.told}
        left = [name for name in self.plans.lines.values() if name not in begun]
        return [
            *(Told(name=name, fate="there", words=str(path)) for name, path in there),
            *self.told,
            *(Told(name=name, fate="left", words="") for name in left),
        ]

    def receipt(self) -> str:
        """Return the last line: how long it took, and what may have been paid."""
        return receipts.after_batch(self._now() - self._began, self._paid, is_mock=self._is_free)

    def make(self, rows: Iterator[Row | BadRow], **options: Any) -> int:
        """Make the videos, and return the exit code."""
        if not self.plans.lines:
            return exits.DONE
        with self._board() as board:
            videos = api.generate_videos(
                self.plans.config,
                self._requests(rows, board),
                save_to=self._place,
                on_progress=self._show_download,
                journal=self.journal,
                key=None if self.journal is None else self._key,
                **options,
            )
            try:
                # Within `with`, an interruption between two items knows what is left as well.
                with videos:
                    for item in videos:
                        told = self._note(item)
                        board.end(told.name, told.words, done=told.fate == "done")
            except BatchStoppedError as error:
                self.problem = in_terms(error.message)
            except KeyboardInterrupt as interruption:
                for item in getattr(interruption, "left", ()):
                    self._note(item)
                self.problem = f"interrupted: {_AGAIN_FREE if self._is_free else _AGAIN}"
                return exits.INTERRUPTED
        return next((code for code in _URGENT if code in self._codes), max(self._codes, default=0))

    @contextmanager
    def _board(self) -> Iterator[BatchBar]:
        board = batch_bar(world_of(None).clock.monotonic, len(self.plans.lines))
        try:
            yield board
        finally:
            for bar in self._downloads.values():
                bar.close()
            # A table says what became of each row.
            board.close(summary=False)

    def _show_download(self, index: int, update: VideoGenerationUpdate) -> None:
        """Show a bar of its own for a video that is being downloaded, on a terminal."""
        if update.stage != "downloading" or not sys.stderr.isatty():
            return
        if index not in self._downloads:
            self._downloads[index] = video_bar(world_of(None).clock.monotonic)
        self._downloads[index].show(update)

    def _requests(
        self, rows: Iterator[Row | BadRow], board: BatchBar
    ) -> Iterator[tuple[VideoGenerationConfig, VideoGenerationRequest]]:
        wanted = (row for row in rows if isinstance(row, Row) and row.line in self.plans.lines)
        for index, row in enumerate(wanted):
            self._under_way[index] = row
            board.begin()
            yield row.config, row.request

    def _key(self, index: int, _request: VideoGenerationRequest) -> str:
        key = self._under_way[index].key
        return key if self.journal is None else key_to_use(self.journal, key, again=self.again)

    def _place(self, index: int, _request: VideoGenerationRequest) -> Path:
        return self._file(self._under_way[index])

    def _file(self, row: Row) -> Path:
        return self.folder / f"{row.stem}.mp4"

    def _note(self, item: BatchItem) -> Told:
        if item.index in self._downloads:
            self._downloads.pop(item.index).close()
        row, response = self._under_way.pop(item.index), item.response
        self._paid += item.may_have_been_paid
        told = self._failed(item, row) if response is None else self._saved(response, row)
        self.told.append(told)
        return told

    def _saved(self, response: VideoGenerationResponse, row: Row) -> Told:
        warn(response.warnings, row.name)
        path = response.path or self._file(row)
        suffix = suffix_of(response.content_type)
        if suffix != path.suffix and not path.with_suffix(suffix).exists():
            path = path.rename(path.with_suffix(suffix))
        if self.journal is not None and response.generation is not None:
            self.journal.mark_job_saved(response.generation.id)
        return Told(name=row.name, fate="done", words=str(path))

    def _failed(self, item: BatchItem, row: Row) -> Told:
        error = item.error or TarashException("nothing is known about this row")
        name = row.name
        if self._is_free and isinstance(error, SubmissionUnknownError):
            return Told(name=name, fate="stopped", words="")
        if isinstance(error, GenerationInterruptedError):
            if error.generation is None or self._is_free:
                return Told(name=name, fate="stopped", words="")
            return Told(name=name, fate="open", words=f"job {error.request_id}")
        code = exits.code_of(error)
        self._codes.add(code)
        if isinstance(error, SaveError):
            return Told(name=name, fate="unsaved", words=reason(error))
        if code == exits.LOOK_FIRST and not self._is_free:
            return Told(name=name, fate="paid", words=in_terms(error.message, columns=True))
        is_paid = item.may_have_been_paid and not self._is_free
        charged = "; it may have been charged" if is_paid else ""
        return Told(
            name=name, fate="failed", words=f"{in_terms(error.message, columns=True)}{charged}"
        )
