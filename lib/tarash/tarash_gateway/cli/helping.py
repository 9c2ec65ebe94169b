"""The class of all commands: how their help looks, and how they fail."""

import re
from collections.abc import Sequence
from typing import Any, Final

import typer
from typer.core import TyperCommand, TyperGroup

from ..exceptions import TarashException
from . import exits, failures
from .failures import Ended
from .terminal import tell

# `-h` is understood by every command.
HELP_OPTIONS: Final = {"help_option_names": ["-h", "--help"]}
_OTHERS: Final = "Options"
_TYPE: Final = re.compile(r" <(?:str|int|float)>$")
_RANGE: Final = re.compile(r"\s*\[x>=\d+\]")
# Typer has no public name for the contexts and the formatters of its classes, which are Any here,
# and none for the class of all errors about words that cannot be understood.
_UsageError: Final[type[Exception]] = typer.BadParameter.__mro__[1]


class Command(TyperCommand):
    """A command whose help has one section for each ``rich_help_panel`` of its options.

    Typer draws such panels only with Rich, whose frames leave too little room in 80 columns.
    A failure is one sentence and an exit code; with ``--json``, it is an object as well.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Understand the words of the command, or fail as it fails otherwise."""
        given = tuple(args)
        try:
            return super().parse_args(ctx, args)
        except _UsageError as error:
            raise _refused(error, ctx, given) from None

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except Ended as end:
            failure = end
        except TarashException as error:
            failure = failures.ended(error)
        except (typer.Abort, KeyboardInterrupt):
            # At a question, or before anything began: typer would make it an exit code of 1. The
            # cursor stands behind the question.
            tell("")
            failure = Ended("interrupted", exits.INTERRUPTED)
        raise typer.Exit(failures.show(failure, as_json=bool(ctx.params.get("json"))))

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return the words of the usage line; some versions of typer put braces around one."""
        return [piece.strip("{}") for piece in super().collect_usage_pieces(ctx)]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the arguments, and the options by groups, in the order of the function."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is None:
                continue
            is_argument = parameter.param_type_name == "argument"
            panel = getattr(parameter, "rich_help_panel", None) or _OTHERS
            sections.setdefault("Arguments" if is_argument else panel, []).append(_plain(*record))
        # `--help` and what has no group comes last.
        others = sections.pop(_OTHERS, [])
        for title, records in (*sections.items(), (_OTHERS, others)):
            if records:
                with formatter.section(title):
                    formatter.write_dl(records, col_max=26)

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write the examples with their line breaks: they are copied into a shell."""
        del ctx
        _write_epilog(self.epilog, formatter)


class Group(TyperGroup):
    """All commands together."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Understand the words before the command; without any, typer shows the help."""
        given = tuple(args)
        try:
            return super().parse_args(ctx, args)
        except _UsageError as error:
            if not given:
                raise
            raise _refused(error, ctx, given) from None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command."""
        given = tuple(args)
        try:
            return super().resolve_command(ctx, args)
        except _UsageError as error:
            raise _refused(error, ctx, given) from None

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write the examples with their line breaks."""
        del ctx
        _write_epilog(self.epilog, formatter)


def _refused(error: Any, ctx: Any, given: Sequence[str]) -> typer.Exit:
    """Print what cannot be understood, and return the end of the program."""
    text = error.format_message().strip()
    # "Missing argument 'PROMPT'." goes on here as the sentence of any other failure.
    sentence = f"{text[:1].lower()}{text[1:].removesuffix('.')}"
    failure = Ended(f"{sentence} (see {ctx.command_path} -h)", exits.USAGE)
    return typer.Exit(failures.show(failure, as_json="--json" in given))


def _plain(name: str, text: str) -> tuple[str, str]:
    """Return a parameter without what only a programmer reads: its type, and ``[x>=1]``.

    >>> _plain("PROMPT <str>", "What to show.  [required]"), _plain("--polls N", "Many.  [x>=1]")
    (('PROMPT', 'What to show.  [required]'), ('--polls N', 'Many.'))
    """
    return _TYPE.sub("", name), _RANGE.sub("", text)


def _write_epilog(epilog: str | None, formatter: Any) -> None:
    if epilog:
        formatter.write_paragraph()
        for line in epilog.splitlines():
            formatter.write(f"{line}\n")
