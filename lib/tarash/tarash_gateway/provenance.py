"""Read the Content Credentials of a video: who signed it, and what the signed manifest says.

    from tarash.tarash_gateway.provenance import read_credentials

    credentials = read_credentials("clip.mp4")  # None: the file has no manifest

``response.media.content_credentials`` only says whether the file has a manifest. This module reads
it and validates it, by the library of the standard's authors (extra ``c2pa``), without a network.

Sources: C2PA Technical Specification 2.2, spec.c2pa.org, sections 13 (signatures), 15 (validation)
and 18.14 (actions); contentauth/c2pa-python, docs/usage.md, 0.38 (2026-10);
cv.iptc.org/newscodes/digitalsourcetype (2026).
"""

import io
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib.util import find_spec
from typing import Any, BinaryIO, Final, Literal, TypeAlias, get_args

import attrs
from returns.io import IOFailure, IOResult

from .exceptions import ValidationError
from .outcome import IOOutcome, result_of, settle
from .values.checks import as_dict
from .values.extras import how_to_install
from .values.media import MediaContent
from .values.signatures import sniff

__all__ = ["ContentCredentials", "SignedAction", "State", "find_credentials", "read_credentials"]

State: TypeAlias = Literal["trusted", "valid", "invalid", "unknown"]
Video: TypeAlias = str | os.PathLike[str] | bytes | MediaContent

_STATES: Final[tuple[State, ...]] = get_args(State)
_HEAD: Final = 512
# Values of IPTC's vocabulary for what an algorithm made from learned data, in whole or in part.
_GENERATED: Final = ("/trainedAlgorithmicMedia", "/compositeWithTrainedAlgorithmicMedia")


@attrs.frozen(kw_only=True)
class SignedAction:
    """One step in the making of a video, as its signer states it.

    Attributes:
        name: Such as ``"c2pa.created"`` or ``"c2pa.edited"``.
        source_type: A URL of IPTC's vocabulary of digital sources, or None. The one of generated
            video ends in ``trainedAlgorithmicMedia``.
        software: What did it, or None.
        when: When it was done, in the manifest's own words (ISO 8601), or None.
    """

    name: str
    source_type: str | None = None
    software: str | None = None
    when: str | None = None


@attrs.frozen(kw_only=True)
class ContentCredentials:
    """The active manifest of a file, and the result of its validation.

    Attributes:
        state: What the C2PA library found. ``"valid"``: the signature fits the manifest and the
            file's bytes, but nobody vouches for the signer: everybody can make such a certificate.
            ``"trusted"``: the signer's certificate also leads to one of the ``trust_anchors``.
            ``"invalid"``: the file was changed after it was signed, or the manifest is broken.
            ``"unknown"``: the library did not say.
        problems: The standard's codes of what did not hold, such as
            ``"assertion.bmffHash.mismatch"`` (the bytes were changed) or
            ``"signingCredential.untrusted"``.
        signer: The organisation in the signer's certificate, or None.
        signer_name: The common name in it, or None.
        signed_at: When a time stamp says that it was signed (ISO 8601), or None without one.
        generator: The software that made the manifest, with its version, or None.
        title: The title in the manifest, or None.
        actions: What was done to the video, in the manifest's order.
        raw: The library's whole report.
    """

    state: State
    problems: tuple[str, ...] = ()
    signer: str | None = None
    signer_name: str | None = None
    signed_at: str | None = None
    generator: str | None = None
    title: str | None = None
    actions: tuple[SignedAction, ...] = ()
    raw: Mapping[str, Any] = attrs.field(factory=dict, converter=as_dict, hash=False, repr=False)

    @property
    def says_generated(self) -> bool:
        """Whether an action says that a trained algorithm made the video, or a part of it.

        It is the signer's statement: look at ``state`` for what it is worth.
        """
        return any((action.source_type or "").endswith(_GENERATED) for action in self.actions)


def read_credentials(
    video: Video, *, trust_anchors: str | None = None
) -> ContentCredentials | None:
    """Return the Content Credentials of a video file, validated, or None if it has none.

    Nothing is fetched: a manifest that is not in the file but at a URL is an error.

    Args:
        video: The path of an MP4 or MOV file, or its bytes. A file is not read into memory.
        trust_anchors: The certificates of the authorities that you trust, as PEM texts one after
            another. Without them no signer is ``"trusted"``.

    Raises:
        ValidationError: The extra ``c2pa`` is not installed, or this is not a video file that it
            can read.
    """
    return settle(result_of(find_credentials(video, trust_anchors=trust_anchors)))


