"""The demo: the real daily job and the real delivery, on a bundled day, without token or network.

A loopback server answers as arXiv, X, Hugging Face and Hacker News did (``server``), a file
stands for the Discord channel (``channel``). Everything else is the program as it always runs, so
a demo that is killed and started again goes on where it was, and posts its digest once.
"""

from bot.demo.story import show

__all__ = ["show"]
