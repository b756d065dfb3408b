from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from enum import Enum
from piccolo.columns.column_types import Array
from piccolo.columns.column_types import Varchar
from piccolo.columns.indexes import IndexMethod

ID = "2026-11-25T15:40:28:665513"
VERSION = "1.38.0"
DESCRIPTION = "Lead old addresses of the directory to their holders"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="network", description=DESCRIPTION)

    manager.add_column(
        table_class_name="Profile",
        tablename="profile",
        column_name="former_slugs",
        db_column_name="former_slugs",
        column_class_name="Array",
        column_class=Array,
        params={
            "default": list,
            "base_column": Varchar(
                length=80,
                default="",
                null=False,
                primary_key=False,
                unique=False,
                index=False,
                index_method=IndexMethod.btree,
                choices=None,
                db_column_name=None,
                secret=False,
            ),
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    manager.alter_column(
        table_class_name="ImportBatch",
        tablename="import_batch",
        column_name="state",
        db_column_name="state",
        params={
            "choices": Enum(
                "BatchState",
                {
                    "uploaded": "uploaded",
                    "checking": "checking",
                    "checked": "checked",
                    "importing": "importing",
                    "imported": "imported",
                    "undone": "undone",
                },
            )
        },
        old_params={
            "choices": Enum(
                "BatchState",
                {
                    "uploaded": "uploaded",
                    "checked": "checked",
                    "imported": "imported",
                    "undone": "undone",
                },
            )
        },
        column_class=Varchar,
        old_column_class=Varchar,
        schema=None,
    )

    return manager
