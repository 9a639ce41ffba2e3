"""A post -> Markdown."""

from bot.blog.lines import categories_line, counts_line, links_line
from bot.blog.values import BlogPaper, BlogPost


def write(post: BlogPost) -> str:
    """The Markdown that ``parse`` reads as ``post``, with the blog's own blank lines."""
    return post.front + "".join(f"\n{_paper(paper)}" for paper in post.papers)


def _paper(paper: BlogPaper) -> str:
    embeds = "".join(f"{embed.html}\n\n" for embed in paper.embeds)
    return (
        f"# {paper.rank}. {paper.title}\n\n"
        f"{paper.authors}\n\n"
        f"{counts_line(paper.counts, paper.counted_at)}\n\n"
        f"{links_line(paper.links)}\n"
        f"{categories_line(paper.categories)}\n\n"
        f"{paper.abstract}\n\n"
        f"{embeds}\n\n"
    )
