"""Sound and moving pictures by FFmpeg. Only inside the child process of `bounded`: what it decodes is hostile, and the
FFmpeg that comes with PyAV is under the GPL, which a process of Haihe's own does not load."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np

from haihe.archive.domain.derive import hdr

LONGEST = 24 * 3600  # seconds of which anything is made
PEAK_RATE = 8000  # Hz
PER_PEAK = 80  # samples


Step = tuple[str, str]  # a filter and its options


class NotMade(Exception):
    """Why nothing can be made of the file."""


@contextmanager
def _opened(source: str, form: str) -> Iterator[Any]:
    """A file by the one demuxer its first bytes name, through our own reads: nothing in it can name another file."""
    with open(source, "rb") as file, av.open(file, mode="r", format=form, metadata_errors="replace") as container:
        yield container


def waveform(source: str, target: str, form: str, *, columns: int) -> None:
    """The loudness over time as a drawing of `columns` bars, 0 to 100 high, in one path of SVG."""
    peaks: list[np.ndarray[Any, Any]] = []
    left = np.empty(0, np.int16)
    with _opened(source, form) as container:
        resampler = av.AudioResampler(format="s16", layout="mono", rate=PEAK_RATE)
        for frame in _frames(container, _first(container.streams.audio, "sound")):
            for part in resampler.resample(frame):
                samples = np.concatenate([left, part.to_ndarray()[0]])
                whole = len(samples) // PER_PEAK * PER_PEAK
                peaks.append(np.abs(samples[:whole].astype(np.int32)).reshape(-1, PER_PEAK).max(axis=1))
                left = samples[whole:]
    loud = np.concatenate(peaks) if peaks else np.zeros(1, np.int32)
    edges = np.linspace(0, len(loud), columns + 1).astype(int)
    bars = [int(loud[a : max(b, a + 1)].max(initial=0)) for a, b in pairwise(edges)]
    top = max(*bars, 1)
    path = "".join(f"M{x} {50 - h}V{50 + h}" for x, h in enumerate(max(1, round(50 * bar / top)) for bar in bars))
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {columns} 100" preserveAspectRatio="none">'
        f'<path d="{path}" stroke="#2f7d95" vector-effect="non-scaling-stroke" fill="none"/></svg>\n'
    )
    with open(target, "w", encoding="utf-8") as out:
        out.write(drawing)


def sound(source: str, target: str, form: str, *, codec: str, rate: int, bits: int, fields: dict[str, str]) -> None:
    """The first stream of sound, in stereo at most, for a browser."""
    muxer = {"libmp3lame": "mp3", "libopus": "ogg"}[codec]
    with _opened(source, form) as container, open(target, "wb") as file:
        stream = _first(container.streams.audio, "sound")
        layout = "mono" if stream.channels == 1 else "stereo"
        options = {"fflags": "+bitexact", "flags": "+bitexact", "id3v2_version": "3", "write_xing": "0"}
        with av.open(
            file, mode="w", format=muxer, options=options if muxer == "mp3" else {"fflags": "+bitexact"}
        ) as out:
            out.metadata.update(fields)
            made: Any = out.add_stream(codec, rate=rate)
            made.codec_context.layout = layout
            made.codec_context.bit_rate = bits * 1000
            _encode_sound(container, stream, out, made)


def _encode_sound(container: Any, stream: Any, out: Any, made: Any) -> None:
    context = made.codec_context
    resampler = av.AudioResampler(format=context.format, layout=context.layout, rate=context.rate)
    fifo = av.AudioFifo()
    size = context.frame_size or 1152
    for frame in _frames(container, stream):
        frame.pts = None
        for part in resampler.resample(frame):
            part.pts = None
            fifo.write(part)
            size = context.frame_size or size
            for whole in fifo.read_many(size):
                out.mux(made.encode(whole))
    for part in resampler.resample(None):
        part.pts = None
        fifo.write(part)
    rest = fifo.read(partial=True) if fifo.samples else None
    if rest is not None:
        out.mux(made.encode(rest))
    out.mux(made.encode(None))


def poster(source: str, target: str, form: str, *, edge: int, at: float) -> None:
    """One frame, a tenth into the film, as JPEG of at most `edge` pixels."""
    import simplejpeg

    with _opened(source, form) as container:
        stream = _first(container.streams.video, "moving pictures")
        if container.duration:
            container.seek(int(container.duration * at))
        frame = next(_frames(container, stream), None)
        if frame is None:
            raise NotMade("no picture of it can be decoded")
        turned = (frame.rotation or 0) % 180 == 90
        width, height = _fitting(frame.width, frame.height, edge)
        if frame.color_trc in hdr.KINDS:
            with _toned(frame) as steps:
                graph = _built([("scale", f"{width}:{height}"), *steps, ("format", "rgb24")], frame, stream)
                pixels = next(_through(graph, frame)).to_ndarray()
        else:
            pixels = frame.reformat(width=width, height=height, format="rgb24").to_ndarray()
        pixels = np.ascontiguousarray(np.rot90(pixels, k=round((frame.rotation or 0) / 90)))
        assert pixels.shape[:2] == ((width, height) if turned else (height, width))
    with open(target, "wb") as out:
        out.write(simplejpeg.encode_jpeg(pixels, quality=85, colorspace="RGB"))


def film(
    source: str, target: str, form: str, *, edge: int, frames: int, quality: int, bits: int, fields: dict[str, str]
) -> None:
    """H.264 and AAC in MP4, upright, at most `edge` pixels and `frames` a second, its index in front."""
    with _opened(source, form) as container:
        stream = _first(container.streams.video, "moving pictures")
        stream.thread_type = "NONE"
        heard = container.streams.audio[0] if container.streams.audio else None
        # Without use_metadata_tags MP4 drops every field it does not know, and says nothing.
        options = {"movflags": "+faststart+use_metadata_tags", "fflags": "+bitexact"}
        with av.open(target, mode="w", format="mp4", options=options) as out:
            out.metadata.update(fields)
            _encode_film(
                container, stream, heard, out, {"edge": edge, "frames": frames, "quality": quality, "bits": bits}
            )


def _encode_film(container: Any, stream: Any, heard: Any, out: Any, told: dict[str, int]) -> None:
    """The picture's stream comes first, with the first frame; what is heard before it waits."""
    rate = min(stream.average_rate or Fraction(25), Fraction(told["frames"]))
    graph: Any = None
    shown: Any = None
    spoken: Any = None
    resampler = av.AudioResampler(format="fltp", layout="stereo", rate=44100)
    fifo = av.AudioFifo()
    for frame in _decoded(container, [one for one in (stream, heard) if one is not None]):
        if isinstance(frame, av.VideoFrame):
            if graph is None:
                with _toned(frame) as steps:
                    graph = _graph(frame, stream, told["edge"], rate, steps)
                shown = _picture_stream(out, frame, told, rate)
                spoken = _sound_stream(out, told["bits"]) if heard is not None else None
            for part in _through(graph, frame):
                out.mux(shown.encode(part))
        else:
            frame.pts = None
            for part in resampler.resample(frame):
                part.pts = None
                fifo.write(part)
        if spoken is not None:
            for whole in fifo.read_many(1024):
                out.mux(spoken.encode(whole))
    if shown is None:
        raise NotMade("no picture of it can be decoded")
    for part in _through(graph, None):
        out.mux(shown.encode(part))
    out.mux(shown.encode(None))
    if spoken is not None:
        rest = fifo.read(partial=True) if fifo.samples else None
        out.mux([*(spoken.encode(rest) if rest is not None else []), *spoken.encode(None)])


