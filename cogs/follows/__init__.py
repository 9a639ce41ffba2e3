"""/follow and /following: what a member gets by direct message."""
