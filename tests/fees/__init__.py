"""Tests of what is due, invoiced, paid and collected."""
