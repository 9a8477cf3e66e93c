// A film on the sphere: the scene's picture until it plays. Played, held and wound by buttons and keys, with captions. Fetched
// with the first scene that moves.

import type { Eye, Placed } from "./cube";
import type { Film as Told, Scene } from "./scenes";
import type { Walk } from "./walk";

const RAYS = `
attribute vec2 p;uniform vec3 r,t,f;varying vec3 d;
void main(){d=f+r*p.x+t*p.y;gl_Position=vec4(p,0.,1.);}`;
const FILM = `
precision highp float;varying vec3 d;uniform sampler2D s;uniform vec4 h;
void main(){vec3 n=normalize(d);vec2 q=vec2(atan(n.x,n.z)*.15915494+.5,.5-asin(clamp(n.y,-1.,1.))*.31830989);
gl_FragColor=vec4(texture2D(s,q*h.zw+h.xy).rgb,1.);}`;
const HALVES: Record<string, [number, number, number, number]> = { top: [0, 0, 1, 0.5], bottom: [0, 0.5, 1, 0.5], left: [0, 0, 0.5, 1], right: [0.5, 0, 0.5, 1] };
const STEP = 5; // seconds that a key winds

export class Film {
  readonly player = document.createElement("video");
  private readonly bar = document.createElement("div");
  private readonly words = document.createElement("p");
  private readonly ended = new AbortController();
  private texture: WebGLTexture | null = null;
  private drawn = false; // a frame of it lies on the sphere
  private waiting = 0;

  constructor(readonly walk: Walk, scene: Scene, readonly told: Told) {
    const { player, walk: { cube, tour } } = this;
    const said = tour.said.film ?? {};
    Object.assign(player, { playsInline: true, preload: "metadata", src: told.src, loop: false });
    player.setAttribute("aria-label", scene.title);
    this.captions();
    this.controls(said);
    walk.element.querySelector(".tour__stage")?.after(this.words, this.bar);
    const paint = cube.paint.bind(cube);
    cube.paint = (eye, before = []) => (this.drawn ? this.paint(eye, before, paint) : paint(eye, before));
    for (const event of ["seeked", "pause", "loadeddata"]) player.addEventListener(event, () => this.frame());
    player.addEventListener("play", () => this.follow());
    player.addEventListener("error", () => (this.words.textContent = said.failed ?? ""));
    walk.looking.element.addEventListener("keydown", (event) => this.key(event), { signal: this.ended.signal });
  }

  end(): void {
    const { cube } = this.walk;
    this.ended.abort();
    cancelAnimationFrame(this.waiting);
    this.player.pause();
    this.player.removeAttribute("src");
    this.player.load(); // lets go of what was fetched
    this.bar.remove();
    this.words.remove();
    this.player.remove();
    delete (cube as Partial<typeof cube>).paint; // its own again
    if (this.texture) cube.gl.deleteTexture(this.texture);
    this.drawn = false;
  }

