"""The official clients' uploads and ours, pointed at one recorder, are the same requests.

Four differences are meant:

- fal's client sends the key to the storage host as well. A signed URL does not need it.
- Google's client repeats the file's size and type with each piece. Google's reference gives them
  once.
- Our file names are the names of the request's fields (``image_list-0``), because a name on the
  user's disk is nobody's business. Only the suffix is compared.
- The clients name their own software in further headers, which are not compared.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from email import message_from_bytes
from pathlib import Path, PurePath
from typing import Any, Final

import fal_client
import fal_client.client
import pytest
import runwayml
from google import genai
from google.genai import types
from replicate.client import Client
from tests.support import upload_cases as cases
from tests.support.recorder import Answer, Recorded, Recorder, recorder

from tarash.tarash_gateway import TarashException, generate_video

_KEY: Final = "id:secret-key"
# What the server decides by.
_HEADERS: Final = (
    "authorization",
    "x-goog-api-key",
    "x-runway-version",
    "x-goog-upload-protocol",
    "x-goog-upload-command",
    "x-goog-upload-offset",
    "x-goog-upload-header-content-length",
    "x-goog-upload-header-content-type",
)
_ONCE: Final = (
    "x-goog-upload-protocol",
    "x-goog-upload-header-content-length",
    "x-goog-upload-header-content-type",
)
_NAMES: Final = ("file_name", "filename")


def _answer(asked: Recorded) -> Answer:
    base = f"http://{asked.headers['host']}"
    path = asked.path.partition("?")[0]
    if path == "/storage/upload/initiate":
        return _json({"upload_url": f"{base}/put?sig=1", "file_url": f"{base}/stored.png"})
    if path == "/v1/uploads":
        fields = {"key": "ephemeral/1", "policy": "e30="}
        return _json({"uploadUrl": f"{base}/s3", "fields": fields, "runwayUri": "runway://1"})
    if path == "/v1/files":
        return _json(_replicate_file(base), status=201)
    if path == "/upload/v1beta/files" and "upload_id" not in asked.path:
        url = f"{base}/upload/v1beta/files?upload_id=1&upload_protocol=resumable"
        return Answer(headers={"X-Goog-Upload-URL": url, "X-Goog-Upload-Status": "active"})
    if path == "/upload/v1beta/files":
        last = "finalize" in asked.headers["x-goog-upload-command"]
        file = {"file": {"name": "files/up1", "uri": f"{base}/v1beta/files/up1"}}
        status = {"X-Goog-Upload-Status": "final" if last else "active"}
        body = json.dumps(file if last else {}).encode()
        return Answer(body=body, headers={"Content-Type": "application/json", **status})
    if path in {"/put", "/s3"}:
        return Answer(status=200, body=b"")
    # The submission is the other conformance tests' matter: it ends here.
    return _json({"detail": "no", "error": {"message": "no"}}, status=401)


def _replicate_file(base: str) -> dict[str, Any]:
    return {
        "id": "f1",
        "name": "fox.png",
        "content_type": "image/png",
        "size": 1,
        "etag": "1",
        "checksums": {},
        "metadata": {},
        "created_at": "2026-01-01T00:00:00Z",
        "expires_at": None,
        "urls": {"get": f"{base}/v1/files/f1"},
    }


def _json(value: object, status: int = 200) -> Answer:
    return Answer(status=status, body=json.dumps(value).encode())


@pytest.fixture
def server() -> Iterator[Recorder]:
    with recorder(_answer) as running:
        yield running


def _essence(asked: Recorded) -> dict[str, Any]:
    kind = asked.headers.get("content-type", "")
    headers = {name: asked.headers.get(name) for name in _HEADERS}
    found = {"method": asked.method, "path": asked.path, **headers}
    if kind.startswith("multipart/form-data"):
        return {**found, "parts": list(_parts(kind, asked.body))}
    if kind == "application/json" and asked.body.startswith(b"{"):
        fields = json.loads(asked.body)
        return {**found, "json": fields | {n: _suffix(fields[n]) for n in _NAMES if n in fields}}
    return {**found, "body": asked.body}


def _parts(kind: str, body: bytes) -> Iterator[tuple[Any, ...]]:
    whole = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
    for part in whole.walk():
        if part.is_multipart():
            continue
        name = part.get_param("name", header="content-disposition")
        file = part.get_filename()
        # A text has no type of its own in either client's form.
        content_type = part.get_content_type() if file else None
        yield name, file and _suffix(file), content_type, part.get_payload(decode=True)


def _suffix(name: str) -> str:
    return PurePath(name).suffix


def _ours(server: Recorder, case: cases.Case, path: str = "") -> list[dict[str, Any]]:
    config = case.config(base_url=f"{server.url}{path}", api_key=_KEY)
    with pytest.raises(TarashException):
        generate_video(config, case.request)
    *uploads, _submission = server.take()
    return [_essence(asked) for asked in uploads]


@pytest.fixture
def picture(tmp_path: Path) -> Callable[[cases.Case], Path]:
    def make(case: cases.Case) -> Path:
        path = tmp_path / "fox.png"
        path.write_bytes(cases.png(case.size)["content"])
        return path

    return make


def _same(
    theirs: Sequence[Recorded], ours: Sequence[dict[str, Any]], *, spared: Sequence[str] = ()
) -> None:
    """Compare the exchanges; after the first one, ours have none of the ``spared`` headers."""
    expected = [_essence(asked) for asked in theirs]
    assert all(later[name] for later in expected[1:] for name in spared)
    expected[1:] = [later | dict.fromkeys(spared) for later in expected[1:]]
    assert len(ours) == len(expected)
    for their, our in zip(expected, ours, strict=True):
        # The bytes are compared first, because their difference would fill the screen.
        assert their.pop("body", b"") == our.pop("body", b"")
        assert our == their


def test_fal_uploads_what_its_client_uploads(
    server: Recorder,
    picture: Callable[[cases.Case], Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fal_client.client, "REST_URL", server.url)
    client = fal_client.SyncClient(key=_KEY)
    content = picture(cases.FAL).read_bytes()
    # Its default goes to another storage, which takes the key itself; "fal" is the documented one.
    try:
        client.upload(content, "image/png", file_name="fox.png", repository="fal")
    finally:
        client._client.close()
    theirs = server.take()
    _same(theirs, _ours(server, cases.FAL), spared=["authorization"])


def test_replicate_uploads_what_its_client_uploads(
    server: Recorder, picture: Callable[[cases.Case], Path]
) -> None:
    client = Client(api_token=_KEY, base_url=server.url)
    try:
        client.files.create(picture(cases.REPLICATE))
    finally:
        client._client.close()
    theirs = server.take()
    _same(theirs, _ours(server, cases.REPLICATE, "/v1"))


def test_runway_uploads_what_its_client_uploads(
    server: Recorder, picture: Callable[[cases.Case], Path]
) -> None:
    with runwayml.RunwayML(api_key=_KEY, base_url=server.url) as client:
        client.uploads.create_ephemeral(file=picture(cases.RUNWAY))
    theirs = server.take()
    _same(theirs, _ours(server, cases.RUNWAY))


def test_google_uploads_what_its_client_uploads(
    server: Recorder,
    picture: Callable[[cases.Case], Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("GOOGLE_API_KEY", "GEMINI_API_KEY", "GOOGLE_CLOUD_PROJECT"):
        monkeypatch.delenv(name, raising=False)
    client = genai.Client(api_key=_KEY, http_options=types.HttpOptions(base_url=server.url))
    try:
        client.files.upload(file=picture(cases.GOOGLE))
    finally:
        client.close()
    theirs = server.take()
    # 15 MB go in two pieces.
    assert [asked.headers.get("x-goog-upload-command") for asked in theirs] == [
        "start",
        "upload",
        "upload, finalize",
    ]
    _same(theirs, _ours(server, cases.GOOGLE), spared=_ONCE)
