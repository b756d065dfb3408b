"""What a board member does in the admin, with the hands of a browser."""

from playwright.sync_api import Page

MENU = "/admin/#/"


def open_form(page: Page, table: str, row: str = "add") -> None:
    """Open a row, or the form for a new one, as from the menu."""
    page.goto("about:blank")
    page.goto(f"{MENU}{table}/{row}")
    page.wait_for_selector("form label")
    page.wait_for_load_state("networkidle")  # the defaults come after the fields, and overwrite


def choose(page: Page, column: str, words: str) -> None:
    """Pick a row of another table by its name."""
    picker = page.locator(f'div:has(> input[type=hidden][name="{column}"])').last
    picker.locator('input[type="text"]').first.click()
    page.fill(".modal input[type=search]", words)
    page.locator(".modal .results a, .modal .results li").filter(has_text=words).first.click()


def moment(page: Page, number: int, value: str) -> None:
    """Fill the nth moment of a form, as read from an Amsterdam clock."""
    page.locator('input[type="datetime-local"]').nth(number).fill(value)


def create(page: Page) -> None:
    """Press the button and wait for the answer."""
    with page.expect_response(lambda answer: answer.request.method == "POST") as answer:
        page.click('[data-uitest="create_button"]')
    assert answer.value.status == 201, answer.value.text()


def save(page: Page) -> None:
    """Press the button and wait for the answer."""
    with page.expect_response(lambda answer: answer.request.method == "PATCH") as answer:
        page.click('[data-uitest="save_button"]')
    assert answer.value.status == 200, answer.value.text()
