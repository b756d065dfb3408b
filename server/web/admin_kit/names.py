"""What tables, columns, choices and states are called, in the reader's language.

The interface prints a table's name out of its address, so the address *is* the name: the table
`event` stands at `activiteiten` for a Dutch reader. Keys in `admin.po`:

    admin.table.<table>             one row: "activiteit"
    admin.tables.<table>            the table, in the menu and in addresses: "activiteiten"
    admin.about.<table>             help of a table (optional)
    admin.column.<table>.<column>   a column; else admin.column.<column>
    admin.help.<table>.<column>     its help; else admin.help.<column> (both optional)
    admin.choice.<Enum>.<member>    a choice; of states: states.<table>.<state>
"""

from piccolo.columns import Column

from server import language
from server.web.admin_kit.desk import Desk


def table(said: str, name: str) -> str:
    """One row of a table: "activiteit"."""
    return language.text(said, f"admin.table.{name}")


def tables(said: str, name: str) -> str:
    """A table: "activiteiten"."""
    return language.text(said, f"admin.tables.{name}")


def address(said: str, name: str) -> str:
    """A table in addresses, which the interface prints with spaces for underscores."""
    return tables(said, name).replace(" ", "_")


def about(said: str, name: str) -> str | None:
    """What a table is for, if there is something to say."""
    return _first(said, f"admin.about.{name}")


def group(said: str, key: str) -> str:
    """A menu group."""
    return language.text(said, f"admin.group.{key}")


def column(said: str, desk: Desk, name: str) -> str:
    """The label of a column."""
    own = _first(said, f"admin.column.{desk.name}.{name}")
    return own or language.text(said, f"admin.column.{name}")


def help_of(said: str, desk: Desk, name: str) -> str | None:
    """The help of a column, if there is something to say."""
    return _first(said, f"admin.help.{desk.name}.{name}", f"admin.help.{name}")


STATES = ("state", "told_state")


def state(said: str, desk: Desk, value: str) -> str:
    """A state in words."""
    return (choices(said, desk.column(str(desk.state_column))) or {})[value]


def choices(said: str, of: Column) -> dict[str, str] | None:
    """Stored value → words, for a column with a closed list."""
    members = of._meta.choices
    if members is None:
        return None
    owner, kind = of._meta.table._meta.tablename, members.__name__
    words = {}
    for member in members:
        value = str(member.value)
        own = _first(said, f"states.{owner}.{value}") if of._meta.name in STATES else None
        words[value] = own or language.text(said, f"admin.choice.{kind}.{member.name}")
    return words


def _first(said: str, *keys: str) -> str | None:
    return next((language.text(said, key) for key in keys if language.knows(key)), None)
