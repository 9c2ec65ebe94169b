"""Documents the entry points as functions.

Their modules assign them, so a parser of the source takes them for attributes.
"""

import re
from typing import Any

import griffe

_MODULES = {"tarash.tarash_gateway.api", "tarash.tarash_gateway.functional"}
_PREFIX = re.compile(r"\b(?:[a-z_]+\.)+(?=\w)")


class Faces(griffe.Extension):
    """Replaces each assigned entry point with the function that it is at run time."""

    def on_module(self, *, mod: griffe.Module, loader: griffe.GriffeLoader, **_: Any) -> None:
        """Replace the entry points of one module."""
        if mod.path not in _MODULES:
            return
        parser = {
            "docstring_parser": loader.docstring_parser,
            "docstring_options": loader.docstring_options,
        }
        functions = griffe.inspect(mod.path, filepath=mod.filepath, **parser).members
        for name in mod.exports or ():
            function = functions[str(name)]
            # Both have the line of the assignment, so that the page keeps the order of the source.
            function.lineno = mod.members[str(name)].lineno
            for part in function.parameters:
                part.annotation = _PREFIX.sub("", str(part.annotation))
            function.returns = _PREFIX.sub("", str(function.returns))
            mod.set_member(str(name), function)
