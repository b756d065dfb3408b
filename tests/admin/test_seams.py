"""What we rely on in Piccolo Admin and its API; a new version that differs fails here."""

import inspect
from importlib.metadata import version

import pytest
from piccolo_admin import endpoints
from piccolo_api.crud.endpoints import PiccoloCRUD

from server.web.admin_kit import interface, router

SEAMS = (
    "root detail get_schema get_ids get_count get_references get_new get_all _clean_data"
    " pydantic_model pydantic_model_optional pydantic_model_filters pydantic_model_plural"
    " _parse_params _split_params _apply_filters _pydantic_model_output"
)


def test_the_versions_are_the_ones_we_know() -> None:
    assert (version("piccolo-admin"), version("piccolo-api")) == ("1.14.0", "1.11.0")


@pytest.mark.parametrize("said", ["nl", "en"])
def test_every_change_of_the_interface_finds_its_place(said: str) -> None:
    script = interface.script(said)

    assert len(script) > 1_600_000
    assert "§" not in script


def test_an_unknown_script_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    interface.script.cache_clear()
    monkeypatch.setattr(interface, "SENTENCES", {"Never written there": 1})

    with pytest.raises(interface.InterfaceChanged):
        interface.script("nl")

    interface.script.cache_clear()


def test_the_endpoints_we_override_are_there() -> None:
    assert [name for name in SEAMS.split() if not hasattr(PiccoloCRUD, name)] == []
    assert list(inspect.signature(PiccoloCRUD.detail).parameters) == ["self", "request"]


def test_building_leaves_the_library_as_it_was() -> None:
    names = ("PiccoloCRUD", "FastAPIWrapper", "SessionsAuthBackend", "CSRFMiddleware")
    before = [getattr(endpoints, name) for name in names]

    router.build([], {})

    assert [getattr(endpoints, name) for name in names] == before
