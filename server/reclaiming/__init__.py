"""An account that somebody took over is its holder's again, with nothing left of who was in it."""
