"""Settings: sensible alone, strict in public, all mistakes at once."""

from pathlib import Path

import pytest

from server.settings import Association, Settings, WrongSettings, load

PUBLIC = {
    "BASE_URL": "https://netwerk.example",
    "SECRET_KEY": "k" * 32,
    "MAIL_URL": "smtps://mail.example",
}


def test_nothing_set_gives_a_private_installation(tmp_path: Path) -> None:
    settings = load({"VAR_DIR": str(tmp_path)}, tmp_path / ".env")

    assert settings.base_url == "http://localhost:8000"
    assert settings.demo is True
    assert settings.database_url is None
    assert load({"VAR_DIR": str(tmp_path)}, tmp_path / ".env").secret_key == settings.secret_key
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("# local\nPORT=9000\nHOST='0.0.0.0'\n")

    settings = load({"PORT": "9001", "VAR_DIR": str(tmp_path)}, file)

    assert (settings.port, settings.host) == (9001, "0.0.0.0")


def test_a_host_that_lets_others_in_has_no_demo(tmp_path: Path) -> None:
    given = {"VAR_DIR": str(tmp_path), "HOST": "0.0.0.0"}

    assert load(given, tmp_path / ".env").demo is False
    with pytest.raises(WrongSettings, match="DEMO must be 0 when BASE_URL or HOST"):
        load({**given, "DEMO": "1"}, tmp_path / ".env")
    for host in ("127.0.0.1", "::1", "localhost"):
        assert load({**given, "HOST": host}, tmp_path / ".env").demo is True


def test_every_wrong_setting_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(WrongSettings) as refused:
        load(
            {"PORT": "zero", "DEMO": "ja", "MAIL_URL": "pigeon:", "DATABASE_URL": "sqlite://"},
            tmp_path / ".env",
        )

    assert [sentence.split()[0] for sentence in refused.value.sentences] == [
        "PORT",
        "MAIL_URL",
        "DEMO",
        "DATABASE_URL",
    ]


def test_a_public_address_demands_what_keeps_people_safe(tmp_path: Path) -> None:
    with pytest.raises(WrongSettings) as refused:
        load({"BASE_URL": "http://netwerk.example", "DEMO": "1"}, tmp_path / ".env")

    assert [sentence.split()[0] for sentence in refused.value.sentences] == [
        "DEMO",
        "BASE_URL",
        "SECRET_KEY",
        "MAIL_URL",
    ]


def test_a_complete_public_installation_has_no_demo(tmp_path: Path) -> None:
    settings = load({**PUBLIC, "VAR_DIR": str(tmp_path)}, tmp_path / ".env")

    assert settings.is_secure
    assert settings.demo is False
    assert not (tmp_path / "secret_key").exists()


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text("s" * 40 + "\n")
    given = {**PUBLIC, "SECRET_KEY": "", "SECRET_KEY_FILE": str(secret)}

    assert load(given, tmp_path / ".env").secret_key == "s" * 40


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("MAIL_FROM", value) for value in ("a..b@x.org", "a@-", "a", "a@b@c", "é@x.org", ".a@x")],
        *[("MAIL_URL", f"smtp://{end}") for end in ("", ":25", "mail:99999", "mail:x", "[x")],
        ("MAIL_URL", "smtps:mail.example"),
        *[("MAIL_URL", f"postmark:{end}") for end in ("", "TOKEN", "//api.postmarkapp.com")],
        ("MAIL_URL", "mailgun://key@api.eu.mailgun.net"),
        *[("AGENDA_ADDRESS", value) for value in ("agenda", "a@b@c", "agenda@example.org, x@y.nl")],
        *[
            ("MAILBOX_URL", value)
            for value in (
                *("/var/mail", "maildir:", "maildir:mail", "imap://u:p@host", "imaps://host"),
                *("imaps://u@host", "imaps://u:p@", "imaps://u:p@host:99999"),
            )
        ],
        ("INBOUND_SECRET", "k" * 31),
        *[("MAIL_RATE", value) for value in ("snel", "-1", "1001", "nan")],
        ("DATABASE_URL", "postgresql://db:99999/netwerk"),
        ("PG_BIN", "/nowhere"),
    ],
)
def test_what_would_fail_later_is_named_at_once(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(WrongSettings) as refused:
        load({name: value, "SECRET_KEY": "k" * 32}, tmp_path / ".env")

    assert [sentence.split()[0] for sentence in refused.value.sentences] == [name]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("MAIL_FROM", value) for value in ("netwerk@example.org", "a.b+c@mail.example.nl")],
        *[
            ("MAIL_URL", value)
            for value in (
                *("file:", "file:/tmp/x", "smtp://mail", "smtps://u:p%40@mail:465"),
                *("postmark://t@api.postmarkapp.com?bulk=nieuws", "brevo://k@api.brevo.com"),
                "mailgun://k@api.eu.mailgun.net/mg.example.org",
            )
        ],
        ("AGENDA_ADDRESS", "agenda@example.org"),
        *[
            ("MAILBOX_URL", value)
            for value in (
                "maildir:/var/mail/agenda",
                "imaps://a%40b.nl:p%2F@imap.example:993/Agenda",
            )
        ],
        ("INBOUND_SECRET", "k" * 32),
        *[
            ("DATABASE_URL", value)
            for value in ("postgres://u@db/n", "postgresql:///n?host=/run/pg")
        ],
    ],
)
def test_what_works_is_taken(tmp_path: Path, name: str, value: str) -> None:
    settings = load({name: value, "SECRET_KEY": "k" * 32}, tmp_path / ".env")

    assert getattr(settings, name.lower()) == value


