"""Tests of two people becoming one, and two again."""
