from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.column_types import Varchar

ID = "2026-11-25T21:58:32:350313"
VERSION = "1.38.0"
DESCRIPTION = "Applicants keep their code to themselves"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="network", description=DESCRIPTION)

    manager.alter_column(
        table_class_name="MembershipApplication",
        tablename="membership_application",
        column_name="code",
        db_column_name="code",
        params={"secret": True},
        old_params={"secret": False},
        column_class=Varchar,
        old_column_class=Varchar,
        schema=None,
    )

    return manager
