"""The entry points that read configs from a file; `api` has them too."""

from .running import config_verbs
from .running.faces import raising

__all__ = ["list_configs", "load_config"]

# They read a small file, and have no asyncio form.
list_configs = raising(config_verbs.list_configs, __name__)[0]
load_config = raising(config_verbs.load_config, __name__)[0]
