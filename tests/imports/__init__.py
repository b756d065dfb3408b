"""Tests of taking people in from files."""
