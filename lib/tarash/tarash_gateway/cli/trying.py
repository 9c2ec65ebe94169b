"""The command ``tarash try``: a first video, step by step, and nothing is paid unasked."""

import re
import shlex
from pathlib import Path
from typing import Annotated, Final

import typer

from .. import api
from ..catalog.info import ModelInfo, ProviderInfo
from ..exceptions import TarashException, ValidationError
from ..running.worlds import world_of
from ..values.config import VideoGenerationConfig
from ..values.request import VideoGenerationRequest
from ..values.urls import without_query
from . import asking, completion, failures, generate
from .configs import Chosen, refuse_provider
from .helping import Command
from .terminal import say_lines, tell

app = typer.Typer(rich_markup_mode=None)

_PROMPT: Final = "A red kite over the sea at golden hour"
_LEAVE: Final = "q"
_USER: Final = re.compile(r"//[^/@]*@")
_EXAMPLES: Final = """Examples:
  tarash try
  tarash try --provider fal
"""


class _Left(Exception):  # noqa: N818 - a user who leaves makes no error
    """The user has seen enough."""


@app.command("try", cls=Command, epilog=_EXAMPLES)
def try_(
    provider: Annotated[
        str,
        typer.Option(
            "--provider",
            "-p",
            metavar="ID",
            help="Provider id, such as fal.",
            show_default=False,
            autocompletion=completion.providers,
        ),
    ] = "",
) -> None:
    """Make a first video, step by step.

    You choose a provider, see what would be sent, and get a test clip for free. The video itself is
    made, and paid for, only after you have said yes. Each step can be left.
    """
    offered = [info for info in api.list_providers() if info.name != "mock" and not info.broken]
    names = {info.name for info in offered}
    if provider == "mock":
        message = "mock is no provider of its own: tarash try makes a test clip with each of them"
        raise ValidationError(message)
    if provider and provider not in names:
        refuse_provider(provider)
    if not asking.is_person():
        _tell_commands(next(info for info in offered if info.name == (provider or "fal")))
        return
    try:
        _walk(offered, provider)
    except _Left:
        tell("Nothing more was done. tarash try begins again, tarash -h lists what there is.")


def _tell_commands(info: ProviderInfo) -> None:
    """Print what to run where nobody can answer."""
    place = f"{info.name}:{_starter(info) or 'MODEL'}"
    prompt = shlex.quote(_PROMPT)
    say_lines(
        "\n".join(
            [
                "# tarash try asks questions, and this is no terminal. Its steps are:",
                "tarash providers",
                f"tarash generate {prompt} -m {place} --plan",
                f"tarash generate {prompt} -m {place} --mock -o test-clip.mp4",
                "# This one costs money:",
                f"tarash generate {prompt} -m {place} -o video.mp4",
            ]
        )
    )


def _walk(offered: list[ProviderInfo], provider: str) -> None:
    tell(f"A first video, in five steps. Type {_LEAVE} to leave at any question.")
    info = _choose(offered, provider)
    _require_address(info)
    has_key = _tell_key(info)
    config, request = _describe(info)
    _step("Step 3 of 5: what would be sent. Nothing is sent yet.")
    generate.print_plan(config, request, as_json=False)
    _go_on("Make a test clip of it on this machine, for free?")
    _step("Step 4 of 5: a test clip with the shape and the length of the video.")
    mocked = Chosen(provider=config.provider, model=config.model, mock=True).config()
    generate.make(mocked, request, _free("test-clip"), overwrite=False, is_kept=False)
    _step("Step 5 of 5: the video itself.")
    place = f"{config.provider}:{config.model}"
    command = f"tarash generate {shlex.quote(request.prompt)} -m {place} -o {_free('video')}"
    if not has_key:
        tell("It needs the key of step 2. When that is set, run:")
        say_lines(command)
        return
    tell(f"{config.model} of {config.provider} costs money: the provider's page says how much.")
    answer = _ask("Type yes to make the video and pay for it", "no")
    if answer.lower() != "yes":
        tell("Nothing was sent. The same again, without questions:")
        say_lines(command)
        return
    generate.make(config, request, _free("video"), overwrite=False)


def _step(text: str) -> None:
    tell("")
    tell(text)


def _ask(question: str, default: str | None) -> str:
    """Return the answer to a question; without a default, it is asked until there is one.

    Raises:
        _Left: The user leaves.
    """
    answer: str = typer.prompt(question, default=default, err=True)
    if answer.strip().lower() == _LEAVE:
        raise _Left
    return answer.strip()


