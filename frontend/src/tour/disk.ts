// Where a tour was opened from a disk: the tiles of a scene stand in one script, as text.

type Texts = Record<string, string>;
const scripts = new Map<string, Promise<Texts>>();
const arrived = new Map<string, (texts: Texts) => void>();

export async function fromScript(url: string): Promise<Blob | null> {
  const [scene, ...rest] = url.slice(6).split("/");
  if (!scripts.has(scene!)) {
    scripts.set(
      scene!,
      new Promise((done, failed) => {
        const script = document.createElement("script");
        script.src = `scenes/${scene}.js`;
        script.onerror = failed;
        arrived.set(scene!, done);
        Object.assign(window, { haiheTiles: (name: string, texts: Texts) => arrived.get(name)?.(texts) });
        document.head.append(script);
      }),
    );
    for (const key of [...scripts.keys()].slice(0, -3)) scripts.delete(key);
  }
  const text = (await scripts.get(scene!)!)[rest.join("/")];
  if (text === undefined) return null;
  return new Blob([Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0))]);
}
