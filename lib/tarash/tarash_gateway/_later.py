"""Modules and public names that are loaded when they are first used, not with the package.

Much of the library is not needed by a program that only imports it, or that never resumes a job,
saves a file or names a certain provider. Loading everything takes about as long as loading attrs,
cattrs, returns and urllib3 twice. This module is the one way in which anything is put off.

A module must not use a late name or module while it is imported itself: `load` has a lock, and two
threads could wait for each other's module.
"""

import os
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import resolve_name
from threading import RLock
from types import ModuleType
from typing import Any, Final

# A child that is forked while another thread loads a module has that module half loaded, locked by
# a thread that it does not have, and would wait for it forever. So a fork waits for the loading.
_LOADING: Final = RLock()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_LOADING.acquire,
        after_in_parent=_LOADING.release,
        after_in_child=_LOADING.release,
    )


def load(name: str) -> ModuleType:
    """Return a module by its full name, loaded at most once, whatever number of threads ask."""
    with _LOADING:
        return import_module(name)


class _Late:
    """Stands for a module: its first attribute loads it."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._module: ModuleType | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(load_now(self), name)


def modules(package: str | None, *paths: str) -> tuple[Any, ...]:
    """Return what stands for modules of a package until they are used.

    The types come from the same import under ``TYPE_CHECKING``, which the linter of layers reads
    as well.

    Args:
        package: The ``__package__`` of the caller.
        paths: The modules as an import would name them: ``".module"``, ``"..package.module"``.
    """
    return tuple(_Late(resolve_name(path, package)) for path in paths)


def load_now(late: Any) -> ModuleType:
    """Return the module that stands behind one of `modules`, loaded if it was not yet."""
    state = vars(late)
    module: ModuleType | None = state["_module"]
    if module is None:
        module = state["_module"] = load(state["_name"])
    return module


def is_loaded(late: Any) -> bool:
    """Tell whether one of `modules` was used here: using it again takes no time."""
    return vars(late)["_module"] is not None


def public(module: str) -> Callable[[], list[str]]:
    """Return `__dir__` of a module that shows its public names only, and not what it imports.

    Args:
        module: The ``__name__`` of the module. Without ``__all__``, what it imports is what it has.
    """

    def listed() -> list[str]:
        own = vars(sys.modules[module])
        return sorted(own.get("__all__") or (name for name in own if not name.startswith("_")))

    return listed


def names(
    package: str, places: Mapping[str, str], rooms: frozenset[str] = frozenset()
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return `__getattr__` and `__dir__` of a package whose names live in its modules (PEP 562).

    Args:
        package: The ``__name__`` of the package.
        places: For each name, the module of the package that has it.
        rooms: Modules of the package that can be used as its attributes without their import.
    """

    def find(name: str) -> Any:
        if name in places:
            value = getattr(load(f"{package}.{places[name]}"), name)
        elif name in rooms:
            value = import_module(f"{package}.{name}")
        else:
            message = f"module {package!r} has no attribute {name!r}"
            raise AttributeError(message, name=name, obj=sys.modules[package])
        # From here on, the name is an ordinary attribute.
        return vars(sys.modules[package]).setdefault(name, value)

    def listed() -> list[str]:
        return sorted({*places, *rooms, "__version__"})

    return find, listed
