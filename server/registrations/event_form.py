"""The form of an event: every column a board member decides about, in local time."""

from collections.abc import Mapping
from typing import Any

from wtforms import (
    BooleanField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice

from server import language
from server.actors import Actor
from server.database import execute
from server.events import rooms
from server.rights import Area
from server.web.forms import Form, at_most, optional, required, stripped
from server.web.moments import MomentField
from tables.events import EventKind, EventMode, Visibility

MOMENTS = (
    *("starts_at", "ends_at"),
    *("registration_opens_at", "registration_closes_at", "cancel_until_at"),
)
KEYS = ("venue", "booked_room", "group")
LONGEST_TEXT = 20_000


def _moment(name: str, *checks: Any) -> MomentField:
    return MomentField(f"events.field.{name}", [*checks])


def _line(name: str, most: int, *checks: Any) -> StringField:
    return StringField(f"events.field.{name}", [*checks, at_most(most)], filters=[stripped])


def _text(name: str, most: int, rows: int) -> TextAreaField:
    key = f"events.field.{name}"
    return TextAreaField(key, [at_most(most)], filters=[stripped], render_kw={"rows": rows})


def _choice(name: str) -> SelectField:
    return SelectField(f"events.field.{name}", [required("errors.field.choice")])


class EventForm(Form):
    """One event. `told` carries what the board saw of the letter before it saved."""

    title = _line("title", 200, required())
    title_en = _line("title_en", 200)
    kind = _choice("kind")
    starts_at = _moment("starts_at", required("errors.field.date"))
    ends_at = _moment("ends_at", required("errors.field.date"))
    all_day = BooleanField("events.field.all_day")
    mode = _choice("mode")
    venue = SelectField("events.field.venue")
    booked_room = SelectField(
        "events.field.booked_room", default="", description="events.hint.booked_room"
    )
    room = StringField(
        "events.field.room", [at_most(80)], filters=[stripped], description="events.hint.room"
    )
    room_reason = StringField(
        "events.field.room_reason",
        [at_most(300)],
        filters=[stripped],
        description="events.hint.room_reason",
    )
    online_url = StringField(
        "events.field.online_url",
        [at_most(500)],
        filters=[stripped],
        description="events.hint.online_url",
    )
    summary = _text("summary", 300, 2)
    summary_en = _text("summary_en", 300, 2)
    description = _text("description", LONGEST_TEXT, 10)
    description_en = _text("description_en", LONGEST_TEXT, 6)
    visibility = _choice("visibility")
    group = SelectField("events.field.group")
    contact_email = _line("contact_email", 254)
    registration_opens_at = _moment("registration_opens_at", optional())
    registration_closes_at = _moment("registration_closes_at", optional())
    cancel_until_at = _moment("cancel_until_at", optional())
    members_only_registration = BooleanField("events.field.members_only_registration")
    needs_approval = BooleanField(
        "events.field.needs_approval", description="events.hint.needs_approval"
    )
    revision = HiddenField()
    told = HiddenField()


COLUMNS = tuple(name for name in EventForm().data if name not in ("revision", "told"))


async def fill_choices(form: EventForm, actor: Actor, said: str) -> None:
    """The words of every choice; a chair chooses among the groups they chair."""

    def worded(values: type[EventKind] | type[EventMode] | type[Visibility], key: str) -> Any:
        return [SelectChoice(one.value, language.text(said, f"{key}.{one}")) for one in values]

    form.kind.choices = worded(EventKind, "events.kind")
    form.mode.choices = worded(EventMode, "events.mode")
    form.visibility.choices = worded(Visibility, "events.visibility")
    none = SelectChoice("", "–")
    venues = await execute("SELECT id, name, city FROM venue ORDER BY name, id")
    form.venue.choices = [none] + [
        SelectChoice(str(row["id"]), ", ".join(p for p in (row["name"], row["city"]) if p))
        for row in venues
    ]
    chosen = form.booked_room.data or ""
    also = int(chosen) if chosen.isascii() and chosen.isdecimal() and len(chosen) < 10 else None
    form.booked_room.choices = [none] + [
        SelectChoice(str(one.id), one.in_words(said)) for one in await rooms.choices(also=also)
    ]
    everything = actor.changes(Area.events)
    groups = await execute(
        "SELECT id, name FROM working_group WHERE $1::boolean OR id = ANY($2::int[])"
        " ORDER BY name, id",
        *(everything, sorted(actor.chairs)),
    )
    ours = [SelectChoice(str(row["id"]), row["name"]) for row in groups]
    form.group.choices = [none, *ours] if everything else ours


def shown(event: Mapping[str, Any]) -> dict[str, Any]:
    """What the form shows of a row of `event`."""
    data = {name: event[name] for name in COLUMNS}
    data |= {name: str(event[name] or "") for name in KEYS}
    return data | {"revision": str(event["revision"])}


def values(form: EventForm, event: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The columns as asked. A moment nobody touched stays as it is, also its seconds."""
    found = {name: form[name].data for name in COLUMNS}
    found |= {name: int(form[name].data) if form[name].data else None for name in KEYS}
    for name in MOMENTS:
        was = event[name] if event else None
        if was is not None and found[name] == was.replace(second=0, microsecond=0):
            found[name] = was
    return found
