// What is seen from one place: a strip of six small faces as the ground, tiles over it. Axes as the tiling engine has them:
// x right, y up, z ahead; yaw grows to the right, pitch upwards, degrees.

export interface View {
  yaw: number;
  pitch: number;
  fov: number; // vertical
}

export interface Quad {
  texture: WebGLTexture;
  face: number; // place in FACES
  u: number; // of its upper left corner, 0 to 1 of the face
  v: number;
  size: number;
}

export type Axes = [right: number[], up: number[], ahead: number[]];

/** rays: what a place on the screen, -1 to 1, looks along; places: where on the screen a direction lies, for one ahead. */
export interface Eye {
  rays: Axes;
  places: Axes;
}

/** A picture in space: where its sides lead (from -1 to 1 along the first two) and where its middle is. */
export interface Placed {
  texture: WebGLTexture;
  ways: number[][];
  part: readonly [u: number, v: number, size: number];
}

export const FACES = "frblud";
const PARTS = 6;
export const RAD = Math.PI / 180;

const RAYS = `
attribute vec2 p;uniform vec3 r,t,f;varying vec3 d;
void main(){d=f+r*p.x+t*p.y;gl_Position=vec4(p,0.,1.);}`;

// B-spline weights over four linear reads: a picture of 112 pixels a face looks soft, not blocky.
const GROUND = `
precision highp float;varying vec3 d;uniform sampler2D s;uniform float n;
vec3 at(vec2 q,float k){q=clamp(q,vec2(.5),vec2(n-.5));return texture2D(s,vec2((k*n+q.x)/(6.*n),q.y/n)).rgb;}
void main(){vec3 a=abs(d);vec2 q;float k;
if(a.z>=a.x&&a.z>=a.y){k=d.z>0.?0.:2.;q=vec2(d.z>0.?d.x:-d.x,-d.y)/a.z;}
else if(a.x>=a.y){k=d.x>0.?1.:3.;q=vec2(d.x>0.?-d.z:d.z,-d.y)/a.x;}
else{k=d.y>0.?4.:5.;q=vec2(d.x,d.y>0.?d.z:-d.z)/a.y;}
q=(q+1.)*.5*n-.5;vec2 i=floor(q),e=q-i,c=1.-e;
vec2 w0=c*c*c,w1=4.-3.*e*e*(2.-e),w2=4.-3.*c*c*(2.-c),w3=e*e*e;
vec2 g0=w0+w1,g1=w2+w3,h0=i-.5+w1/g0,h1=i+1.5+w3/g1;g0/=6.;g1/=6.;
gl_FragColor=vec4(g0.y*(g0.x*at(h0,k)+g1.x*at(vec2(h1.x,h0.y),k))+g1.y*(g0.x*at(vec2(h0.x,h1.y),k)+g1.x*at(h1,k)),1.);}`;

// cut off a little before the eye, where everything is infinitely large
const PLACED = `
attribute vec2 p;uniform vec3 r,t,f,a,b,c,o;varying vec2 q;
void main(){q=p;vec2 e=(o.xy+p*o.z)*2.-1.;vec3 d=a*e.x+b*e.y+c;
float w=dot(d,f);gl_Position=vec4(dot(d,r),dot(d,t),w-.1,w);}`;
const TILE = `precision mediump float;varying vec2 q;uniform sampler2D s;void main(){gl_FragColor=vec4(texture2D(s,q).rgb,1.);}`;

// each face: where its u, its v and its middle lead
const WAYS: [number[], number[], number[]][] = [
  [[1, 0, 0], [0, -1, 0], [0, 0, 1]],
  [[0, 0, -1], [0, -1, 0], [1, 0, 0]],
  [[-1, 0, 0], [0, -1, 0], [0, 0, -1]],
  [[0, 0, 1], [0, -1, 0], [-1, 0, 0]],
  [[1, 0, 0], [0, 0, 1], [0, 1, 0]],
  [[1, 0, 0], [0, 0, -1], [0, -1, 0]],
];

