"""Every code block of the documentation runs as it stands."""

import textwrap
from collections import Counter
from pathlib import Path
from typing import Final

import pytest
from tests.support.pages import shells
from tests.support.pages.blocks import blocks_of, fences_in, pages, text_of
from tests.support.pages.running import CHECKS, Page, opened, run_page

from tarash.tarash_gateway import cli

_PAGE: Final = "docs/guides/kite.md"


@pytest.mark.parametrize("name", pages())
def test_a_page_does_what_it_says(name: str, tmp_path: Path) -> None:
    page = run_page(name, tmp_path)
    # Then nothing was left out: a count that needs no parser finds the same blocks.
    ran = Counter(block.language for block in page.ran)
    assert ran == Counter(fences_in(text_of(name)))
    assert set(ran) <= set(CHECKS)


def _run(text: str, folder: Path) -> Page:
    with opened(_PAGE, textwrap.dedent(text), folder) as page:
        page.run_all()
    return page


def test_blocks_are_found_wherever_they_stand() -> None:
    text = textwrap.dedent("""
        ```python
        1
        ```

        - In a list:

            ```sh
            true
            ```

        !!! note
            In an admonition, right behind its first line:
            ```json
            2
            ```

        === "A tab"

            ```toml
            a = 3
            ```

            !!! tip "In it"

                ~~~yaml
                4
                ~~~

        ````text
        ```python
        ````
        """)
    found = blocks_of(_PAGE, text)
    assert [block.language for block in found] == ["python", "sh", "json", "toml", "yaml", "text"]
    assert [block.line for block in found] == [2, 8, 14, 20, 26, 30]
    assert fences_in(text) == [block.language for block in found]


def test_a_page_is_one_namespace_and_may_await(tmp_path: Path) -> None:
    page = _run(
        """
        ```python
        import asyncio

        async def wings():
            return 2
        ```

        ```python
        print(await wings())
        ```

        ```text
        2
        ```
        """,
        tmp_path,
    )
    assert [block.language for block in page.ran] == ["python", "python", "text"]


def test_the_command_line_meets_the_same_providers(tmp_path: Path) -> None:
    _run(
        """
        ```python
        from tarash.tarash_gateway import VideoGenerationConfig, generate_video
        from tarash.tarash_gateway import VideoGenerationRequest

        config = VideoGenerationConfig(provider="fal", model="fal-ai/veo3")
        print(generate_video(config, VideoGenerationRequest(prompt="a kite")).request_id)
        ```

        ```text
        job000001
        ```

        ```sh
        export WORDS="a kite"
        pip install never-installed
        tarash generate "$WORDS" --provider fal --model fal-ai/veo3 --json |
            grep -o job000002 | head -n 1
        ```

        ```text
        job000002
        ```
        """,
        tmp_path,
    )


def test_the_tests_of_a_page_run(tmp_path: Path) -> None:
    _run(
        """
        ```python
        # wings.py
        def wings():
            return 2
        ```

        ```python
        # test_wings.py
        from wings import wings

        def test_two():
            assert wings() == 2
        ```

        ```text
        ...1 passed...
        ```
        """,
        tmp_path,
    )


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ("```python\n1 / 0\n```", "division by zero"),
        ("```python\nprint(1)\n```\n```text\n2\n```", "printed"),
        ("```python\nprint(1)\n```\nwords\n```text\n1\n```", "must follow"),
        ("```python\ndef test_one():\n    assert 0\n```", "pytest failed"),
        ("```sh\nif true\n```", "syntax error"),
        ("```sh\ntarash generate\n```", "ended with 2"),
        ("```sh\ntrue\ntarash models --nonsense | cat\n```", "ended with 2"),
        ("```json\n{\n```", "Expecting property name"),
        ("```toml\n=\n```", "Invalid"),
        ("```yaml\na: b: c\n```", "mapping values"),
        ("```csv\na,b\n1\n```", "differ in length"),
        ("```sql\nSELECT 1\n```", "DATABASE_URL"),
        ("```tree\na/\n```", "another one"),
        ("```\nwords\n```", "no block has the language ''"),
        ("```klingon\nqo'\n```", "no block has the language 'klingon'"),
    ],
)
def test_a_block_that_is_wrong_fails(block: str, said: str, tmp_path: Path) -> None:
    text = f"words\n\n{block}\n"
    with pytest.raises(Exception, match=said) as caught, opened(_PAGE, text, tmp_path) as page:
        page.run_all()
    assert any(f"{_PAGE}:" in note for note in caught.value.__notes__)


def test_an_error_shows_the_line_of_the_page(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        _run("words\n\n```python\na = 1\na / 0\n```\n", tmp_path)
    last = caught.traceback[-1]
    assert str(last.path).endswith(_PAGE)
    assert last.lineno + 1 == 5
    assert str(last.statement) == "a / 0"


def test_a_command_line_that_breaks_leaves_no_shell_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "main", lambda: 1 / 0)
    # Bash waits for the command's answer, and is ended.
    with pytest.raises(ZeroDivisionError):
        shells.run("tarash generate | cat")
