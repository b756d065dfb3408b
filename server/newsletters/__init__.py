"""Newsletter lists: who asked for them, who receives them, and how one gets off again."""
