"""What a part of a page is as plain text, and what stands for it where no site is built."""

from html.parser import HTMLParser

# Where the command line prints the same. Every other part is printed by docs/hooks.py.
_COMMANDS = {
    "commands": "tarash COMMAND -h",
    "matrix": "tarash models",
    "models": "tarash models {}",
}


def sentence(kind: str, name: str) -> str:
    """Return what a reader sees who has the page's source, as on GitHub.

    >>> sentence("models", "fal")
    '*This part is made when the site is built; `tarash models fal` prints the same.*'
    """
    # Two APIs of one provider have tables of their own; the command line lists both together.
    command = _COMMANDS.get(kind, f"python docs/hooks.py {kind} {{}}")
    if kind in _COMMANDS:
        name = name.removesuffix("-vertex")
    return f"*This part is made when the site is built; `{command.format(name)}` prints the same.*"


def plain(part: str) -> str:
    """Return a part of a page without its HTML: a row is a heading and a line for each cell.

    >>> print(plain('<tr><th class="cards__of">a</th><td data-of="paid?">no &amp; never</td></tr>'))
    a
      paid?: no & never
    """
    text = _Text()
    text.feed(part)
    text.close()
    lines = "".join(text.pieces).splitlines()
    return "\n".join(line.rstrip() for line in lines if line.strip())


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self._in_head = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # Each cell repeats the name of its column.
        self._in_head = self._in_head or tag == "thead"
        if tag == "td":
            self.pieces.append(f"\n  {dict(attrs).get('data-of')}: ")
        elif tag in {"th", "summary"}:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "thead":
            self._in_head = False
        elif tag == "summary":
            self.pieces.append(":")

    def handle_data(self, data: str) -> None:
        if not self._in_head:
            self.pieces.append(data)
