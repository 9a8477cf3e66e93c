"""A tour as a plain value: scenes, what can be pressed in them, a plan, routes, and its words in other languages.

Angles are whole thousandths of a degree, so that a tour has one byte form and a round trip changes nothing: `yaw` grows
to the right from the middle of the panorama, -180 000 to 180 000; `pitch` upwards, -90 000 to 90 000; `fov` is
vertical. Places on the plan are thousandths of its width and height from the upper left corner.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

FORMAT = "haihe-tour/1"
KINDS = ("link", "text", "picture", "release", "page", "video", "audio", "object", "quiz")
PLAYED = ("video", "audio", "object")  # kinds with a file to play or to show
MOST_SCENES, MOST_HOTSPOTS, MOST_STOPS = 1000, 200, 300
MOST_CAPTIONS, MOST_CHOICES, MOST_TURNS = 8, 8, 40
LONGEST = {"title": 200, "choice": 300, "alt": 2000, "text": 20_000, "url": 2000}
FOV = (20_000, 110_000)


@dataclass(frozen=True)
class View:
    yaw: int = 0
    pitch: int = 0
    fov: int = 75_000


@dataclass(frozen=True)
class Captions:
    """file: id of a media file with captions, or with a recording, in that language."""

    language: str
    file: str


@dataclass(frozen=True)
class Media:
    """What stands beside the file of a hotspot that plays or shows one.

    poster      id of a picture of the library: until it plays, and in place of an object where nothing can be drawn
    captions    of a video
    signed      id of a video with the same words in sign language
    transcript  what is said and heard
    """

    poster: str = ""
    captions: tuple[Captions, ...] = ()
    signed: str = ""
    transcript: str = ""


@dataclass(frozen=True)
class Quiz:
    """Choices for the question that the hotspot's text asks. right: place of the right one, from 0."""

    choices: tuple[str, ...] = ()
    right: int = 0
    explanation: str = ""


@dataclass(frozen=True)
class Hotspot:
    """Something in a scene that can be pressed, read and reached by keyboard.

    kind    link: another scene, `to`; text; picture: of the library, `to` its id; release: something public, `to` its
            address; page: a web address, `to`; video, audio, object: a media file, `to` its id; quiz: a question
    text    what is read when it is pressed; for a link what the way leads to; of a quiz its question
    media   of a video, a recording and an object
    """

    id: str
    kind: str
    yaw: int
    pitch: int
    title: str
    to: str = ""
    text: str = ""
    media: Media | None = None
    quiz: Quiz | None = None


@dataclass(frozen=True)
class Scene:
    """One place to stand.

    panorama  id of the panorama
    alt       what is seen all around, for who cannot see it
    text      what is told here, also the page without pictures; paragraphs parted by an empty line
    north     yaw of geographic north, None where nobody knows
    at        where it stands on the plan
    spot, variant  scenes of one spot show one place at several times; the view stays from one to the other
    film      captions and transcript, where the panorama is a film
    """

    id: str
    title: str
    panorama: str
    alt: str = ""
    text: str = ""
    view: View = View()
    north: int | None = None
    at: tuple[int, int] | None = None
    spot: str = ""
    variant: str = ""
    hotspots: tuple[Hotspot, ...] = ()
    film: Media | None = None


@dataclass(frozen=True)
class Plan:
    """picture: id of a picture of the library."""

    picture: str
    alt: str = ""


@dataclass(frozen=True)
class Turn:
    """The view turns there so many milliseconds after a stop began."""

    at: int
    view: View


@dataclass(frozen=True)
class Stop:
    """A place of a route: where to stand, where to look, for how many seconds, and what is told there.

    spoken   recordings of what is told, one a language; the stop lasts as long as the recording where that is longer
    turns    in their order
    """

    scene: str
    view: View | None = None
    seconds: int = 12
    text: str = ""
    spoken: tuple[Captions, ...] = ()
    turns: tuple[Turn, ...] = ()


@dataclass(frozen=True)
class Route:
    id: str
    title: str
    stops: tuple[Stop, ...] = ()


@dataclass(frozen=True)
class Tour:
    """The document. `words`: language → key of `keyed_words` → the words in that language."""

    scenes: tuple[Scene, ...] = ()
    start: str = ""
    plan: Plan | None = None
    routes: tuple[Route, ...] = ()
    words: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def first(self) -> Scene | None:
        """The scene in which the tour begins."""
        return next((scene for scene in self.scenes if scene.id == self.start), self.scenes[0] if self.scenes else None)

    def scene(self, key: str) -> Scene | None:
        return next((scene for scene in self.scenes if scene.id == key), None)


def keyed_words(tour: Tour) -> Iterator[tuple[str, str]]:
    """Every word of a tour that can be translated, under its key: "hall/title", "hall/vase/text", "plan/alt";
    "hall/film/transcript", "hall/riddle/choice-1", "hall/riddle/explanation"."""
    for scene in tour.scenes:
        yield from ((f"{scene.id}/{name}", getattr(scene, name)) for name in ("title", "alt", "text", "variant"))
        if scene.film:
            yield f"{scene.id}/transcript", scene.film.transcript
        for hotspot in scene.hotspots:
            key = f"{scene.id}/{hotspot.id}"
            yield from ((f"{key}/{name}", words) for name, words in _spoken(hotspot))
    for route in tour.routes:
        yield f"route:{route.id}/title", route.title
        yield from ((f"route:{route.id}/{number}", stop.text) for number, stop in enumerate(route.stops, 1))
    if tour.plan:
        yield "plan/alt", tour.plan.alt


def _spoken(hotspot: Hotspot) -> Iterator[tuple[str, str]]:
    yield "title", hotspot.title
    yield "text", hotspot.text
    if hotspot.media:
        yield "transcript", hotspot.media.transcript
    if hotspot.quiz:
        yield from ((f"choice-{number}", words) for number, words in enumerate(hotspot.quiz.choices, 1))
        yield "explanation", hotspot.quiz.explanation


def in_language(tour: Tour, language: str) -> dict[str, str]:
    """Every word by its key, translated where the tour has it in `language`."""
    known = tour.words.get(language, {})
    return {key: known.get(key) or words for key, words in keyed_words(tour)}
