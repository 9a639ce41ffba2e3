"""What publish.x.com/oembed answers, with omit_script (docs: x-for-websites/oembed-api)."""

from html import escape
from urllib.parse import quote

from tests.services.x_posts import Json, XPost


def oembed(post: XPost) -> Json:
    name, profile = post.author.title(), f"https://twitter.com/{post.author}"
    address = f"{profile}/status/{post.id}"
    links = "".join(f' <a href="{short}">{short}</a>' for short in post.short_links)
    day = f"{post.at:%B} {post.at.day}, {post.at.year}"
    html = (
        f'<blockquote class="twitter-tweet" data-dnt="true"><p lang="{post.lang}" dir="ltr">'
        f"{escape(post.text)}{links}</p>&mdash; {name} (@{post.author}) "
        f'<a href="{address}?ref_src={quote("twsrc^tfw")}">{day}</a></blockquote>\n'
    )
    return {
        "url": address,
        "author_name": name,
        "author_url": profile,
        "html": html,
        "width": 550,
        "height": None,
        "type": "rich",
        "cache_age": "3153600000",
        "provider_name": "Twitter",
        "provider_url": "https://twitter.com",
        "version": "1.0",
    }