def _sound_stream(out: Any, bits: int) -> Any:
    made = out.add_stream("aac", rate=44100)
    made.codec_context.layout = "stereo"
    made.codec_context.bit_rate = bits * 1000
    return made


def _picture_stream(out: Any, frame: Any, told: dict[str, int], rate: Fraction) -> Any:
    width, height = _fitting(frame.width, frame.height, told["edge"])
    if (frame.rotation or 0) % 180 == 90:
        width, height = height, width
    made = out.add_stream("libx264", rate=rate)
    made.width, made.height, made.pix_fmt = width, height, "yuv420p"
    made.codec_context.thread_count = 2  # the bytes depend on it
    made.options = {"crf": str(told["quality"]), "preset": "veryfast", "flags": "+bitexact"}
    return made


def _graph(frame: Any, stream: Any, edge: int, rate: Fraction, toned: list[Step]) -> Any:
    """Scaled, brought down from HDR, turned upright, evenly timed."""
    width, height = _fitting(frame.width, frame.height, edge)
    steps = [("scale", f"{width}:{height}"), *toned]
    steps += {90: [("transpose", "cclock")], 180: [("hflip", ""), ("vflip", "")], 270: [("transpose", "clock")]}.get(
        round(frame.rotation or 0) % 360, []
    )
    steps += [("fps", f"{rate.numerator}/{rate.denominator}"), ("format", "yuv420p")]
    return _built(steps, frame, stream)


def _built(steps: list[Step], frame: Any, stream: Any) -> Any:
    graph = av.filter.Graph()
    last = graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=stream.time_base)
    for name, said in steps:
        node = graph.add(name, said or None)
        last.link_to(node)
        last = node
    last.link_to(graph.add("buffersink"))
    graph.configure()
    return graph


@contextmanager
def _toned(frame: Any) -> Iterator[list[Step]]:
    """Steps that bring a film in HDR down to sRGB, for a graph that is built meanwhile; none for any other film."""
    kind = hdr.KINDS.get(frame.color_trc)
    if kind is None:
        yield []
        return
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "table.cube"
        hdr.write_table(kind, table)
        place = str(table).replace("\\", r"\\").replace(":", r"\:").replace("'", r"\'")
        yield [
            ("scale", "in_color_matrix=bt2020"),
            ("format", "gbrp16le"),
            ("lut3d", f"file={place}:interp=tetrahedral"),
            ("scale", "out_color_matrix=bt709:out_range=tv"),
        ]


def _through(graph: Any, frame: Any) -> Iterator[Any]:
    graph.push(frame)
    while True:
        try:
            part = graph.pull()
        except (av.BlockingIOError, av.EOFError):
            return
        part.pict_type = 0
        yield part


def _frames(container: Any, stream: Any) -> Iterator[Any]:
    """What a stream decodes to, as far as it can be decoded; damage in the middle is passed over."""
    yield from _decoded(container, [stream])


def _decoded(container: Any, streams: list[Any]) -> Iterator[Any]:
    faults = 0
    for packet in container.demux(*streams):
        try:
            frames = packet.decode()
        except av.InvalidDataError as error:
            faults += 1
            if faults > 1000:
                raise NotMade("too much of it is damaged") from error
            continue
        for frame in frames:
            if frame.time is not None and frame.time > LONGEST:
                raise NotMade("it is longer than a day")
            yield frame


def _first(streams: Any, what: str) -> Any:
    if not streams:
        raise NotMade(f"it has no {what}")
    return streams[0]


def _fitting(width: int, height: int, edge: int) -> tuple[int, int]:
    """Even sides inside a square, never larger than they are."""
    if width < 2 or height < 2 or width * height > 40_000_000:
        raise NotMade(f"its pictures are {width} x {height} pixels")
    scale = min(1.0, edge / max(width, height))
    return max(2, int(width * scale) // 2 * 2), max(2, int(height * scale) // 2 * 2)
