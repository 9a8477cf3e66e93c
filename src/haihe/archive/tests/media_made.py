"""Small real recordings, films and documents, made for tests; what FFmpeg does is done in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

MAKE = """
import sys, av, numpy as np
from fractions import Fraction
folder = sys.argv[1]
def tone(path, codec, form, rate=44100, seconds=2.0):
    with av.open(path, "w", format=form) as out:
        stream = out.add_stream(codec, rate=rate)
        stream.codec_context.layout = "stereo"
        size, at = 1024, 0
        wave = np.sin(np.arange(int(rate * seconds)) * 2 * np.pi * 440 / rate)
        wave[: len(wave) // 2] *= 0.1
        samples = (np.stack([wave, wave]) * 30000).astype(np.int16)
        for begin in range(0, samples.shape[1], size):
            part = samples[:, begin : begin + size]
            packed = np.ascontiguousarray(part.T.reshape(1, -1))
            frame = av.AudioFrame.from_ndarray(packed, format="s16", layout="stereo")
            frame.sample_rate, frame.pts, frame.time_base = rate, begin, Fraction(1, rate)
            for packet in stream.encode(frame): out.mux(packet)
        for packet in stream.encode(None): out.mux(packet)
def film(path, codec, form, size=(320, 240), seconds=2, sound="aac"):
    with av.open(path, "w", format=form) as out:
        stream = out.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        heard = out.add_stream(sound, rate=48000) if sound else None
        if heard: heard.codec_context.layout = "mono"
        for number in range(25 * seconds):
            pixels = np.zeros((size[1], size[0], 3), np.uint8)
            pixels[:, : size[0] // 2] = (200, 30, 30)
            pixels[:, size[0] // 2 :] = (30, 30, number * 4)
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 25)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
        if heard:
            fifo = av.AudioFifo()
            zeros = np.zeros((1, 48000 * seconds), np.float32)
            silence = av.AudioFrame.from_ndarray(zeros, format="fltp", layout="mono")
            silence.sample_rate = 48000
            fifo.write(silence)
            for part in fifo.read_many(heard.codec_context.frame_size or 1024): out.mux(heard.encode(part))
            out.mux(heard.encode(None))
def hdr(path, transfer, codes):
    with av.open(path, "w", format="matroska") as out:
        stream = out.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64 * len(codes), 64, "yuv420p10le"
        stream.codec_context.color_trc, stream.codec_context.color_primaries = transfer, 9
        stream.codec_context.colorspace = 9
        stream.options = {"crf": "5"}
        luma = np.repeat(np.array([round(64 + 876 * code) for code in codes], "<u2"), 64)
        for number in range(10):
            frame = av.VideoFrame(64 * len(codes), 64, "yuv420p10le")
            wide = [np.tile(luma, (64, 1)), np.full((32, 32 * len(codes)), 512, "<u2")]
            for plane, pixels in zip(frame.planes, [wide[0], wide[1], wide[1]]):
                room = np.zeros((plane.height, plane.line_size // 2), "<u2")
                room[:, : pixels.shape[1]] = pixels
                plane.update(room.tobytes())
            frame.pts, frame.time_base = number, Fraction(1, 25)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
tone(folder + "/tone.wav", "pcm_s16le", "wav")
tone(folder + "/tone.flac", "flac", "flac")
film(folder + "/film.mp4", "libx264", "mp4")
film(folder + "/film.mkv", "libvpx", "matroska", sound="libopus")
film(folder + "/silent.avi", "mpeg4", "avi", sound=None)
hdr(folder + "/pq.mkv", 16, (0, 0.508, 0.58, 0.7518, 1))
hdr(folder + "/hlg.mkv", 18, (0, 0.38, 0.75, 0.9, 1))
"""
LOOK = """
import sys, json, av
with av.open(sys.argv[1]) as c:
    print(json.dumps({
        "format": c.format.name, "seconds": round((c.duration or 0) / 1e6, 2), "metadata": dict(c.metadata),
        "streams": [
            {"type": s.type, "codec": s.codec_context.name, **(
                {"width": s.width, "height": s.height} if s.type == "video" else {"channels": s.channels}
            )}
            for s in c.streams
        ],
        "light": [] if c.streams[0].type != "video" else [int(n) for n in next(c.decode(c.streams[0])).reformat(
            format="rgb24", src_colorspace="itu709").to_ndarray()[32, 32::64, 1]],
        "frames": sum(1 for _ in c.decode(c.streams[0])),
    }))
"""


def run(code: str, *words: str) -> str:
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def make_media(folder: Path) -> Path:
    run(MAKE, str(folder))
    return folder


def pdf(texts: list[str], size: tuple[int, int] = (300, 200)) -> bytes:
    """A document of one page for each text, in PDF's own words."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    kids = []
    for text in texts:
        stream = f"BT /F1 24 Tf 20 100 Td ({text}) Tj ET".encode("latin-1")
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
        font = b"<< /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents %d 0 R /Resources << /Font %s >> >>"
            % (*size, len(objects), font)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    trailer = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    return out + head + table + trailer
