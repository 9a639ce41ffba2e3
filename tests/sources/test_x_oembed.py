"""Single posts by oEmbed."""

import pytest

from bot.errors import Malformed, SourceError
from bot.http import Http
from bot.sources.x import oembed
from bot.sources.x.oembed import parse_oembed
from tests.services.base import Fault, answers, garbage, html
from tests.services.xd import XD
from tests.sources.x_helpers import tweet


async def test_a_post_is_embedded_with_its_words_and_author(xd: XD, http: Http) -> None:
    post = tweet(1, text="Fish & attention <3", author="adainventa")
    xd.add(post)
    embedded = await oembed(http, xd.url, f"https://x.com/i/status/{post.id}")
    assert embedded is not None
    assert embedded.text == f"Fish & attention <3 {post.short_links[0]}"
    assert (embedded.handle, embedded.author_name) == ("adainventa", "Adainventa")
    [request] = xd.requests
    assert "Authorization" not in request.headers
    assert (request.query["omit_script"], request.query["dnt"]) == ("1", "true")


@pytest.mark.parametrize("state", ["gone", "protected"])
async def test_a_post_that_is_not_to_be_seen_is_gone(xd: XD, http: Http, state: str) -> None:
    post = tweet(1, state=state)
    xd.add(post)
    assert await oembed(http, xd.url, f"https://x.com/i/status/{post.id}") is None


@pytest.mark.parametrize("fault", [answers(500), answers(429), garbage(), html()])
async def test_a_service_in_trouble_does_not_mean_that_a_post_is_gone(
    xd: XD, http: Http, fault: Fault
) -> None:
    xd.fail("/oembed", fault.times(None))
    with pytest.raises(SourceError):
        await oembed(http, xd.url, "https://x.com/i/status/1")


def test_line_breaks_are_kept_and_markup_is_not() -> None:
    markup = (
        '<blockquote class=\\"twitter-tweet\\"><p lang=\\"en\\">One &amp; two<br><br>three '
        '<a href=\\"https://t.co/a\\">https://t.co/a</a></p>&mdash; Ada (@adainventa)</blockquote>'
    )
    body = f'{{"html": "{markup}", "author_url": "https://twitter.com/adainventa"}}'
    embedded = parse_oembed(body.encode())
    assert embedded.text == "One & two\n\nthree https://t.co/a"
    assert embedded.handle == "adainventa"


@pytest.mark.parametrize("markup", ["", "words", "<blockquote></blockquote>"])
def test_html_without_a_post_is_malformed(markup: str) -> None:
    with pytest.raises(Malformed):
        parse_oembed(f'{{"html": "{markup}"}}'.encode())
