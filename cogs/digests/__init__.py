"""/digest: what a channel gets, its form and its buttons."""
