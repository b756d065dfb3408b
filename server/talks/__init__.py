"""Talks: calls for proposals, proposals and what becomes of them."""
