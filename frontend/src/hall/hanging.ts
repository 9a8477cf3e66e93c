// Works on their walls: frame, mount, picture, shadow and label. Pictures of rooms that are far away are let go.

import { BoxGeometry, Group, Mesh, MeshBasicMaterial, PlaneGeometry, SRGBColorSpace, type Texture, TextureLoader } from "three";
import { placed } from "./building";
import { label, shade } from "./painting";
import type { Hall, Work } from "./told";

const [FRAME, MOUNT, DEEP] = [0.035, 0.05, 0.05]; // metres
const LABEL_WIDE = 0.36;

interface Hanging {
  work: Work;
  picture: Mesh<PlaneGeometry, MeshBasicMaterial>;
  state: "none" | "loading" | "there";
}

export class Works {
  readonly group = new Group();
  readonly hangings: Hanging[];
  private readonly loader = new TextureLoader();
  private readonly shadow = shade();

  constructor(readonly hall: Hall, numbered: (number: number) => string, private readonly changed: () => void) {
    this.hangings = hall.works.map((work, at) => this.hang(work, numbered(at + 1)));
  }

  private hang(work: Work, number: string): Hanging {
    const { width, height, x, z, turn } = work;
    const { eye } = this.hall;
    const [outerWide, outerTall] = [width + 2 * (FRAME + MOUNT), height + 2 * (FRAME + MOUNT)];
    const shadow = new Mesh(
      new PlaneGeometry(outerWide * 1.5, outerTall * 1.5),
      new MeshBasicMaterial({ map: this.shadow, transparent: true, opacity: 0.5, depthWrite: false }),
    );
    // light falls from above: the upper edge of the frame shines, the lower one does not
    const wood = ["#3a2c20", "#3a2c20", "#8a6a4a", "#1b130d", "#2d2118", "#2d2118"].map((color) => new MeshBasicMaterial({ color }));
    const frame = new Mesh(new BoxGeometry(outerWide, outerTall, DEEP), wood);
    const mount = new Mesh(new PlaneGeometry(width + 2 * MOUNT, height + 2 * MOUNT), new MeshBasicMaterial({ color: "#f4f0e6" }));
    const picture = new Mesh(new PlaneGeometry(width, height), new MeshBasicMaterial({ color: "#cfc8ba" }));
    picture.userData.work = work.id;
    const [map, ratio] = label(number, work.title, work.about);
    const card = new Mesh(new PlaneGeometry(LABEL_WIDE, LABEL_WIDE * ratio), new MeshBasicMaterial({ map }));
    const piece = new Group();
    shadow.position.set(0, -0.07, 0.004);
    frame.position.z = DEEP / 2 + 0.005;
    mount.position.z = DEEP + 0.007;
    picture.position.z = DEEP + 0.009;
    card.position.set(outerWide / 2 + 0.14 + LABEL_WIDE / 2, 1.32 - eye, 0.012);
    piece.add(shadow, frame, mount, picture, card);
    this.group.add(placed(piece, x, eye, z, turn));
    return { work, picture, state: "none" };
  }

  /** Load what hangs in this room and beside it, nearest rooms first; let the rest go. */
  look(room: number): void {
    // what hangs ahead in the last room is seen through every doorway
    const near = (one: Hanging): number => Math.min(Math.abs(one.work.room - room), one.work.turn === 0 ? 1 : Infinity);
    for (const one of this.hangings) if (near(one) > 1 && one.state === "there") this.drop(one);
    for (const one of [...this.hangings].sort((a, b) => near(a) - near(b))) {
      if (near(one) <= 1 && one.state === "none") this.load(one);
    }
  }

  private load(one: Hanging): void {
    one.state = "loading";
    const take = (map: Texture): void => {
      map.colorSpace = SRGBColorSpace;
      map.anisotropy = 8;
      const { material } = one.picture;
      [material.map, one.state] = [map, "there"];
      material.color.set("#fff");
      material.needsUpdate = true;
      this.changed();
    };
    this.loader.load(one.work.src, take, undefined, () => (one.state = "none"));
  }

  private drop(one: Hanging): void {
    const { material } = one.picture;
    material.map?.dispose();
    [material.map, one.state] = [null, "none"];
    material.color.set("#cfc8ba");
    material.needsUpdate = true;
  }

  get loaded(): number {
    return this.hangings.filter((one) => one.state === "there").length;
  }
}
