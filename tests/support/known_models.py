"""The names that editors complete: a stub for type checkers, made of the providers' model tables.

python -m tests.support.known_models     writes lib/tarash/tarash_gateway/values/known.pyi anew

A model with an end, announced or expected, is left out: no new program should begin with it.
"""

import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from tarash.tarash_gateway.registry import BUILT_IN
from tarash.tarash_gateway.values import known
from tarash.tarash_gateway.values.config import ERROR_KINDS

PAGE: Final = Path(known.__file__).with_suffix(".pyi")

_HEAD: Final = """\
# Made by `python -m tests.support.known_models` from the providers' model tables.
# pyright: reportRedeclaration=false
# fmt: off

from typing import Literal, TypeAlias

# To mypy, which takes this name as true, the types are plain text: it completes nothing, and its
# messages would print every name of a type. Pyright's print the name of the type.
MYPY: bool

if MYPY:
"""


def names() -> dict[str, list[str]]:
    """Return the names of each type, in the order in which editors show them."""
    offered = [
        (provider, model)
        for provider, record in BUILT_IN.items()
        for model, row in record.models.items()
        if row.retires is None
    ]
    return {
        "KnownProvider": list(BUILT_IN),
        "KnownModel": sorted({model for _, model in offered}),
        "KnownName": sorted(f"{provider}:{model}" for provider, model in offered),
        "KnownErrorKind": sorted(ERROR_KINDS),
    }


def page() -> str:
    """Return the stub."""
    types = names()
    plain = "".join(f"    {name}: TypeAlias = str\n" for name in types)
    known = "".join(f"    {name}: TypeAlias = {_literal(types[name])} | str\n" for name in types)
    return f"{_HEAD}{plain}else:\n{known}"


def _literal(values: Iterable[str]) -> str:
    # No name of a model has a space, so lines break between names only.
    text = " ".join(f'"{value}",' for value in values)
    inner = textwrap.fill(
        text, 100, initial_indent=" " * 8, subsequent_indent=" " * 8, break_on_hyphens=False
    )
    return f"Literal[\n{inner}\n    ]"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
