"""The front page and each member's own page: they show what every domain has for a reader."""
