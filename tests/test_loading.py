"""What is loaded, and when: each story runs in a process that has loaded nothing yet."""

import ast
import os
import pickle
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tarash import tarash_gateway
from tarash.tarash_gateway import _later, api, exceptions

_PACKAGE = Path(tarash_gateway.__file__).parent
_HELPERS = '''
import sys

PACKAGE = "tarash.tarash_gateway"

def ours():
    """The modules of the package that are loaded, without its name."""
    return {name.removeprefix(PACKAGE + ".") for name in sys.modules if name.startswith(PACKAGE)}

def rooms(*names):
    """The loaded modules of some rooms."""
    return sorted(name for name in ours() if name.split(".")[0] in names)
'''


def _run(story: str) -> str:
    """Return what a program prints in a process of its own."""
    ran = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-W", "error", "-c", _HELPERS + textwrap.dedent(story)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()


# The import.


def test_importing_the_package_loads_nothing_of_it() -> None:
    assert (
        _run("""
        import tarash.tarash_gateway
        print(sorted(ours()), {"attr", "returns", "inspect"} & set(sys.modules))
        """)
        == "['_later', 'tarash.tarash_gateway'] set()"
    )


def test_a_verb_loads_the_types_of_its_signature_and_not_what_a_call_needs() -> None:
    # given everything that takes long, and that no signature names
    heavy = {
        "aiohttp",
        "asyncio",
        "cattrs",
        "concurrent.futures",
        "importlib.metadata",
        "http.client",
        "logging",
        "socket",
        "sqlite3",
        "ssl",
        "urllib3",
    }
    printed = _run(f"""
        from tarash.tarash_gateway import generate_video
        print(sorted({heavy!r} & set(sys.modules)))
        print(rooms("catalog", "codec", "functional", "mock", "registry", "testing"))
        print(rooms("lifecycle", "providers", "effects", "container", "http"))
        print(rooms("running"))
        """)
    # then none of it is there, nor are the providers and the machine
    lines = printed.splitlines()
    assert lines[:2] == ["[]", "[]"]
    assert set(ast.literal_eval(lines[2])) == {
        "container",
        "container.facts",
        "effects",
        "effects.journal",
        "http",
        "http.parts",
        "lifecycle",
        "lifecycle.planned",
        "providers",
        "providers.base",
        "providers.reports",
    }
    assert set(ast.literal_eval(lines[3])) == {
        "running",
        "running.faces",
        "running.making",
        "running.options",
        "running.save_verb",
        "running.tasks",
        "running.verbs",
    }


def test_a_verb_makes_few_classes() -> None:
    # Each class of attrs takes about as long as a small module: most of what is left to save.
    count = int(
        _run("""
        from tarash.tarash_gateway import generate_video
        made = {
            value
            for name, module in list(sys.modules.items()) if name.startswith(PACKAGE)
            for value in vars(module).values()
            if isinstance(value, type) and "__attrs_attrs__" in vars(value)
        }
        print(len(made))
        """)
    )
    assert 10 < count <= 50


def test_errors_and_values_do_not_load_the_verbs() -> None:
    assert (
        _run("""
        from tarash.tarash_gateway import TarashException, VideoGenerationConfig
        print(rooms("api", "running", "providers", "effects", "lifecycle"))
        """)
        == "[]"
    )


# The first call.

_CALL = """
    from tarash.tarash_gateway import VideoGenerationConfig, VideoGenerationRequest, generate_video

    config = VideoGenerationConfig(provider="fal", model="fal-ai/veo3", api_key="k")
    request = VideoGenerationRequest(prompt="a kite")
    before = ours()

    from tarash.tarash_gateway.testing import ScriptedHttp, fake_effects, json_reply

    url = "https://queue.fal.run/fal-ai/veo3/requests/1"
    accepted = {
        "request_id": "1", "response_url": url,
        "status_url": url + "/status", "cancel_url": url + "/cancel",
    }
    def effects():
        done = {"status": "COMPLETED", "request_id": "1"}
        replies = accepted, done, {"video": {"url": "https://fal.media/kite.mp4"}}
        return fake_effects(http=ScriptedHttp([json_reply(200, reply) for reply in replies]))
"""


