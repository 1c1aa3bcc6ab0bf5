"""QR codes as the path of an SVG, so that a page can draw one without a picture or a script of others."""

from asura.web import shapes


def qr_code(text: str) -> shapes.QrCode:
    """Return the QR code of a text: one unit a module, no margin."""
    # Late, because few ever need it.
    import segno

    rows = [bytes(row) for row in segno.make(text, error="m", micro=False).matrix]
    return shapes.QrCode(size=len(rows), path="".join(_lines(rows)))


def _lines(rows: list[bytes]) -> list[str]:
    """Return each stretch of dark modules in a row as a closed rectangle."""
    found = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            length = 0
            while x + length < len(row) and row[x + length]:
                length += 1
            if length:
                found.append(f"M{x} {y}h{length}v1h-{length}z")
            x += length + 1
    return found
