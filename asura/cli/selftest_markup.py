"""The part of the self-test that touches the Markdown of status pages."""


def markdown() -> str:
    """Read Markdown; raises RuntimeError where what it makes is not what is safe to show."""
    from asura.domain.markup import html, plain

    text = "**bold** <b>[x](javascript:y)</b>"
    if html(text) != "<p><strong>bold</strong> &lt;b&gt;[x](javascript:y)&lt;/b&gt;</p>":
        raise RuntimeError("Markdown is not shown as it should be")
    return f"{len(plain(text))} characters of plain text"
