// The words of the page, in the language in which the business speaks; a file for each language.

import { Problem } from "/static/links-2/api.js";

const LANGUAGES = ["en", "ar"];
const KEPT = "locale"; // for this tab: the way back from paying begins in the right language
let locale = "en";
let words = {};

const known = (tag) => LANGUAGES.find((each) => each === tag.split("-")[0]);

// Speaks as a place does, ar-EG say; what is marked in the page is said in its language.
export async function speak(tag) {
  const language = known(tag) || "en";
  locale = known(tag) ? tag : "en";
  const answer = await fetch(`/static/links-2/words/${language}.json`);
  words = await answer.json();
  document.documentElement.lang = locale;
  document.documentElement.dir = language === "ar" ? "rtl" : "ltr";
  document.querySelectorAll("[data-word]").forEach((each) => { each.textContent = words[each.dataset.word]; });
  sessionStorage.setItem(KEPT, locale);
}

// Before anything of the booking is known: as it was, or as the browser likes it.
export const speakFirst = () => speak(sessionStorage.getItem(KEPT) || navigator.languages.find(known) || "en");

export function word(name, values = {}) {
  return Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, () => value), words[name]);
}

export function wrong(error) {
  if (!(error instanceof Problem)) return words.wrong;
  if (error.status === 0) return words.offline;
  const ours = words[`problem_${error.code}`];
  return ours || (locale.startsWith("en") ? error.message : words.wrong);
}

// Mails write European digits in every language, and so does this page.
const numbered = () => `${locale}-u-nu-latn`;

export function time(text, zone, options = { dateStyle: "full", timeStyle: "short" }) {
  return new Intl.DateTimeFormat(numbered(), { ...options, timeZone: zone }).format(new Date(text));
}

export function zoneName(text, zone) {
  const parts = new Intl.DateTimeFormat(numbered(), { timeZone: zone, timeZoneName: "long" }).formatToParts(new Date(text));
  return parts.find((each) => each.type === "timeZoneName").value;
}

export function money({ amount, currency }) {
  const format = new Intl.NumberFormat(numbered(), { style: "currency", currency });
  return format.format(amount / 10 ** format.resolvedOptions().maximumFractionDigits);
}
