"""Events: meetings, event days, congresses."""
