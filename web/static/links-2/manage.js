// One booking, by its manage link: the link's token stands behind the #, which browsers send to nobody.

import { Problem, attempt, byId, call, say } from "/static/links-2/api.js";
import { money, speak, speakFirst, time, word, wrong, zoneName } from "/static/links-2/words.js";

const KEPT = "manage link"; // for this tab, so that it is still known on the way back from paying
const PAYING = "stripe payment";
const MOVABLE = ["awaiting_approval", "awaiting_payment", "confirmed"];
const PROVIDERS = ["stripe", "paystack"];
const SECTIONS = ["booking", "moving", "cancelling"];

let link = location.hash.slice(1) || sessionStorage.getItem(KEPT) || "";
let access = "";
let booking = null;
let paysBy = [];

async function open() {
  const found = await call("POST", "/api/auth/booking-link", { body: { token: link } });
  access = found.access_token;
  paysBy = found.pays_by;
  await speak(found.locale);
  byId("title").textContent = document.title = found.service_name;
  byId("where").textContent = found.business_name;
  return found.booking;
}

// An access token lasts an hour, and the page may stay open for longer.
async function ask(method, path, more = {}) {
  try {
    return await call(method, path, { ...more, token: access });
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 401) throw error;
    await open();
    return call(method, path, { ...more, token: access });
  }
}

const path = (more = "") => `/api/bookings/${booking.id}${more}`;
const once = () => ({ "Idempotency-Key": crypto.randomUUID() });

const at = (text, options) => time(text, booking.timezone, options);

function owed(found, paid) {
  const price = money(found.price);
  if (paid > 0) return word("of_which_paid", { price, amount: money({ ...found.paid, amount: paid }) });
  const isDue = found.deposit && found.status === "awaiting_payment";
  return isDue ? word("of_which_due", { price, amount: money(found.deposit) }) : price;
}

function standing(found, isMoving) {
  const isHeld = found.status === "awaiting_payment" && found.hold_expires_at !== null;
  const status = isHeld ? word("held_until", { status: word(found.status), time: at(found.hold_expires_at) }) : word(found.status);
  return isMoving ? word("asked_to_move", { status, time: at(found.reschedule.starts_at) }) : status;
}

function reveal(name) {
  SECTIONS.forEach((each) => { byId(each).hidden = each !== name; });
  byId(name === "booking" ? "title" : `${name}-title`).focus();
}

function show(found, words) {
  booking = found;
  const paid = found.paid.amount - found.refunded.amount;
  const isAhead = new Date(found.starts_at) > new Date();
  const isMoving = found.reschedule !== null && found.reschedule.status === "pending";
  byId("when").textContent = at(found.starts_at);
  const zone = document.createElement("small");
  zone.textContent = zoneName(found.starts_at, found.timezone);
  byId("when").append(zone);
  const { name } = found.customer;
  byId("whom").textContent = found.party > 1 ? word("party", { name, party: found.party }) : name;
  byId("status").textContent = standing(found, isMoving);
  byId("price").textContent = owed(found, paid);
  byId("price").hidden = byId("price-name").hidden = found.price.amount === 0;
  const takesMoney = ["awaiting_payment", "confirmed"].includes(found.status) && found.paid.amount < found.price.amount;
  PROVIDERS.forEach((each) => {
    byId(each).hidden = !(takesMoney && found.payment_status !== "not_required" && paysBy.includes(each));
    byId(each).textContent = word(paysBy.length > 1 ? `pay_by_${each}` : "pay_now");
  });
  byId("move").hidden = !(isAhead && MOVABLE.includes(found.status) && !isMoving);
  byId("cancel").hidden = !(isAhead && [...MOVABLE, "pending"].includes(found.status));
  say(words);
  reveal("booking");
}

async function offer(date) {
  const which = date ? `date=${date}` : "view=next&limit=12";
  const found = await ask("GET", `/api/availability?service_id=${booking.service_id}&reschedule_of=${booking.id}&${which}`);
  byId("offered-title").textContent = word(date ? "free_that_day" : "next_free");
  const others = found.slots.filter((slot) => new Date(slot.starts_at).getTime() !== new Date(booking.starts_at).getTime());
  byId("offered").replaceChildren(...(others.length ? byDay(others) : [word("nothing_free")]));
  say("");
}

function byDay(slots) {
  let day = "";
  return slots.flatMap((slot) => {
    const heading = Object.assign(document.createElement("h3"), { textContent: at(slot.starts_at, { dateStyle: "full" }) });
    const isNew = heading.textContent !== day;
    day = heading.textContent;
    return isNew ? [heading, choice(slot)] : [choice(slot)];
  });
}

