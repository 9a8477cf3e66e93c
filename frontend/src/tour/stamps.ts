// Stamps that right answers gave, with their day: in the storage of this device, sent nowhere.

export class Stamps {
  private held: Record<string, string> = {};

  /** path: of the tour, under which they are kept; "" keeps them for this visit alone. */
  constructor(private readonly path: string) {
    if (!path) return;
    try {
      const told = JSON.parse(localStorage.getItem(this.name) ?? "{}") as Record<string, unknown>;
      for (const [key, day] of Object.entries(told)) if (typeof day === "string") this.held[key] = day.slice(0, 10);
    } catch {
      // storage is shut, or holds something else: the card begins empty
    }
  }

  private get name(): string {
    return `haihe-stamps:${this.path}`;
  }

  /** On which day it was earned, "2026-11-28"; "" where it was not. */
  at(key: string): string {
    return this.held[key] ?? "";
  }

  take(key: string): void {
    const now = new Date();
    this.held[key] ||= [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((n) => String(n).padStart(2, "0")).join("-");
    this.keep();
  }

  forget(): void {
    this.held = {};
    this.keep();
  }

  private keep(): void {
    if (!this.path) return;
    try {
      if (Object.keys(this.held).length) localStorage.setItem(this.name, JSON.stringify(this.held));
      else localStorage.removeItem(this.name);
    } catch {
      // storage is shut: they last as long as the page
    }
  }
}
