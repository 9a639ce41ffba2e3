"""What is the matter with the posts that a network was asked for."""

from collections.abc import Callable

from bot.problems import Code

WORDS: dict[Code, str | Callable[..., str]] = {}
