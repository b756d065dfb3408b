"""What participants thought of an event: anonymous, also for the database."""
