/* The words that people read: zh-CN first, English second, one table each (domain: `table.ts`). */
import { ref } from "vue";
import { WORDS, type Word } from "./table";

export type { Word };

export type Language = "zh" | "en";
export type Theme = "auto" | "light" | "dark";

const LANGUAGE = "fieldvisit.language";
const THEME = "fieldvisit.theme";
const dusk = matchMedia("(prefers-color-scheme: dark)");

export const language = ref<Language>(localStorage.getItem(LANGUAGE) === "en" ? "en" : "zh");
export const theme = ref<Theme>((localStorage.getItem(THEME) as Theme | null) ?? "auto");

export function setLanguage(wanted: Language): void {
  language.value = wanted;
  localStorage.setItem(LANGUAGE, wanted);
  document.documentElement.lang = wanted === "zh" ? "zh-CN" : "en";
}

export function setTheme(wanted: Theme): void {
  theme.value = wanted;
  localStorage.setItem(THEME, wanted);
  applyTheme();
}

export function applyTheme(): void {
  const dark = theme.value === "dark" || (theme.value === "auto" && dusk.matches);
  document.documentElement.dataset["theme"] = dark ? "dark" : "light";
}

export function startWords(): void {
  setLanguage(language.value);
  applyTheme();
  dusk.addEventListener("change", applyTheme);
  // Another window of the app has changed it.
  addEventListener("storage", (event) => {
    if (event.key === LANGUAGE) setLanguage(event.newValue === "en" ? "en" : "zh");
  });
}

/** The word in the reader's language; `{name}` is filled from the parameters. */
export function t(word: Word, filled: Record<string, string | number> = {}): string {
  const [zh, en] = WORDS[word];
  return (language.value === "zh" ? zh : en).replace(/\{(\w+)\}/g, (_, name: string) => String(filled[name] ?? ""));
}

/** The clause behind a sentence, in the brackets of the reader's script. */
export function cited(clause: string | null | undefined): string {
  if (!clause) return "";
  return language.value === "zh" ? `（${clause}）` : ` (${clause})`;
}

/** What the server says in both languages. */
export function said(words: { zh: string; en: string }): string {
  return words[language.value];
}

const LOCAL = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit" });

/** `HH:MM` in Shanghai. */
export function hourOf(when: string | number | null): string {
  return when === null ? "--:--" : LOCAL.format(typeof when === "string" ? Date.parse(when) : when);
}

export function sizeOf(bytes: number): string {
  return bytes < 1 << 20 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / (1 << 20)).toFixed(1)} MB`;
}

export function elapsed(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const part = (value: number): string => String(value).padStart(2, "0");
  return `${part(Math.floor(seconds / 3600))}:${part(Math.floor(seconds / 60) % 60)}:${part(seconds % 60)}`;
}
