"""Questions to a person: only on a terminal, and on stderr, which is no part of the result."""

import sys

import typer

from .terminal import plain


def is_person() -> bool:
    """Tell whether somebody can read a question and answer it."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def confirm(question: str, *, yes: bool, otherwise: bool) -> bool:
    """Ask a question that is answered with yes or no; the default answer is no.

    Args:
        question: The question.
        yes: Whether it is answered already, by ``--yes``.
        otherwise: The answer where nobody can be asked.

    Returns:
        The answer.
    """
    if yes:
        return True
    if not is_person():
        return otherwise
    return typer.confirm(plain(question), err=True)
