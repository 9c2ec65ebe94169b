"""Every code block of the documentation runs as it stands."""

from pathlib import Path

import pytest
from tests.support.pages.blocks import pages
from tests.support.pages.running import run_page


@pytest.mark.parametrize("page", pages())
def test_a_page_does_what_it_says(page: str, tmp_path: Path) -> None:
    run_page(page, tmp_path)
