"""Where a post of the blog breaks its format: clauses behind the number of the line."""

from collections.abc import Callable

from bot.problems import Code

WORDS: dict[Code, str | Callable[..., str]] = {
    Code.BLOG_FORMAT: "line {line}: {problem}",
    Code.BLOG_TOO_LARGE: "this has more than {megabytes} MB, which no post has",
    Code.BLOG_NOT_UTF8: "this is not UTF-8 text",
    Code.BLOG_POST_CUT_OFF: "the post is cut off here: three blank lines end each of its papers",
    # --- front matter
    Code.BLOG_WITHOUT_FRONT_MATTER: "a post begins with front matter, between two lines of ---",
    Code.BLOG_ENDLESS_FRONT_MATTER: "the front matter has no end, a second line of ---",
    Code.BLOG_INCOMPLETE_FRONT_MATTER: "the front matter has no line like {example!r}",
    Code.BLOG_TITLE_WITHOUT_DATE: "the title's {text!r} is not a date like 2021-03-30",
    Code.BLOG_NO_TIME: "{text!r} is not a time like {example}",
    Code.BLOG_OTHER_DAY_IN_NAME: "the file is named for {named}, but its title says {day}",
    # --- a paper
    Code.BLOG_PAPER_EXPECTED: "here paper {rank} should begin, with a line like '# {rank}. Title'",
    Code.BLOG_OTHER_PLACE: "this is paper {number}, but {rank} is its place",
    Code.BLOG_COUNTS_EXPECTED: "the line of counts of paper {rank} is missing",
    Code.BLOG_COUNTS_WITHOUT_TIME: "the line of counts does not end with its time in brackets",
    Code.BLOG_NO_COUNTS: "these are not counts: {text!r}",
    Code.BLOG_NEGATIVE_COUNT: "a count is negative: {text!r}",
    Code.BLOG_LINKS_EXPECTED: "here the line of links to abs and pdf should stand",
    Code.BLOG_LINKS_OF_TWO_PAPERS: "the links to abs and pdf are those of two papers",
    Code.BLOG_CATEGORIES_EXPECTED: "here the line of categories should stand",
    # --- embedded posts
    Code.BLOG_EMBED_CUT_OFF: "the embedded post that begins here is cut off",
    Code.BLOG_EMBED_WITHOUT_SCRIPT: "the embedded post before this line has no script line",
    Code.BLOG_EMBED_WITHOUT_LINK: "an embedded post has no link to the post",
    Code.BLOG_EMBED_NOT_OF_X: "this is not the address of a post on X: {url!r}",
    Code.BLOG_EMBED_NO_WEB_ADDRESS: "the link of an embedded post is no web address: {url!r}",
    Code.BLOG_EMBED_UNKNOWN: "a quote of class {kind!r} is no embedded post that is known here",
    # --- what is written
    Code.BLOG_HOLDS_ONE_DAY: "The blog's form holds one day; give a date for each.",
}
