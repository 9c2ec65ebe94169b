"""What the public functions made of one verb share: its parameters and its documentation.

A verb is written once, as a function that returns a task. `verb` makes keyword parameters of its
options, and `dress` gives them to its faces: raising or returning, blocking or asyncio.
"""

import inspect
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, get_args, get_type_hints

from .. import _later
from ..outcome import result_of, settle
from .options import DEFAULTS
from .tasks import Task, begin

if TYPE_CHECKING:
    from . import misfits
else:
    # Only a call that fails needs it.
    (misfits,) = _later.modules(__package__, ".misfits")

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
Face = TypeVar("Face", bound=Callable[..., Any])


def verb(function: Callable[P, R]) -> Callable[P, R]:
    """Let a function with `**options: Unpack[…]` refuse other options, and fill in the defaults."""
    signature = _signature(function)
    filled: Callable[..., R] = function
    parameters = signature.parameters.values()
    places = [each.name for each in parameters if each.kind is not each.KEYWORD_ONLY]
    defaults = {each.name: each.default for each in parameters if each.kind is each.KEYWORD_ONLY}
    required = {each.name for each in parameters if each.default is each.empty}

    @wraps(function)
    def bound(*arguments: P.args, **options: P.kwargs) -> R:
        given = {*places[: len(arguments)], *options}
        fits = len(given) == len(arguments) + len(options)
        if not (fits and required <= given <= signature.parameters.keys()):
            # Only its error is wanted: it takes as long as planning a request.
            wrong = misfits.misfit(function.__name__, signature, arguments, options)
            message = f"{function.__name__}() {wrong}"
            raise TypeError(message)
        return filled(*arguments, **(defaults | options))

    vars(bound)["__signature__"] = signature
    return bound


def _signature(function: Callable[..., Any]) -> inspect.Signature:
    signature = inspect.signature(function)
    *parameters, last = signature.parameters.values()
    if last.kind is not inspect.Parameter.VAR_KEYWORD:
        return signature
    (options,) = get_args(last.annotation)
    keywords = (
        inspect.Parameter(
            name, inspect.Parameter.KEYWORD_ONLY, default=DEFAULTS.get(name), annotation=hint
        )
        for name, hint in get_type_hints(options).items()
    )
    return signature.replace(parameters=(*parameters, *keywords))


def raising(
    verb: Callable[P, Task[T]], module: str
) -> tuple[Callable[P, T], Callable[P, Coroutine[Any, Any, T]]]:
    """Return the blocking and the asyncio face of a verb that raise its error.

    Args:
        verb: The verb.
        module: The name of the module in which they are found.
    """

    def block(*arguments: P.args, **options: P.kwargs) -> T:
        return settle(result_of(verb(*arguments, **options).block()))

    async def start(*arguments: P.args, **options: P.kwargs) -> T:
        """Do what `{}` does, without blocking the event loop.

        The arguments, the result and the errors are the same.
        """
        return settle(await begin(lambda: verb(*arguments, **options)))

    block.__module__ = start.__module__ = module
    return dress(block, verb), dress(start, verb, "_async")


def dress(face: Face, verb: Callable[..., Any], suffix: str = "") -> Face:
    """Return a face with the name, the signature and the documentation of its verb.

    Args:
        face: A function of any arguments. Its annotation says what it makes of the task's type; its
            docstring, where it has one, has ``{}`` for the name of the verb.
        verb: The verb.
        suffix: What the name of the face has after the name of the verb.
    """
    signature = inspect.signature(verb)
    # A Result has an error as well.
    value = get_args(signature.return_annotation)[:1]
    returned = face.__annotations__["return"]
    if isinstance(returned, TypeVar):
        (returned,) = value
    elif getattr(returned, "__parameters__", ()):
        returned = returned[value]
    signature = signature.replace(return_annotation=returned)
    face.__name__ = face.__qualname__ = verb.__name__ + suffix
    face.__doc__ = face.__doc__.format(verb.__name__) if face.__doc__ else verb.__doc__
    face.__annotations__ = {
        **{name: parameter.annotation for name, parameter in signature.parameters.items()},
        "return": signature.return_annotation,
    }
    vars(face)["__signature__"] = signature
    return face
