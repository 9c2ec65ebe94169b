"""Asks pyright's language server what an editor asks it: Pylance of VS Code is made of it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Self

_SERVER: Final = Path(sys.executable).with_name("pyright-langserver")
# Where the cursor stands in a text.
CURSOR: Final = "^"


def is_installed() -> bool:
    """Tell whether the environment of this Python has the server: it is of the extra `dev`."""
    return _SERVER.exists()


class LanguageServer:
    """A running server, and what it says about programs that are in no file."""

    def __init__(self, process: "subprocess.Popen[bytes]", folder: Path) -> None:
        self._process = process
        self._folder = folder
        self._asked = 0
        self._opened = 0
        place = {"uri": folder.as_uri(), "name": "program"}
        reads = {"completion": {"completionItem": {"snippetSupport": False}}}
        able = {"textDocument": reads, "workspace": {"configuration": True}}
        self._ask("initialize", processId=os.getpid(), capabilities=able, workspaceFolders=[place])
        self._tell("initialized")

    @classmethod
    @contextmanager
    def running(cls, folder: Path) -> Iterator[Self]:
        """Start a server for the programs of a folder, and end it."""
        command = [str(_SERVER), "--stdio"]
        with subprocess.Popen(  # noqa: S603 - the server of our own environment
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as process:
            server = cls(process, folder)
            yield server
            server._ask("shutdown")
            server._tell("exit")

    def completed(self, program: str) -> list[str]:
        """Return what is offered at the cursor."""
        found = self._ask("textDocument/completion", **self._at(program))
        items: list[dict[str, Any]] = found["items"] if found else []
        return [item["label"] for item in items]

    def signature(self, program: str) -> str:
        """Return the signature that is shown while the cursor is inside a call."""
        found = self._ask("textDocument/signatureHelp", **self._at(program))
        return str(found["signatures"][0]["label"])

    def hover(self, program: str) -> str:
        """Return what is shown about the name behind the cursor."""
        return str(self._ask("textDocument/hover", **self._at(program))["contents"]["value"])

    def _at(self, program: str) -> dict[str, Any]:
        before, _, after = program.partition(CURSOR)
        self._opened += 1
        uri = (self._folder / f"program_{self._opened}.py").as_uri()
        text = {"uri": uri, "languageId": "python", "version": 1, "text": before + after}
        self._tell("textDocument/didOpen", textDocument=text)
        lines = before.split("\n")
        place = {"line": len(lines) - 1, "character": len(lines[-1])}
        return {"textDocument": {"uri": uri}, "position": place}

    def _ask(self, method: str, **parameters: Any) -> Any:
        self._asked += 1
        self._send({"id": self._asked, "method": method, "params": parameters or None})
        while True:
            message = self._receive()
            if "method" in message and "id" in message:
                self._send({"id": message["id"], "result": self._answer(message)})
            elif message.get("id") == self._asked:
                assert "error" not in message, message
                return message["result"]

    def _answer(self, message: dict[str, Any]) -> object:
        """Return what the server asks of an editor: its settings, and nothing else is known."""
        if message["method"] != "workspace/configuration":
            return None
        asked: list[dict[str, str]] = message["params"]["items"]
        python = {"python": {"pythonPath": sys.executable}}
        return [python.get(item.get("section", ""), {}) for item in asked]

    def _tell(self, method: str, **parameters: Any) -> None:
        self._send({"method": method, "params": parameters})

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._process.stdin.flush()

    def _receive(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        length = 0
        while line := self._process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        assert length, "the language server ended"
        message: dict[str, Any] = json.loads(self._process.stdout.read(length))
        return message
