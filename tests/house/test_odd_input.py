"""Whatever is sent to whichever address: a clear answer, never a breakdown, never off the site."""

import httpx
import pytest

from tests.house.test_authorisation import rows
from tests.house.visitors import example

pytestmark = pytest.mark.anyio
ODD_KEYS = ("a%00b", "99999999999999999999", "%ff%fe", "a" * 3000)
ODD_QUERIES = (
    "lang=xx&kind=%00&before=zz&q=%00&after=-1&status=zz&next=//evil.example&audience=%ff",
    "before=0001-01-01T00:00:00%2B00:00&after=99999999999&q=%25_%5C",
)
ODD_FORM = {
    **{"title": "\x00", "email": "a@b.nl\r\nBcc: x@y.nl", "name": "\u202ex", "remark": "x" * 5000},
    **{"unit_id": "999999999999", "key": "z", "language": "xx", "lists": "1", "format": "zz"},
    **{"minutes": "99999999999", "reason": "\x00", "label": "\x00", "next": "//evil.example"},
}
NO_TEXT = b'--x\r\nContent-Disposition: form-data; name="email"\r\n\r\n\xff\r\n--x--\r\n'
BROKEN = (
    (b"\xff\xfe{", "application/json"),
    (b"[" * 100_000, "application/json"),
    (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
    (NO_TEXT, "multipart/form-data; boundary=x"),
)
VISITORS_HERE = ("member", "board")


async def answers(client: httpx.AsyncClient, method: str, path: str) -> list[httpx.Response]:
    if method == "GET":
        return [await client.get(f"{path}?{query}") for query in ODD_QUERIES]
    if path.startswith("/api/"):
        first = await client.post(path, json=ODD_FORM)
    else:
        first = await client.post(path, data=ODD_FORM)
    kinds = [{"content": body, "headers": {"content-type": kind}} for body, kind in BROKEN]
    return [first, *[await client.post(path, **kind) for kind in kinds]]  # type: ignore[arg-type]


async def test_odd_input_gets_a_clear_answer(site: dict[str, httpx.AsyncClient]) -> None:
    wrong = []
    for row in rows():
        shape = row["path"]
        paths = {await example(shape): VISITORS_HERE}
        for odd in ODD_KEYS if "{" in shape else ():
            paths[shape.partition("{")[0] + odd] = ("board",)
        for path, kinds in paths.items():
            for kind in kinds:
                for answer in await answers(site[kind], row["method"], path):
                    leads_off = "evil.example" in answer.headers.get("location", "")
                    if answer.status_code >= 500 or leads_off:
                        wrong.append((row["method"], path[:80], kind, answer.status_code))

    assert wrong == []
