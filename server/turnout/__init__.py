"""One event in numbers: places over time, who is where, and a letter to exactly those people."""
