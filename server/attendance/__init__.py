"""Who is there: tickets, and the desk at the door."""
