"""Tests of trust: data, erasure, retention."""
