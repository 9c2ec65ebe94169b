"""The table of providers for a beginner: where keys are made, and a model to begin with."""

from html import escape

from site_tables import code, headed, words

from tarash.tarash_gateway import ProviderInfo, list_providers
from tarash.tarash_gateway.registry import BUILT_IN

_COLUMNS = ("variables", "where keys are made", "a model to begin with")


def keys(_: str = "") -> str:
    """Return the table of the providers that need a key."""
    listed = [info for info in list_providers() if info.keys and info.name in BUILT_IN]
    return headed("provider", _COLUMNS, ((escape(info.name), _cells(info)) for info in listed))


def _cells(info: ProviderInfo) -> tuple[str, str, str]:
    variables = [" and ".join(map(code, names)) for names in info.keys]
    address = info.base_url_variable if info.needs_address else None
    named = " or ".join(variables) + (f", and the address in {code(address)}" if address else "")
    page = info.key_page
    made = "by whoever runs the server" if page is None else _link(page)
    return named, made, code(info.starter_model) if info.starter_model else words("-")


def _link(url: str) -> str:
    shown = escape(url.removeprefix("https://")).replace("/", "/<wbr>")
    return f'<a href="{escape(url)}">{shown}</a>'
