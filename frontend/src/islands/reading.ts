// The reading list: stories kept in this browser, whole, for where there is no network. Nothing is told to anybody.

const CACHE = "haihe-reading";
const KEY = "haihe.reading";

interface Kept {
  path: string;
  title: string;
  lang: string;
  at: number;
}

function kept(): Kept[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(found) ? (found as Kept[]).filter((one) => typeof one.path === "string" && one.path.startsWith("/")) : [];
  } catch {
    return [];
  }
}

function keep(list: Kept[]): void {
  localStorage.setItem(KEY, JSON.stringify(list));
}

async function save(path: string, title: string, lang: string): Promise<void> {
  const cache = await caches.open(CACHE);
  const answer = await fetch(path, { cache: "no-cache" });
  if (!answer.ok) throw new Error(String(answer.status));
  const page = new DOMParser().parseFromString(await answer.clone().text(), "text/html");
  await cache.put(path, answer);
  const parts = [
    ...[...page.querySelectorAll<HTMLLinkElement>("link[rel=stylesheet]")].map((one) => one.getAttribute("href")),
    ...[...page.querySelectorAll<HTMLScriptElement>("script[src]")].map((one) => one.getAttribute("src")),
    ...[...document.querySelectorAll<HTMLImageElement>("article img")].map((one) => one.currentSrc || one.src),
  ];
  // a part that does not come must not cost the story
  await Promise.allSettled([...new Set(parts)].filter((one): one is string => !!one).map((one) => cache.add(one)));
  keep([{ path, title, lang, at: Date.now() }, ...kept().filter((one) => one.path !== path)]);
  await navigator.serviceWorker?.register("/sw.js");
}

async function forget(path: string): Promise<void> {
  keep(kept().filter((one) => one.path !== path));
  await (await caches.open(CACHE)).delete(path);
}

export function readingList(): void {
  if (!("caches" in window)) return;
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-keep]")) keeper(button);
  const list = document.querySelector<HTMLElement>("[data-reading-list]");
  if (list) show(list);
}

function keeper(button: HTMLButtonElement): void {
  const path = location.pathname;
  const text = button.querySelector("[data-text]");
  const say = (word: string | undefined): void => {
    if (text && word) text.textContent = word;
  };
  const state = (): void => {
    const has = kept().some((one) => one.path === path);
    button.setAttribute("aria-pressed", String(has));
    say(has ? button.dataset.kept : button.dataset.offer);
  };
  state();
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      if (kept().some((one) => one.path === path)) await forget(path);
      else await save(path, button.dataset.title ?? document.title, document.documentElement.lang);
      state();
    } catch {
      say(button.dataset.failed);
    }
    button.disabled = false;
  });
}

function show(list: HTMLElement): void {
  const entries = kept();
  list.hidden = entries.length === 0;
  const empty = document.querySelector<HTMLElement>("[data-reading-empty]");
  if (empty) empty.hidden = entries.length > 0;
  list.replaceChildren(
    ...entries.map((one) => {
      const row = document.createElement("li");
      row.className = "kept";
      const link = document.createElement("a");
      link.href = one.path;
      link.lang = one.lang;
      link.textContent = one.title;
      const remove = document.createElement("button");
      remove.type = "button";
      remove.className = "button";
      remove.textContent = list.dataset.remove ?? "";
      remove.setAttribute("aria-label", `${list.dataset.remove ?? ""}: ${one.title}`);
      remove.addEventListener("click", async () => {
        await forget(one.path);
        show(list);
        (list.querySelector<HTMLElement>("a") ?? document.querySelector<HTMLElement>("main"))?.focus();
      });
      row.append(link, remove);
      return row;
    }),
  );
}
