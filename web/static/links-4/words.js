// The words of the page, in the language in which the business speaks; a file for each language.

import { Problem, call } from "/static/links-4/api.js";

const LANGUAGES = ["en", "ar"];
const KEPT = "locale"; // for this tab: the way back from paying begins in the right language
let locale = "en";
let words = {};
const written = new Map();

const known = (tag) => LANGUAGES.find((each) => each === tag.split("-")[0]);

// Speaks as a place does, ar-EG say; what is marked in the page is said in its language.
export async function speak(tag) {
  const language = known(tag) || "en";
  locale = known(tag) ? tag : "en";
  written.clear();
  const answer = await fetch(`/static/links-4/words/${language}.json`);
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

const AT_ONCE = 300; // as many as the server takes

const nameOf = (value) => (typeof value === "string" ? value : `${value.amount} ${value.currency}`);

// Has moments and amounts put into words by the server, as mails have them: browsers name zones and write money otherwise.
export async function write(timezone, values) {
  const missing = values.filter((each) => each && !written.has(nameOf(each)));
  for (let done = 0; done < missing.length; done += AT_ONCE) await writeSome(timezone, missing.slice(done, done + AT_ONCE));
}

async function writeSome(timezone, missing) {
  const moments = missing.filter((each) => typeof each === "string");
  const amounts = missing.filter((each) => typeof each !== "string");
  const found = await call("POST", "/manage/wording", { body: { locale, timezone, moments, amounts } });
  moments.forEach((each, index) => written.set(each, found.moments[index]));
  amounts.forEach((each, index) => written.set(nameOf(each), found.amounts[index]));
}

export const moment = (text) => written.get(text);
export const money = (amount) => written.get(nameOf(amount));
