"""Pydantic's models of a table, made once: Piccolo makes one at every request (about 10 ms)."""

import warnings
from collections.abc import Callable, Hashable

import pydantic

Model = type[pydantic.BaseModel]


class Models:
    """The models of one table by what they are for."""

    def __init__(self) -> None:
        self._made: dict[Hashable, Model] = {}

    def get(self, purpose: Hashable, make: Callable[[], Model]) -> Model:
        """The model for a purpose, made the first time."""
        if purpose not in self._made:
            self._made[purpose] = quietly(make)
        return self._made[purpose]


def quietly(make: Callable[[], Model]) -> Model:
    """A column may be called "register", as is something in every pydantic class: harmless."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message='Field name ".*" .*shadows', category=UserWarning)
        return make()
