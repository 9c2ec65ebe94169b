"""What to write in place of arguments that do not fit the signature of a verb."""

from collections.abc import Collection, Iterator, Sequence
from inspect import Signature
from typing import Final

import attrs

from ..values.config import VideoGenerationConfig
from ..values.request import VideoGenerationRequest
from ..values.spelling import did_you_mean

_FIELDS: Final = {
    kind.__name__: frozenset(field.name for field in attrs.fields(kind) if field.repr)
    for kind in (VideoGenerationConfig, VideoGenerationRequest)
}
_SHORT: Final = '("fal:fal-ai/veo3", "a kite")'


def misfit(
    name: str, signature: Signature, arguments: Sequence[object], options: Collection[str]
) -> str:
    """Return what is wrong with the arguments of a call that do not fit, and what to write.

    Args:
        name: The name of the verb.
        signature: Its signature.
        arguments: The positional arguments.
        options: The names of the others.
    """
    places = [p.name for p in signature.parameters.values() if p.kind is not p.KEYWORD_ONLY]
    unknown = [option for option in options if option not in signature.parameters]
    if unknown:
        advice = "".join(_advice(unknown, tuple(signature.parameters)))
        return f"got an unexpected keyword argument {unknown[0]!r}{advice}"
    try:
        signature.bind(*arguments, **dict.fromkeys(options))
    except TypeError as error:
        return f"{error}{_example(name, places, len(arguments))}"
    return "got arguments that do not fit"


def _advice(unknown: Sequence[str], known: Sequence[str]) -> Iterator[str]:
    for option in unknown:
        owner = next((kind for kind, fields in _FIELDS.items() if option in fields), None)
        if owner is not None:
            yield f"; {option} is a field of {owner}: {owner}(..., {option}=...)"
        else:
            yield did_you_mean(option, known)


def _example(name: str, places: Sequence[str], given: int) -> str:
    if given > len(places):
        return f": only {', '.join(places)} may stand without a name, options have names"
    if places[:2] == ["config", "request"]:
        return f"; for example {name}{_SHORT}"
    return ""
