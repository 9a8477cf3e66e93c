// What this page saved by itself is what it shows: without this, publishing after an autosave looks out of date.
document.addEventListener("w-autosave:success", ({ target, detail }) => {
  const { revision_id: id, revision_created_at: at } = detail?.data ?? {};
  const form = target.closest?.("form") ?? document.querySelector("form[data-edit-form]");
  if (!id || !form) return;
  for (const [name, value] of [["loaded_revision_id", id], ["loaded_revision_created_at", at]]) {
    for (const field of form.querySelectorAll(`[name=${name}]`)) field.value = value;
  }
  keepWhatCameMeanwhile(form, detail.data.field_updates ?? {});
});

// Wagtail's script takes the whole page for saved, also what was typed after the save had been put together: those
// words would be neither sent nor asked about when the page is left. They are unsaved, and so they are called.
const sent = new WeakMap();
const watcher = (form) => window.wagtail?.app?.getControllerForElementAndIdentifier(form, "w-unsaved");

document.addEventListener("w-autosave:save", ({ target, detail }) => {
  const token = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1];
  if (token) {
    // Signing in again, in another tab, gives a new one: with the old one this page could never save again.
    detail.formData.set("csrfmiddlewaretoken", token);
    for (const field of target.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
  }
  const watch = watcher(target);
  if (watch) sent.set(target, watch.formData);
});

function keepWhatCameMeanwhile(form, updates) {
  const watch = watcher(form);
  if (!watch || !sent.has(form)) return;
  const saved = new URLSearchParams(sent.get(form));
  for (const [name, value] of Object.entries(updates)) if (saved.has(name)) saved.set(name, value);
  if (saved.toString() === watch.formData) return;
  watch.initialFormData = saved.toString();
  watch.hasEditsValue = true;
  watch.notify();
}

// What the server says of a failed save, such as that one was signed out, in place of "a server error".
document.addEventListener("w-autosave:error", ({ detail }) => {
  if (detail?.response?.error_message) detail.text = detail.response.error_message;
}, { capture: true });

// Back from the tab in which one signed in again: try at once.
document.addEventListener("visibilitychange", () => {
  const form = document.querySelector("form[data-edit-form]");
  const watch = form && document.visibilityState === "visible" && watcher(form);
  if (watch?.hasEditsValue) watch.notify();
});

// What of the record shows around the form, as the server last said it; it then sends that again only when it changed.
for (const form of document.querySelectorAll("form[data-edit-form]")) {
  const around = Object.assign(document.createElement("input"), { type: "hidden", name: "around", value: "" });
  form.append(around);
}
