"""Content Credentials: what a file's signed manifest says, and what its validation found."""

import importlib.util
import socket
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from returns.io import IOSuccess
from tests.support.made_videos import Made
from tests.support.replies import JSON
from tests.support.signed_videos import MADE_BY_AI, Authority

from tarash.tarash_gateway import ValidationError, provenance
from tarash.tarash_gateway.outcome import result_of
from tarash.tarash_gateway.provenance import (
    SignedAction,
    credentials_of,
    find_credentials,
    read_credentials,
)
from tarash.tarash_gateway.running.measuring import measure_content
from tarash.tarash_gateway.values.media import MediaContent

with_c2pa = pytest.mark.skipif(
    importlib.util.find_spec("c2pa") is None, reason="needs the extra c2pa"
)

_VIDEO = Made(form="mp4", codec="libx264", layout="faststart").file()


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority.make()


@pytest.fixture(scope="module")
def signed(authority: Authority) -> bytes:
    return authority.sign(_VIDEO)


def _changed(video: bytes) -> bytes:
    """Return the video with one bit of its picture turned."""
    place = video.index(b"mdat") + 40
    return video[:place] + bytes([video[place] ^ 1]) + video[place + 1 :]


@with_c2pa
def test_a_signed_video_says_who_made_it_and_how(signed: bytes) -> None:
    # given a video whose signer nobody vouches for, when its credentials are read
    found = read_credentials(signed)
    # then the library has checked signature and bytes, and does not call the signer trusted
    assert found is not None
    assert (found.state, found.problems) == ("valid", ("signingCredential.untrusted",))
    assert (found.signer, found.signer_name) == ("Kite Videos", "Kite Signer")
    assert (found.generator, found.title) == ("kite-model 1", "clip.mp4")
    assert found.actions == (SignedAction(name="c2pa.created", source_type=MADE_BY_AI),)
    assert found.says_generated
    assert found.raw["validation_state"] == "Valid"


@with_c2pa
def test_a_signer_is_trusted_where_the_caller_trusts_its_authority(
    signed: bytes, authority: Authority
) -> None:
    found = read_credentials(signed, trust_anchors=authority.root)
    assert found is not None
    assert (found.state, found.problems) == ("trusted", ())
    # and another authority does not vouch for it
    other = read_credentials(signed, trust_anchors=Authority.make().root)
    assert other is not None
    assert other.state == "valid"


@with_c2pa
def test_one_changed_bit_of_the_picture_is_noticed(signed: bytes, authority: Authority) -> None:
    found = read_credentials(_changed(signed), trust_anchors=authority.root)
    assert found is not None
    assert found.state == "invalid"
    assert "assertion.bmffHash.mismatch" in found.problems
    # the manifest's own words are still there to be read, as what they are
    assert found.signer == "Kite Videos"


@with_c2pa
def test_a_video_without_a_manifest_has_no_credentials() -> None:
    assert read_credentials(_VIDEO) is None


@with_c2pa
def test_the_box_that_measuring_finds_is_the_one_that_is_read(signed: bytes) -> None:
    for video in (signed, _changed(signed), _VIDEO):
        has_manifest = read_credentials(video) is not None
        facts = measure_content(video).unwrap()
        assert facts.manifest == ("present" if has_manifest else "absent")


@with_c2pa
def test_a_file_is_read_from_its_path(signed: bytes, tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(signed)
    found = read_credentials(path)
    assert found is not None
    assert found == read_credentials(str(path)) == read_credentials(signed)
    assert found == read_credentials(MediaContent(signed, "video/mp4"))
    assert path.read_bytes() == signed


@with_c2pa
def test_a_manifest_elsewhere_is_not_fetched(authority: Authority) -> None:
    # given a video whose manifest is only at a URL of this machine
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        url = f"http://127.0.0.1:{server.getsockname()[1]}/clip.c2pa"
        video = authority.sign(_VIDEO, url=url)
        # when it is read, then a sentence says so, and nobody was asked
        with pytest.raises(ValidationError, match="not in the file but at a URL, which is not fet"):
            read_credentials(video)
        with pytest.raises(TimeoutError):
            server.accept()


@with_c2pa
def test_videos_of_other_forms_and_broken_ones_are_refused(signed: bytes, tmp_path: Path) -> None:
    refused: list[tuple[Any, str]] = [
        (b"", "the bytes given: a file of no known type has no place"),
        (Made(form="webm", codec="libvpx-vp9").file(), "video/webm has no place"),
        (signed[: len(signed) // 2], "cannot read the bytes given"),
        (tmp_path / "none.mp4", "none.mp4 cannot be read (No such file"),
        (tmp_path, "cannot be read (Is a directory)"),
        ("a\0b", "cannot be read (embedded null"),
        ("https://example.com/a.mp4", "save it with save_video"),
    ]
    for video, message in refused:
        with pytest.raises(ValidationError) as caught:
            read_credentials(video)
        assert message in caught.value.message


@with_c2pa
def test_the_functional_form_returns_the_same() -> None:
    assert find_credentials(_VIDEO) == IOSuccess(None)
    assert isinstance(result_of(find_credentials(b"?")).failure(), ValidationError)


def test_without_the_extra_a_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provenance, "find_spec", lambda _: None)
    with pytest.raises(ValidationError, match=r"run pip install '\.\[c2pa\]'"):
        read_credentials(_VIDEO)


# The library's report is read without trust.

_WORDS = st.sampled_from(
    [
        "active_manifest",
        "manifests",
        "validation_state",
        "validation_results",
        "activeManifest",
        "failure",
        "code",
        "signature_info",
        "issuer",
        "assertions",
        "label",
        "c2pa.actions.v2",
        "data",
        "actions",
        "softwareAgent",
        "claim_generator_info",
        "name",
        "m",
        "Trusted",
    ]
)
_REPORTS = st.recursive(
    JSON | _WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_WORDS, inner, max_size=6),
    max_leaves=20,
)


@given(st.dictionaries(_WORDS, _REPORTS))
def test_any_report_is_read(report: dict[str, Any]) -> None:
    found = credentials_of(report)
    assert found.state in {"trusted", "valid", "invalid", "unknown"}
    assert all(isinstance(code, str) for code in found.problems)
    assert isinstance(found.says_generated, bool)


def test_both_versions_of_an_action_name_their_software() -> None:
    actions = [
        {"action": "c2pa.created", "softwareAgent": "Veo", "when": "2026-11-01T00:00:00Z"},
        {"action": "c2pa.edited", "softwareAgent": {"name": "Omni", "version": "1.2"}},
    ]
    manifest = {"assertions": [{"label": "c2pa.actions__1", "data": {"actions": actions}}]}
    found = credentials_of({"active_manifest": "m", "manifests": {"m": manifest}})
    assert [action.software for action in found.actions] == ["Veo", "Omni 1.2"]
    assert found.actions[0].when == "2026-11-01T00:00:00Z"
    assert not found.says_generated
