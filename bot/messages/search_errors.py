"""How a search is written, and why a paper was found."""

EXAMPLES = (
    'speculative decoding · "large language model" · author:lecun · cat:cs.CL after:2021-03-01 '
    "-survey · 2103.15691"
)
_PLACES = {"title": "in the title", "author": "among the authors", "abstract": "in the abstract"}


def search_like() -> str:
    return f"Searches look like these: {EXAMPLES}"


def at_place(piece: str, what: str) -> str:
    return f"At “{piece}”: {what}"


def reason(typed: str, place: str) -> str:
    """Where a paper says what was ``typed``: title, author or abstract."""
    return f"“{typed}” {_PLACES[place]}"
