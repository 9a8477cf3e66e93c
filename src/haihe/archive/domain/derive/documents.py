"""Pages of a PDF by PDFium, as pictures and as text; of Word and its like after LibreOffice has made a PDF of them, a
program of its own, where the machine has it. Only inside the child process of `bounded`."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile

import pypdfium2 as pdfium

from haihe.archive.domain.derive.recipes import OFFICE, office_program

LONGEST_LAYOUT = 600  # seconds
LONGEST_TEXT = 2_000_000  # characters of one document


class NotMade(Exception):
    """Why nothing can be made of the file."""


def pages(source: str, target: str, form: str, *, edge: int, shown: int, read: int) -> None:
    """`pages_of_pdf` of a PDF, or of a document that LibreOffice makes one of."""
    if form != OFFICE:
        pages_of_pdf(source, target, edge=edge, shown=shown, read=read)
        return
    with tempfile.TemporaryDirectory(prefix=".layout-", dir=os.path.dirname(target)) as room:
        pages_of_pdf(_laid_out(source, room), target, edge=edge, shown=shown, read=read)


def _laid_out(source: str, room: str) -> str:
    """The PDF that LibreOffice makes, with a profile of its own in which no macro runs."""
    program = office_program()
    if program is None:
        raise NotMade("LibreOffice, which lays out documents of this kind, is not installed on this machine")
    profile = f"-env:UserInstallation=file://{room}/profile"
    words = [program, profile, "--headless", "--norestore", "--convert-to", "pdf", "--outdir", f"{room}/out", source]
    environ = {**os.environ, "HOME": room}
    try:
        done = subprocess.run(words, env=environ, capture_output=True, timeout=LONGEST_LAYOUT)
    except subprocess.TimeoutExpired:
        raise NotMade(f"LibreOffice took longer than {LONGEST_LAYOUT} seconds") from None
    made = [one.path for one in os.scandir(f"{room}/out")] if os.path.isdir(f"{room}/out") else []
    if len(made) != 1:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise NotMade(f"LibreOffice made nothing of it ({said[-1][:200] if said else f'status {done.returncode}'})")
    return made[0]


def pages_of_pdf(source: str, target: str, *, edge: int, shown: int, read: int) -> None:
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
