"""People who are in the register twice: found, explained, merged with everything, undone."""
