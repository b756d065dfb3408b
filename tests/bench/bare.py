"""The bare application: a route with as many bytes, and a 304."""

import sys

import uvicorn
from litestar import Litestar, Response, get


def create(size: int) -> Litestar:
    body = b"x" * size

    @get("/bytes", sync_to_thread=False)
    def answer() -> Response[bytes]:
        return Response(body, media_type="text/calendar")

    @get("/unchanged", status_code=304, sync_to_thread=False)
    def unchanged() -> None:
        return None

    return Litestar([answer, unchanged], openapi_config=None, logging_config=None)


if __name__ == "__main__":
    port, size = int(sys.argv[1]), int(sys.argv[2])
    uvicorn.run(create(size), host="127.0.0.1", port=port, log_level="error", access_log=False)
