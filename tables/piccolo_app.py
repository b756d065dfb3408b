"""One Piccolo app: every table, one migration history."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

MODULES = [
    f"tables.{name}"
    for name in (
        "people",
        "accounts",
        "memberships",
        "directory",
        "privacy",
        "groups",
        "events",
        "registrations",
        "attendance",
        "questions",
        "certificates",
        "accreditation",
        "turnout",
        "evaluation",
        "talks",
        "consent",
        "newsletters",
        "issues",
        "knowledge",
        "calendars",
        "inbound",
        "bounces",
        "outbox",
        "audit",
        "webhooks",
        "machinery",
    )
]

APP_CONFIG = AppConfig(
    app_name="network",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=table_finder(MODULES),
    migration_dependencies=[],
)
