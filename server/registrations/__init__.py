"""Registrations: who has a place, who waits for one, who is offered one."""
