"""Puts a short video together, in a process of its own: the FFmpeg of PyAV's wheels is under the GPL.

python -m haihe.channels.filming FOLDER TARGET

FOLDER holds plan.json and, for scene n, 2n.png (the picture, which slowly comes nearer) and 2n+1.png (words, drawn
above it). Same folder, same bytes.
"""

from __future__ import annotations

import json
import os
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image

RATE = 44100  # samples a second
NEARER = 0.08  # of its size that a picture grows in a scene
FADE = 0.4  # seconds in which one scene becomes the next
QUALITY = "26"
CHORDS = ((220.0, 261.63, 329.63), (174.61, 220.0, 261.63), (196.0, 246.94, 293.66), (164.81, 196.0, 246.94))
LOUD = 0.16

Pixels = np.ndarray[Any, Any]


def main(folder: Path, target: Path) -> None:
    plan = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    seconds: list[float] = plan["seconds"]
    options = {"movflags": "+faststart+use_metadata_tags", "fflags": "+bitexact"}
    with av.open(str(target), mode="w", format="mp4", options=options) as out:
        out.metadata.update(plan["fields"])
        shown = out.add_stream("libx264", rate=Fraction(plan["frames"]))
        shown.width, shown.height = plan["size"]
        shown.pix_fmt = "yuv420p"
        shown.codec_context.thread_count = 2  # the bytes depend on it
        shown.options = {"crf": QUALITY, "preset": "veryfast", "flags": "+bitexact"}
        heard = out.add_stream("aac", rate=RATE)
        heard.codec_context.layout = "stereo"
        heard.codec_context.bit_rate = 96_000
        _sound(out, heard, _music(plan["music"], sum(seconds)))
        _pictures(out, shown, folder, plan)


def _pictures(out: Any, stream: Any, folder: Path, plan: dict[str, Any]) -> None:
    size, frames = tuple(plan["size"]), plan["frames"]
    last: Image.Image | None = None
    at = 0
    for number, seconds in enumerate(plan["seconds"]):
        back = Image.open(folder / f"{2 * number}.png").convert("RGB")
        words = Image.open(folder / f"{2 * number + 1}.png").convert("RGBA")
        count = round(seconds * frames)
        made = back
        for step in range(count):
            share = step / count
            made = _near(back, size, 1 - share if number % 2 else share)  # nearer, then away: one picture may stay
            made.paste(words, mask=words)
            fading = last is not None and step < FADE * frames
            shown = Image.blend(last, made, (step + 1) / (FADE * frames + 1)) if last and fading else made
            frame = av.VideoFrame.from_ndarray(np.asarray(shown), format="rgb24")
            frame.pts, frame.time_base = at, Fraction(1, frames)
            out.mux(stream.encode(frame))
            at += 1
        last = made
    out.mux(stream.encode(None))


def _near(picture: Image.Image, size: tuple[int, int], share: float) -> Image.Image:
    """The middle of a picture, the smaller the larger its share."""
    wide, high = picture.size
    cut = NEARER * share / 2
    box = (wide * cut, high * cut, wide * (1 - cut), high * (1 - cut))
    return picture.resize(size, Image.Resampling.BILINEAR, box=box)


def _music(file: str, seconds: float) -> Pixels:
    """Samples in stereo, as long as the film, coming and going softly."""
    count = int(seconds * RATE)
    samples = _played(file, count) if file else _composed(count)
    samples = _again(samples, count)
    ramp = np.minimum(1.0, np.minimum(np.arange(count), np.arange(count)[::-1]) / (1.2 * RATE))
    return (samples * ramp).astype(np.float32)


def _again(samples: Pixels, count: int) -> Pixels:
    """From the beginning again where it is shorter than the film."""
    times = -(-count // max(1, samples.shape[1]))
    return np.tile(samples, times)[:, :count]


def _played(file: str, count: int) -> Pixels:
    parts: list[Pixels] = []
    resampler = av.AudioResampler(format="fltp", layout="stereo", rate=RATE)
    with av.open(file) as container:
        for frame in container.decode(audio=0):
            parts += [part.to_ndarray() for part in resampler.resample(frame)]
            if sum(part.shape[1] for part in parts) >= count:
                break
    return np.concatenate(parts, axis=1)[:, :count] if parts else _composed(count)


def _composed(count: int) -> Pixels:
    """Four quiet chords, each as long as a breath."""
    time = np.arange(count) / RATE
    bar = 4.0
    which = (time // bar).astype(int) % len(CHORDS)
    swell = np.sin(np.pi * (time % bar) / bar) ** 0.6
    left, right = np.zeros(count), np.zeros(count)
    for chord, tones in enumerate(CHORDS):
        here = (which == chord) * swell
        for place, tone in enumerate(tones):
            wave = np.sin(2 * np.pi * tone * time) + 0.35 * np.sin(4 * np.pi * tone * time + place)
            left += here * wave * (0.9 - 0.2 * place)
            right += here * wave * (0.5 + 0.2 * place)
    whole = np.stack([left, right])
    return whole / np.abs(whole).max() * LOUD


def _sound(out: Any, stream: Any, samples: Pixels) -> None:
    size = 1024
    for at in range(0, samples.shape[1], size):
        part = np.ascontiguousarray(samples[:, at : at + size])
        frame = av.AudioFrame.from_ndarray(part, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = RATE, at, Fraction(1, RATE)
        out.mux(stream.encode(frame))
    out.mux(stream.encode(None))


if __name__ == "__main__":
    os.nice(5)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