export class Cube {
  gl!: WebGLRenderingContext;
  view: View = { yaw: 0, pitch: 0, fov: 75 };
  quads: Quad[] = [];
  immersed = false; // a headset draws
  moved: () => void = () => undefined;
  over: () => void = () => undefined; // drawn over the scene
  private ground: WebGLTexture | null = null;
  private groundSide = 0;
  private waiting = 0;
  private readonly programs = new Map<string, WebGLProgram>(); // each made when it is first needed
  square!: WebGLBuffer;
  private corner!: WebGLBuffer;

  /** later: `start` is called before the next frame; until then only the view is known. */
  constructor(readonly canvas: HTMLCanvasElement, later = false) {
    if (!later) this.start();
    new ResizeObserver(() => this.resize()).observe(canvas);
    this.resize();
  }

  /** Takes its time: a browser may start a process for it, and nothing else is done meanwhile. */
  start(): void {
    const gl = this.canvas.getContext("webgl", { alpha: false, antialias: false });
    if (!gl) throw new Error("no WebGL");
    this.gl = gl;
    this.square = buffer(gl, [-1, -1, 1, -1, -1, 1, 1, 1]);
    this.corner = buffer(gl, grid(PARTS));
  }

  private resize(): void {
    const { clientWidth, clientHeight } = this.canvas;
    const ratio = Math.min(devicePixelRatio || 1, 2, 3000 / Math.max(clientWidth, 1));
    this.canvas.width = Math.max(1, Math.round(clientWidth * ratio));
    this.canvas.height = Math.max(1, Math.round(clientHeight * ratio));
    this.ask();
  }

  /** Six faces side by side in the order of FACES; the ground on which tiles are laid. */
  setGround(picture: TexImageSource, side: number): void {
    const made = this.texture(picture);
    this.endGround();
    this.ground = made;
    this.groundSide = side;
    this.ask();
  }

  endGround(): void {
    if (this.ground) this.gl.deleteTexture(this.ground);
    this.ground = null;
  }

