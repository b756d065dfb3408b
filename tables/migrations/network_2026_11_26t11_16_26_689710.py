from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from enum import Enum
from piccolo.columns.base import OnDelete
from piccolo.columns.base import OnUpdate
from piccolo.columns.column_types import ForeignKey
from piccolo.columns.column_types import Serial
from piccolo.columns.column_types import Varchar
from piccolo.columns.indexes import IndexMethod
from piccolo.table import Table


class CapacityUnit(Table, tablename="capacity_unit", schema=None):
    id = Serial(
        null=False,
        primary_key=True,
        unique=False,
        index=False,
        index_method=IndexMethod.btree,
        choices=None,
        db_column_name="id",
        secret=False,
    )


ID = "2026-11-26T11:16:26:689710"
VERSION = "1.38.0"
DESCRIPTION = "A part of the day that is for who has a place of one sort"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="network", description=DESCRIPTION)

    manager.add_column(
        table_class_name="EventPart",
        tablename="event_part",
        column_name="unit",
        db_column_name="unit",
        column_class_name="ForeignKey",
        column_class=ForeignKey,
        params={
            "references": CapacityUnit,
            "on_delete": OnDelete.set_null,
            "on_update": OnUpdate.cascade,
            "target_column": None,
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

    manager.alter_column(
        table_class_name="Scan",
        tablename="scan",
        column_name="result",
        db_column_name="result",
        params={
            "choices": Enum(
                "ScanResult",
                {
                    "ok": "ok",
                    "unknown_code": "unknown_code",
                    "other_event": "other_event",
                    "not_confirmed": "not_confirmed",
                    "not_for_part": "not_for_part",
                    "not_today": "not_today",
                    "unknown_part": "unknown_part",
                    "already_in": "already_in",
                    "not_in": "not_in",
                },
            )
        },
        old_params={
            "choices": Enum(
                "ScanResult",
                {
                    "ok": "ok",
                    "unknown_code": "unknown_code",
                    "other_event": "other_event",
                    "not_confirmed": "not_confirmed",
                    "not_today": "not_today",
                    "already_in": "already_in",
                    "not_in": "not_in",
                },
            )
        },
        column_class=Varchar,
        old_column_class=Varchar,
        schema=None,
    )

    return manager