def find_credentials(
    video: Video, *, trust_anchors: str | None = None
) -> IOOutcome[ContentCredentials | None]:
    """Return what `read_credentials` returns, or the error that it raises.

    Errors:
        ValidationError: As there.
    """
    if find_spec("c2pa") is None:
        return _refuse(
            "reading Content Credentials needs c2pa-python, which is not installed: "
            f"{how_to_install('c2pa')}"
        )
    if isinstance(video, MediaContent):
        video = video.content
    if isinstance(video, bytes):
        return _read(io.BytesIO(video), "the bytes given", trust_anchors)
    if "://" in os.fspath(video):
        return _refuse("the video is a URL: save it with save_video, and give the path of the file")
    try:
        with open(video, "rb") as file:  # noqa: PTH123 - any os.PathLike
            return _read(file, str(os.fspath(video)), trust_anchors)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        return _refuse(f"{os.fspath(video)} cannot be read ({why}): give the path of a video file")


def _refuse(message: str) -> IOOutcome[ContentCredentials | None]:
    return IOFailure(ValidationError(message))


def _read(
    file: BinaryIO, name: str, trust_anchors: str | None
) -> IOOutcome[ContentCredentials | None]:
    import c2pa  # noqa: PLC0415 - an extra, with a native library

    kind = sniff(file.read(_HEAD))
    file.seek(0)
    if kind is None or kind not in c2pa.Reader.get_supported_mime_types():
        return _refuse(
            f"{name}: a file of {kind or 'no known type'} has no place for Content Credentials; "
            "give an MP4 or MOV file"
        )
    try:
        settings = c2pa.Settings.from_dict(_settings(trust_anchors))
        with c2pa.Context(settings) as context:
            reader = c2pa.Reader.try_create(kind, file, None, context)
            if reader is None:
                return IOResult.from_value(None)
            with reader:
                store = reader.json()
    except c2pa.C2paError as error:
        # The library has a class for this error, and raises the base class with this word.
        if str(error).startswith("Remote"):
            return _refuse(
                f"{name}: its Content Credentials are not in the file but at a URL, which is not "
                "fetched; look at the video with a tool that fetches them"
            )
        return _refuse(f"the C2PA library cannot read {name} ({error}): is the file whole?")
    found: Any = None
    with suppress(ValueError, RecursionError):
        found = json.loads(store)
    return IOResult.from_value(credentials_of(found if isinstance(found, dict) else {}))


def _settings(trust_anchors: str | None) -> dict[str, Any]:
    offline = {"remote_manifest_fetch": False, "ocsp_fetch": False}
    trust = {} if trust_anchors is None else {"trust": {"trust_anchors": trust_anchors}}
    return {"verify": offline | {"verify_trust": True}} | trust


def credentials_of(store: Mapping[str, Any]) -> ContentCredentials:
    """Return the active manifest of the library's report. Pure and total.

    >>> credentials_of({"validation_state": "Valid"}).state, credentials_of({}).state
    ('valid', 'unknown')
    """
    word = str(store.get("validation_state")).lower()
    manifests, active = _object(store, "manifests"), store.get("active_manifest")
    manifest = _object(manifests, active) if isinstance(active, str) else {}
    signature = _object(manifest, "signature_info")
    makers = [_software(each) for each in _objects(manifest.get("claim_generator_info"))]
    generator = ", ".join(filter(None, makers)) or _text(manifest, "claim_generator")
    return ContentCredentials(
        state=next((state for state in _STATES if state == word), "unknown"),
        problems=tuple(dict.fromkeys(_problems(store))),
        signer=_text(signature, "issuer"),
        signer_name=_text(signature, "common_name"),
        signed_at=_text(signature, "time"),
        generator=generator,
        title=_text(manifest, "title"),
        actions=tuple(_actions(manifest)),
        raw=store,
    )


def _problems(store: Mapping[str, Any]) -> Iterator[str]:
    results = _object(_object(store, "validation_results"), "activeManifest")
    for each in (*_objects(results.get("failure")), *_objects(store.get("validation_status"))):
        code = _text(each, "code")
        if code is not None:
            yield code


def _actions(manifest: Mapping[str, Any]) -> Iterator[SignedAction]:
    for assertion in _objects(manifest.get("assertions")):
        # "c2pa.actions" with a version, and a number where there are several.
        if str(assertion.get("label")).startswith("c2pa.actions"):
            for each in _objects(_object(assertion, "data").get("actions")):
                agent = each.get("softwareAgent")
                # Version 1 of the assertion has a text, version 2 an object.
                info = agent if isinstance(agent, dict) else {"name": agent}
                yield SignedAction(
                    name=_text(each, "action") or "",
                    source_type=_text(each, "digitalSourceType"),
                    software=_software(info),
                    when=_text(each, "when"),
                )


def _software(info: Mapping[str, Any]) -> str | None:
    name, version = _text(info, "name"), _text(info, "version")
    return f"{name} {version}" if name and version else name


def _text(of: Mapping[str, Any], name: str) -> str | None:
    value = of.get(name)
    return value if isinstance(value, str) and value else None


def _object(of: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = of.get(name)
    return value if isinstance(value, dict) else {}


def _objects(value: object) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
