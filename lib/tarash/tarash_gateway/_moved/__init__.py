"""Old module paths, until 0.3: each warns and stands for the module at its new place."""

import sys
from importlib import import_module
from typing import Final

from .._deprecations import OLD_PATHS, warn

_PACKAGE: Final = "tarash.tarash_gateway"


def alias(old: str, new: str, **elsewhere: str) -> None:
    """Put the module ``new`` in the place of ``old``, so that both have the same classes.

    Args:
        old: The ``__name__`` of the module that calls this.
        new: The path of the module inside the package.
        elsewhere: Names that ``old`` had and ``new`` does not have, each with the path of the
            module that has it now. They are added to ``new``.
    """
    if "_moved" in old:
        # A tool that imports every file came here (pytest does, for doctests), not a user.
        return
    where = "".join(f"; {name} is in {_PACKAGE}.{place}" for name, place in elsewhere.items())
    message = f"{old} has moved to {_PACKAGE}.{new}{where}: import from there"
    warn(OLD_PATHS, message)
    module = import_module(f"{_PACKAGE}.{new}")
    for name, place in elsewhere.items():
        setattr(module, name, getattr(import_module(f"{_PACKAGE}.{place}"), name))
    sys.modules[old] = module