def test_a_blocking_call_loads_its_own_provider_and_no_event_loop() -> None:
    lines = _run(
        textwrap.dedent(_CALL)
        + textwrap.dedent("""
        print([name for name in before if name.startswith(("providers.fal", "registry"))])
        print(generate_video(config, request, effects=effects()).video)
        print(sorted({name.split(".")[1] for name in rooms("providers") if name.count(".") > 1}))
        later = {"mock.answers", "values.json_forms", "running.saving", "effects.sqlite_journal"}
        print(sorted(later & ours()), {"asyncio", "urllib3"} & set(sys.modules))
        """)
    ).splitlines()
    assert lines == ["[]", "https://fal.media/kite.mp4", "['fal']", "[] set()"]


def test_a_first_call_on_an_event_loop_loads_in_another_thread() -> None:
    # given what the package needs at its import, and a record of the threads that load more
    lines = _run(
        textwrap.dedent(_CALL)
        + textwrap.dedent("""
        import asyncio, threading
        from tarash.tarash_gateway import generate_video_async

        on_the_loop = []
        class Watch:
            def find_spec(self, name, path=None, target=None):
                if threading.current_thread() is threading.main_thread():
                    on_the_loop.append(name)
        world = effects()

        async def main():
            sys.meta_path.insert(0, Watch())
            return await generate_video_async(config, request, effects=world)

        print(asyncio.run(main()).video)
        print("providers.fal.provider" in ours(), "running.delivery" in ours())
        print([name for name in on_the_loop if name.startswith(PACKAGE)])
        """)
    ).splitlines()
    # then all of it is loaded, and the loop was free: it loads only what starts a thread
    assert lines[:2] == ["https://fal.media/kite.mp4", "True True"]
    assert set(ast.literal_eval(lines[2])) <= {
        f"{tarash_gateway.__name__}.running.{each}" for each in ("threads", "turns")
    }


def test_threads_that_call_first_at_once_all_get_their_video() -> None:
    printed = _run(
        textwrap.dedent(_CALL)
        + textwrap.dedent("""
        import threading

        start, videos, verbs = threading.Barrier(12), [], set()
        worlds = [effects() for _ in range(12)]
        def call(world):
            start.wait()
            from tarash.tarash_gateway import functional, plan_video, resume_video
            verbs.add((plan_video, resume_video, functional.generate_video))
            videos.append(generate_video(config, request, effects=world).video)
        threads = [threading.Thread(target=call, args=(world,)) for world in worlds]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        print(len(videos), set(videos), len(verbs))
        """)
    )
    assert printed == "12 {'https://fal.media/kite.mp4'} 1"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_a_child_that_is_forked_while_a_thread_loads_can_call() -> None:
    # given a thread in the middle of loading what its first call needs
    printed = _run(
        textwrap.dedent(_CALL)
        + textwrap.dedent("""
        import os, signal, threading, warnings

        loading, forked = threading.Event(), threading.Event()
        class Slow:
            def find_spec(self, name, path=None, target=None):
                if name.endswith(".running.delivery"):
                    loading.set()
                    forked.wait()
        sys.meta_path.insert(0, Slow())
        first, second = effects(), effects()
        def call():
            generate_video(config, request, effects=first)
        thread = threading.Thread(target=call)
        thread.start()
        loading.wait()
        # when the process forks
        warnings.simplefilter("ignore", DeprecationWarning)
        # What is registered last runs first, before anything of the library's waits for the thread.
        os.register_at_fork(before=forked.set)
        child = os.fork()
        if child == 0:
            signal.alarm(60)
            generate_video(config, request, effects=second)
            os._exit(7)
        thread.join()
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        """)
    )
    # then the child does not wait for a thread that it does not have
    assert printed == "7"


def test_no_module_uses_a_late_name_while_it_is_imported() -> None:
    # Two threads could wait for each other: one has the module, the other the lock of `load`.
    files = (path.relative_to(_PACKAGE).with_suffix("") for path in _PACKAGE.rglob("*.py"))
    names = [".".join(file.parts) for file in files if "_moved" not in file.parts]
    printed = _run(f"""
        import importlib
        from tarash.tarash_gateway import _later

        asked = []
        def refuse(name):
            asked.append(name)
            raise AssertionError(name)
        _later.load = refuse
        for name in {names!r}:
            importlib.import_module(f"{{PACKAGE}}.{{name}}".removesuffix(".__init__"))
        print(asked, len(ours()) > 150)
        """)
    assert printed == "[] True"


