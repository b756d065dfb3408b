"""Invitations by mail: what a calendar is told, how people want it, and what it answers."""
