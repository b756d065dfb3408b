"""What a new network begins with: words, sources, kinds of membership. Loaded by `planting`."""