  toggle(): void {
    if (this.player.paused) void this.player.play().catch(() => undefined);
    else this.player.pause();
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== this.walk.looking.element) return;
    if (event.key === " " || event.key === "k") this.toggle();
    else if (event.key === "j" || event.key === "l") this.player.currentTime += event.key === "j" ? -STEP : STEP;
    else return;
    event.preventDefault();
  }

  private captions(): void {
    this.words.className = "film__words";
    this.told.captions?.forEach((one, at) => {
      const track = document.createElement("track");
      Object.assign(track, { kind: "captions", src: one.src, srclang: one.lang, label: one.name, default: at === 0 });
      this.player.append(track);
      track.track.mode = at === 0 ? "hidden" : "disabled";
      track.track.addEventListener("cuechange", () => {
        const cues = [...(track.track.activeCues ?? [])] as VTTCue[];
        this.words.lang = one.lang;
        this.words.textContent = cues.map((cue) => cue.text.replace(/<[^>]*>/g, "")).join("\n");
      });
    });
  }

  private controls(said: DOMStringMap): void {
    const { bar, player } = this;
    bar.className = "film";
    bar.setAttribute("role", "group");
    bar.setAttribute("aria-label", said.film ?? "");
    const play = knob("M8 5.5v13l10.5-6.5Z", said.play ?? "", () => this.toggle());
    const stand = (): void => {
      draw(play, player.paused ? "M8 5.5v13l10.5-6.5Z" : "M8 5.5v13M16 5.5v13");
      play.setAttribute("aria-label", (player.paused ? said.play : said.pause) ?? "");
    };
    for (const event of ["play", "pause", "ended"]) player.addEventListener(event, stand);
    const time = document.createElement("input");
    Object.assign(time, { type: "range", min: "0", max: "1000", step: "1", value: "0" });
    time.setAttribute("aria-label", said.time ?? "");
    const clock = document.createElement("span");
    clock.className = "film__clock";
    const tell = (): void => {
      const { currentTime, duration } = player;
      if (!Number.isFinite(duration)) return;
      time.value = String(Math.round((currentTime / duration) * 1000));
      clock.textContent = `${minutes(currentTime)} / ${minutes(duration)}`;
      time.setAttribute("aria-valuetext", clock.textContent);
    };
    for (const event of ["timeupdate", "durationchange"]) player.addEventListener(event, tell);
    time.addEventListener("input", () => (player.currentTime = (Number(time.value) / 1000) * (player.duration || 0)));
    bar.append(play, time, clock);
    if (this.told.captions?.length) {
      const button = knob("M4.5 6.5h15v11h-15ZM7.5 13h4M13.5 13h3", said.captions ?? "", () => {
        this.words.hidden = !this.words.hidden;
        button.setAttribute("aria-pressed", String(!this.words.hidden));
      });
      button.setAttribute("aria-pressed", "true");
      bar.append(button);
    }
  }

  private follow(): void {
    this.frame();
    if (!this.player.paused && !this.player.ended) this.waiting = requestAnimationFrame(() => this.follow());
  }

  /** The frame that is shown now, as a texture. */
  private frame(): void {
    const { player, walk: { cube } } = this;
    if (player.readyState < 2 || (!this.drawn && player.paused && !player.currentTime)) return;
    const { gl } = cube;
    try {
      this.texture ??= gl.createTexture();
      gl.bindTexture(gl.TEXTURE_2D, this.texture);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGB, gl.RGB, gl.UNSIGNED_BYTE, player);
      cube.smooth();
      this.drawn = true;
      this.bar.dataset.drawn = String(player.currentTime);
      cube.ask();
    } catch {
      this.flat(); // a page from a disk may not draw its files
    }
  }

  /** The film as it is, over the picture. */
  private flat(): void {
    if (this.player.isConnected) return;
    this.player.className = "film__flat";
    this.player.controls = true;
    this.bar.before(this.player);
  }

  private paint(eye: Eye, before: Placed[], paint: (eye: Eye, before: Placed[]) => void): void {
    const { cube } = this.walk;
    const { gl } = cube;
    gl.disable(gl.BLEND);
    const to = cube.use(RAYS, FILM, cube.square);
    (["r", "t", "f"] as const).forEach((name, at) => gl.uniform3fv(to(name), eye.rays[at]!));
    gl.uniform4fv(to("h"), HALVES[this.told.half ?? ""] ?? [0, 0, 1, 1]);
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
    if (!before.length) return;
    const { quads } = cube;
    const ground = Reflect.get(cube, "ground") as WebGLTexture | null; // signs alone, over the film
    cube.quads = [];
    Reflect.set(cube, "ground", null);
    paint(eye, before);
    cube.quads = quads;
    Reflect.set(cube, "ground", ground);
  }
}

function minutes(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
}

function knob(path: string, name: string, act: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  [made.type, made.className] = ["button", "knob"];
  made.setAttribute("aria-label", name);
  made.addEventListener("click", act);
  draw(made, path);
  return made;
}

function draw(button: HTMLElement, path: string): void {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  line.setAttribute("d", path);
  svg.append(line);
  button.replaceChildren(svg);
}
