"""Accounts: signing in, sessions and roles."""
