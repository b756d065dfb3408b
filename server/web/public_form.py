"""Forms that strangers send: a trap for programs, and a moment that no human is quicker than.

Neither is asked of people who are signed in. Whoever falls for one by accident loses nothing: the
form comes back with everything in it and one sentence.
"""

from datetime import datetime, timedelta
from typing import Any, Self

from wtforms import HiddenField, StringField

from server import clock
from server.web import sealing
from server.web.forms import Form, stripped
from server.web.visitor import actor_of

PURPOSE = "form opened"
LEAST = timedelta(seconds=1)


class PublicForm(Form):
    """A form with a field that stays empty and the sealed moment at which it was opened."""

    website = StringField("errors.form.website", filters=[stripped])
    opened = HiddenField()
    is_of_stranger = False

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.opened_at = _opened(self.opened.data)
        if self.opened_at is None:
            self.opened.data = sealed(clock.now())

    @classmethod
    async def read(cls, request: Any, **data: object) -> Self:
        """The form as posted."""
        form = await super().read(request, **data)
        form.is_of_stranger = not actor_of(request).is_signed_in
        return form

    def validate(self, extra_validators: Any = None) -> bool:
        """Every field, and whether a human filled it in."""
        good = bool(super().validate(extra_validators))
        if not self.is_of_stranger:
            return good
        if self.website.data:
            self.website.errors = ["errors.form.trap"]
            return False
        if self.opened_at is None or clock.now() - self.opened_at < LEAST:
            self.opened.errors = ["errors.form.too_fast"]
            return False
        return good


def sealed(at: datetime) -> str:
    """The moment at which a form was opened, as it stands in the form."""
    return sealing.seal(PURPOSE, at.isoformat().encode()).decode()


def _opened(given: str | None) -> datetime | None:
    """When a form was opened; None if it does not say so in our own words."""
    plain = sealing.unseal(PURPOSE, (given or "").encode(errors="replace"))
    return datetime.fromisoformat(plain.decode()) if plain else None