  /** Without mipmaps: the level of tiles is chosen so that little is made smaller. */
  texture(picture: TexImageSource): WebGLTexture {
    const gl = this.gl;
    const made = gl.createTexture();
    if (!made) throw new Error("no texture");
    gl.bindTexture(gl.TEXTURE_2D, made);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGB, gl.RGB, gl.UNSIGNED_BYTE, picture);
    this.smooth();
    return made;
  }

  smooth(): void {
    const gl = this.gl;
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
  }

  /** Draw with the next frame. */
  ask(): void {
    if (this.waiting || this.immersed) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = 0;
      this.draw();
      this.moved();
    });
  }

  axes(): { right: number[]; up: number[]; ahead: number[] } {
    const y = this.view.yaw * RAD;
    const p = this.view.pitch * RAD;
    const [sy, cy, sp, cp] = [Math.sin(y), Math.cos(y), Math.sin(p), Math.cos(p)];
    return { right: [cy, 0, -sy], up: [-sy * sp, cp, -cy * sp], ahead: [sy * cp, sp, cy * cp] };
  }

  /** How far the picture's edges reach to the side and upwards, for one ahead. */
  reach(): [number, number] {
    const tall = Math.tan((this.view.fov * RAD) / 2);
    return [(tall * this.canvas.width) / this.canvas.height, tall];
  }

  /** Where a direction lies on the screen, -1 to 1 to the right and upwards; null where it is behind. */
  project(yaw: number, pitch: number): [number, number] | null {
    const [y, p] = [yaw * RAD, pitch * RAD];
    const d = [Math.sin(y) * Math.cos(p), Math.sin(p), Math.cos(y) * Math.cos(p)];
    const { right, up, ahead } = this.axes();
    const deep = dot(d, ahead);
    const [wide, tall] = this.reach();
    return deep < 0.05 ? null : [dot(d, right) / deep / wide, dot(d, up) / deep / tall];
  }

  draw(): void {
    const gl = this.gl;
    gl.viewport(0, 0, this.canvas.width, this.canvas.height);
    const { right, up, ahead } = this.axes();
    const [wide, tall] = this.reach();
    this.paint({
      rays: [times(right, wide), times(up, tall), ahead],
      places: [times(right, 1 / wide), times(up, 1 / tall), ahead],
    });
    this.over();
  }

  /** Ground, tiles and whatever stands before them, through one eye, into the viewport that is set. */
  paint(eye: Eye, before: Placed[] = []): void {
    const gl = this.gl;
    gl.disable(gl.BLEND);
    if (this.ground) {
      const to = this.use(RAYS, GROUND, this.square);
      this.vectors(to, eye.rays);
      gl.uniform1f(to("n"), this.groundSide);
      gl.bindTexture(gl.TEXTURE_2D, this.ground);
      gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
    }
    const tiles = this.quads.map(({ texture, face, u, v, size }) => ({ texture, ways: WAYS[face]!, part: [u, v, size] as const }));
    if (!tiles.length && !before.length) return;
    const to = this.use(PLACED, TILE, this.corner);
    this.vectors(to, eye.places);
    for (const { texture, ways, part } of [...tiles, ...before]) {
      ["a", "b", "c"].forEach((name, at) => gl.uniform3fv(to(name), ways[at]!));
      gl.uniform3f(to("o"), ...part);
      gl.bindTexture(gl.TEXTURE_2D, texture);
      gl.drawArrays(gl.TRIANGLES, 0, PARTS * PARTS * 6);
    }
  }

  private vectors(to: (uniform: string) => WebGLUniformLocation | null, [right, up, ahead]: Axes): void {
    this.gl.uniform3fv(to("r"), right);
    this.gl.uniform3fv(to("t"), up);
    this.gl.uniform3fv(to("f"), ahead);
  }

  /** Draw with a program of these two shaders from now on; its uniforms by name. */
  use(vertex: string, fragment: string, corners: WebGLBuffer): (uniform: string) => WebGLUniformLocation | null {
    const gl = this.gl;
    const chosen = this.programs.get(fragment) ?? program(gl, vertex, fragment);
    this.programs.set(fragment, chosen);
    gl.useProgram(chosen);
    gl.bindBuffer(gl.ARRAY_BUFFER, corners);
    gl.enableVertexAttribArray(0);
    gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0);
    return (uniform) => gl.getUniformLocation(chosen, uniform);
  }
}

export function times(a: number[], by: number): number[] {
  return a.map((n) => n * by);
}

function dot(a: number[], b: number[]): number {
  return a[0]! * b[0]! + a[1]! * b[1]! + a[2]! * b[2]!;
}

function program(gl: WebGLRenderingContext, vertex: string, fragment: string): WebGLProgram {
  const made = gl.createProgram()!;
  for (const [kind, text] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]] as const) {
    const shader = gl.createShader(kind)!;
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(made, shader);
  }
  gl.bindAttribLocation(made, 0, "p");
  gl.linkProgram(made);
  return made;
}

/** A tile as many small squares: a large triangle that reaches behind the eye is not drawn truly everywhere. */
function grid(parts: number): number[] {
  const corners: number[] = [];
  for (let n = 0; n < parts * parts; n += 1) {
    const [x, y] = [n % parts, Math.floor(n / parts)];
    for (const [a, b] of [[0, 0], [1, 0], [0, 1], [0, 1], [1, 0], [1, 1]] as const) corners.push((x + a) / parts, (y + b) / parts);
  }
  return corners;
}

function buffer(gl: WebGLRenderingContext, corners: number[]): WebGLBuffer {
  const made = gl.createBuffer()!;
  gl.bindBuffer(gl.ARRAY_BUFFER, made);
  gl.bufferData(gl.ARRAY_BUFFER, new Float32Array(corners), gl.STATIC_DRAW);
  return made;
}
