// What this page saved by itself is what it shows: without this, publishing after an autosave looks out of date.
document.addEventListener("w-autosave:success", ({ target, detail }) => {
  const { revision_id: id, revision_created_at: at } = detail?.data ?? {};
  const form = target.closest?.("form") ?? document.querySelector("form[data-edit-form]");
  if (!id || !form) return;
  for (const [name, value] of [["loaded_revision_id", id], ["loaded_revision_created_at", at]]) {
    for (const field of form.querySelectorAll(`[name=${name}]`)) field.value = value;
  }
});
