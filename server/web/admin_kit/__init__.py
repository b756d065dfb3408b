"""The kit around Piccolo Admin: every save goes through the domain, in one transaction."""

from server.web.admin_kit.desk import Desk

__all__ = ["Desk"]
