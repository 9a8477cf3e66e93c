"""Pages of a PDF by PDFium, as pictures and as text. Only inside the child process of `bounded`."""

from __future__ import annotations

import json
import os

import pypdfium2 as pdfium

LONGEST_TEXT = 2_000_000  # characters of one document


class NotMade(Exception):
    """Why nothing can be made of the file."""


def pages(source: str, target: str, form: str, *, edge: int, shown: int, read: int) -> None:
    """A folder: `0001.jpg` … of the first pages, and `text.json`: how many pages, and the text of each.

    edge    of a picture, in pixels
    shown   pages that get a picture
    read    pages whose text is taken
    """
    import numpy as np
    import simplejpeg

    os.mkdir(target)
    try:
        document = pdfium.PdfDocument(source)
    except pdfium.PdfiumError as error:
        raise NotMade(f"PDFium cannot open it ({error})") from error
    texts: list[str] = []
    left = LONGEST_TEXT
    for number in range(min(len(document), max(shown, read))):
        try:
            page = document[number]
            if number < read:
                text = page.get_textpage().get_text_range(errors="replace")[:left]
                left -= len(text)
                texts.append(text)
            if number < shown:
                width, height = page.get_size()
                bitmap = page.render(scale=edge / max(width, height, 1.0), may_draw_forms=False, rev_byteorder=True)
                pixels = np.ascontiguousarray(bitmap.to_numpy()[:, :, :3])
                with open(f"{target}/{number + 1:04}.jpg", "wb") as out:
                    out.write(simplejpeg.encode_jpeg(pixels, quality=85, colorspace="RGB"))
            page.close()
        except pdfium.PdfiumError:
            if number < read and len(texts) <= number:
                texts.append("")  # a damaged page leaves the others alone
    with open(f"{target}/text.json", "w", encoding="utf-8") as out:
        json.dump({"pages": len(document), "text": texts}, out, ensure_ascii=False)
