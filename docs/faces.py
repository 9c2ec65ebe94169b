"""Documents the entry points as functions.

Their modules assign them, so a parser of the source takes them for attributes.
"""

import re
from importlib import import_module
from typing import Any

import griffe

_MODULES = {
    f"tarash.tarash_gateway.{name}"
    for name in ("api", "batches", "configs", "functional", "reconciling", "verifying", "webhooks")
}
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
        # The inspection finds what is loaded already, and on its own path nothing but the package.
        module = import_module(mod.path)
        functions = griffe.inspect(mod.path, filepath=mod.filepath, **parser).members
        mod.exports = [name for name in vars(module) if name in module.__all__]
        for place, name in enumerate(mod.exports):
            function = functions[name]
            # The page has the order of the source.
            function.lineno = place
            for part in function.parameters:
                part.annotation = _PREFIX.sub("", str(part.annotation))
            function.returns = _PREFIX.sub("", str(function.returns))
            mod.set_member(name, function)
