"""One member as the board sees them: where they stand, what the board decides, the farewell."""
