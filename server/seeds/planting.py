"""Put in the seeds that are missing. Again is harmless; what the board changed stays."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from server.accreditation import seeding as accreditation
from server.actors import SYSTEM
from server.database import transaction
from server.directory import service as directory
from server.knowledge import service as knowledge
from server.memberships import service as memberships

FOLDER = Path(__file__).parent


async def plant(now: datetime) -> int:
    """Load every seed file: how many rows were missing."""
    async with transaction():
        types = _read("membership_types")["membership_types"]
        planted = await memberships.add_missing_types(SYSTEM, types, now=now)
        rules = _read("accreditation_registers")["accreditation_registers"]
        planted += await accreditation.add_missing_registers(SYSTEM, rules, now=now)
        resources = _read("resources")["resources"]
        planted += await knowledge.add_missing_resources(SYSTEM, resources, now=now)
        for vocabulary, terms in _read("vocabularies").items():
            if not vocabulary.startswith("_"):
                planted += await knowledge.add_missing_terms(SYSTEM, vocabulary, terms, now=now)
        await directory.publish_words(now)
    return planted


def _read(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return loaded
