"""The real program, a real mail server and a real browser; one of each for all stories.

They end with this folder: while a browser is driven, no other event loop runs in this process.
"""

import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.launcher.program import ROOT, Program, environment, free_port

CHROMIUM = next(
    (p for p in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(p).exists()), ""
)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_SECONDS = 30.0
expect.set_options(timeout=PATIENCE_SECONDS * 500)  # a busy machine is slow, not wrong


class Postbox:
    """Everything that was mailed."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.url = ""

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 taken"

    def wait_for(self, address: str, subject: str) -> str:
        """The text of the letter to this address whose subject holds these words."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            for letter in self.letters:
                if address in str(letter["To"]) and subject in str(letter["Subject"]):
                    body = letter.get_body(("plain",))
                    return str(body.get_content()) if body else ""
            time.sleep(0.1)
        raise AssertionError(
            f"no letter {subject!r} to {address}; there are: "
            f"{[(letter['To'], str(letter['Subject'])) for letter in self.letters]}"
        )


def says(site: Program, *words: str) -> str:
    """What `netwerk WORDS` prints, the operator's way in."""
    settings = environment(VAR_DIR=str(site.var_dir), PORT=str(site.port), DEMO="1")
    command = [sys.executable, "-m", "server", *words]
    done = subprocess.run(
        command, env=settings, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout


def link_in(text: str) -> str:
    """The address that a letter leads to."""
    found = re.search(r"https?://\S+", text)
    if found is None:
        raise AssertionError(f"no link in {text!r}")
    return found[0]


def as_a_human(page: Page) -> None:
    """Nobody fills in a form in less than a second."""
    page.wait_for_timeout(1100)


def note(kind: str, text: str, complaints: list[str]) -> None:
    """A page that is not there, that says no, or is out of reach; nothing else may complain."""
    answers = ("status of 404", "status of 409", "status of 422", "ERR_INTERNET_DISCONNECTED")
    is_an_answer = any(answer in text for answer in answers)
    if kind == "error" and not is_an_answer:
        complaints.append(text)


@pytest.fixture(scope="package")
def post() -> Iterator[Postbox]:
    box = Postbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    box.url = f"smtp://127.0.0.1:{controller.port}"
    yield box
    controller.stop()


@pytest.fixture(scope="package")
def site(post: Any) -> Iterator[Program]:
    folder = Path(tempfile.mkdtemp(prefix="netwerk-journey-"))
    folder.chmod(0o711)
    program = Program(folder / "var", settings={"MAIL_URL": post.url, "DEMO": "1"})
    program.health()
    yield program
    program.stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    if not CHROMIUM:
        pytest.skip("Chromium was not found: install Debian's package chromium")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield found
        found.close()


@pytest.fixture
def visit(browser: Browser, site: Program) -> Iterator[Any]:
    """A fresh visitor: `visit()` gives a page; nothing may complain in its console."""
    contexts = []
    complaints: list[str] = []

    def new(width: int = 1280, height: int = 900, *, script: bool = True) -> Page:
        context = browser.new_context(
            base_url=f"http://localhost:{site.port}",
            viewport={"width": width, "height": height},
            java_script_enabled=script,
            locale="nl-NL",
            timezone_id="Europe/Amsterdam",
        )
        context.set_default_timeout(PATIENCE_SECONDS * 1000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: note(said.type, said.text, complaints))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield new
    for context in contexts:
        context.close()
    assert complaints == []
