"""Documents the entry points as functions.

Their modules assign them, so a parser of the source takes them for attributes.
"""

import ast
import builtins
import inspect
import re
from functools import reduce
from importlib import import_module
from typing import Any

import griffe

from tarash.tarash_gateway.values import media, request, response

_MODULES = {
    f"tarash.tarash_gateway.{name}"
    for name in (
        "api",
        "batches",
        "choosing",
        "configs",
        "functional",
        "reconciling",
        "verifying",
        "webhooks",
    )
}
_PATH = re.compile(r"\b((?:[A-Za-z_]+\.)+)(\w+)")
# Python knows what these stand for, and not their names.
_NAMED = {
    inspect.formatannotation(getattr(module, name)): f"{module.__name__}.{name}"
    for module, names in (
        (response, ("ProgressCallback", "AsyncProgressCallback", "SyncProgressCallback")),
        (request, ("Resolution", "AspectRatio")),
        (media, ("ImageRole",)),
    )
    for name in names
}


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
            signature = inspect.signature(getattr(module, name))
            # The page has the order of the source.
            function.lineno = place
            for part in function.parameters:
                part.annotation = _linked(signature.parameters[part.name].annotation, mod)
            function.returns = _linked(signature.return_annotation, mod)
            mod.set_member(name, function)


def _linked(annotation: Any, mod: griffe.Module) -> Any:
    """Return a type by its short names, each of which the module then knows, for the links."""
    text = _text(annotation)
    for whole, named in _NAMED.items():
        text = text.replace(whole, named)
    for path, name in _PATH.findall(text):
        if name not in mod.members:
            mod.imports[name] = path + name
            mod.set_member(name, griffe.Alias(name, path + name, parent=mod))
    short = _PATH.sub(r"\2", text)
    node = _Bars().visit(ast.parse(short, mode="eval").body)
    return griffe.get_expression(node, parent=mod, parse_strings=False)


class _Bars(ast.NodeTransformer):
    """Writes ``Union[X, NoneType]`` as ``X | None``."""

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        """Return the union of the parts, each of them changed likewise."""
        self.generic_visit(node)
        if ast.unparse(node.value) != "Union" or not isinstance(node.slice, ast.Tuple):
            return node
        return reduce(lambda one, other: ast.BinOp(one, ast.BitOr(), other), node.slice.elts)

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Return None for its type."""
        return ast.Constant(None) if node.id == "NoneType" else node


def _text(annotation: Any) -> str:
    if isinstance(annotation, type) and not getattr(annotation, "__args__", ()):
        home = "" if annotation.__module__ == builtins.__name__ else f"{annotation.__module__}."
        return f"{home}{annotation.__qualname__}"
    text = inspect.formatannotation(annotation)
    return text if annotation not in (None, type(None)) else "None"
