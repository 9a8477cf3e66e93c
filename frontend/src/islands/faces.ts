// Signs for a machine without any Han face: those of the first look at once, cut out of our faces by the city's server
// (haihe.portal.views.faces); all others of the page as soon as the reader scrolls, or after a while. What stands in the
// page later comes from files of a hundred signs each, as does everything in an exported tree, where nobody cuts.

type Face = "sans" | "serif" | "serif-bold";

const HAN = /[\u00b7\u2014\u2018\u2019\u201c\u201d\u2026\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff60\uffe0-\uffe6]|[\ud840-\ud88f][\udc00-\udfff]/g;
const MOST = 400; // signs of one address
const LATER = 4000; // ms
const FAMILIES: Record<Face, [string, string]> = {
  sans: ["Haihe First Sans", "100 900"],
  serif: ["Haihe First Serif", "100 599"],
  "serif-bold": ["Haihe First Serif", "600 900"],
};

/** Which signs stand in which face; inside: what stands within so many pixels from the window's top, or everywhere. */
function standing(inside: number): Map<Face, Set<string>> {
  const found = new Map<Face, Set<string>>();
  const faces = new Map<Element, Face | "">();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const add = (element: Element, text: string): void => {
    const signs = text.match(HAN);
    if (!signs) return;
    const face = faces.get(element) ?? faceOf(element, inside);
    faces.set(element, face);
    if (!face) return;
    const all = found.get(face) ?? new Set<string>();
    found.set(face, all);
    for (const sign of signs) all.add(sign);
  };
  for (let node = texts.nextNode(); node; node = texts.nextNode()) if (node.parentElement) add(node.parentElement, node.nodeValue ?? "");
  for (const field of document.querySelectorAll("input[placeholder]")) add(field, field.getAttribute("placeholder") ?? "");
  return found;
}

function faceOf(element: Element, inside: number): Face | "" {
  if (/^(SCRIPT|STYLE|NOSCRIPT|TEMPLATE)$/.test(element.tagName)) return "";
  if (Number.isFinite(inside)) {
    const box = element.getBoundingClientRect();
    const opens = !box.width && element.closest(".masthead"); // a panel of the first look that is closed
    if (!opens && (!box.width || box.top >= inside || box.bottom <= 0)) return "";
  }
  const style = getComputedStyle(element);
  if (!style.fontFamily.includes(FAMILIES.serif[0])) return "sans";
  return Number(style.fontWeight) >= 600 ? "serif-bold" : "serif";
}

export async function bringFaces(): Promise<void> {
  const had = new Map<Face, Set<string>>();
  const bring = async (inside: number): Promise<void> => {
    const wanted = [...standing(inside)].flatMap(([face, signs]) => {
      const known = had.get(face) ?? new Set();
      had.set(face, new Set([...known, ...signs]));
      const more = [...signs].filter((sign) => !known.has(sign)).sort();
      return Array.from({ length: Math.ceil(more.length / MOST) }, (_, at) => load(face, more.slice(at * MOST, (at + 1) * MOST)));
    });
    for (const face of await Promise.all(wanted)) document.fonts.add(face); // all at once: the page is drawn anew once
  };
  try {
    await bring(innerHeight);
    await moved();
    await bring(Infinity);
  } catch {
    for (const face of document.fonts) if (face.family.includes("Haihe Marks")) document.fonts.delete(face);
  }
  everySign();
}

async function load(face: Face, signs: string[]): Promise<FontFace> {
  const [family, weight] = FAMILIES[face];
  const unicodeRange = signs.map((sign) => "U+" + sign.codePointAt(0)?.toString(16)).join();
  const address = `/face/${face}.woff2?signs=${encodeURIComponent(signs.join(""))}`;
  return new FontFace(family, `url("${address}")`, { weight, unicodeRange }).load();
}

function moved(): Promise<unknown> {
  return Promise.race([
    new Promise((resolve) => ["scroll", "beforeprint"].forEach((one) => addEventListener(one, resolve, { once: true, passive: true }))),
    new Promise((resolve) => setTimeout(resolve, LATER)),
  ]);
}

function everySign(): void {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = document.body.dataset.fonts ?? "";
  document.head.append(link);
}
