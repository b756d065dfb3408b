"""People: everybody the network knows by name."""
