"""Trust as a feature: what we keep and why, one's own data, erasure, and an end to keeping."""