function choice(slot) {
  const label = document.createElement("label");
  const input = Object.assign(document.createElement("input"), { type: "radio", name: "start", value: slot.starts_at, required: true });
  label.append(input, at(slot.starts_at, { timeStyle: "short" }));
  return label;
}

async function move() {
  const chosen = document.querySelector("input[name=start]:checked");
  if (!chosen) return say(word("choose_first"), { wrong: true });
  say(word("asking"));
  const found = await ask("POST", path("/reschedule"), { body: { starts_at: chosen.value }, headers: { ...once(), Prefer: "wait=15" } });
  const isMoved = found.reschedule.status === "moved";
  return show(found, word(isMoved ? "moved" : "asked"));
}

async function quote() {
  const found = await ask("GET", path("/cancellation-quote"));
  const kept = { ...booking.paid, amount: booking.paid.amount - booking.refunded.amount - found.refund.amount };
  const words = [kept.amount ? word("is_kept", { amount: money(kept) }) : word("costs_nothing")];
  if (found.refund.amount) words.push(word("goes_back", { amount: money(found.refund) }));
  byId("quote").textContent = words.join(" ");
  byId("sure").onclick = () => attempt(async () => {
    show(await ask("PATCH", path("/status"), { body: { status: "cancelled", quote: found.quote }, headers: once() }), word("is_cancelled"));
  }, wrong);
  say("");
  reveal("cancelling");
}

async function askFor(provider, more) {
  say(word("preparing"));
  sessionStorage.setItem(KEPT, link);
  const path = { stripe: "stripe/create-payment-intent", paystack: "paystack/initialize" }[provider];
  const found = await ask("POST", `/api/payments/${path}`, { body: { booking_id: booking.id, ...more }, headers: once() });
  if (found.state === "open") return found;
  say(word("not_prepared"));
  return null;
}

const back = `${location.origin}${location.pathname}`; // without the token: it is nobody else's

async function payByPaystack() {
  const found = await askFor("paystack", { callback_url: back });
  if (found) location.assign(found.authorization_url);
}

async function payByStripe() {
  const found = await askFor("stripe", { return_url: back });
  if (!found) return;
  const { client_secret: secret, publishable_key: key, id } = found;
  sessionStorage.setItem(PAYING, JSON.stringify({ secret, key, id, amount: money(found.amount) }));
  location.assign("/manage/pay");
}

// The provider sends people back before it has told us that they paid: it is asked, and then waited for.
async function welcomeBack() {
  const before = booking.paid.amount;
  say(word("looking_for_payment"));
  const paying = JSON.parse(sessionStorage.getItem(PAYING) || "null");
  sessionStorage.removeItem(PAYING);
  if (paying) await ask("GET", `/api/payments/${paying.id}?refresh=true`);
  for (let looked = 0; looked < 10 && booking.paid.amount === before; looked += 1) {
    booking = await ask("GET", path());
    if (booking.paid.amount === before) await new Promise((wait) => { setTimeout(wait, 1000); });
  }
  const hasCome = booking.paid.amount > before || booking.status === "confirmed";
  show(booking, word(hasCome ? "thank_you" : "not_come"));
}

function comeBack() {
  const told = new URLSearchParams(location.search);
  history.replaceState(null, "", location.pathname + location.hash);
  if (told.get("redirect_status") === "failed") return say(word("not_paid"), { wrong: true });
  const hasPaid = told.has("reference") || told.has("redirect_status");
  return hasPaid && booking.status === "awaiting_payment" ? welcomeBack() : null;
}

async function download() {
  const file = await ask("GET", path("/calendar.ics"));
  const anchor = Object.assign(document.createElement("a"), { href: URL.createObjectURL(file), download: "booking.ics" });
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(anchor.href), 1000);
}

const tried = (work) => attempt(work, wrong);

byId("stripe").onclick = () => tried(payByStripe);
byId("paystack").onclick = () => tried(payByPaystack);
byId("cancel").onclick = () => tried(quote);
byId("calendar").onclick = () => tried(download);
byId("move").onclick = () => tried(async () => { byId("date").value = ""; await offer(""); reveal("moving"); });
byId("date").onchange = (event) => tried(() => offer(event.target.value));
byId("times").onsubmit = (event) => { event.preventDefault(); tried(move); };
byId("close").onclick = () => {
  [KEPT, PAYING].forEach((each) => sessionStorage.removeItem(each));
  history.replaceState(null, "", location.pathname);
  SECTIONS.forEach((each) => { byId(each).hidden = true; });
  byId("title").textContent = document.title = word("your_booking");
  say(word("closed"));
};
document.querySelectorAll(".back").forEach((each) => { each.onclick = () => { say(""); reveal("booking"); }; });
window.onhashchange = () => location.reload();

await speakFirst();
if (link) tried(async () => { show(await open(), ""); await comeBack(); });
else say(word("incomplete"), { wrong: true });
