"""The outbox: letters owed, written with their cause, sent by the worker."""
