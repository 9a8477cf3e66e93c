// The page for programmers: fills the path, asks, and shows what came. Asks this host alone.

const LONGEST = 200_000;

for (const form of document.querySelectorAll<HTMLFormElement>(".api__form")) {
  form.querySelector<HTMLButtonElement>("button[type=submit]")!.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void ask(form);
  });
}
openNamed();
addEventListener("hashchange", openNamed);

async function ask(form: HTMLFormElement): Promise<void> {
  const answer = form.querySelector<HTMLElement>(".api__answer")!;
  const headers: Record<string, string> = { accept: "application/json" };
  const token = document.querySelector<HTMLInputElement>("#api-token")?.value.trim();
  if (token && "closed" in form.dataset) headers.authorization = `Bearer ${token}`;
  const address = addressOf(form);
  const began = performance.now();
  try {
    const response = await fetch(address, { headers, credentials: "omit" });
    const text = await response.text();
    show(answer, `${response.status} · ${Math.round(performance.now() - began)} ms · ${address}`, pretty(text));
  } catch {
    show(answer, answer.dataset.failed ?? "", "");
  }
}

function addressOf(form: HTMLFormElement): string {
  let path = form.dataset.path ?? "";
  const query = new URLSearchParams();
  for (const field of form.querySelectorAll<HTMLInputElement | HTMLSelectElement>("[data-in]")) {
    const name = field.dataset.name ?? "";
    if (field.dataset.in === "path") path = path.replace(`{${name}}`, encodeURIComponent(field.value));
    else if (field.value) query.set(name, field.value);
  }
  const asked = query.toString();
  return asked ? `${path}?${asked}` : path;
}

function pretty(text: string): string {
  let shown = text;
  try {
    shown = JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // not JSON: as it came
  }
  return shown.length > LONGEST ? `${shown.slice(0, LONGEST)}\n…` : shown;
}

function show(answer: HTMLElement, line: string, body: string): void {
  const said = document.createElement("p");
  said.textContent = line;
  answer.replaceChildren(said);
  if (!body) return;
  const code = document.createElement("pre");
  code.className = "api__code";
  code.tabIndex = 0;
  code.textContent = body;
  answer.append(code);
}

function openNamed(): void {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (named instanceof HTMLDetailsElement) named.open = true;
}
