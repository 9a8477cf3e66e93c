// What grows: a live story's entries and a front's live strip are asked for again while the page is looked at, and new
// entries are put on top. The address is the page's own; unchanged, it costs a 304. Ends with a day without news.

const DAY = 24 * 3600 * 1000;

export function growing(): void {
  for (const list of document.querySelectorAll<HTMLElement>("[data-live]")) follow(list, Number(list.dataset.live) || 60);
}

function follow(list: HTMLElement, seconds: number): void {
  if (!fresh(list)) return;
  list.classList.add("is-live");
  const timer = setInterval(async () => {
    if (document.hidden) return;
    if (!fresh(list)) {
      clearInterval(timer);
      list.classList.remove("is-live");
      return;
    }
    try {
      const answer = await fetch(location.pathname, { cache: "no-cache" });
      if (answer.ok) take(list, await answer.text());
    } catch {
      // no network now: the next time is soon
    }
  }, seconds * 1000);
}

function fresh(list: HTMLElement): boolean {
  const newest = list.querySelector("time")?.dateTime;
  return newest !== undefined && Date.now() - Date.parse(newest) < DAY;
}

function take(list: HTMLElement, html: string): void {
  const page = new DOMParser().parseFromString(html, "text/html");
  const theirs = [...page.querySelectorAll<HTMLElement>("[data-live] > li")];
  const mine = new Set([...list.children].map((entry) => entry.id));
  const added = theirs.filter((entry) => entry.id && !mine.has(entry.id));
  const gone = new Set(theirs.map((entry) => entry.id));
  if (!added.length) return;
  const height = list.scrollHeight;
  const above = list.getBoundingClientRect().top < 0;
  for (const entry of [...list.children]) if (!gone.has(entry.id)) entry.remove();
  for (const entry of added.reverse()) {
    entry.classList.add("is-new");
    list.prepend(entry);
  }
  if (above) scrollBy(0, list.scrollHeight - height); // who reads further down stays where they are
  const news = list.parentElement?.querySelector<HTMLElement>("[data-live-news]");
  if (news) news.textContent = added.length === 1 ? (news.dataset.one ?? "") : (news.dataset.many ?? "").replace("{n}", String(added.length));
}
