"""What an event asks of who registers, and what they answered."""
