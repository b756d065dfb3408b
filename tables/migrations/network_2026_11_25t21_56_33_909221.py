from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.column_types import Timestamptz
from piccolo.columns.indexes import IndexMethod
from piccolo.constraints import Check

ID = "2026-11-25T21:56:33:909221"
VERSION = "1.38.0"
DESCRIPTION = "Note when a death was settled; terms of a type that can be"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="network", description=DESCRIPTION)

    manager.add_column(
        table_class_name="Person",
        tablename="person",
        column_name="death_settled_at",
        db_column_name="death_settled_at",
        column_class_name="Timestamptz",
        column_class=Timestamptz,
        params={
            "default": None,
            "null": True,
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

    manager.add_constraint(
        table_class_name="MembershipType",
        tablename="membership_type",
        constraint_name="grace_days_fit",
        constraint_class=Check,
        params={"condition": "grace_days BETWEEN 0 AND 3650"},
        schema=None,
    )

    manager.add_constraint(
        table_class_name="MembershipType",
        tablename="membership_type",
        constraint_name="notice_days_fit",
        constraint_class=Check,
        params={"condition": "notice_days BETWEEN 0 AND 3650"},
        schema=None,
    )

    manager.add_constraint(
        table_class_name="MembershipType",
        tablename="membership_type",
        constraint_name="valid_in_order",
        constraint_class=Check,
        params={"condition": "valid_to >= valid_from"},
        schema=None,
    )

    return manager
