"""The texts that members read: what is true of all of them, and that they stand in one place."""

import ast
import inspect

import pytest
import regex

from bot import messages


@pytest.mark.parametrize("module", messages.__all__)
def test_no_word_of_ours_needs_an_emoji(module: str) -> None:
    source = ast.parse(inspect.getsource(getattr(messages, module)))
    said = [node.value for node in ast.walk(source) if isinstance(node, ast.Constant)]
    emoji = regex.compile(r"\p{Emoji_Presentation}|\ufe0f|:\w+:")
    assert not [each for each in said if isinstance(each, str) and emoji.search(each)]


def test_a_line_of_authors_names_the_first_and_counts_the_rest() -> None:
    names = [f"A. {letter}" for letter in "BCDEFGHIJK"]
    assert messages.common.listed(names, most=3) == "A. B, A. C, A. D and 7 more"
    assert messages.common.listed(names[:3], most=3) == "A. B, A. C and A. D"
    assert messages.common.listed(names[:2], most=3) == "A. B and A. C"
    assert messages.common.listed(names[:1], most=3) == "A. B"
    assert messages.common.listed([], most=3) == ""
    assert messages.common.authors(names) == "A. B, A. C, A. D and 7 more"
    assert messages.common.authors([*names, "et al."]) == "A. B, A. C, A. D and others"
    assert messages.common.authors([]) == ""
    assert messages.common.listed(["X"] * 3000, most=1) == "X and 2,999 more"
