"""Events that come again: laying them out, changing them together, ending them."""
