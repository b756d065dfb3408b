"""The migrations make exactly the columns that the tables describe."""

import pytest

from server.database import execute
from tables.piccolo_app import APP_CONFIG

pytestmark = pytest.mark.anyio

COLUMNS = """SELECT table_name, column_name, is_nullable FROM information_schema.columns
             WHERE table_schema = 'public' AND table_name <> 'migration'"""


async def test_the_database_has_exactly_the_described_columns(db: None) -> None:
    described = {
        (table._meta.tablename, column._meta.db_column_name, column._meta.null)
        for table in APP_CONFIG.table_classes
        for column in table._meta.columns
    }

    built = {
        (row["table_name"], row["column_name"], row["is_nullable"] == "YES")
        for row in await execute(COLUMNS)
    }

    assert built == described
