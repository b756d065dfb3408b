"""What `netwerk run` says when it answers: the address, and the ways in."""

from server import clock
from server.cli import product
from server.cli.saying import say
from server.settings import Settings

DEMO_PEOPLE = {
    "bestuur@example.org": "board",
    "lid@example.org": "member",
    "voorzitter@example.org": "chair of a group",
    "spreker@example.org": "speaker",
    "commissie@example.org": "programme committee",
}


async def say_hello(settings: Settings) -> None:
    """Print the address, a sign-in link for each demo role, and the set-up link if it is needed."""
    say(f"\nThe network runs at {settings.base_url}  (Ctrl-C stops it)")
    if settings.demo:
        await _demo_links()
    if await product.needs_set_up():
        say("\nThe first real board account is made here, once, within 24 hours:")
        say(f"  {await product.set_up_link(clock.now())}")


async def _demo_links() -> None:
    links = {
        role: await product.sign_in_link(email, clock.now()) for email, role in DEMO_PEOPLE.items()
    }
    if not any(links.values()):
        return
    say("\nSign in as somebody of the demo story (each link works once, for 10 minutes;")
    say("a fresh one: netwerk sign-in-link ADDRESS):")
    for role, link in links.items():
        if link is not None:
            say(f"  {role:<20} {link}")
