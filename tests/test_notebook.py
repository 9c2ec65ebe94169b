"""The notebook's cells run in order, as its page says; only Jupyter itself is left out."""

import json
from pathlib import Path
from typing import Any, Final

import pytest
from tests.support.pages.blocks import ROOT, blocks_of, text_of
from tests.support.pages.running import opened

_NOTEBOOK: Final = "examples/first_video.ipynb"
_PAGE: Final = "docs/cookbook/notebook.md"


def _cells() -> list[str]:
    notebook: dict[str, Any] = json.loads((ROOT / _NOTEBOOK).read_text(encoding="utf-8"))
    assert notebook["nbformat"] == 4
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    # Somebody's run is no part of the example.
    assert all(not cell["outputs"] and cell["execution_count"] is None for cell in cells)
    return ["".join(cell["source"]) for cell in cells]


@pytest.mark.filterwarnings("error")
def test_the_notebook_makes_a_video(tmp_path: Path) -> None:
    # given the notebook in an empty folder, in which a reader runs each cell
    text = "\n".join(f"```python\n{cell}\n```\n" for cell in _cells())
    with opened(_NOTEBOOK, text, tmp_path) as notebook:
        # when all cells have run
        notebook.run_all()
        # then there is a video, which a notebook plays
        response = notebook.names["response"]
        assert Path("kite-in-a-notebook.mp4").stat().st_size > 1000
    assert response.is_mock
    assert "<video" in response._repr_html_()


def test_the_page_shows_the_cells_of_the_notebook() -> None:
    blocks = blocks_of(_PAGE, text_of(_PAGE))
    shown = [block.code.rstrip("\n") for block in blocks if block.language == "python"]
    assert shown == _cells()
