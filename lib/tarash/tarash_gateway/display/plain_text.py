"""Texts of others without what would act on a terminal."""

import re
from typing import Final

# Sequences of ECMA-48 (CSI, OSC and the like, other escapes), then single characters: C0, DEL, C1,
# and those that change the direction of writing (Unicode 15, chapters 23.2 and 23.3).
_SEQUENCE: Final = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[PX\]^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?"
)
_BREAK: Final = re.compile(r"[\t\n\v\f\r\x85\u2028\u2029]+")
CONTROLS: Final = r"\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_CONTROL: Final = re.compile(f"[{CONTROLS}]")


def plain(text: object) -> str:
    r"""Return a text as one line without control characters.

    >>> plain("a\x1b[2J kite\x1b]0;title\x07,\n[red]")
    'a kite, [red]'
    >>> plain("half \ud800 a pair")
    'half \\ud800 a pair'
    """
    line = _CONTROL.sub("", _BREAK.sub(" ", _SEQUENCE.sub("", str(text))))
    return line.encode(errors="backslashreplace").decode()
