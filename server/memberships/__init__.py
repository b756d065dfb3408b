"""Membership: periods, notice, and a status that is computed for any day."""
