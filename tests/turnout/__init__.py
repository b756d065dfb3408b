"""An event in numbers."""