def _go_on(question: str) -> None:
    if _ask(f"{question} (yes or no)", "yes").lower() not in {"yes", "y"}:
        raise _Left


def _choose(offered: list[ProviderInfo], provider: str) -> ProviderInfo:
    """Return the provider that was named, or is chosen from a list."""
    # Those whose key is there first; `sorted` keeps the order of the others.
    ordered = sorted(offered, key=lambda info: not info.has_key)
    named = {info.name: info for info in ordered}
    if provider:
        _step(f"Step 1 of 5: the provider. You chose {provider}.")
        return named[provider]
    _step("Step 1 of 5: the provider. The key of each is looked for in your environment.")
    width = max(map(len, named))
    for number, info in enumerate(ordered, 1):
        state = "its key is set" if info.has_key else "no key yet"
        if _lacks_address(info):
            state = "it needs an address first"
        tell(f"  {number}  {info.name:<{width}}  {state}")
    numbered = {str(number): info for number, info in enumerate(ordered, 1)}
    while True:
        answer = _ask("Number or name", ordered[0].name)
        found = numbered.get(answer) or named.get(answer)
        if found is not None:
            return found
        tell(f"{answer} is not in the list.")


def _address(info: ProviderInfo) -> str:
    """Return the address that the environment sets for a provider's API, or an empty text.

    A user, a password and a query in it may be secrets, and are not shown.
    """
    value = world_of(None).environment.get(info.base_url_variable or "") or ""
    return _USER.sub("//", without_query(value.strip()), count=1)


def _lacks_address(info: ProviderInfo) -> bool:
    wanted = info.needs_address is not None and info.base_url_variable is not None
    return wanted and not _address(info)


def _require_address(info: ProviderInfo) -> None:
    """Tell how to set the address of the provider's API, where it has none.

    Raises:
        _Left: It has to be set first, outside of this program.
    """
    if not _lacks_address(info):
        return
    _step(info.needs_address or "")
    tell("Set the address, then begin again:")
    tell(f"  export {info.base_url_variable}=https://...")
    raise _Left


def _tell_key(info: ProviderInfo) -> bool:
    """Tell where the provider's key comes from, and return whether it is there."""
    _step(f"Step 2 of 5: the key of {info.name}.")
    if address := _address(info):
        tell(f"Its address is {address}, from {info.base_url_variable}.")
    if info.has_key:
        are = "which is set" if len(info.key_source) == 1 else "which are set"
        tell(f"The key is read from {' and '.join(info.key_source)}, {are}.")
        return True
    if not info.keys:
        tell("It needs none in the environment.")
        return True
    tell(f"{_where_made(info, is_elsewhere=bool(address))} Then set it:")
    for name in info.keys[0]:
        tell(f"  export {name}=...")
    tell("It stays in the environment: tarash prints it nowhere and stores it nowhere.")
    tell("The next two steps work without it.")
    return False


def _where_made(info: ProviderInfo, *, is_elsewhere: bool) -> str:
    """Return where the key comes from, as a sentence.

    Args:
        info: The provider.
        is_elsewhere: Whether its API is at another address than usual.
    """
    if is_elsewhere and not (info.needs_address and info.key_page):
        return "The key comes from whoever runs that server."
    page = info.key_page or info.dashboard
    return f"Make a key {f'on {page}' if page else 'on the page of the provider'}."


def _describe(info: ProviderInfo) -> tuple[VideoGenerationConfig, VideoGenerationRequest]:
    """Return the model and the prompt that the user chooses, once they fit together."""
    while True:
        _step(f"The model: tarash models {info.name} lists what there is.")
        model = _ask("Model", _starter(info))
        prompt = _ask("What should the video show?", _PROMPT)
        try:
            config = Chosen(provider=info.name, model=model).config()
            request = VideoGenerationRequest(prompt=prompt)
            api.plan_video(config, request)
        except TarashException as error:
            tell(f"That cannot be sent: {failures.sentence(error)}")
        else:
            return config, request


def _starter(info: ProviderInfo) -> str | None:
    """Return a model that needs nothing but a prompt, or None."""
    able = [each.model for each in api.list_models(info.name) if _is_simple(each)]
    return info.starter_model if info.starter_model in able else next(iter(able), None)


def _is_simple(info: ModelInfo) -> bool:
    return not (info.needs or info.extra_params or info.generic)


def _free(stem: str) -> str:
    """Return the name of a file that does not exist yet."""
    number, path = 1, Path(f"{stem}.mp4")
    while path.exists():
        number, path = number + 1, Path(f"{stem}-{number + 1}.mp4")
    return str(path)
