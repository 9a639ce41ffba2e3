"""What errors say to people, in the tests of what raises them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

import pytest

from bot.errors import HotpapersError
from bot.messages.problems import words_of

E = TypeVar("E", bound=HotpapersError)


@contextmanager
def raises_saying(kind: type[E], match: str) -> Iterator[pytest.ExceptionInfo[E]]:
    """As ``pytest.raises`` with ``match``, of the error's words."""
    with pytest.raises(kind) as caught:
        yield caught
    assert re.search(match, words_of(caught.value))
