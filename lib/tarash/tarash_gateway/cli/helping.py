"""The class of all commands: how their help looks, and how they fail."""

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
# Typer has no public name for the contexts and the formatters of its classes, which are Any here.


class Command(TyperCommand):
    """A command whose help has one section for each ``rich_help_panel`` of its options.

    Typer draws such panels only with Rich, whose frames leave too little room in 80 columns.
    A failure is one sentence and an exit code; with ``--json``, it is an object as well.
    """

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

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the arguments, and the options by groups, in the order of the function."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is None:
                continue
            is_argument = parameter.param_type_name == "argument"
            panel = getattr(parameter, "rich_help_panel", None) or _OTHERS
            sections.setdefault("Arguments" if is_argument else panel, []).append(record)
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

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write the examples with their line breaks."""
        del ctx
        _write_epilog(self.epilog, formatter)


def _write_epilog(epilog: str | None, formatter: Any) -> None:
    if epilog:
        formatter.write_paragraph()
        for line in epilog.splitlines():
            formatter.write(f"{line}\n")
