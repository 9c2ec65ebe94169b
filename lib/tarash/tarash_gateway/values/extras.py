"""How a message says what to install."""


def how_to_install(extra: str) -> str:
    """Return the advice where the packages of an extra are missing.

    It names no package index, because another package has this name on the public one.

    >>> how_to_install("mock")
    "run pip install '.[mock]' in a clone of tarash-gateway"
    """
    return f"run pip install '.[{extra}]' in a clone of tarash-gateway"
