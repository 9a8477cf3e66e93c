// Deposits as the API has them: begun, filled by tus uploads, kept as one item.

export type Sent = { id: string; path: string; length: number; offset: number; address: string };
export type Draft = { id: string; state: string; problem: string; known: Record<string, string>; uploads: Sent[] };

/** What the server will not have, in its words. */
export class Refused extends Error {}

export const later = (time: number): Promise<void> => new Promise((done) => setTimeout(done, time));

export class Drafts {
  constructor(private readonly token: string) {}

  /** Refused where the server says no; any other error is a line or a server that is away. */
  async ask<Told>(method: string, path: string, value?: unknown): Promise<Told> {
    const headers: Record<string, string> = { "X-CSRFToken": this.token };
    if (value !== undefined) headers["Content-Type"] = "application/json";
    const body = value === undefined ? undefined : JSON.stringify(value);
    const answer = await fetch(`/api/v1/${path}`, { method, body, headers, credentials: "same-origin" });
    if (answer.status === 204) return {} as Told;
    const told = await answer.json().catch(() => ({}));
    if (answer.ok) return told as Told;
    const said = [told.detail, told.hint].filter((part) => typeof part === "string").join(" ") || answer.statusText;
    throw answer.status < 500 ? new Refused(said) : new Error(said);
  }

  begin(form: HTMLFormElement, otherwise: string): Promise<Draft> {
    const said = new FormData(form);
    const rights: Record<string, string> = {};
    for (const name of ["licence", "holder"]) {
      const value = String(said.get(name) ?? "");
      if (value) rights[name] = value;
    }
    const title = String(said.get("title") ?? "") || otherwise;
    return this.ask("POST", "deposits", { organisation: said.get("organisation"), title, rights });
  }

  look(id: string): Promise<Draft> {
    return this.ask("GET", `deposits/${id}`);
  }

  takeOut(upload: Sent): Promise<unknown> {
    return this.ask("DELETE", `uploads/${upload.id}`);
  }

  discard(id: string): Promise<unknown> {
    return this.ask("DELETE", `deposits/${id}`);
  }

  /** Have what has arrived kept, and wait until it is, or cannot be. */
  async finish(draft: Draft): Promise<Draft> {
    let told = draft;
    if (told.state === "open" || told.state === "failed") told = await this.ask("POST", `deposits/${draft.id}/finish`);
    while (told.state === "finished") {
      await later(700);
      told = await this.look(draft.id);
    }
    if (told.state !== "kept") throw new Refused(told.problem);
    return told;
  }
}
