"""The entry points about what there is to choose from; `api` has them too, and loads them late."""

from .running import list_verbs
from .running.faces import raising

__all__ = ["list_models", "list_providers"]

# They only read tables and variables, and have no asyncio form.
list_models = raising(list_verbs.list_models, __name__)[0]
list_providers = raising(list_verbs.list_providers, __name__)[0]
