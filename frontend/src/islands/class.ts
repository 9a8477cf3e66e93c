// A box drawn over the picture, or a pressed spot, fills the numbers of the form; numbers that are typed draw the box.

const NAMES = ["x", "y", "width", "height"] as const;

function lesson(ground: HTMLElement, form: HTMLFormElement): void {
  const drawn = ground.querySelector<SVGRectElement>("[data-lesson-new]")!;
  const field = (name: string): HTMLInputElement => form.querySelector<HTMLInputElement>(`[name=${name}]`)!;
  const { width: wide, height: tall } = drawn.ownerSVGElement!.viewBox.baseVal; // the picture's pixels
  const draw = (): void => {
    const told = NAMES.map((name) => Math.max(0, Math.min(100, Number(field(name).value) || 0)));
    const [x, y, width, height] = told.map((percent, at) => (percent / 100) * (at % 2 ? tall : wide)) as [number, number, number, number];
    const around = wide / 60; // a spot is shown as a small box around it
    const box = width && height ? [x, y, width, height] : [x - around, y - around, 2 * around, 2 * around];
    NAMES.forEach((name, at) => drawn.setAttribute(name, String(Math.round(box[at]!))));
  };
  const at = (event: PointerEvent): [number, number] => {
    const { left, top, width, height } = ground.getBoundingClientRect();
    const inside = (n: number): number => Math.round(Math.max(0, Math.min(100, n * 100)) * 10) / 10;
    return [inside((event.clientX - left) / width), inside((event.clientY - top) / height)];
  };
  let from: [number, number] | null = null;
  const put = (to: [number, number]): void => {
    if (!from) return;
    const box = [Math.min(from[0], to[0]), Math.min(from[1], to[1]), Math.abs(from[0] - to[0]), Math.abs(from[1] - to[1])];
    const spot = box[2]! < 1 || box[3]! < 1;
    const told = spot ? [...from, 0, 0] : box;
    NAMES.forEach((name, place) => (field(name).value = String(Math.round(told[place]! * 10) / 10)));
    draw();
  };
  ground.addEventListener("pointerdown", (event) => {
    if (event.target instanceof Element && event.target.closest("a")) return;
    event.preventDefault();
    ground.setPointerCapture(event.pointerId);
    from = at(event);
  });
  ground.addEventListener("pointermove", (event) => put(at(event)));
  ground.addEventListener("pointerup", (event) => {
    put(at(event));
    from = null;
  });
  for (const name of NAMES) field(name).addEventListener("input", draw);
  ground.classList.add("is-drawing");
  form.querySelector<HTMLElement>("[data-lesson-hint]")!.hidden = false;
  draw();
}

const ground = document.querySelector<HTMLElement>("[data-lesson]");
const form = document.querySelector<HTMLFormElement>("[data-lesson-form]");
if (ground && form) lesson(ground, form);