def test_an_address_must_be_whole_and_without_a_path(tmp_path: Path) -> None:
    for address in (
        "netwerk.example",
        "http://[x",
        "https://a.example/netwerk",
        "http://a:99999",
        "https://a.example#b",
        "https://u@a.example",
    ):
        with pytest.raises(WrongSettings) as refused:
            load({"BASE_URL": address}, tmp_path / ".env")

        assert [sentence.split()[0] for sentence in refused.value.sentences] == ["BASE_URL"]


def test_proxies_are_addresses_or_networks(tmp_path: Path) -> None:
    given = {"VAR_DIR": str(tmp_path), "PROXIES": "10.0.0.0/8, 192.0.2.7"}

    assert load(given, tmp_path / ".env").proxies == ("10.0.0.0/8", "192.0.2.7")
    with pytest.raises(WrongSettings, match="PROXIES"):
        load({"PROXIES": "everybody"}, tmp_path / ".env")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(WrongSettings, match="VAR_DIR must be a folder that can be written"):
        load({"VAR_DIR": str(tmp_path / "file" / "var")}, tmp_path / ".env")


def test_the_example_names_every_setting_and_holds_the_defaults(tmp_path: Path) -> None:
    example = Path(__file__).parents[1] / ".env.example"

    settings = load({"VAR_DIR": str(tmp_path)}, example)

    names = {line.split("=")[0] for line in example.read_text().splitlines() if line[0] != "#"}
    fields = set(Settings.__struct_fields__) - {"association"}
    fields |= {f"association_{name}" for name in Association.__struct_fields__}
    assert names == {name.upper() for name in fields}
    assert settings == load({"VAR_DIR": str(tmp_path)}, tmp_path / ".env")


def test_a_secret_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(WrongSettings, match="SECRET_KEY_FILE"):
        load({"SECRET_KEY_FILE": str(tmp_path / "nothing")}, tmp_path / ".env")


def test_an_account_with_a_wrong_digit_is_named(tmp_path: Path) -> None:
    with pytest.raises(WrongSettings, match="ASSOCIATION_IBAN"):
        load({"ASSOCIATION_IBAN": "NL92ABNA0417164300"}, tmp_path / ".env")


def test_the_key_before_stands_beside_the_key(tmp_path: Path) -> None:
    here = {"VAR_DIR": str(tmp_path)}
    both = load({**here, "SECRET_KEY": "n" * 32, "SECRET_KEY_BEFORE": "o" * 32}, tmp_path / ".env")

    assert (both.secret_key, both.lasting_key) == ("n" * 32, "o" * 32)
    for wrong in ({"SECRET_KEY_BEFORE": "o" * 32}, {"SECRET_KEY_BEFORE": "o"}):
        with pytest.raises(WrongSettings, match="SECRET_KEY_BEFORE"):
            load({**here, **wrong}, tmp_path / ".env")


def test_answers_are_read_where_there_is_a_way_in(tmp_path: Path) -> None:
    ways = ({}, {"MAILBOX_URL": "maildir:/mail"}, {"INBOUND_SECRET": "k" * 32})
    found = [load({**way, "SECRET_KEY": "k" * 32}, tmp_path / ".env") for way in ways]

    assert [one.reads_mail for one in found] == [False, True, True]


@pytest.mark.parametrize("name", ["MAILBOX_URL", "INBOUND_SECRET"])
def test_what_opens_the_mailbox_may_come_from_a_file(tmp_path: Path, name: str) -> None:
    value = {"MAILBOX_URL": "imaps://u:p@host", "INBOUND_SECRET": "s" * 40}[name]
    (tmp_path / "secret").write_text(value + "\n")
    given = {f"{name}_FILE": str(tmp_path / "secret"), "SECRET_KEY": "k" * 32}

    assert getattr(load(given, tmp_path / ".env"), name.lower()) == value


@pytest.mark.parametrize(("given", "rate"), [("0", 0.0), ("0.5", 0.5), ("1000", 1000.0)])
def test_newsletters_go_at_a_pace(tmp_path: Path, given: str, rate: float) -> None:
    assert load({}, tmp_path / ".env").mail_rate == 2.0
    assert load({"MAIL_RATE": given}, tmp_path / ".env").mail_rate == rate
