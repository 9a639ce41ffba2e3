"""hotpapers: the most talked-about papers of each arXiv mailing day, in Discord."""

__version__ = "0.1.0"
