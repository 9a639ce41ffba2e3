"""A single post as publish.x.com shows it: free, without a key.

Source: X's docs, x-for-websites/oembed-api.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

import msgspec

from bot.errors import Malformed, Refused
from bot.http import Http
from bot.problems import Code, Problem
from bot.sources.decoding import whole
from bot.text import markup
from bot.text.markup import Tag

SERVICE = "X's oEmbed"


@dataclass(frozen=True, slots=True)
class Embedded:
    """``text`` is what the post says, with its links in short form. ``handle`` has no @."""

    text: str
    author_name: str
    handle: str
    html: str


class _Answer(msgspec.Struct):
    html: str
    author_name: str = ""
    author_url: str = ""


async def oembed(http: Http, url: str, post_url: str) -> Embedded | None:
    """None when the post is gone: deleted (404) or protected (403). Raises SourceError.

    ``url`` is where the service is, ``https://publish.x.com`` unless configured otherwise.
    """
    params = {"url": post_url, "omit_script": "1", "dnt": "true"}
    try:
        answer = await http.get(f"{url.rstrip('/')}/oembed", params=params, gate="x-oembed")
    except Refused as error:
        if error.status in (403, 404):
            return None
        raise
    return await answer.parsed(parse_oembed)


def parse_oembed(body: bytes) -> Embedded:
    """Raises Malformed."""
    answer = whole(body, _Answer, SERVICE)
    return Embedded(
        text=_text(answer.html),
        author_name=answer.author_name,
        handle=urlsplit(answer.author_url).path.strip("/"),
        html=answer.html,
    )


def _text(html: str) -> str:
    """The first paragraph of the block quote, line breaks kept."""
    try:
        found = markup.pieces(html)
    except ValueError as error:
        problem = Problem(Code.ANSWER_UNREADABLE, service=SERVICE, technical=error)
        raise Malformed(problem) from error
    parts: list[str] | None = None
    for piece in found:
        if isinstance(piece, Tag) and piece.name == "p":
            if parts is not None:
                break
            parts = []
        elif parts is not None:
            is_break = isinstance(piece, Tag) and piece.name == "br"
            parts.append("\n" if is_break else piece if isinstance(piece, str) else "")
    if parts is None:
        technical = "HTML without a paragraph"
        raise Malformed(Problem(Code.ANSWER_UNREADABLE, service=SERVICE, technical=technical))
    return "\n".join(line.strip(" \t") for line in "".join(parts).split("\n")).strip()
