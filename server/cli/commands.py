"""The commands beside `run`: each opens the database for the moment and does one thing."""

import asyncio
import socket
from collections.abc import Awaitable, Callable

from server import clock, database, settings, worker
from server.accounts import totp
from server.audit import chain
from server.cli import doctor, place, product, serving
from server.cli.saying import CannotStart, say
from server.inbound import mailbox
from server.readers import READERS
from server.settings import Settings
from server.webhooks import service as hooks

WRONG = {
    "content": "Line {place} does not say any more what it said when it was sealed.",
    "link": "Line {place} does not follow the line before it.",
    "gap": "Line {place} is missing.",
    "anchor": "Line {place} is not the one that was noted outside the database.",
}
Deed = Callable[[], Awaitable[object]]


def with_database(settings: Settings, deed: Deed) -> int:
    """Do it with a pool open, on the database of the running program or one for the moment."""
    with place.database_address(settings) as address:
        database.configure(address)
        asyncio.run(_with_pool(deed))
    return 0


async def _with_pool(deed: Deed) -> None:
    await database.open_pool()
    try:
        await deed()
    finally:
        await database.close_pool()


async def migrate() -> None:
    """Bring the database to the newest migration."""
    say((await product.migrate()).strip())


async def seed() -> None:
    """Put in the vocabularies and resources that are missing."""
    await product.migrate()
    await product.seed()
    say("The vocabularies and resources are in place.")


async def demo() -> None:
    """Load the demo story when the database is empty."""
    await seed()
    loaded = await product.load_demo(clock.now())
    say("The demo story is loaded." if loaded else "The database is not empty: nothing was loaded.")


async def sign_in_link(email: str) -> None:
    """A way in when mail is down."""
    link = await product.sign_in_link(email, clock.now())
    if link is None:
        raise CannotStart(f"Nobody has the address {email}.")
    say(link)


async def create_board_member(email: str) -> None:
    """Board rights for somebody who is known already."""
    name = await product.make_board_member(email)
    if name is None:
        raise CannotStart(f"Nobody has the address {email}. A set-up link makes a new person.")
    say(f"{name} has board rights from today.")


async def create_keeper(email: str) -> None:
    """Every right at once, for who keeps the machine; the board's page of offices ends it."""
    name = await product.make_keeper(email)
    if name is None:
        raise CannotStart(f"Nobody has the address {email}. Register them first.")
    say(f"{name} has every right from today, with a second step. End it at /board/accounts.")


async def reset_second_factor(email: str) -> None:
    """For somebody who lost telephone and recovery codes; ask first whether it is really them."""
    name = await product.reset_second_factor(email, clock.now())
    if name is None:
        raise CannotStart(f"Nobody has the address {email}.")
    say(f"{name} sets up a second step anew; all their sessions have ended.")


async def set_up_link() -> None:
    """The way to the first board account."""
    if not await product.needs_set_up():
        raise CannotStart(
            "There is a board account already. Sign in with it, or use `netwerk sign-in-link`."
        )
    say(await product.set_up_link(clock.now()))


async def verify_audit() -> None:
    """Read the whole audit trail and say whether it closes."""
    verdict = await chain.check(settings.current().var_dir / worker.ANCHORS)
    say(
        f"{verdict.lines} lines, {verdict.blacked_out} blacked out,"
        f" {verdict.unsealed} not sealed yet."
    )
    if verdict.findings:
        for one in verdict.findings[:20]:
            say(f"  {WRONG[one.kind].format(place=one.position)}")
        raise CannotStart("The audit trail was changed behind the program's back. Keep a copy.")
    say(f"The chain closes. Newest: {verdict.position} {verdict.seal.hex()}")


async def renew_seals() -> None:
    """After another SECRET_KEY: what the database holds sealed is sealed anew."""
    apps, webhooks = await totp.renew_seals(), await hooks.renew_seals()
    say(f"Sealed with the newest key: {apps} apps, {webhooks} webhooks.")


async def read_mailbox() -> None:
    """Look into the mailbox of the settings once; the worker does so every two minutes."""
    url = settings.current().mailbox_url
    if not url:
        raise CannotStart("No mailbox is set: give MAILBOX_URL.")
    try:
        taken = await mailbox.look(url, READERS, now=clock.now())
    except OSError as problem:
        raise CannotStart(f"The mailbox cannot be opened: {problem}.") from None
    known = sum(bool(one.reader) for one in taken)
    say(f"{len(taken)} messages were looked at, {known} of them understood.")


async def examine() -> None:
    """Everything an operator can get wrong, with the next step."""
    found = await doctor.examine(settings.current(), clock.now())
    for name, complaints in found.items():
        say(f"{'ok   ' if not complaints else 'WRONG'} {name}")
        for one in complaints:
            say(f"      {one.what}  →  {one.do}")
    if any(found.values()):
        raise CannotStart("Not everything is in order.")


async def work() -> None:
    """Only the worker, until Ctrl-C or SIGTERM."""
    stop = asyncio.Event()
    serving.stop_on_signals(stop)
    say("The worker runs.  (Ctrl-C stops it)")
    await worker.work(stop)


def serve(settings: Settings, descriptor: int) -> int:
    """One of several serving processes, on the socket of the process that started it."""
    database.configure(settings.database_url or "")
    asyncio.run(_serve(settings, socket.socket(fileno=descriptor)))
    return 0


async def _serve(settings: Settings, sock: socket.socket) -> None:
    stop = asyncio.Event()
    serving.stop_on_signals(stop)
    serving.stop_with_parent(stop)
    await serving.serve(product.application(settings), settings, sock, stop)
