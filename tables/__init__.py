"""The ground floor: columns, enums and constraints. No verbs."""
