"""What `load_config` and `list_configs` do: the verbs about a file of configs."""

from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

from returns.io import IOResult

from .. import _later
from ..effects import Effects
from ..outcome import IOOutcome
from ..values.config import VideoGenerationConfig
from .faces import verb
from .options import Place
from .tasks import Task, work

if TYPE_CHECKING:
    from ..config_files import building, document
    from . import worlds
else:
    building, document, worlds = _later.modules(
        __package__, "..config_files.building", "..config_files.document", ".worlds"
    )


class ConfigFileOptions(TypedDict, total=False):
    """What every verb takes that reads a file of configs."""

    effects: Effects | None


@verb
def load_config(
    path: Place, name: str | None = None, **options: Unpack[ConfigFileOptions]
) -> Task[VideoGenerationConfig]:
    """Read a config from a TOML file.

    Each table of the file is a config, and its keys are the fields of `VideoGenerationConfig`.
    ``fallback_configs`` names other tables of the file, or has tables itself. ``mock`` is true, or
    a table with the fields of `MockConfig`. ``${NAME}`` in a string is the environment variable of
    that name, and ``$$`` is a ``$``. Only the config and its fallbacks are looked at, so the file
    may have configs whose variables are not set.

    Args:
        path: The file.
        name: The name of the config. None is the one that ``default = "name"`` at the top of the
            file names, else the table ``[default]``, else the only table.
        effects: The effects to use; by default those of this process, created on first use.

    Raises:
        ValidationError: The file cannot be read or is not TOML, there is no such config, a field is
            wrong, or a variable is not set. The message has the file, the line and the field, and
            never the value of a variable.
    """

    def read() -> IOOutcome[VideoGenerationConfig]:
        world = worlds.world_of(options["effects"])
        return _document(path, world).bind_result(
            lambda found: building.config_of(found, name, world.environment.get)
        )

    return work(read)


@verb
def list_configs(path: Place, **options: Unpack[ConfigFileOptions]) -> Task[tuple[str, ...]]:
    """Return the names of the configs in a TOML file, in its order; `load_config` takes one.

    Nothing but the names is looked at.

    Args:
        path: The file.
        effects: The effects to use; by default those of this process, created on first use.

    Raises:
        ValidationError: The file cannot be read, or it is not TOML.
    """
    return work(
        lambda: _document(path, worlds.world_of(options["effects"])).map(
            lambda found: tuple(found.tables)
        )
    )


def _document(path: Place, world: Effects) -> "IOOutcome[document.Document]":
    place = Path(path)
    return world.files.read(place).bind(
        lambda content: IOResult.from_result(document.document_of(str(place), content))
    )
