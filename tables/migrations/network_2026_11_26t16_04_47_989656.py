from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from enum import Enum
from piccolo.columns.column_types import Varchar

ID = "2026-11-26T16:04:47:989656"
VERSION = "1.38.0"
DESCRIPTION = "Who has a place online comes into the hall"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="network", description=DESCRIPTION)

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
                    "place_online": "place_online",
                    "hall_full": "hall_full",
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
                    "not_for_part": "not_for_part",
                    "not_today": "not_today",
                    "unknown_part": "unknown_part",
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
