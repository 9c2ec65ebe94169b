"""What a shell offers when the user presses Tab: providers, models, jobs of the journal.

A problem offers nothing: an error message would land in the middle of the command that is typed.
"""

import os
from collections.abc import Iterator, Mapping, MutableMapping
from typing import Final

import typer
from returns.result import Success

from ..functional import list_models, list_providers
from ..outcome import result_of
from .journal import default_journal, default_place

Offers = list[tuple[str, str]]

_COLON: Final = ":"
_WORDS: Final = "COMP_WORDS"
_PLACE: Final = "COMP_CWORD"
# How much of the word bash holds for words of its own, and has typed already.
_TYPED: Final = "_TARASH_TYPED"


def providers(incomplete: str) -> Offers:
    """Return the providers that begin so."""
    found = result_of(list_providers())
    listed = found.unwrap() if isinstance(found, Success) else ()
    return [
        (each.name, f"{each.models} models") for each in listed if each.name.startswith(incomplete)
    ]


def models(ctx: typer.Context, incomplete: str) -> Offers:
    """Return the models of the provider that was given, else all of them as PROVIDER:MODEL."""
    provider = ctx.params.get("provider") or None
    if provider is None:
        return names(incomplete)
    return [(model, about) for _, model, about in _models(provider) if model.startswith(incomplete)]


def names(incomplete: str) -> Offers:
    """Return the models as PROVIDER:MODEL."""
    typed = os.environ.get(_TYPED, "")
    named = ((f"{provider}:{model}", about) for provider, model, about in _models(None))
    return [
        (name.removeprefix(typed), about)
        for name, about in named
        if name.startswith(typed + incomplete)
    ]


def _models(provider: str | None) -> Iterator[tuple[str, str, str]]:
    found = result_of(list_models(provider))
    for each in found.unwrap() if isinstance(found, Success) else ():
        if not each.generic:
            yield each.provider, each.model, each.description.duration


def jobs(incomplete: str) -> Offers:
    """Return the jobs of the journal that begin so."""
    place = default_place()
    if not isinstance(place, str) and not place.exists():
        return []
    found = result_of(default_journal().entries(pending=False))
    entries = found.unwrap() if isinstance(found, Success) else ()
    return [
        (each.generation.id, f"{each.state}, {each.generation.model}")
        for each in entries
        if each.generation.id.startswith(incomplete)
    ]


def prepare(environment: MutableMapping[str, str]) -> None:
    """Let bash complete a word with a colon, which it hands over as three words.

    Bash breaks words at the characters of ``COMP_WORDBREAKS``, the colon among them: of
    ``fal:fal-ai/v`` it replaces only what stands behind the colon, so that is what is completed.

    >>> typed = {"COMP_WORDS": "tarash generate -m fal : fal-ai/v", "COMP_CWORD": "5"}
    >>> prepare(typed)
    >>> typed["COMP_WORDS"].split(), typed["COMP_CWORD"], typed["_TARASH_TYPED"]
    (['tarash', 'generate', '-m', 'fal-ai/v'], '3', 'fal:')
    """
    if _WORDS in environment and environment.get(_PLACE, "").isdigit():
        environment.update(_without_prefix(environment))


def _without_prefix(environment: Mapping[str, str]) -> Mapping[str, str]:
    """Return the variables without the words up to the colon, where there is one."""
    # Typer's script separates the words by line breaks.
    separator = "\n" if "\n" in environment[_WORDS] else " "
    words, place = environment[_WORDS].split(separator), int(environment[_PLACE])
    words += [""] * (place + 1 - len(words))
    if place > 1 and words[place] == _COLON:
        before, word = place - 1, ""
    elif place > 2 and words[place - 1] == _COLON:  # noqa: PLR2004 - a command, a word, a colon
        before, word = place - 2, words[place]
    else:
        return {}
    return {
        _WORDS: separator.join([*words[:before], word]),
        _PLACE: str(before),
        _TYPED: words[before] + _COLON,
    }
