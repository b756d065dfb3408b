"""Letters: what we say to people."""
