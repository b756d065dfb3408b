"""Who may register for an event, from when, by which invitation, and what it costs them."""
