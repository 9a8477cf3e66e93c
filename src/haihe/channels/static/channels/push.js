"use strict";
// The page on which a browser allows notifications and ends them.
(() => {
  const place = document.querySelector("[data-push]");
  const said = place.querySelector("[data-push-said]");
  const on = place.querySelector("[data-push-on]");
  const off = place.querySelector("[data-push-off]");
  const token = place.querySelector("[name=csrfmiddlewaretoken]").value;

  const tell = (what) => {
    said.textContent = said.dataset[what];
    on.hidden = what === "on" || what === "denied" || what === "cannot";
    off.hidden = what !== "on";
  };
  const send = async (where, what) => {
    const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
    const answer = await fetch(where, { method: "POST", headers, body: JSON.stringify(what) });
    if (!answer.ok) throw new Error(String(answer.status));
  };
  const bytes = (text) => {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
  };
  const trying = (act) => async () => {
    try {
      await act();
    } catch (error) {
      tell(Notification.permission === "denied" ? "denied" : "failed");
    }
  };

  if (!("serviceWorker" in navigator) || !("PushManager" in window)) {
    tell("cannot");
    return;
  }
  const ready = navigator.serviceWorker.register(place.dataset.worker, { scope: "/" });
  on.addEventListener("click", trying(async () => {
    const registration = await ready;
    const options = { userVisibleOnly: true, applicationServerKey: bytes(place.dataset.key) };
    const made = await registration.pushManager.subscribe(options);
    await send(place.dataset.subscribe, made.toJSON());
    tell("on");
  }));
  off.addEventListener("click", trying(async () => {
    const kept = await (await ready).pushManager.getSubscription();
    if (kept) {
      await send(place.dataset.leave, { endpoint: kept.endpoint });
      await kept.unsubscribe();
    }
    tell("off");
  }));
  trying(async () => {
    const kept = await (await ready).pushManager.getSubscription();
    tell(Notification.permission === "denied" ? "denied" : kept ? "on" : "off");
  })();
})();
