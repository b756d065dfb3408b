"""Tests of the card and the farewell."""
