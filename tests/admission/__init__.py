"""Who is let in when, by which invitation, and for how much."""
