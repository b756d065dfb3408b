"""Consent: what people were asked, in which words, and what they answered."""
