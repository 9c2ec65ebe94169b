"""What `list_models` and `list_providers` do: the verbs about what there is to choose from."""

from collections.abc import Mapping
from datetime import date

import attrs
from returns.io import IOResult
from returns.result import Failure, Success

from ..catalog.choosing import Wanted
from ..catalog.info import Listing, ModelInfo, ProviderInfo, info_of
from ..effects import Effects, Environment
from ..exceptions import ValidationError
from ..lifecycle.keys import variables_that_are_set
from ..lifecycle.links import unknown_provider, variables
from ..outcome import IOOutcome, Outcome, catch_bugs, every
from ..providers.base import Provider
from ..registry import known_providers
from ..values.known import KnownProvider
from ..values.media import ImageRole
from ..values.request import AspectRatio, Resolution
from .faces import verb
from .tasks import Task, work
from .worlds import world_of


@verb
def list_models(  # noqa: PLR0913 - one argument for each thing that a model may take
    provider: KnownProvider | None = None,
    *,
    image: bool | ImageRole | None = None,
    video: bool | None = None,
    seconds: float | None = None,
    resolution: Resolution | str | None = None,
    aspect_ratio: AspectRatio | str | None = None,
    audio: bool | None = None,
    seed: bool | None = None,
    negative_prompt: bool | None = None,
    enhance_prompt: bool | None = None,
    retired: bool = False,
    providers: Mapping[str, Provider] | None = None,
    effects: Effects | None = None,
) -> Task[tuple[ModelInfo, ...]]:
    """Return the models that the library knows, and what each of them takes; nothing is sent.

    A model without a row here can be used all the same, where its provider has a row for such
    models (``generic``). Without a filter, every model is listed that is not retired.

    Args:
        provider: Only this provider's models, built-in, installed or registered.
        image: True for models that take images, False for those that take none, or a role, such as
            ``"last_frame"``, for those that take an image of that role.
        video: Whether they take a video.
        seconds: A length that they take without rounding.
        resolution: A resolution that they take as it is, such as ``"1080p"``.
        aspect_ratio: An aspect ratio that they take as it is, such as ``"9:16"``. It holds together
            with ``seconds`` and ``resolution``: some models make some lengths at 1080p only.
        audio: Whether ``generate_audio`` switches their sound.
        seed: Whether they take a ``seed``.
        negative_prompt: Whether they take a ``negative_prompt``.
        enhance_prompt: Whether ``enhance_prompt`` switches the rewriting of prompts.
        retired: Whether models are listed, too, that are no longer offered today.
        providers: Further providers by name, for this call only.
        effects: The effects to use; their clock tells which models are retired.

    Returns:
        The models in the order of their providers. ``generate_video`` takes the ``name`` of each in
        place of a config.

    Raises:
        ValidationError: There is no such provider, or a filter has a wrong type.
    """
    wanted = {
        "image": image,
        "video": video,
        "seconds": seconds,
        "resolution": resolution,
        "aspect_ratio": aspect_ratio,
        "audio": audio,
        "seed": seed,
        "negative_prompt": negative_prompt,
        "enhance_prompt": enhance_prompt,
    }

    def find() -> IOOutcome[tuple[ModelInfo, ...]]:
        today = None if retired else world_of(effects).clock.utc().date()
        chosen = _chosen(provider, known_providers(providers))
        fitting = Wanted(**wanted)  # type: ignore[arg-type]  # the validators check each value
        return IOResult.from_result(
            chosen.bind(
                lambda found: every(found.items(), lambda item: _models(*item, fitting, today))
            ).map(lambda lists: Listing(info for infos in lists for info in infos))
        )

    return work(find)


def _chosen(name: str | None, known: Mapping[str, Provider]) -> Outcome[Mapping[str, Provider]]:
    if name is None:
        return Success(known)
    if name not in known:
        return Failure(unknown_provider(name, known))
    if (broken := known[name].broken) is not None:
        return Failure(ValidationError(broken, provider=name))
    return Success({name: known[name]})


def _models(
    name: str, provider: Provider, wanted: Wanted, today: date | None
) -> Outcome[tuple[ModelInfo, ...]]:
    def fitting() -> Outcome[tuple[ModelInfo, ...]]:
        offered = ((info_of(name, model, row), row) for model, row in provider.models.items())
        return Success(
            tuple(
                info
                for info, row in offered
                if not _is_over(info, today) and wanted.fits(info, row)
            )
        )

    # The table of a user's provider is somebody else's code.
    return catch_bugs(f"the model table of provider {name!r}", fitting)


def _is_over(info: ModelInfo, today: date | None) -> bool:
    return today is not None and info.retires is not None and info.retires <= today


@verb
def list_providers(
    *, providers: Mapping[str, Provider] | None = None, effects: Effects | None = None
) -> Task[tuple[ProviderInfo, ...]]:
    """Return the providers, what each of them can do, and whether its key is set; no key is shown.

    Args:
        providers: Further providers by name, for this call only.
        effects: The effects to use; their environment tells which keys are set.

    Returns:
        Built-in, installed and registered providers. One that cannot be used says so in ``broken``.
    """

    def look() -> IOOutcome[tuple[ProviderInfo, ...]]:
        known, environment = known_providers(providers), world_of(effects).environment
        found = Listing(_provider(name, p, environment) for name, p in known.items())
        return IOResult.from_value(found)

    return work(look)


# A provider without a list of its own has this one, which is none.
_NO_LISTING = attrs.fields(Provider).listing.default


def _provider(name: str, provider: Provider, environment: Environment) -> ProviderInfo:
    found = {v: environment.get(v) or "" for v in variables({name: provider})}
    key = variables_that_are_set(provider.keys, found)
    return ProviderInfo(
        name=name,
        keys=tuple(key.names for key in provider.keys),
        has_key=key is not None if provider.keys else None,
        key_source=() if key is None else key.names,
        models=len(provider.models),
        dashboard=provider.dashboard,
        key_page=provider.key_page,
        starter_model=provider.starter_model,
        base_url_variable=provider.base_url_variable,
        needs_address=provider.needs_address,
        cancels=provider.cancel is not None,
        lists_jobs=provider.listing is not _NO_LISTING,
        streams=provider.stream is not None,
        uploads=provider.uploads is not None,
        webhooks=provider.webhooks is not None,
        settings=tuple(setting.name for setting in provider.settings or ()),
        broken=provider.broken,
    )
