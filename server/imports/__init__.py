"""People from elsewhere: a file is read, looked at whole, taken in at once, and can be undone."""
