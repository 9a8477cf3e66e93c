// Files and folders sent by tus 1.0, piece by piece: a broken line, a closed lid or a restarted server loses nothing,
// and a deposit that was broken off goes on when the same files are chosen again.
const root = document.querySelector("[data-deposit]");
const words = root.dataset;
const PIECE = 16 * 1024 * 1024;
const AT_ONCE = 3;
const find = (name) => root.querySelector(`[data-${name}]`);
const form = root.querySelector("form");
let draft = null;
let takenUp = null;
let held = false;
let running = 0;
let files = [];

const call = async (method, address, { body, headers = {}, signal } = {}) =>
  fetch(address, { method, body, signal, headers: { "X-CSRFToken": words.csrf, ...headers }, credentials: "same-origin" });
const json = async (method, address, value) => {
  const body = value === undefined ? undefined : JSON.stringify(value);
  const answer = await call(method, address, { body, headers: body ? { "Content-Type": "application/json" } : {} });
  const told = answer.status === 204 ? {} : await answer.json().catch(() => ({}));
  if (!answer.ok) throw Object.assign(new Error([told.detail, told.hint].filter(Boolean).join(" ") || answer.statusText), { final: answer.status < 500 });
  return told;
};
const encoded = (text) => btoa(String.fromCodePoint(...new TextEncoder().encode(text)));
const size = (bytes) => {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(4, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${(bytes / 1000 ** power).toFixed(power ? 1 : 0)} ${units[power]}`;
};
const say = (text, href) => {
  const line = find("status");
  line.textContent = "";
  const part = href ? Object.assign(document.createElement("a"), { href }) : document.createElement("span");
  part.textContent = text;
  line.append(part);
};
const pause = (time) => new Promise((done) => setTimeout(done, time));

// ---- choosing

async function walk(entry, below, found) {
  if (entry.isFile) {
    const file = await new Promise((done, fail) => entry.file(done, fail));
    found.push({ file, path: below + file.name });
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    const part = await new Promise((done, fail) => reader.readEntries(done, fail));
    if (!part.length) return;
    for (const one of part) await walk(one, `${below}${entry.name}/`, found);
  }
}
const drop = find("drop");
for (const name of ["dragenter", "dragover"]) drop.addEventListener(name, (event) => { event.preventDefault(); drop.dataset.over = ""; });
for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => delete drop.dataset.over);
drop.addEventListener("drop", async (event) => {
  event.preventDefault();
  const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const found = [];
  for (const entry of entries) await walk(entry, "", found);
  begin(found);
});
for (const input of root.querySelectorAll("[data-pick]"))
  input.addEventListener("change", () => {
    begin([...input.files].map((file) => ({ file, path: file.webkitRelativePath || file.name })));
    input.value = "";
  });

// ---- sending

async function begin(found) {
  if (!found.length) return;
  find("sending").hidden = false;
  try {
    if (!draft) {
      const said = Object.fromEntries(new FormData(form));
      const rights = Object.fromEntries(["licence", "holder"].filter((name) => said[name]).map((name) => [name, said[name]]));
      const title = said.title || found[0].path.split("/")[0];
      draft = takenUp ?? (await json("POST", "/api/v1/deposits", { organisation: said.organisation, title, rights }));
    }
  } catch (error) {
    return say(error.message);
  }
  for (const one of found) {
    if (files.some((other) => other.path === one.path)) continue;
    const known = draft.uploads.find((row) => row.path === one.path && row.length === one.file.size);
    const row = { ...one, address: known?.address, offset: known?.offset ?? 0, state: "waiting" };
    if (row.file.size > Number(words.limit)) row.state = "large";
    if (known && known.offset === known.length) row.state = "arrived";
    show(row);
    files.push(row);
  }
  next();
}

function show(row) {
  const line = document.createElement("li");
  const remove = Object.assign(document.createElement("button"), { type: "button", className: "button button-small button-secondary", textContent: words.remove });
  remove.addEventListener("click", () => takeOut(row));
  row.told = document.createElement("span");
  line.append(Object.assign(document.createElement("span"), { textContent: row.path }), row.told, remove);
  row.line = line;
  find("files").append(line);
  tell(row);
}
function tell(row, text) {
  row.told.textContent = text ?? (row.state === "sending" ? `${Math.floor((100 * row.offset) / Math.max(1, row.file.size))}%` : words[row.state] ?? row.state);
  const whole = files.reduce((sum, one) => sum + one.file.size, 0) || 1;
  const arrived = files.reduce((sum, one) => sum + one.offset, 0);
  find("whole").value = arrived / whole;
  if (running) say(`${size(arrived)} / ${size(whole)}`);
}
async function takeOut(row) {
  row.state = "gone";
  row.stop?.abort();
  files = files.filter((one) => one !== row);
  row.line.remove();
  if (row.address) await json("DELETE", `/api/v1/uploads/${row.address.split("/").pop()}`).catch((error) => say(error.message));
  next();
}

function next() {
  while (!held && running < AT_ONCE) {
    const row = files.find((one) => one.state === "waiting");
    if (!row) break;
    running += 1;
    row.state = "sending";
    send(row).finally(() => { running -= 1; next(); });
  }
  if (!running && files.length && files.every((one) => one.state === "arrived")) finish();
}

async function send(row) {
  let wait = 500;
  while (row.state === "sending") {
    if (held) { row.state = "waiting"; return tell(row, words.paused); }
    const before = row.offset;
    try {
      await go(row);
      if (row.offset >= row.file.size) { row.state = "arrived"; return tell(row); }
      wait = 500;
    } catch (error) {
      if (row.state !== "sending") return;
      if (held) continue;
      if (error.final) { row.state = "failed"; return tell(row, error.message); }
      tell(row, words.lost);
      wait = row.offset > before ? 500 : Math.min(wait * 2, 15000);
      await pause(wait);
      await look(row).catch(() => {});
    }
  }
}
async function look(row) {
  if (!row.address) return;
  const answer = await call("HEAD", row.address, { headers: { "Tus-Resumable": "1.0.0" } });
  if (answer.ok) row.offset = Number(answer.headers.get("Upload-Offset"));
  else if (answer.status === 404) { row.address = undefined; row.offset = 0; }
}
async function go(row) {
  if (!row.address) {
    const metadata = { deposit: draft.id, path: row.path, filetype: row.file.type };
    const said = Object.entries(metadata).filter(([, value]) => value).map(([name, value]) => `${name} ${encoded(value)}`).join(",");
    const answer = await call("POST", "/api/v1/uploads", { headers: { "Tus-Resumable": "1.0.0", "Upload-Length": String(row.file.size), "Upload-Metadata": said } });
    if (!answer.ok) {
      const text = await answer.text();
      let detail = text;
      try { detail = JSON.parse(text).detail; } catch { /* it is plain text */ }
      throw Object.assign(new Error(detail), { final: answer.status < 500 });
    }
    row.address = new URL(answer.headers.get("Location"), location.href).pathname;
    row.offset = 0;
  }
  if (row.offset >= row.file.size) return;
  row.stop = new AbortController();
  const body = row.file.slice(row.offset, row.offset + PIECE);
  const headers = { "Tus-Resumable": "1.0.0", "Upload-Offset": String(row.offset), "Content-Type": "application/offset+octet-stream" };
  const answer = await call("PATCH", row.address, { body, headers, signal: row.stop.signal });
  if (answer.status !== 204) throw Object.assign(new Error(answer.statusText), { final: [403, 413].includes(answer.status) });
  row.offset = Number(answer.headers.get("Upload-Offset"));
  tell(row);
}

find("hold").addEventListener("click", () => {
  held = !held;
  find("hold").textContent = held ? words.resume : words.pause;
  if (held) for (const row of files) row.stop?.abort();
  else next();
});
addEventListener("online", () => next());
addEventListener("beforeunload", (event) => { if (running) event.preventDefault(); });

// ---- keeping

let finishing = false;
async function finish() {
  if (finishing) return;
  finishing = true;
  find("hold").hidden = true;
  say(words.keeping);
  try {
    let told = await json("POST", `/api/v1/deposits/${draft.id}/finish`);
    while (told.state === "finished") {
      await pause(700);
      told = await json("GET", `/api/v1/deposits/${draft.id}`).catch(() => told);
    }
    if (told.state !== "kept") return say(told.problem);
    say(words.kept, words.item.replace("00000000-0000-0000-0000-000000000000", draft.id));
    for (const button of find("files").querySelectorAll("button")) button.remove();
    for (const row of files) if (row.path in told.known) row.told.textContent = words.known;
  } catch (error) {
    finishing = false;
    say(error.message);
  }
}

for (const button of root.querySelectorAll("[data-discard]"))
  button.addEventListener("click", async () => {
    await json("DELETE", `/api/v1/deposits/${button.dataset.discard}`).then(() => location.reload(), (error) => alert(error.message));
  });
for (const button of root.querySelectorAll("[data-take-up]"))
  button.addEventListener("click", async () => {
    takenUp = await json("GET", `/api/v1/deposits/${button.dataset.takeUp}`);
    if (takenUp.uploads.length && takenUp.uploads.every((row) => row.offset === row.length)) { draft = takenUp; find("sending").hidden = false; return finish(); }
    find("drop").scrollIntoView({ block: "center" });
    find("pick").click();
  });
