"""Tables of a file become configs; what is wrong with one names its line and field."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, TypeAlias, TypeVar

import attrs
from returns.result import Failure, Success

from ..exceptions import ERRORS, ValidationError
from ..outcome import Outcome, every
from ..values.checks import preview
from ..values.config import VideoGenerationConfig
from ..values.mock_config import MockConfig, MockPollingConfig, MockResponse
from ..values.spelling import did_you_mean
from .document import Document
from .lines import KeyPath
from .variables import Variables, filled

T = TypeVar("T")
_Table: TypeAlias = Mapping[str, Any]
# Makes the value of a field from what the file has.
_Make: TypeAlias = Callable[[Any, KeyPath], Outcome[Any]]

# A message about one of these does not show its value, which may be a key.
_PRIVATE: Final = frozenset({"api_key", "provider_config"})
_KINDS: Final = {cls.kind: cls for cls in ERRORS.values() if cls.kind != "error"}


def config_of(
    document: Document, name: str | None, variables: Variables
) -> Outcome[VideoGenerationConfig]:
    """Return one config of a file, with its fallbacks; no other table is looked at.

    Args:
        document: The file.
        name: The name of the config, or None for the default of the file.
        variables: Returns environment variables.

    Errors:
        ValidationError: A field of the config or of a fallback is wrong, or a variable is missing.
    """
    builder = _Builder(document, variables)
    return document.chosen(name, variables).bind(lambda chosen: builder.named(chosen, ()))


@attrs.frozen
class _Builder:
    """Makes the values of a file."""

    document: Document
    variables: Variables

    def named(self, name: str, before: tuple[str, ...]) -> Outcome[VideoGenerationConfig]:
        """Return the config of a table; ``before`` are the tables whose fallback it is."""
        return self._config(self.document.tables[name], (name,), (*before, name))

    def _config(
        self, table: object, path: KeyPath, before: tuple[str, ...]
    ) -> Outcome[VideoGenerationConfig]:
        makers: dict[str, _Make] = {
            "mock": self._mock,
            "fallback_configs": partial(self._fallbacks, before=before),
        }
        return self._value(VideoGenerationConfig, table, path, makers)

    def _fallbacks(
        self, value: object, path: KeyPath, *, before: tuple[str, ...]
    ) -> Outcome[tuple[VideoGenerationConfig, ...]]:
        return self._each(value, path, "names of configs", partial(self._fallback, before=before))

    def _fallback(
        self, value: object, path: KeyPath, *, before: tuple[str, ...]
    ) -> Outcome[VideoGenerationConfig]:
        if isinstance(value, Mapping):
            return self._config(value, path, before)
        if not isinstance(value, str):
            wrong = f"must be the name of a config or a table, not {preview(value)}"
            return self._refuse(path, wrong)
        return self._filled(filled(value, self.variables), path).bind(
            lambda name: self._next(name, value, path, before)
        )

    def _next(
        self, name: str, written: str, path: KeyPath, before: tuple[str, ...]
    ) -> Outcome[VideoGenerationConfig]:
        if name in before:
            circle = " -> ".join((*before[before.index(name) :], name))
            return self._refuse(path, f"the fallbacks go round in a circle: {circle}")
        if name not in self.document.tables:
            return self._refuse(path, self.document.no_config(written))
        return self.named(name, before)

    def _mock(self, value: object, path: KeyPath) -> Outcome[MockConfig | None]:
        if isinstance(value, bool):
            return Success(MockConfig() if value else None)
        makers: dict[str, _Make] = {"polling": self._polling, "responses": self._responses}
        return self._value(MockConfig, value, path, makers, allowed="true, false or a table")

    def _polling(self, value: object, path: KeyPath) -> Outcome[MockPollingConfig]:
        return self._value(MockPollingConfig, value, path, {})

    def _responses(self, value: object, path: KeyPath) -> Outcome[tuple[MockResponse, ...]]:
        makers: dict[str, _Make] = {"error": self._error, "mock_response": self._no_response}
        return self._each(
            value, path, "tables", lambda item, at: self._value(MockResponse, item, at, makers)
        )

    def _error(self, value: object, path: KeyPath) -> Outcome[Any]:
        if isinstance(value, str) and value in _KINDS:
            return Success(_KINDS[value]("the mock's config asks for this error"))
        wrong = f"must be one of {', '.join(sorted(_KINDS))}, not {preview(value)}"
        return self._refuse(path, wrong)

    def _no_response(self, _value: object, path: KeyPath) -> Outcome[Any]:
        return self._refuse(path, "a file cannot have one: use output_video, or write it in Python")

    def _each(
        self, value: object, path: KeyPath, what: str, make: Callable[[Any, KeyPath], Outcome[T]]
    ) -> Outcome[tuple[T, ...]]:
        if not isinstance(value, list):
            return self._refuse(path, f"must be a list of {what}, not {preview(value)}")
        return every(enumerate(value), lambda item: make(item[1], (*path, item[0])))

    def _value(
        self,
        kind: type[T],
        table: object,
        path: KeyPath,
        makers: Mapping[str, _Make],
        *,
        allowed: str = "a table",
    ) -> Outcome[T]:
        """Return a value of a class of attrs, whose fields are the keys of a table."""
        if not isinstance(table, Mapping):
            return self._refuse(path, f"must be {allowed}, not {preview(table)}")
        if wrong := self._wrong_names(kind, table, path):
            return Failure(wrong)
        fields = every(table.items(), lambda item: self._field(*item, path, makers))
        return fields.bind(lambda values: self._made(kind, dict(values), table, path, makers))

    def _wrong_names(self, kind: type, table: _Table, path: KeyPath) -> ValidationError | None:
        known: dict[str, attrs.Attribute[Any]] = attrs.fields_dict(kind)
        for name in table:
            if name not in known:
                meant = did_you_mean(name, known) or f": use {', '.join(known)}"
                return self.document.refuse((*path, name), f"this field is not known{meant}")
        for name, field in known.items():
            if field.default is attrs.NOTHING and name not in table:
                return self.document.refuse(path, f"{name} is missing")
        return None

    def _field(
        self, name: str, value: object, path: KeyPath, makers: Mapping[str, _Make]
    ) -> Outcome[tuple[str, Any]]:
        at = (*path, name)
        made = makers[name](value, at) if name in makers else self._plain(value, at)
        return made.map(lambda found: (name, found))

    def _plain(self, value: Any, path: KeyPath) -> Outcome[Any]:
        """Return a value of TOML with the variables in its strings; its keys stay as they are."""
        if isinstance(value, str):
            return self._filled(filled(value, self.variables), path)
        if isinstance(value, list):
            return every(enumerate(value), lambda item: self._plain(item[1], (*path, item[0]))).map(
                list
            )
        if isinstance(value, dict):
            return every(value.items(), lambda item: self._field(*item, path, {})).map(dict)
        return Success(value)

    def _made(
        self,
        kind: type[T],
        values: dict[str, Any],
        table: _Table,
        path: KeyPath,
        makers: Mapping[str, _Make],
    ) -> Outcome[T]:
        made = _construct(kind, values)
        if not isinstance(made, Failure):
            return made
        # What a variable contains may be a key: the message shows its name instead.
        written = {name: values[name] if name in makers else table[name] for name in table}
        if not isinstance(shown := _construct(kind, written), Failure):
            field, _ = _parted(made.failure().message, table)
            return self._refuse((*path, *field), "the value of its variable cannot be used")
        field, why = _parted(shown.failure().message, table)
        if _PRIVATE & set(field):
            why = why.partition(", not ")[0]
        return self._refuse((*path, *field), why)

    def _filled(self, outcome: Outcome[T], path: KeyPath) -> Outcome[T]:
        return outcome.alt(lambda error: self.document.refuse(path, error.message))

    def _refuse(self, path: KeyPath, why: str) -> Outcome[Any]:
        return Failure(self.document.refuse(path, why))


def _construct(kind: type[T], values: Mapping[str, Any]) -> Outcome[T]:
    try:
        return Success(kind(**values))
    except ValidationError as error:
        return Failure(error)


def _parted(message: str, table: _Table) -> tuple[tuple[str, ...], str]:
    """Return the field with which the message of a check begins, and the rest of the message.

    >>> _parted("timeout must be above 0", {"timeout": 0}), _parted("it takes one", {})
    ((('timeout',), 'must be above 0'), ((), 'it takes one'))
    """
    first, _, rest = message.partition(" ")
    return ((first,), rest) if first in table else ((), message)
