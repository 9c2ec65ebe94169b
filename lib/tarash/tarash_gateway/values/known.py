"""Types of names that editors complete: any text is allowed, and a stub has those that are known.

A type checker reads `known.pyi` in place of this file, and an import loads no table of models.
"""

from typing import TypeAlias

KnownProvider: TypeAlias = str
"""A provider id: any text; editors complete the built-in ones."""

KnownModel: TypeAlias = str
"""A model id: any text; editors complete those of the library's tables."""

KnownName: TypeAlias = str
"""``"PROVIDER:MODEL"``, in place of a config: any text; editors complete those of the tables."""

# A kind of errors, for `fallback_on`.
KnownErrorKind: TypeAlias = str
