"""What the deprecation policy promises is so."""

import ast
import re
from importlib import metadata
from pathlib import Path

import pytest
from tests.support import public_api
from tests.support.architecture import PACKAGE

from tarash.tarash_gateway import _deprecations

_POLICY = Path(__file__).parents[1] / "docs" / "deprecation-policy.md"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


@pytest.mark.parametrize("deprecation", _deprecations.ALL)
def test_nothing_old_outlives_its_version(deprecation: _deprecations.Deprecation) -> None:
    """Where this fails, the release is at hand that removes it: remove it, and its tests."""
    assert _numbers(metadata.version("tarash-gateway")) < _numbers(deprecation.gone)


@pytest.mark.parametrize("deprecation", _deprecations.ALL)
def test_what_is_old_stays_for_two_releases(deprecation: _deprecations.Deprecation) -> None:
    since, gone = _numbers(deprecation.since), _numbers(deprecation.gone)
    if since[0] == 0 and gone[0] == 0:
        assert gone[1] >= since[1] + 2
    else:
        assert gone[0] > since[0]


def test_every_deprecation_is_listed_and_told() -> None:
    found = {v for v in vars(_deprecations).values() if isinstance(v, _deprecations.Deprecation)}
    assert found == set(_deprecations.ALL)
    text = _POLICY.read_text(encoding="utf-8")
    for deprecation in found:
        assert f"| {deprecation.since} | {deprecation.gone} |" in text


def test_only_one_module_makes_the_warning() -> None:
    """So each says what to use instead, and when the old way ends."""
    makers = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Name) and node.id.endswith("DeprecationWarning")
    }
    assert makers == {"_deprecations.py"}


def test_a_warning_says_what_to_do_and_until_when() -> None:
    old = _deprecations.Deprecation(since="0.7", gone="0.9")
    with pytest.warns(DeprecationWarning, match="soar") as warned:
        _deprecations.warn(old, "fly() is now soar(): call that")
    (warning,) = warned
    assert str(warning.message) == (
        "tarash-gateway: fly() is now soar(): call that; deprecated since 0.7, gone in 0.9"
    )
    assert warning.filename == __file__


def test_the_public_interface_changes_with_the_changelog() -> None:
    """`tests.support.public_api` writes a change down, once the changelog tells it."""
    known = set(public_api.PAGE.read_text(encoding="utf-8").splitlines())
    now = set(public_api.surface())
    assert sorted(known - now) == [], "these are gone or changed: run tests.support.public_api"
    assert sorted(now - known) == [], "these are new: run tests.support.public_api"


def test_a_change_that_the_changelog_does_not_tell_is_named() -> None:
    before = {"tarash.tarash_gateway.soar(a, b)", "tarash batch: --kites", "exit code DONE = 0"}
    after = {"tarash.tarash_gateway.soar(a)", "exit code DONE = 0", "pytest fixture a_kite_fixture"}
    assert public_api.untold(before, after) == ["--kites", "a_kite_fixture", "soar"]


def test_a_change_that_it_tells_is_not() -> None:
    assert public_api.untold(set(), {"tarash.tarash_gateway.generate_video(config)"}) == []


def test_the_fields_of_a_new_class_are_told_with_it() -> None:
    kite = "tarash.tarash_gateway.KiteOfTests"
    assert public_api.untold(set(), {f"{kite}(tail)", f"{kite}.tail"}) == ["KiteOfTests"]
    assert public_api.untold({f"{kite}(tail)"}, {f"{kite}(tail)", f"{kite}.long_tail"}) == [
        "long_tail"
    ]
