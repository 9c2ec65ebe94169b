"""The command ``tarash batch``: a video for each row of a file that lacks one."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import attrs
import typer

from .. import api
from ..display.bars import BatchBar, batch_bar
from ..effects.live import live_effects
from ..exceptions import (
    BatchStoppedError,
    GenerationInterruptedError,
    SaveError,
    TarashException,
)
from ..values.batch import BatchItem
from ..values.config import VideoGenerationConfig
from ..values.request import VideoGenerationRequest
from ..values.response import VideoGenerationResponse
from . import batch_show, exits, words
from .batch_show import Told
from .journal import CliJournal, default_journal
from .output import AsJson, end, reason
from .plans import Plans, planned
from .row_files import RowFile
from .row_keys import key_to_use
from .rows import BadRow, Row, RowReader, suffix_of
from .terminal import say_json, tell, warn

app = typer.Typer()

# Codes of failures, the most urgent first: the code of the batch is the first one that occurs.
_URGENT = (exits.LOOK_FIRST, exits.ACCOUNT, exits.LATER, exits.FAILED, exits.USAGE)
_AGAIN = (
    "run the same command again: it goes on with the jobs that were accepted, and makes only what "
    "is missing"
)


@app.command()
def batch(  # noqa: PLR0913, PLR0917 - one option each
    file: Annotated[
        str, typer.Argument(help="JSON lines, or CSV with a header; - reads from stdin.")
    ],
    output_dir: Annotated[str, typer.Option(help="The folder for the videos.")],
    provider: Annotated[str, typer.Option(help="Of the rows that name none.")] = "",
    model: Annotated[str, typer.Option(help="Of the rows that name none.")] = "",
    max_in_flight: Annotated[int, typer.Option(min=1, help="Most videos at a time.")] = 8,
    max_failures: Annotated[
        int | None, typer.Option(min=1, help="Start nothing more after so many failures.")
    ] = None,
    timeout: Annotated[float, typer.Option(help="Seconds to wait for each video.")] = 600,
    base_url: Annotated[str | None, typer.Option(help="Another base URL.")] = None,
    unsupported: Annotated[
        Literal["warn", "error", "adapt"],
        typer.Option(help="What to do with what a model cannot take: see tarash generate."),
    ] = "warn",
    prefix: Annotated[
        str, typer.Option(help="Put before each id, where other files have the same ids.")
    ] = "",
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Leave out the rows that cannot be used.")
    ] = False,
    retry_failed: Annotated[
        bool,
        typer.Option(
            "--retry-failed", help="Make the rows again whose jobs failed; both may be charged."
        ),
    ] = False,
    mock: Annotated[bool, typer.Option("--mock", help="Make test clips offline.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would be made; send nothing.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Generate a video for each row of a file. A second run makes only what is missing.

    A row has the fields of a request (prompt, duration_seconds, resolution, aspect_ratio,
    generate_audio, image_list, video, seed, negative_prompt, enhance_prompt, extra_params), and may
    have an id, a provider and a model. Its video is named after its id.
    """

    @cache
    def config(own_provider: str, own_model: str) -> VideoGenerationConfig:
        return words.config(
            own_provider or provider,
            own_model or model,
            mock=mock,
            timeout=timeout,
            base_url=base_url,
            unsupported=unsupported,
        )

    reader = RowReader(config=config, prefix=prefix, mark=".mock" if mock else "")
    folder, rows = Path(output_dir), RowFile.named(file)
    journal = None if mock else default_journal()
    plans = planned(reader.read(rows), folder, journal)
    if plans.bad:
        _tell_bad(plans, skip=skip_bad)
    if dry_run:
        batch_show.plans(plans, as_json=json)
        return
    folder.mkdir(exist_ok=True)
    run = _Run(folder=folder, journal=journal, plans=plans, again=retry_failed)
    code = run.make(reader.read(rows), max_in_flight=max_in_flight, max_failures=max_failures)
    told = [*(Told(name=name, fate="there", words="") for name in plans.there), *run.told]
    if json:
        say_json([attrs.asdict(one) for one in told])
    else:
        batch_show.summary(told, str(folder), rest=len(plans.lines) - len(run.told))
    if run.problem:
        end(run.problem, code)
    if code:
        raise typer.Exit(code)


def _tell_bad(plans: Plans, *, skip: bool) -> None:
    for bad in plans.bad:
        tell(f"{'warning' if skip else 'error'}: {bad}")
    count = len(plans.bad)
    if not skip:
        several = "1 row cannot be used" if count == 1 else f"{count} rows cannot be used"
        end(f"{several}: nothing was sent; correct them, or leave them out (--skip-bad)", 2)


@attrs.define(eq=False)
class _Run:
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
    _codes: set[int] = attrs.field(factory=set, init=False)

    def make(self, rows: Iterator[Row | BadRow], **options: Any) -> int:
        """Make the videos, and return the exit code."""
        if not self.plans.lines:
            return exits.DONE
        with self._board() as board:
            videos = api.generate_videos(
                self.plans.config,
                self._requests(rows, board),
                save_to=self._place,
                journal=self.journal,
                key=None if self.journal is None else self._key,
                **options,
            )
            try:
                for item in videos:
                    told = self._note(item)
                    board.end(told.name, told.words, done=told.fate == "done")
            except BatchStoppedError as error:
                self.problem = error.message
            except KeyboardInterrupt as interruption:
                for item in getattr(interruption, "left", ()):
                    self._note(item)
                self.problem = f"interrupted: {_AGAIN}"
                return exits.INTERRUPTED
        return next((code for code in _URGENT if code in self._codes), max(self._codes, default=0))

    @contextmanager
    def _board(self) -> Iterator[BatchBar]:
        board = batch_bar(live_effects().clock.monotonic, len(self.plans.lines))
        try:
            yield board
        finally:
            # A table says what became of each row.
            board.close(summary=False)

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
        row, response = self._under_way.pop(item.index), item.response
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
        if isinstance(error, GenerationInterruptedError):
            if error.generation is None:
                return Told(name=name, fate="stopped", words="")
            return Told(name=name, fate="open", words=f"job {error.request_id}")
        code = exits.code_of(error)
        self._codes.add(code)
        if isinstance(error, SaveError):
            return Told(name=name, fate="unsaved", words=reason(error))
        if code == exits.LOOK_FIRST:
            return Told(name=name, fate="paid", words=error.message)
        charged = "; it may have been charged" if item.may_have_been_paid else ""
        return Told(name=name, fate="failed", words=f"{error.message}{charged}")
