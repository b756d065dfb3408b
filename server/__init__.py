"""The product: domains, the kit for their edges, and the assembly."""
