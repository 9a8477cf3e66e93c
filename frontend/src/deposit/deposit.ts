// Files and folders deposited by Uppy over tus 1.0: a broken line, a closed lid or a restarted server loses nothing, and
// a deposit that was broken off goes on when the same files are chosen again. What was sent the server says, not this
// browser's memory: the same file may belong to another deposit, too.

import Uppy, { type Body, type Meta, type UppyFile } from "@uppy/core";
import Dashboard from "@uppy/dashboard";
import chinese from "@uppy/locales/lib/zh_CN.js";
import Tus from "@uppy/tus";
import { type Draft, Drafts, later, Refused } from "./drafts";

type Said = Meta & { deposit?: string; path?: string; relativePath?: string | null };
type Deposited = UppyFile<Said, Body>;

const PIECE = 16 * 1024 * 1024;
const AT_ONCE = 3;
const AGAIN = [500, 1000, 2000, 4000, 8000, ...Array<number>(400).fill(15_000)]; // a server may be away for an hour
const WORTH_ANOTHER_TRY = [408, 409, 423]; // a line that broke, and what comes of it

const root = document.querySelector<HTMLElement>("[data-deposit]") as HTMLElement;
const words = root.dataset;
const drafts = new Drafts(words.csrf ?? "");
const form = root.querySelector("form") as HTMLFormElement;
const taken = new Set<string>(); // paths of files that were taken out here
let draft: Draft | null = null;
let state: "filling" | "keeping" | "kept" = "filling";

const one = (name: string): HTMLElement => root.querySelector<HTMLElement>(`[data-${name}]`) as HTMLElement;
const pathOf = (file: Deposited): string => String(file.meta.relativePath || file.meta.name);

function say(text: string, href = ""): void {
  const part = href ? Object.assign(document.createElement("a"), { href }) : document.createElement("span");
  part.textContent = text;
  one("status").replaceChildren(part);
}

function theme(): "auto" | "dark" | "light" {
  const { classList } = document.documentElement;
  return classList.contains("w-theme-dark") ? "dark" : classList.contains("w-theme-light") ? "light" : "auto";
}

const uppy = new Uppy<Said, Body>({
  locale: document.documentElement.lang.startsWith("zh") ? chinese : undefined,
  restrictions: { maxFileSize: Number(words.limit) },
  onBeforeFileAdded: () => state !== "keeping",
})
  .use(Dashboard, {
    target: one("uppy"),
    inline: true,
    width: "100%",
    height: 480,
    theme: theme(),
    note: words.note,
    fileManagerSelectionType: "both",
    proudlyDisplayPoweredByUppy: false,
    singleFileFullScreen: false,
    disableThumbnailGenerator: true, // masters are larger than a browser should decode, and of kinds that it cannot
    hideCancelButton: true, // one press would throw away what took a day to send; "Discard" stands below
    doneButtonHandler: null,
    showRemoveButtonAfterComplete: true, // until all is kept
  })
  .use(Tus, {
    endpoint: "/api/v1/uploads",
    headers: { "X-CSRFToken": words.csrf ?? "" },
    allowedMetaFields: ["deposit", "path", "filetype"],
    chunkSize: PIECE,
    limit: AT_ONCE,
    retryDelays: AGAIN,
    storeFingerprintForResuming: false,
    onShouldRetry: (error, _attempt, _options, next) => {
      const status = error.originalResponse?.getStatus() ?? 0;
      const refused = error.originalRequest?.getMethod() === "POST" && status >= 400 && status < 500;
      const again = !refused && (WORTH_ANOTHER_TRY.includes(status) || next(error));
      if (again) say(words.lost ?? "");
      return again;
    },
  });

