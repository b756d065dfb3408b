"""Words and sources in the admin."""

from datetime import datetime

from server.actors import Actor
from server.knowledge import service
from server.rights import Area
from server.web.admin_kit import Desk
from server.web.admin_kit.desk import Values
from tables.knowledge import Resource, VocabularyTerm


async def _create(actor: Actor, values: Values, now: datetime) -> int:
    return await service.add_resource(actor, values, now=now)


async def _change(actor: Actor, row_id: int, values: Values, now: datetime) -> None:
    await service.change_resource(actor, row_id, values, now=now)


DESKS = [
    Desk(
        Resource,
        group="knowledge",
        area=Area.knowledge,
        create=_create,
        change=_change,
        given_once=("code",),
        required=("code", "title"),
        listed=("code", "title", "kind", "year", "audience", "is_public"),
        filters=("title", "kind", "year", "is_public"),
        order=("title",),
        link="title",
        page="/library/{code}",
    ),
    Desk(
        VocabularyTerm,
        group="knowledge",
        area=Area.knowledge,
        given_once=("vocabulary", "code"),
        required=("vocabulary", "code", "label_nl", "label_en"),
        listed=("vocabulary", "code", "label_nl", "label_en", "valid_to"),
        filters=("vocabulary", "label_nl", "valid_to"),
        order=("vocabulary", "position"),
        link="label_nl",
    ),
]
