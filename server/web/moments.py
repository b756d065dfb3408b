"""Fields for a moment on an Amsterdam clock: refused where there is none, asked about where there
are two.

Which of two is meant comes with the field, under its own name, from a choice that the form shows
(parts/forms.html) as soon as there is something to choose.
"""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from wtforms import DateTimeLocalField, TimeField
from wtforms.validators import StopValidation

from server import hours
from server.hours import WHICH, YEARS, Unclear


def _apart(field: Any, sent: Sequence[str]) -> list[str]:
    """What was typed, without which of two hours it is: that is kept in `field.which`."""
    field.which = next((one for one in sent if one in WHICH), "")
    return [one for one in sent if one not in WHICH]


class MomentField(DateTimeLocalField):  # type: ignore[misc]  # WTForms is untyped
    """A day and an hour; `data` is the moment in UTC."""

    which, hands = "", None
    _problem: str = ""

    def process_data(self, value: datetime | None) -> None:
        """What the form shows of a moment: the clock's hands, to the minute."""
        self.data = value
        if value is not None:
            self.hands = hours.hands(value).replace(second=0, microsecond=0)
            self.which = hours.which(value)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """What was typed, as a moment if it is one."""
        if not valuelist:
            return
        self.raw_data = _apart(self, valuelist)
        self.hands, self.data = None, None
        super().process_formdata(self.raw_data)
        self.hands, self.data = self.data, None
        if self.hands is None:
            return
        if self.hands.year not in YEARS:
            self.hands, self._problem = None, "errors.field.date"
            return
        try:
            self.data = hours.moment(self.hands, self.which)
        except Unclear as unclear:
            self._problem = unclear.sentence

    def pre_validate(self, _form: object) -> None:
        """Before anybody finds the field empty: what was wrong with what was typed."""
        if self._problem:
            raise StopValidation(self._problem)

    @property
    def is_doubled(self) -> bool:
        """Whether there is something to choose."""
        return self.hands is not None and len(hours.moments(self.hands)) > 1

    def _value(self) -> str:
        if self.raw_data:
            return " ".join(self.raw_data)
        return self.hands.strftime("%Y-%m-%dT%H:%M") if self.hands else ""


class HourField(TimeField):  # type: ignore[misc]  # WTForms is untyped
    """An hour of a day that another field of the form tells: `moment(day)` brings them together."""

    which = ""
    day: date | None = None

    def process_data(self, value: datetime | None) -> None:
        """What the form shows of a moment."""
        self.data = None
        if value is not None:
            hands = hours.hands(value)
            self.day, self.data, self.which = hands.date(), hands.time(), hours.which(value)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """What was typed."""
        if valuelist:
            self.raw_data = _apart(self, valuelist)
            super().process_formdata(self.raw_data)

    def moment(self, day: date) -> datetime:
        """That hour on that day. Raises Unclear."""
        self.day = day
        return hours.moment(datetime.combine(day, self.data or time()), self.which)

    @property
    def is_doubled(self) -> bool:
        """Whether there is something to choose."""
        if self.day is None or self.data is None:
            return False
        return len(hours.moments(datetime.combine(self.day, self.data))) > 1

    def _value(self) -> str:
        return self.raw_data[0] if self.raw_data else super()._value()
