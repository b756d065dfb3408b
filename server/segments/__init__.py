"""Segments: choices of members that the board comes back to, as lists and as files."""
