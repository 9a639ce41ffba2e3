"""What is true of arXiv without asking it: ids, the listing calendar, the taxonomy. Pure."""
