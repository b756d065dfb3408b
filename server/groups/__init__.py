"""Working groups: what they are for, who sits in them, and who leads them."""
