"""What each provider reads in ``provider_config``, and which settings are credentials.

The table is not in the providers because the JSON codec has to know which settings are
credentials without importing a provider.
"""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import PurePath
from types import MappingProxyType
from typing import Any, Final

import attrs


@attrs.frozen
class Setting:
    """A key of ``provider_config``.

    Attributes:
        name: The key.
        secret: Whether its value is a credential, which must not appear in any text.
    """

    name: str
    secret: bool = False


def _settings(*names: str) -> tuple[Setting, ...]:
    return tuple(map(Setting, names))


SETTINGS: Final[Mapping[str, tuple[Setting, ...]]] = MappingProxyType(
    {
        "fal": _settings("headers"),
        "openai": _settings("organization", "project", "body", "image_url"),
        "azure-openai": _settings("auth", "video_api"),
        "runway": (),
        "google": (
            *_settings("vertexai", "project", "gcp_project", "location", "credentials_path"),
            Setting("access_token", secret=True),
        ),
        "replicate": _settings("deployment", "cancel_after"),
    }
)

_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
# A name that ends in one of these words names a credential: openai_api_key does, key_frames and
# max_tokens do not.
_LAST: Final = frozenset(
    {"apikey", "auth", "authentication", "authorization", "bearer", "cookie", "cookies"}
    | {"credential", "credentials", "dsn", "header", "headers", "jwt", "key", "keys", "pat"}
    | {"passphrase", "passwd", "password", "pwd", "secret", "secrets", "session", "signature"}
    | {"token"}
)
# These words name a credential anywhere in a name.
_ANYWHERE: Final = re.compile(
    r"\b(?:(?:api|access|private) key|(?:access|auth) token|connection string|connectionstring"
    r"|conn str|service account|secret|password|credentials?|cookies?)\b"
)
_USER_IN_URL: Final = re.compile(r"(?<=://)[^/\s@]+@")


def names_credential(name: str) -> bool:
    """Tell whether the words of an undeclared name suggest a credential.

    >>> [names_credential(n) for n in ("openai_api_key", "dbConnectionString", "Set-Cookie")]
    [True, True, True]
    >>> [names_credential(n) for n in ("key_frames", "max_tokens", "author", "credentials_path")]
    [False, False, False, False]
    """
    words = [word.lower() for word in _WORD.findall(name)]
    if not words or words[-1] == "path":
        # The path of a credential file is not a credential.
        return False
    return words[-1] in _LAST or bool(_ANYWHERE.search(" ".join(words)))


def without_credentials(
    settings: Mapping[str, Any], declared: tuple[Setting, ...] | None
) -> dict[str, Any]:
    """Return the settings that are not credentials.

    The declaration decides for the names that a provider declares; for all others, their words do.
    """
    secret = {setting.name: setting.secret for setting in declared or ()}
    return {n: value for n, value in settings.items() if not secret.get(n, names_credential(n))}


def writable(settings: Mapping[str, Any], declared: tuple[Setting, ...] | None) -> dict[str, Any]:
    """Return the settings that may be written, as JSON values.

    >>> writable({"auth": "bearer", "token": "t"}, (Setting("auth"),))
    {'auth': 'bearer'}
    """
    public = without_credentials(settings, declared)
    return {name: plain(value) for name, value in public.items()}


_DEEPEST: Final = 50


def plain(value: Any, depth: int = 0) -> Any:  # noqa: PLR0911 - one for each kind of value
    """Return a value as a JSON value, without the parts whose names suggest a credential.

    A path, a date or any other object becomes a text: a paid job must not be lost because one of
    its settings has no JSON form.

    >>> plain({"headers": {"X": 1}, "at": PurePath("a/b"), "db": "pg://me:pw@host/x"})
    {'at': 'a/b', 'db': 'pg://host/x'}
    """
    if depth > _DEEPEST:
        return "<nested too deep>"
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return _USER_IN_URL.sub("", value)
        case Mapping():
            public = {str(n): v for n, v in value.items() if not names_credential(str(n))}
            return {name: plain(item, depth + 1) for name, item in public.items()}
        case list() | tuple():
            return [plain(item, depth + 1) for item in value]
        case date():
            return value.isoformat()
        case PurePath():
            return str(value)
        case bytes() | bytearray():
            return f"<{len(value)} bytes>"
        case _:
            return f"<{type(value).__name__}>"