@pytest.mark.parametrize("name", ["VideoPlan", "VideoGenerationResponse"])
def test_json_is_read_where_nothing_made_such_a_value(name: str) -> None:
    # Their fields name types of modules that are loaded late.
    printed = _run(f"""
        from tarash.tarash_gateway.codec import from_json
        from tarash.tarash_gateway import {name}, ValidationError
        try:
            from_json("{{}}", {name})
        except ValidationError as error:
            print(error)
        """)
    assert printed.startswith(f"this is not the JSON of a {name}: required field missing")


# The names.


def _imported_for_type_checkers() -> dict[str, str]:
    """Return the public names with their modules, as type checkers read them."""
    tree = ast.parse((_PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    branch = next(node for node in tree.body if isinstance(node, ast.If))
    return {
        alias.asname: node.module
        for node in branch.body
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
        if alias.asname == alias.name
    }


def test_type_checkers_and_programs_find_the_same_names_in_the_same_modules() -> None:
    assert _imported_for_type_checkers() == vars(tarash_gateway)["_PLACES"]
    assert vars(tarash_gateway)["__all__"] == sorted(_imported_for_type_checkers())


def test_the_package_lists_its_names_before_they_are_used() -> None:
    printed = _run("""
        import tarash.tarash_gateway as package
        listed = set(dir(package))
        print(set(package.__all__) <= listed, "functional" in listed, sorted(ours()))
        from tarash.tarash_gateway import *
        print(set(package.__all__) - set(globals()))
        """)
    assert printed.splitlines() == ["True True ['_later', 'tarash.tarash_gateway']", "set()"]


def test_a_name_is_the_one_of_its_module() -> None:
    for name, place in _imported_for_type_checkers().items():
        module = _later.load(f"{tarash_gateway.__name__}.{place}")
        assert getattr(tarash_gateway, name) is getattr(module, name)


def test_modules_are_attributes_as_before() -> None:
    printed = _run("""
        import tarash.tarash_gateway as package
        print(package.functional.plan_video.__module__, package.exceptions.TimeoutError.kind)
        """)
    assert printed == "tarash.tarash_gateway.functional timeout"


def test_an_unknown_name_is_refused_like_any_other() -> None:
    assert not hasattr(tarash_gateway, "generate_vidoe")
    with pytest.raises(AttributeError, match=r"'tarash.tarash_gateway' has no attribute 'kite'"):
        tarash_gateway.kite  # type: ignore[attr-defined]  # noqa: B018 - the mistake under test
    with pytest.raises(ImportError, match="cannot import name 'generate_vidoe'"):
        exec("from tarash.tarash_gateway import generate_vidoe")  # noqa: S102 - a user's mistake


def test_help_shows_a_verb_that_was_never_called() -> None:
    printed = _run("""
        from tarash.tarash_gateway import generate_video_async
        help(generate_video_async)
        """)
    assert printed.startswith(
        "Help on function generate_video_async in module tarash.tarash_gateway.api"
    )
    assert "request: tarash.tarash_gateway.values.request.VideoGenerationRequest" in printed
    assert "without blocking the event loop" in printed


def test_help_shows_the_package() -> None:
    printed = _run("""
        import tarash.tarash_gateway
        help(tarash.tarash_gateway)
        """)
    assert "generate_video(" in printed
    assert "class VideoGenerationConfig(" in printed


def test_a_pickle_is_read_where_nothing_is_loaded() -> None:
    error = exceptions.RateLimitError("slow down", retry_after=2.0)
    config = tarash_gateway.VideoGenerationConfig(provider="fal", model="m")
    text = pickle.dumps((error, config, api.generate_video)).hex()
    assert (
        _run(f"""
        import pickle
        error, config, verb = pickle.loads(bytes.fromhex("{text}"))
        print(type(error).__name__, error.retry_after, config.model, verb.__name__)
        """)
        == "RateLimitError 2.0 m generate_video"
    )


def test_a_module_that_cannot_be_loaded_is_tried_again() -> None:
    # given a module that fails once, such as by an interruption
    (late,) = _later.modules("tests.support", ".lately")
    with pytest.raises(ModuleNotFoundError):
        late.anything  # noqa: B018 - the first use
    assert not _later.is_loaded(late)
    # then the next use says the same, and not that something is half loaded
    with pytest.raises(ModuleNotFoundError):
        _later.load_now(late)
