"""Mail that comes in: read once, by the first domain that knows what it is."""
