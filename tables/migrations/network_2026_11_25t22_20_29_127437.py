from piccolo.apps.migrations.auto.migration_manager import MigrationManager

ID = "2026-11-25T22:20:29:127437"
VERSION = "1.38.0"
DESCRIPTION = "An app is kept only once it is confirmed"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="network", description=DESCRIPTION)

    manager.drop_column(
        table_class_name="TotpSecret",
        tablename="totp_secret",
        column_name="confirmed_at",
        db_column_name="confirmed_at",
        schema=None,
    )

    return manager
