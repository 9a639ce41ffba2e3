"""Posts in the old blog's form, with invented people and texts."""

from collections.abc import Sequence
from datetime import date, timedelta

from bot import blog
from bot.blog import BlogPost

SCRIPT = '<script async src="https://platform.twitter.com/widgets.js" charset="utf-8"></script>'

Row = tuple[str, str, int, int]  # id, title, retweets, favorites


def blog_post(
    day: date, rows: Sequence[Row] = (), *, categories: Sequence[str] = ("cs.CL",)
) -> str:
    """A post; the papers come in the order given, each with one embedded post."""
    front = f"""\
---
title: Hot Papers {day}
date: {day + timedelta(1)}T09:30:05.Z
template: "post"
slug: "hot-papers-{day}"
tags:
  - "arXiv"

---
"""
    return front + "".join(_paper(rank, row, categories) for rank, row in enumerate(rows, 1))


def _paper(rank: int, row: Row, categories: Sequence[str]) -> str:
    arxiv_id, title, retweets, favorites = row
    terms = " | ".join(f"[{c}](https://arxiv.org/list/{c}/recent)" for c in categories)
    url = f"https://twitter.com/ada_muster/status/13767071545229557{rank:02}"
    quote = (
        '<blockquote class="twitter-tweet"><p lang="en" dir="ltr">An invented text</p>'
        f'&mdash; Ada (@ada_muster) <a href="{url}?ref_src=twsrc%5Etfw">March 30, 2021</a>'
        "</blockquote>"
    )
    return f"""
# {rank}. {title}

Ada Muster, Bo Beispiel, Jr., Çem Örnek

- retweets: {retweets}, favorites: {favorites} (09/17/2020 09:30:05)

- links: [abs](https://arxiv.org/abs/{arxiv_id}) | [pdf](https://arxiv.org/pdf/{arxiv_id})
- {terms}

We invent  a thing and measure $x^2$ & more.

{quote}
{SCRIPT}



"""


def day_of_two(day: str) -> BlogPost:
    """The post of an ISO date, with two papers."""
    rows = [("1605.00001", "First", 300, 70), ("1605.00002", "Second", 30, 70)]
    text = blog_post(date.fromisoformat(day), rows)
    return blog.parse(text.encode(), f"{day}---Hot-Papers.md")
