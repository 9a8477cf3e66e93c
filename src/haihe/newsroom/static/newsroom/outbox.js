// What waits to be sent lies in the browser's own database until the server said that it has it.
const opened = new Promise((resolve, reject) => {
  const asked = indexedDB.open("haihe-field", 1);
  asked.onupgradeneeded = () => {
    asked.result.createObjectStore("reports", { keyPath: "key" });
    asked.result.createObjectStore("kept");
  };
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => reject(asked.error);
});

async function store(name, mode, act) {
  const database = await opened;
  return new Promise((resolve, reject) => {
    const change = database.transaction(name, mode, { durability: "strict" });
    const asked = act(change.objectStore(name));
    change.oncomplete = () => resolve(asked?.result);
    change.onerror = change.onabort = () => reject(change.error);
  });
}

export const keep = (name, value) => store("kept", "readwrite", (kept) => kept.put(value, name));
export const kept = (name) => store("kept", "readonly", (all) => all.get(name));
export const reports = () => store("reports", "readonly", (all) => all.getAll());
export const drop = (key) => store("reports", "readwrite", (all) => all.delete(key));
const put = (report) => store("reports", "readwrite", (all) => all.put(report));

// Kept first, sent after: resolves when it is safe on the device.
export async function add(report) {
  await put({ key: crypto.randomUUID(), taken_at: new Date().toISOString(), state: "waiting", ...report });
}

function form(report) {
  const body = new FormData();
  for (const name of ["key", "kind", "text", "taken_at"]) body.append(name, report[name] ?? "");
  for (const name of ["longitude", "latitude", "accuracy"]) {
    if (report[name] !== undefined) body.append(name, String(report[name]));
  }
  if (report.blob) body.append("file", report.blob, "report");
  return body;
}

// Several people may use one device: each sends their own, and sees no other's.
export const mine = (report, by) => !report.by || report.by === by;

// Sends what waits, the oldest first; one that the server cannot take now stops no other. Returns "sent", "offline" or "signed out".
export const send = (changed) =>
  navigator.locks.request("haihe-field", async () => {
    const waiting = (await reports()).filter((report) => report.state === "waiting");
    if (!waiting.length) return "sent";
    waiting.sort((one, two) => one.taken_at.localeCompare(two.taken_at));
    try {
      const asked = await fetch("/field/state.json", { cache: "no-store" });
      if (asked.status === 401 || asked.redirected) return "signed out";
      if (!asked.ok) return "offline";
      const { token, by } = await asked.json();
      let outcome = "sent";
      for (const report of waiting.filter((report) => mine(report, by))) {
        const answer = await fetch(`/field/send/${report.assignment}/`, {
          method: "POST",
          headers: { "X-CSRFToken": token },
          body: form(report),
        });
        if (answer.status === 401 || answer.status === 403) return "signed out";
        if (answer.ok) await put({ ...report, blob: undefined, state: "sent" });
        else if (answer.status < 500) {
          const told = await answer.json().catch(() => ({}));
          await put({ ...report, state: "refused", why: told.detail ?? String(answer.status) });
        } else outcome = "offline";
        changed();
      }
      return outcome;
    } catch {
      return "offline";
    }
  });
