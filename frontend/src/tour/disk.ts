// Where a tour was opened from a disk: the tiles of a scene stand in one script, as text; so does each object.

type Texts = Record<string, string>;
const scripts = new Map<string, Promise<Texts>>();
const arrived = new Map<string, (texts: Texts) => void>();

/** A script beside the page, run. */
export function script(src: string): Promise<void> {
  return new Promise((done, failed) => {
    const made = document.createElement("script");
    made.src = src;
    made.onload = () => done();
    made.onerror = failed;
    document.head.append(made);
  });
}

/** The bytes of a file that stands in a script of its name: `haiheFile(name, text)`. */
export async function fileOnDisk(name: string): Promise<ArrayBuffer> {
  let found = "";
  Object.assign(window, { haiheFile: (_name: string, text: string) => (found = text) });
  await script(`${name}.js`);
  return Uint8Array.from(atob(found), (sign) => sign.charCodeAt(0)).buffer;
}

export async function fromScript(url: string): Promise<Blob | null> {
  const [scene, ...rest] = url.slice(6).split("/");
  if (!scripts.has(scene!)) {
    scripts.set(
      scene!,
      new Promise((done, failed) => {
        arrived.set(scene!, done);
        Object.assign(window, { haiheTiles: (name: string, texts: Texts) => arrived.get(name)?.(texts) });
        script(`scenes/${scene}.js`).catch(failed);
      }),
    );
    for (const key of [...scripts.keys()].slice(0, -3)) scripts.delete(key);
  }
  const text = (await scripts.get(scene!)!)[rest.join("/")];
  if (text === undefined) return null;
  return new Blob([Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0))]);
}
