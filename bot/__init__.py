"""hotpapers: the most talked-about papers of each arXiv mailing day, in Discord."""
