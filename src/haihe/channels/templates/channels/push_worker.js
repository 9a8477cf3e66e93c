"use strict";
// Shows what was pushed; a click opens the story, in a window of ours where one is open.
self.addEventListener("push", (event) => {
  let said = {};
  try {
    said = event.data ? event.data.json() : {};
  } catch {
    said = {};
  }
  const { title, body, tag, lang, url, silent } = said;
  event.waitUntil(
    self.registration.showNotification(title || "", { body, tag, lang, silent: Boolean(silent), data: { url } }),
  );
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const url = event.notification.data && event.notification.data.url;
  if (!url) return;
  event.waitUntil(
    self.clients.matchAll({ type: "window" }).then((windows) => {
      const open = windows.find((one) => one.url === url);
      return open ? open.focus() : self.clients.openWindow(url);
    }),
  );
});
