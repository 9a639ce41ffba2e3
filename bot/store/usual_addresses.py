"""Where a network usually shows a post, and what it calls its author: both follow from the post's
id and are stored only where they are something else (``packed.pack_beside``).

Like what ``packed`` writes, no answer given here may ever change. A network that moves is given
other addresses by its source, which are then stored.
"""

from bot.models import Network

_BLUESKY = "at://"
_MASTODON = "/users/"


def url(network: Network, post_id: str, author: str) -> str:
    """Empty for a network, or an id, of which nothing can be told."""
    match network:
        case Network.X:
            return f"https://x.com/{author or 'i'}/status/{post_id}"
        case Network.BLUESKY if post_id.startswith(_BLUESKY):
            did, _, rest = post_id.removeprefix(_BLUESKY).partition("/")
            return f"https://bsky.app/profile/{did}/post/{rest.rpartition('/')[2]}"
        case Network.MASTODON if _MASTODON in post_id:
            return f"{author_id(network, post_id)}/{post_id.rpartition('/')[2]}"
        case Network.HACKERNEWS:
            return f"https://news.ycombinator.com/item?id={post_id}"
        case Network.HUGGINGFACE:
            return f"https://huggingface.co/papers/{post_id}"
    return ""


def author_id(network: Network, post_id: str) -> str:
    """Empty where the post's id does not tell."""
    match network:
        case Network.BLUESKY if post_id.startswith(_BLUESKY):
            return post_id.removeprefix(_BLUESKY).partition("/")[0]
        case Network.MASTODON if _MASTODON in post_id:
            server, _, rest = post_id.partition(_MASTODON)
            return f"{server}/@{rest.partition('/')[0]}"
    return ""
