"""The account PostgreSQL runs under, and a place which that account can reach."""

import os
import pwd
import tempfile
from pathlib import Path
from typing import Any

from server.postgres.problem import PostgresProblem

SHARED = Path("/var/lib/netwerk")
LONGEST_SOCKET_PATH = 80


def chosen() -> str | None:
    """The account to change to: `nobody` for root, none for everybody else."""
    return "nobody" if os.geteuid() == 0 else None


def run_as(user: str | None) -> dict[str, Any]:
    """Give up root wholly: a group kept from root would decide what `user` may enter."""
    if user is None:
        return {}
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def own(directory: Path, user: str | None) -> None:
    """Make a folder that only this account may enter."""
    directory.mkdir(parents=True, exist_ok=True)
    if user is not None:
        account = pwd.getpwnam(user)
        os.chown(directory, account.pw_uid, account.pw_gid)
    directory.chmod(0o700)


def is_open(directory: Path) -> bool:
    """Whether everybody may enter this folder and every existing one above it."""
    existing = [folder for folder in (directory, *directory.parents) if folder.exists()]
    return all(folder.stat().st_mode & 0o001 for folder in existing)


def home(directory: Path, user: str | None) -> Path:
    """Where the data lives: `directory`, or the place to which it is a link.

    Root may keep the project where nobody else may look, in /root for instance. Then the data
    lies in a folder of its own under /var/lib/netwerk, and `directory` is a link to it.
    """
    if directory.is_symlink() and not directory.exists():
        raise PostgresProblem(
            f"{directory} points to {directory.readlink()}, which is gone. "
            "Put it back, or remove the link to begin with an empty database."
        )
    if user is not None and not is_open(directory.parent) and not directory.is_symlink():
        _link(directory)
    place = directory.resolve()
    own(place, user)
    return place


def _link(directory: Path) -> None:
    if directory.exists():
        raise PostgresProblem(
            f"The account 'nobody' cannot enter {directory.parent}, and PostgreSQL does not run "
            "as root. Open the folder, set VAR_DIR to a place that can be reached, or set "
            "DATABASE_URL to a server of your own."
        )
    SHARED.mkdir(parents=True, exist_ok=True)
    directory.parent.mkdir(parents=True, exist_ok=True)
    directory.symlink_to(tempfile.mkdtemp(prefix="postgres-", dir=SHARED))


def sockets(user: str | None, known: Path | None) -> Path:
    """The folder for the socket: a fresh one with a short path, or the one that is `known`."""
    usual = Path(tempfile.gettempdir())
    suits = len(str(usual)) < LONGEST_SOCKET_PATH and (user is None or is_open(usual))
    folder = known or Path(tempfile.mkdtemp(prefix="netwerk-pg-", dir=usual if suits else "/tmp"))
    own(folder, user)
    return folder
