// A glTF file read without any address: a page of ours fetches from its own server alone, and three's loader would ask for the
// textures and buffers inside the file by addresses of their own.

import { ClampToEdgeWrapping, LinearFilter, LinearMipmapLinearFilter, MirroredRepeatWrapping, type Object3D, RepeatWrapping, Texture, type Wrapping } from "three";
import { type GLTFLoaderPlugin, GLTFLoader, type GLTFParser } from "three/examples/jsm/loaders/GLTFLoader.js";

interface Told {
  buffers: { uri?: string }[];
  bufferViews: { buffer: number; byteOffset?: number; byteLength: number }[];
  images: { uri?: string; bufferView?: number; mimeType?: string }[];
  samplers?: { wrapS?: number; wrapT?: number }[];
  textures: { source?: number; sampler?: number; extensions?: { EXT_texture_webp?: { source: number } } }[];
}

const WRAPS: Record<number, Wrapping> = {
  10497: RepeatWrapping, 33071: ClampToEdgeWrapping, 33648: MirroredRepeatWrapping, // as WebGL numbers them
};

export async function read(bytes: ArrayBuffer): Promise<Object3D> {
  const loader = new GLTFLoader();
  loader.register((parser) => new Inside(parser));
  const { scene } = await loader.parseAsync(bytes, "");
  return scene;
}

class Inside implements GLTFLoaderPlugin {
  readonly name = "EXT_texture_webp"; // in the place of three's own, which would ask for an address
  private readonly told: Told;
  private readonly decoded = new Map<number, ArrayBuffer>();

  constructor(readonly parser: GLTFParser) {
    this.told = parser.json as Told;
  }

  /** A part of a buffer that stands in the description itself. */
  loadBufferView(index: number): Promise<ArrayBuffer> | null {
    const view = this.told.bufferViews[index]!;
    const { uri } = this.told.buffers[view.buffer]!;
    if (uri === undefined) return null;
    const whole = this.decoded.get(view.buffer) ?? data(uri);
    this.decoded.set(view.buffer, whole);
    const start = view.byteOffset ?? 0;
    return Promise.resolve(whole.slice(start, start + view.byteLength));
  }

  loadTexture(index: number): Promise<Texture> | null {
    const { source, sampler, extensions } = this.told.textures[index]!;
    const image = this.told.images[extensions?.EXT_texture_webp?.source ?? source ?? -1];
    if (!image) return null;
    const { wrapS = 10497, wrapT = 10497 } = this.told.samplers?.[sampler ?? -1] ?? {};
    return this.painted(image, WRAPS[wrapS] ?? RepeatWrapping, WRAPS[wrapT] ?? RepeatWrapping, index);
  }

  private async painted(image: Told["images"][number], across: Wrapping, down: Wrapping, index: number): Promise<Texture> {
    const bytes = image.uri ? data(image.uri) : ((await this.parser.getDependency("bufferView", image.bufferView!)) as ArrayBuffer);
    const picture = await createImageBitmap(new Blob([bytes], { type: image.mimeType ?? "" }), { premultiplyAlpha: "none", colorSpaceConversion: "none" });
    const made = new Texture(picture);
    made.flipY = false;
    [made.magFilter, made.minFilter, made.wrapS, made.wrapT] = [LinearFilter, LinearMipmapLinearFilter, across, down];
    made.needsUpdate = true;
    this.parser.associations.set(made, { textures: index });
    return made;
  }
}

function data(uri: string): ArrayBuffer {
  const text = atob(uri.slice(uri.indexOf(",") + 1));
  return Uint8Array.from(text, (sign) => sign.charCodeAt(0)).buffer;
}
