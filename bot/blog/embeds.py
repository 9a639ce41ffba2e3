"""Embedded posts: the networks' own markup, read and written.

X: https://docs.x.com/x-for-websites/oembed-api (a quote with a link alone is filled in by its
script). Bluesky: https://embed.bsky.app. Elsewhere a quote of our own class holds a link.
"""

import html
import re
from datetime import datetime
from urllib.parse import urlsplit

from bot.blog.values import Embed
from bot.errors import InputError
from bot.models import Network, PostReference
from bot.problems import Code, Problem

START = "<blockquote"
END = "</blockquote>"

_SCRIPT = '<script async src="{}" charset="utf-8"></script>'
_SCRIPTS = {
    Network.X: _SCRIPT.format("https://platform.twitter.com/widgets.js"),
    Network.BLUESKY: _SCRIPT.format("https://embed.bsky.app/static/embed.js"),
}
_OPENING = re.compile(r'<blockquote class="(?P<kind>[\w-]+)(?: [^"]*)?"(?P<rest>[^>]*)>')
_ATTRIBUTE = re.compile(r'data-([\w-]+)="([^"]*)"')
_PARAGRAPH = re.compile(r"<p\b([^>]*)>")
_LANG = re.compile(r'\blang="([^"]*)"')
_LINK = re.compile(r'<a href="([^"]*)"[^>]*>([^<]*)</a>\s*</blockquote>')
_SIGNATURE = re.compile(r"(?:&mdash;|—) (.*) \((?:<a [^>]*>)?@([^\s<>()]+)(?:</a>)?\)\s*$")
_WEB = re.compile(r"https?://", re.IGNORECASE)
_STATUS = re.compile(r"https?://(?:www\.|mobile\.)?(?:twitter|x)\.com/(\w+|i/web)/status/(\d+)")


def needs_script(markup: str) -> bool:
    """Whether the markup of this quote is followed by its network's script."""
    return not markup.startswith('<blockquote class="hotpapers-post"')


def read_embed(markup: str) -> Embed:
    """Raises InputError when the network or its post cannot be made out."""
    quote = markup[: markup.rfind(END) + len(END)]
    opening, link = _OPENING.match(quote), _LINK.search(quote)
    if opening is None or link is None:
        raise InputError(Problem(Code.BLOG_EMBED_WITHOUT_LINK))
    data = {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(opening["rest"])}
    url, written = html.unescape(link[1]), html.unescape(link[2])
    network, post_id, url, by = _identify(opening["kind"], data, url)
    before = quote[: link.start()].rpartition("</p>")[2]
    signature = _SIGNATURE.search(before)
    paragraph = _PARAGRAPH.search(quote)
    lang = _LANG.search(paragraph[1]) if paragraph else None
    return Embed(
        network=network,
        post_id=post_id,
        url=url,
        author=html.unescape(signature[1]) if signature else "",
        handle=html.unescape(signature[2]) if signature else by,
        written=written,
        html=markup,
        lang=lang[1] if lang else "",
    )


def _identify(kind: str, data: dict[str, str], url: str) -> tuple[Network, str, str, str]:
    """Network, post id, address without tracking and, where the address holds it, the handle."""
    if kind.startswith("twitter-"):
        status = _STATUS.match(url)
        if status is None:
            raise InputError(Problem(Code.BLOG_EMBED_NOT_OF_X, url=url))
        return Network.X, status[2], status[0], status[1]
    if not _WEB.match(url):
        raise InputError(Problem(Code.BLOG_EMBED_NO_WEB_ADDRESS, url=url))
    if kind == "bluesky-embed" and "bluesky-uri" in data:
        return Network.BLUESKY, data["bluesky-uri"], url, ""
    if kind == "hotpapers-post" and data.get("network") in set(Network):
        return Network(data["network"]), data.get("post", url), url, ""
    raise InputError(Problem(Code.BLOG_EMBED_UNKNOWN, kind=kind))


def embed(post: PostReference) -> Embed | None:
    """The post as our own days show it, without its text; None when it has no web address."""
    if post.network is Network.X:
        if not re.fullmatch(r"[0-9]+", post.post_id):
            return None
        by = post.author if re.fullmatch(r"\w+", post.author, re.ASCII) else "i"
        url = f"https://twitter.com/{by}/status/{post.post_id}?ref_src=twsrc%5Etfw"
        return read_embed(_markup(post, 'class="twitter-tweet"', url, ""))
    try:
        if urlsplit(post.url).scheme not in ("http", "https"):
            return None
    except ValueError:
        return None
    attributes = (
        f'class="bluesky-embed" data-bluesky-uri="{html.escape(post.post_id)}"'
        if post.network is Network.BLUESKY
        else f'class="hotpapers-post" data-network="{post.network}"'
        f' data-post="{html.escape(post.post_id)}"'
    )
    return read_embed(_markup(post, attributes, post.url, _signature(post)))


def _signature(post: PostReference) -> str:
    handle = re.sub(r"[\s<>()]", "", post.author.removeprefix("@"))
    if not handle:
        return ""
    name = " ".join((post.author_name or handle).split()) or handle
    return f"&mdash; {html.escape(name, quote=False)} (@{html.escape(handle, quote=False)}) "


def _markup(post: PostReference, attributes: str, url: str, signature: str) -> str:
    link = f'<a href="{html.escape(url)}">{_written(post.posted_at)}</a>'
    quote = f"<blockquote {attributes}>{signature}{link}</blockquote>"
    script = _SCRIPTS.get(post.network)
    return f"{quote}\n{script}" if script else quote


def _written(at: datetime) -> str:
    return f"{at:%B} {at.day}, {at.year}"
