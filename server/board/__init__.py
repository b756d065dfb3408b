"""What waits for the board, from every domain."""