uppy.on("file-added", (file) => {
  if (state === "kept") beginAnew(file);
  taken.delete(pathOf(file));
  uppy.setFileMeta(file.id, { path: pathOf(file), filetype: file.type });
});
uppy.on("file-removed", (file) => {
  if (state === "filling") taken.add(pathOf(file));
  keepWhenAllIsHere();
});
uppy.on("upload-success", keepWhenAllIsHere);
uppy.on("upload-progress", () => {
  if (one("status").textContent === words.lost) say("");
});
uppy.on("upload-error", (file, _error, response) => {
  const told = String((response?.body as { xhr?: XMLHttpRequest } | undefined)?.xhr?.responseText ?? "").trim();
  if (!file || !told || told.startsWith("<")) return;
  let detail = told;
  try {
    detail = JSON.parse(told).detail ?? told;
  } catch {
    // it is plain text
  }
  uppy.setFileState(file.id, { error: detail });
  say(`${pathOf(file)}: ${detail}`);
});
addEventListener("beforeunload", (event) => {
  if (Object.keys(uppy.getState().currentUploads).length) event.preventDefault();
});

/** After a deposit was kept, the next file is the first of another. */
function beginAnew(first: Deposited): void {
  [draft, state] = [null, "filling"];
  const before = uppy.getFiles().filter((file) => file.id !== first.id && file.progress.uploadComplete);
  uppy.removeFiles(before.map((file) => file.id));
  uppy.getPlugin("Dashboard")?.setOptions({ showRemoveButtonAfterComplete: true });
  taken.clear();
  one("known").replaceChildren();
  say("");
}

// ---- before and after the files are sent

uppy.addPreProcessor(async (ids) => {
  const files = ids.map((id) => uppy.getFile(id));
  const first = files[0];
  if (!first) return;
  try {
    draft = draft ? await without(draft) : await drafts.begin(form, pathOf(first).split("/")[0] ?? "");
  } catch (error) {
    say((error as Error).message);
    throw error;
  }
  const sent = new Map(draft.uploads.map((upload) => [upload.path, upload]));
  for (const file of files) {
    const known = sent.get(pathOf(file));
    const address = known?.length === file.size ? known?.address : undefined;
    uppy.setFileMeta(file.id, { deposit: draft.id });
    if (address) uppy.setFileState(file.id, { tus: { ...file.tus, uploadUrl: address } });
  }
});

/** The draft without those files that were taken out here: a request that was cut short may have announced them. */
async function without(which: Draft): Promise<Draft> {
  const found = await drafts.look(which.id);
  const gone = found.uploads.filter((upload) => taken.has(upload.path));
  for (const upload of gone) await drafts.takeOut(upload);
  taken.clear();
  return { ...found, uploads: found.uploads.filter((upload) => !gone.includes(upload)) };
}

function keepWhenAllIsHere(): void {
  const files = uppy.getFiles();
  const here = files.every((file) => file.progress.uploadComplete && !file.error);
  if (state === "filling" && draft && files.length && here) void keep();
}

async function keep(): Promise<void> {
  if (!draft) return;
  state = "keeping";
  say(words.keeping ?? "");
  try {
    draft = await without(draft);
    const told = await drafts.finish(draft);
    state = "kept";
    uppy.getPlugin("Dashboard")?.setOptions({ showRemoveButtonAfterComplete: false });
    say(words.kept ?? "", (words.item ?? "").replace("00000000-0000-0000-0000-000000000000", draft.id));
    one("known").replaceChildren(...Object.keys(told.known).map((path) => line(`${path}: ${words.known}`)));
  } catch (error) {
    if (!(error instanceof Refused)) {
      say(words.lost ?? "");
      return later(3000).then(keep);
    }
    state = "filling";
    say(error.message);
  }
}

function line(text: string): HTMLLIElement {
  return Object.assign(document.createElement("li"), { textContent: text });
}

// ---- deposits that were broken off

for (const button of root.querySelectorAll<HTMLElement>("[data-discard]"))
  button.addEventListener("click", () => {
    drafts.discard(button.dataset.discard ?? "").then(
      () => location.reload(),
      (error: Error) => say(error.message),
    );
  });
for (const button of root.querySelectorAll<HTMLElement>("[data-take-up]"))
  button.addEventListener("click", async () => {
    draft = await drafts.look(button.dataset.takeUp ?? "");
    one("uppy").scrollIntoView({ block: "center" });
    if (draft.uploads.length && draft.uploads.every((upload) => upload.offset === upload.length)) {
      await keep();
      return;
    }
    one("uppy").querySelector<HTMLInputElement>(".uppy-Dashboard-input")?.click();
  });
