"""The doctor finds what is wrong, one thing at a time, and says what to do."""

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from server import clock, settings
from server.actors import SYSTEM
from server.audit import chain, service
from server.cli import doctor
from server.database import execute, transaction
from server.settings import Settings
from tables.accounts import Role, RoleGrant
from tests import factories

pytestmark = pytest.mark.anyio


@pytest.fixture
async def healthy(db: None, tmp_path: Path) -> Settings:
    """An installation with which nothing is wrong."""
    carla = await factories.known("Carla")
    await RoleGrant(person=carla.id, role=Role.board, from_on=factories.LONG_AGO).save()
    await execute(
        "INSERT INTO passkey (person, credential_id, public_key, label)"
        " VALUES ($1, '\\x01', '\\x01', 'x')",
        carla.id,
    )
    await execute("INSERT INTO job_run (name, ran_at, failures, error) VALUES ('x', now(), 0, '')")
    return msgspec.structs.replace(settings.current(), var_dir=tmp_path)


async def wrong(given: Settings) -> dict[str, str]:
    found = await doctor.examine(given, clock.now())
    return {name: " ".join(one.what for one in all_) for name, all_ in found.items() if all_}


async def test_nothing_is_wrong_with_a_healthy_installation(healthy: Settings) -> None:
    assert await wrong(healthy) == {}


async def test_an_address_without_https(healthy: Settings) -> None:
    given = msgspec.structs.replace(healthy, base_url="http://netwerk.example")

    assert await wrong(given) == {"address": "BASE_URL is not https."}


async def test_a_key_that_others_can_read(healthy: Settings) -> None:
    key = healthy.var_dir / "secret_key"
    key.write_text("x")
    key.chmod(0o644)

    assert await wrong(healthy) == {"files": f"Others can read {key}."}


async def test_a_worker_that_stopped_and_a_job_that_fails(healthy: Settings) -> None:
    await execute("UPDATE job_run SET failures = 3, error = 'kapot'")
    assert await wrong(healthy) == {"worker": "The job x failed 3 times: kapot."}

    await execute("UPDATE job_run SET ran_at = now() - interval '1 hour'")
    assert "The worker last ran at" in (await wrong(healthy))["worker"]
    await execute("DELETE FROM job_run")
    assert await wrong(healthy) == {"worker": "The worker never ran."}


async def test_a_migration_that_waits(healthy: Settings) -> None:
    rows = await execute("DELETE FROM migration WHERE name LIKE '2026-11-25%' RETURNING *")
    try:
        assert await wrong(healthy) == {"database": "Migrations are waiting."}
    finally:
        for row in rows:
            await execute(
                "INSERT INTO migration (name, app_name, ran_on) VALUES ($1, $2, $3)",
                *(row["name"], row["app_name"], row["ran_on"]),
            )


async def test_a_clock_that_is_off(healthy: Settings) -> None:
    found = await doctor.examine(healthy, clock.now() + timedelta(minutes=1))

    assert [one.do for one in found["database"]] == ["Use NTP on both."]


async def test_a_mail_server_that_is_not_there(healthy: Settings) -> None:
    given = msgspec.structs.replace(healthy, mail_url="smtp://127.0.0.1:9")

    assert (await wrong(given))["mail"].startswith("The mail server does not let us in")


async def test_a_trail_that_was_changed(healthy: Settings) -> None:
    async with transaction():
        await service.record(SYSTEM, "change", ("event", 1))
    await chain.seal()
    await execute("ALTER TABLE audit_entry DISABLE TRIGGER ALL")
    await execute("UPDATE audit_entry SET reason = 'Anders.'")
    await execute("ALTER TABLE audit_entry ENABLE TRIGGER ALL")

    assert await wrong(healthy) == {"audit trail": "The audit trail was changed at 1."}


async def test_offices_without_a_second_step_or_that_end_or_are_empty(healthy: Settings) -> None:
    await execute("DELETE FROM passkey")
    assert await wrong(healthy) == {"offices": "Carla has no second step yet."}

    soon = clock.today() + timedelta(days=20)
    await execute("UPDATE role_grant SET until_on = $1", soon)
    assert (await wrong(healthy))["offices"].endswith(f"Carla is board until {soon}.")
    await execute("DELETE FROM role_grant")
    assert await wrong(healthy) == {"offices": "Nobody holds an office."}


async def test_a_mailbox_that_does_not_open(healthy: Settings, tmp_path: Path) -> None:
    given = msgspec.structs.replace(healthy, mailbox_url=f"maildir:{tmp_path}")
    found = await wrong(given)
    for name in ("new", "cur"):
        (tmp_path / name).mkdir()

    assert list(found) == ["mailbox"]
    assert found["mailbox"].startswith("The mailbox cannot be opened:")
    assert await wrong(given) == {}
