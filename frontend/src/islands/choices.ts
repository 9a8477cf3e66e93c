// The reader's choices of display; they live in this browser only.

export const CHOICES: Record<string, string[]> = {
  theme: ["auto", "light", "dark", "contrast-light", "contrast"],
  size: ["normal", "large"],
  arrows: ["auto", "on"],
};

export function chosen(name: string): string {
  const value = document.documentElement.dataset[name] ?? "";
  const values = CHOICES[name] ?? [];
  return values.includes(value) ? value : (values[0] ?? "");
}

export function keep(name: string, value: string): void {
  try {
    localStorage.setItem("haihe." + name, value);
  } catch {
    // not kept beyond this page
  }
}

export function choose(name: string, value: string): void {
  keep(name, value);
  document.documentElement.dataset[name] = value;
  document.dispatchEvent(new CustomEvent("haihe:display"));
}
