// Saving: the whole document, a few seconds after the last change; what is still to be mended comes back.

import type { Desk } from "./desk";
import type { Finding } from "./document";
import { pressable } from "./lists";

export class Saving {
  dirty = false;
  private timer = 0;

  constructor(readonly desk: Desk) {
    addEventListener("beforeunload", (event) => {
      if (this.dirty) event.preventDefault();
    });
  }

  changed(): void {
    this.dirty = true;
    this.state(this.desk.word("unsaved"));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.save(), 4000) as unknown as number;
  }

  state(said: string): void {
    this.desk.one("[data-state]").textContent = said;
  }

  post(address: string, body: BodyInit): Promise<Response> {
    const token = this.desk.one<HTMLInputElement>("[name=csrfmiddlewaretoken]").value;
    return fetch(address, { method: "POST", body, headers: { "X-CSRFToken": token } });
  }

  async save(): Promise<boolean> {
    clearTimeout(this.timer);
    if (!this.dirty) return true;
    this.dirty = false;
    this.state(this.desk.word("saving"));
    try {
      const { document, revision } = this.desk.told;
      const answer = await this.post(this.desk.told.save, JSON.stringify({ document, revision }));
      const said = (await answer.json()) as { revision: number; findings: Finding[]; said?: string };
      if (!answer.ok) throw new Error(said.said);
      this.desk.told.revision = said.revision;
      const preview = this.desk.one<HTMLAnchorElement>("[data-preview]");
      preview.href = preview.href.replace(/revisions\/\d+/, `revisions/${said.revision}`);
      this.findings(said.findings);
      this.state(this.desk.word("saved"));
      return true;
    } catch (error) {
      this.dirty = true;
      this.state(`${this.desk.word("failed")} ${error instanceof Error ? error.message : ""}`);
      return false;
    }
  }

  findings(found: Finding[]): void {
    const items = found.map((one) => {
      const item = document.createElement("li");
      item.className = `is-${one.severity}`;
      const scene = this.desk.told.document.scenes.find((other) => other.id === one.scene);
      const hotspot = scene?.hotspots.find((other) => other.id === one.hotspot) ?? null;
      if (scene) item.append(pressable(one.said, () => this.desk.choose(scene, hotspot)));
      else item.textContent = one.said;
      return item;
    });
    if (!items.length) {
      const item = document.createElement("li");
      item.textContent = this.desk.word("allWell");
      items.push(item);
    }
    this.desk.one("[data-findings]").replaceChildren(...items);
  }
}
