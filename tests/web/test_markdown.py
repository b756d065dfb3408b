"""Text of people becomes safe HTML."""

import pytest

from server.web.markdown import render


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("een *twee*", "<p>een <em>twee</em></p>\n"),
        ("# Kop\n## Lager", "<h3>Kop</h3>\n<h3>Lager</h3>\n"),
        ("a\nb", "<p>a<br>\nb</p>\n"),
        ("<script>x</script>", "<p>&lt;script&gt;x&lt;/script&gt;</p>\n"),
        ("a <b onclick=x>b</b>", "<p>a &lt;b onclick=x&gt;b&lt;/b&gt;</p>\n"),
        ("![pixel](https://spy.example/p.gif)", "<p></p>\n"),
        (
            "[x](https://example.org)",
            '<p><a href="https://example.org" rel="noopener noreferrer">x</a></p>\n',
        ),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>\n"),
        ("[x](JaVaScRiPt:alert(1))", "<p>[x](JaVaScRiPt:alert(1))</p>\n"),
        ("[x](data:text/html;base64,PHM+)", "<p>[x](data:text/html;base64,PHM+)</p>\n"),
        ("<javascript:alert(1)>", "<p>&lt;javascript:alert(1)&gt;</p>\n"),
        ("", ""),
    ],
)
def test_markdown_is_cleaned(text: str, html: str) -> None:
    assert render(text) == html
