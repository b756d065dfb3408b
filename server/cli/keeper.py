"""The private PostgreSQL of a running program, started again when it dies."""

import asyncio
from types import TracebackType

from server import postgres
from server.settings import Settings
from server.web.log import log

SECONDS_BETWEEN_LOOKS = 0.5
SECONDS_AFTER_A_FAILURE = 5.0


class Keeper:
    """Runs PostgreSQL while it is entered; `watch` brings it back on the same socket."""

    def __init__(self, settings: Settings) -> None:
        self.directory = settings.var_dir / "postgres"
        self.programs = settings.pg_bin
        self.server = postgres.start(self.directory, chosen=self.programs)

    def __enter__(self) -> "Keeper":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.server.stop()

    @property
    def address(self) -> str:
        """The address of the database; the same for as long as the program runs."""
        return self.server.url()

    async def watch(self) -> None:
        """Look after it until cancelled. One that cannot be started is tried again and again."""
        while True:
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
            if self.server.has_died:
                log.error("postgres ended", exit_code=self.server.process.returncode)
                await self._again()

    async def _again(self) -> None:
        try:
            self.server = await asyncio.to_thread(
                postgres.start,
                self.directory,
                chosen=self.programs,
                sockets=self.server.sockets,
            )
        except postgres.PostgresProblem as problem:
            log.error("postgres does not start", why=str(problem))
            await asyncio.sleep(SECONDS_AFTER_A_FAILURE)
        else:
            log.info("postgres runs again")
