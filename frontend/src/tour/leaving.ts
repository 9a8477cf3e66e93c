// From scene to scene: what is on the screen stays over what comes next, and fades.

import type { Cube } from "./cube";

const LASTS = 450; // milliseconds
const FLAT = `attribute vec2 p;varying vec2 q;uniform float g;void main(){q=p/g*.5+.5;gl_Position=vec4(p,0.,1.);}`;
const LEAVING = `
precision mediump float;varying vec2 q;uniform sampler2D s;uniform float k;
void main(){gl_FragColor=vec4(texture2D(s,q).rgb,k);}`;

export class Leaving {
  private held: { texture: WebGLTexture; begun: number; ahead: boolean } | null = null;

  constructor(readonly cube: Cube) {
    cube.over = () => this.draw();
  }

  /** ahead: as if one stepped into it. */
  leave(ahead: boolean): void {
    const { cube } = this;
    if (cube.immersed) return;
    const { gl, canvas } = cube;
    this.end();
    cube.draw(); // the last frame is not kept
    const texture = gl.createTexture();
    if (!texture) return;
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.copyTexImage2D(gl.TEXTURE_2D, 0, gl.RGB, 0, 0, canvas.width, canvas.height, 0);
    cube.smooth();
    this.held = { texture, begun: performance.now(), ahead };
    cube.ask();
  }

  private end(): void {
    if (this.held) this.cube.gl.deleteTexture(this.held.texture);
    this.held = null;
  }

  private draw(): void {
    const { cube, held } = this;
    if (!held) return;
    const gone = (performance.now() - held.begun) / LASTS;
    if (gone >= 1) return this.end();
    const { gl } = cube;
    const to = cube.use(FLAT, LEAVING, cube.square);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA);
    gl.uniform1f(to("k"), (1 - gone) * (1 - gone));
    gl.uniform1f(to("g"), held.ahead ? 1 + gone * 0.5 : 1);
    gl.bindTexture(gl.TEXTURE_2D, held.texture);
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
    cube.ask();
  }
}
