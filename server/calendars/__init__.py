"""Calendars: feeds that programs subscribe to, and the addresses that open personal ones."""
