"""Certificates of attendance: who gets one, what is on it, whether it is still valid."""
