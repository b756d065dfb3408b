from piccolo.apps.migrations.auto.migration_manager import MigrationManager

ID = "2026-11-25T23:18:10:124152"
VERSION = "1.38.0"
DESCRIPTION = "links of helpers end with their event"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="network", description=DESCRIPTION)

    manager.drop_column(
        table_class_name="HelperLink",
        tablename="helper_link",
        column_name="expires_at",
        db_column_name="expires_at",
        schema=None,
    )

    return manager
