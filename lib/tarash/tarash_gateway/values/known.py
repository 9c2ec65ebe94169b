"""Types of names that editors complete: any text is allowed, and a stub has those that are known.

A type checker reads `known.pyi` in place of this file, and an import loads no table of models.
"""

from typing import TypeAlias

KnownProvider: TypeAlias = str
KnownModel: TypeAlias = str
# "PROVIDER:MODEL", in place of a config.
KnownName: TypeAlias = str
KnownErrorKind: TypeAlias = str
