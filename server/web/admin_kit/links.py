"""Where a row of a table stands in the admin, for the pages of the site."""

from server.web.admin_kit import names

MOUNT = "/admin"


def admin_row(table: str, row_id: int, language: str = "nl") -> str:
    """The address of one row: `/admin/#/activiteiten/12/`. Only the board can open it."""
    return f"{MOUNT}/#/{names.address(language, table)}/{row_id}/"


def admin_list(table: str, language: str = "nl") -> str:
    """The address of the list of one table."""
    return f"{MOUNT}/#/{names.address(language, table)}/"
