"""A single post as publish.x.com shows it: free, without a key.

Source: X's docs, x-for-websites/oembed-api.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

import lxml.etree
import lxml.html
import msgspec

from bot import phrases
from bot.errors import Malformed, Refused
from bot.http import Http
from bot.sources.entries import whole


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
    return parse_oembed(answer.body)


def parse_oembed(body: bytes) -> Embedded:
    """Raises Malformed."""
    answer = whole(body, _Answer, "X's oEmbed")
    return Embedded(
        text=_text(answer.html),
        author_name=answer.author_name,
        handle=urlsplit(answer.author_url).path.strip("/"),
        html=answer.html,
    )


def _text(markup: str) -> str:
    """The first paragraph of the block quote, line breaks kept."""
    try:
        paragraph = lxml.html.fragment_fromstring(markup, create_parent="div").find(".//p")
    except (lxml.etree.LxmlError, ValueError) as error:
        raise Malformed(phrases.posts.oembed_unreadable(error)) from error
    if paragraph is None:
        raise Malformed(phrases.posts.OEMBED_WITHOUT_TEXT)
    for line_break in paragraph.findall(".//br"):
        line_break.tail = "\n" + (line_break.tail or "")
    lines = str(paragraph.text_content()).split("\n")
    return "\n".join(line.strip(" \t") for line in lines).strip()
