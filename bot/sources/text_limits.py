"""How long a paper's texts may be. What is longer is a slip or an attack, and is cut as it arrives,
before anything is made of it."""

import logging

logger = logging.getLogger(__name__)

# In characters, several times what arXiv has: its form takes abstracts of 1,920, its largest
# collaborations have some three thousand authors.
MAX_CHARACTERS = {
    "title": 2_000,
    "authors": 500_000,
    "abstract": 20_000,
    "comments": 5_000,
    "journal-ref": 5_000,
    "doi": 1_000,
    "license": 1_000,
}
_PROBLEM = 300


def within(arxiv_id: str, name: str, text: str) -> str:
    """``text``, or its beginning, with a warning that names the paper."""
    most = MAX_CHARACTERS[name]
    if len(text) <= most:
        return text
    # Not by ``log.event``: a backfill reads in a process whose log nobody has set up.
    logger.warning("paper.text_cut paper=%s field=%s characters=%d", arxiv_id, name, len(text))
    return text[:most]


def line(arxiv_id: str, name: str, text: str | None) -> str | None:
    """The same on one line; None for nothing."""
    return " ".join(within(arxiv_id, name, text or "").split()) or None


def said(text: str) -> str:
    """What a service says of itself, on one line that fits a log."""
    return " ".join(text[: 2 * _PROBLEM].split())[:_PROBLEM]
