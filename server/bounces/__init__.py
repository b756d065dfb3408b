"""What comes back: letters that could not be delivered, complaints, and automatic answers."""
