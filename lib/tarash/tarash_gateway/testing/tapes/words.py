"""Texts without what gives access to an account, or names one: pure."""

import re
from typing import Any, Final
from urllib.parse import quote, unquote, urlsplit, urlunsplit

GONE: Final = "REDACTED"
# Parameters of a query that sign it or carry a key. Source: docs.aws.amazon.com/AmazonS3, "Query
# string authentication"; cloud.google.com/storage, "Signed URLs"; learn.microsoft.com, "Create a
# service SAS"; CloudFront's and fal's own (2026-11).
_SECRET_PARAMETER: Final = re.compile(
    r"x-(?:amz|goog)-.+|googleaccessid|awsaccesskeyid|key-pair-id|policy|expires|upload_id"
    r"|se|sp|sv|sr|st|sip|spr|sks\w*|skoid|sktid|ske|skt|skv"
    r"|(?:.*[_-])?(?:sig|signature|token|jwt|key|secret|credentials?|password|code|assertion)",
    re.IGNORECASE,
)
_URL: Final = re.compile(r"https?://[^\s\"'<>\\]+")
# A path or a host that names an account, and what stands for it.
_PLACES: Final = (
    (re.compile(r"\bprojects/[^/\s\"]+/locations/"), "projects/my-project/locations/"),
    (re.compile(r"//[\w-]+\.(openai\.azure|cognitiveservices\.azure)\.com"), r"//resource.\1.com"),
)
# Keys as the providers write them, wherever they stand.
_KEY: Final = re.compile(
    r"\bsk-[\w-]{16,}|\br8_\w{16,}|\bAIza[\w-]{20,}|\bya29\.[\w.-]+|\bkey_[0-9a-f]{32,}"
    r"|\bBearer [\w.~+/-]{8,}|\bKey [\w-]{8,}:[\w-]{8,}"
)
_SECRET_FIELD: Final = re.compile(
    r"(?:access|refresh|id)_token|assertion|client_secret|private_key|api_?key|authorization"
    r"|organi[sz]ation(?:_id)?|org_id|user(?:_?(?:id|name|email))?|email|account(?:_?(?:id|name))?"
    r"|owner_id|project_(?:id|number)",
    re.IGNORECASE,
)


def without_secrets(text: str) -> str:
    """Return a text whose URLs are not signed, and that has no key.

    >>> without_secrets("see https://a.example/b.mp4?X-Amz-Signature=0f&part=1")
    'see https://a.example/b.mp4?X-Amz-Signature=REDACTED&part=1'
    >>> without_secrets("no such key: sk-0123456789abcdef0")
    'no such key: REDACTED'
    """
    text = _URL.sub(lambda found: _url(found[0]), text)
    for pattern, instead in _PLACES:
        text = pattern.sub(instead, text)
    return _KEY.sub(GONE, text)


def _url(url: str) -> str:
    parts = urlsplit(url)
    if not parts.query:
        return url
    return urlunsplit(parts._replace(query=_query(parts.query)))


def _query(query: str) -> str:
    return "&".join(map(_parameter, query.split("&")))


def _parameter(text: str) -> str:
    name, mark, value = text.partition("=")
    if mark and _SECRET_PARAMETER.fullmatch(unquote(name)):
        return f"{name}={GONE}"
    # A parameter may be a URL with a token of its own.
    inner = unquote(value)
    shown = without_secrets(inner) if _URL.match(inner) else inner
    return text if shown == inner else f"{name}={quote(shown, safe='')}"


def without_secret_fields(value: Any) -> Any:
    """Return a JSON value whose texts are `without_secrets`, and that names no account.

    >>> without_secret_fields({"org_id": "org-1", "urls": ["https://a.example/?sig=x"]})
    {'org_id': 'REDACTED', 'urls': ['https://a.example/?sig=REDACTED']}
    """
    match value:
        case dict():
            return {name: _field(name, inner) for name, inner in value.items()}
        case list():
            return [without_secret_fields(inner) for inner in value]
        case str():
            return without_secrets(value)
        case _:
            return value


def _field(name: str, value: Any) -> Any:
    if isinstance(value, str) and value and _SECRET_FIELD.fullmatch(name):
        return GONE
    return without_secret_fields(value)
