"""Parts of a config.toml that ask loopback servers, between whose answers nobody need wait."""

import json


def arxiv_at(url: str, *categories: str) -> str:
    """One server for all of arXiv; without ``categories`` those that are the default."""
    chosen = f"categories = {json.dumps(categories)}" if categories else ""
    return f"""
[arxiv]
{chosen}
feed_url = "{url}"
listing_url = "{url}"
oai_url = "{url}"
api_url = "{url}"
seconds_between_requests = 0
seconds_between_pages = 0
"""


def networks_at(url: str) -> str:
    """The three networks that the demo's server has; the others are off."""
    return f"""
[sources.x]
url = "{url}"
oembed_url = "{url}"
[sources.hackernews]
url = "{url}"
[sources.huggingface]
url = "{url}"
[sources.bluesky]
enabled = false
[sources.mastodon]
enabled = false
"""
