"""One sentence that says where somebody's minutes come from."""

from collections.abc import Sequence

from server import language
from server.attendance import minutes
from server.attendance.minutes import Passing
from server.attendance.presence import Sheet
from tables.attendance import AttendanceSource, Direction


def sentence(sheet: Sheet, passings: Sequence[Passing], said: str) -> str:
    """In the reader's language: what was seen at the door or decided, and what it adds up to."""
    spans = [one.span for one in sheet.parts]
    whole = minutes.total({span.part_id: span.minutes for span in spans}, spans)
    return language.text(
        said,
        f"attendance.because.{_ground(sheet, passings)}",
        times=_times(passings, said),
        minutes=language.duration(sheet.minutes, said),
        whole=language.duration(whole, said),
    )


def _ground(sheet: Sheet, passings: Sequence[Passing]) -> str:
    if sheet.is_excused:
        return "excused"
    for source in (AttendanceSource.board, AttendanceSource.list):
        if any(one.source == source for one in sheet.parts):
            return source.value
    return "scans" if passings else "unseen"


def _times(passings: Sequence[Passing], said: str) -> str:
    """`binnen 09.12 uur, weg 16.40 uur`."""
    names = {Direction.in_: "attendance.because.in", Direction.out: "attendance.because.out"}
    return ", ".join(
        language.text(said, names[one.direction], time=language.clock_time(one.at, said))
        for one in _turns(passings)
    )


def _turns(passings: Sequence[Passing]) -> list[Passing]:
    """Without those that changed nothing: scanned in at two desks at once."""
    last: dict[int | None, Direction] = {}
    found = []
    for one in passings:
        if last.get(one.part_id) != one.direction:
            found.append(one)
        last[one.part_id] = one.direction
    return found
