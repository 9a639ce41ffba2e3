"""arXiv through its endpoints: feed, listing pages, OAI-PMH, the snapshot file."""
