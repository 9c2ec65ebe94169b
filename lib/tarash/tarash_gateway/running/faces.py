"""The public functions of a verb: raising or returning, blocking or asyncio.

A verb is written once, as a function that returns a task. `dress` gives its parameters and its
documentation to each of its public functions.
"""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar, get_args

from .tasks import Task

P = ParamSpec("P")
T = TypeVar("T")
Face = TypeVar("Face", bound=Callable[..., Any])


def verb(function: Callable[P, Task[T]]) -> Callable[P, Task[T]]:
    """Let the error about a wrong call have the name of the verb and of the argument."""
    signature = inspect.signature(function)

    @wraps(function)
    def bind(*arguments: P.args, **options: P.kwargs) -> Task[T]:
        try:
            signature.bind(*arguments, **options)
        except TypeError as error:
            message = f"{function.__name__}() {error}"
            raise TypeError(message) from None
        return function(*arguments, **options)

    return bind


def dress(face: Face, verb: Callable[..., Task[Any]], suffix: str = "") -> Face:
    """Return a face with the name, the signature and the documentation of its verb.

    Args:
        face: A function of any arguments. Its annotation turns the type of the task's value into
            the type that it returns; its docstring, if it has one, has ``{}`` for the verb's name.
        verb: The verb.
        suffix: What follows the name of the verb in the name of the face.
    """
    signature = inspect.signature(verb)
    (value,) = get_args(signature.return_annotation)
    returned = face.__annotations__["return"]
    signature = signature.replace(
        return_annotation=returned[value] if get_args(returned) else value
    )
    face.__name__ = face.__qualname__ = verb.__name__ + suffix
    face.__doc__ = face.__doc__.format(verb.__name__) if face.__doc__ else verb.__doc__
    face.__annotations__ = {**verb.__annotations__, "return": signature.return_annotation}
    vars(face)["__signature__"] = signature
    return face
