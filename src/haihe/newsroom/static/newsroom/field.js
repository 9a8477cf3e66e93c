import { add, drop, keep, kept, mine, reports, send } from "./outbox.js";

const said = document.body.dataset;
const find = (where) => document.querySelector(where);
const one = find(".one");
const list = find(".list");
let state = { assignments: [] };
let chosen = null;
let recorder = null;

if ("serviceWorker" in navigator) navigator.serviceWorker.register("/field/sw.js", { scope: "/field/" });
navigator.storage?.persist?.();

const element = (name, text, more = {}) => Object.assign(document.createElement(name), { textContent: text, ...more });
const clock = { dateStyle: "short", timeStyle: "short", timeZone: said.zone }; // the city's, as on its boards
const time = (text) => new Date(text).toLocaleString(document.documentElement.lang, clock);

async function learn() {
  state = (await kept("state")) ?? state;
  show();
  try {
    const asked = await fetch("/field/state.json", { cache: "no-store" });
    if (asked.ok && !asked.redirected) {
      state = await asked.json();
      delete state.token;
      await keep("state", state);
      show();
    }
  } catch {
    // what was kept stands
  }
}

function show() {
  chosen = state.assignments.find((each) => each.id === location.hash.slice(1)) ?? null;
  list.hidden = Boolean(chosen);
  one.hidden = !chosen;
  find(".none").hidden = state.assignments.length > 0;
  find(".list ul").replaceChildren(
    ...state.assignments.map((each) => {
      const link = element("a", each.title, { href: `#${each.id}` });
      const line = element("li", "");
      line.append(link, element("span", [time(each.starts), each.where, each.state].filter(Boolean).join(" · ")));
      return line;
    }),
  );
  if (!chosen) return;
  one.querySelector("h2").textContent = chosen.title;
  const due = chosen.deadline ? ` · ${said.due} ${time(chosen.deadline)}` : "";
  one.querySelector(".when").textContent = `${time(chosen.starts)} – ${time(chosen.ends)}${due}`;
  one.querySelector(".where").replaceChildren(chosen.where);
  if (chosen.position) {
    const [longitude, latitude] = chosen.position;
    one.querySelector(".where").append(" ", element("a", said.map, { href: `geo:${latitude},${longitude}` }));
  }
  one.querySelector(".brief").textContent = chosen.brief;
  tell();
}

async function tell(outcome) {
  const all = (await reports()).filter((report) => mine(report, state.by));
  const waiting = all.filter((report) => report.state === "waiting").length;
  const online = navigator.onLine && outcome !== "offline";
  const net = find(".net");
  net.textContent = outcome === "signed out" ? said.signIn : online ? said.online : said.offline;
  if (waiting) net.textContent += ` · ${said.left} ${waiting}`;
  net.classList.toggle("off", !online || outcome === "signed out");
  const here = all.filter((report) => report.assignment === chosen?.id).sort((a, b) => b.taken_at.localeCompare(a.taken_at));
  one.querySelector(".log").replaceChildren(
    ...here.map((report) => {
      const line = element("li", "", { className: report.state });
      line.append(element("span", `${time(report.taken_at)} ${report.kind === "text" ? report.text : said[report.kind]}`));
      line.append(element("b", report.why ? `${said.refused}: ${report.why}` : said[report.state]));
      if (report.state === "refused") {
        const name = `${report.taken_at.slice(0, 19).replaceAll(":", "")}.${report.blob?.type.match(/\w+$/)?.[0] ?? ""}`;
        if (report.blob) line.append(element("a", said.save, { href: URL.createObjectURL(report.blob), download: name }));
        const button = element("button", said.drop, { type: "button" });
        button.addEventListener("click", () => drop(report.key).then(() => tell()));
        line.append(button);
      }
      return line;
    }),
  );
}

async function sync() {
  tell(await send(() => tell()));
}

async function report(more) {
  if (!chosen && !more.assignment) return;
  try {
    await add({ assignment: chosen?.id, by: state.by, ...more });
  } catch {
    alert(said.full);
    throw new Error("not kept");
  }
  await tell();
  sync();
}

const where = () =>
  new Promise((resolve, reject) =>
    navigator.geolocation
      ? navigator.geolocation.getCurrentPosition((found) => resolve(found.coords), reject, { enableHighAccuracy: true, timeout: 20000 })
      : reject(new Error("none")),
  );

async function record(button) {
  if (recorder) recorder.stop();
  else await alone((free) => free && listen(button));
}

// One tab records, and none takes up what another is recording.
const alone = (act) => navigator.locks.request("haihe-voice", { ifAvailable: true }, act);

// What was said so far is kept twice a second: a dead battery takes no more than that.
async function listen(button) {
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    recorder = new MediaRecorder(stream);
  } catch {
    alert(said.noSound);
    return;
  }
  const before = button.textContent;
  const voice = { key: crypto.randomUUID(), assignment: chosen.id, by: state.by, taken_at: new Date().toISOString(), pieces: [] };
  const ended = new Promise((resolve) => recorder.addEventListener("stop", resolve));
  recorder.addEventListener("dataavailable", (event) => {
    voice.pieces.push(event.data);
    voice.type = event.target.mimeType;
    keep("voice", voice).catch(() => {}); // no room: told when it ends
  });
  recorder.start(500);
  button.textContent = said.stop;
  await ended;
  recorder = null;
  button.textContent = before;
  for (const track of stream.getTracks()) track.stop();
  await finish(voice);
}

async function finish({ pieces, type, ...voice }) {
  if (pieces.length) await report({ kind: "voice", blob: new Blob(pieces, { type }), ...voice });
  await keep("voice", null);
}

const takeUp = () =>
  alone(async (free) => {
    const left = free && (await kept("voice"));
    if (left) await finish(left);
  });

one.querySelector("[data-kind=photo]").addEventListener("change", async (event) => {
  for (const file of event.target.files) await report({ kind: "photo", blob: file });
  event.target.value = "";
});
one.querySelector("[data-record]").addEventListener("click", (event) => record(event.currentTarget));
one.querySelector("[data-position]").addEventListener("click", async () => {
  try {
    const { longitude, latitude, accuracy } = await where();
    await report({ kind: "position", longitude, latitude, accuracy });
  } catch {
    alert(said.noPlace);
  }
});
const words = find("#words");
one.querySelector("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = words.value.trim();
  if (!text) return;
  await report({ kind: "text", text });
  words.value = "";
  keep(`words ${chosen.id}`, "");
});
words.addEventListener("input", () => keep(`words ${chosen.id}`, words.value));
async function unsent() {
  words.value = chosen ? ((await kept(`words ${chosen.id}`)) ?? "") : "";
}
one.querySelector(".back").addEventListener("click", () => {
  location.hash = "";
});
addEventListener("hashchange", () => {
  show();
  unsent();
});
addEventListener("online", sync);
addEventListener("offline", () => tell("offline"));
setInterval(sync, 20000);
await learn();
await unsent();
await takeUp();
await sync();
