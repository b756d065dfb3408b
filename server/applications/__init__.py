"""Applications for membership: from "I want to join" to a decision."""
