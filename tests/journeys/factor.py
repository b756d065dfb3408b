"""Setting up a second step in the browser: an app by typing its secret, a passkey by a device."""

from base64 import b32decode

from playwright.sync_api import Page, expect

from server import clock
from server.accounts import totp

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def code_of(secret: bytes) -> str:
    return totp.code_at(secret, totp.step_of(clock.now()))


def connect_app(page: Page) -> tuple[bytes, list[str]]:
    """From the page that asks for a second step to the one after the codes: secret and codes."""
    page.get_by_role("link", name="Koppel een authenticator-app").click()
    secret = b32decode(page.locator("main ol code").inner_text().replace(" ", ""))
    page.fill("#code", code_of(secret))
    page.get_by_role("button", name="Koppel de app").click()
    expect(page.locator("h1")).to_have_text("Uw herstelcodes")
    codes = page.locator("ul.codes code").all_inner_texts()
    page.get_by_role("link", name="Ik heb ze bewaard").click()
    return secret, codes


def give_device(page: Page) -> None:
    """A device that makes passkeys and knows its holder (WebAuthn's virtual authenticator)."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
