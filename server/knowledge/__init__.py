"""The field's words and what to read about it."""
