"""Webhooks: other programs are told that something changed here."""
