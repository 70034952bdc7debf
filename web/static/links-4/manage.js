// One booking, by its manage link: the link's token stands behind the #, which browsers send to nobody.

import { Problem, attempt, byId, call, say } from "/static/links-4/api.js";
import { moment, money, speak, speakFirst, word, write, wrong } from "/static/links-4/words.js";

const PAYING = "paying"; // for this tab: what is needed on the way back from paying, and taken then
const UNDECIDED = ["creating", "open", "processing"];
const MOVABLE = ["awaiting_approval", "awaiting_payment", "confirmed"];
const PROVIDERS = ["stripe", "paystack"];
const SECTIONS = ["booking", "moving", "cancelling"];

let link = location.hash.slice(1);
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

function owed(found, paid) {
  const price = money(found.price);
  if (paid.amount > 0) return word("of_which_paid", { price, amount: money(paid) });
  const isDue = found.deposit && found.status === "awaiting_payment";
  return isDue ? word("of_which_due", { price, amount: money(found.deposit) }) : price;
}

function standing(found, isMoving) {
  const isHeld = found.status === "awaiting_payment" && found.hold_expires_at !== null;
  const status = isHeld ? word("held_until", { status: word(found.status), time: moment(found.hold_expires_at).whole }) : word(found.status);
  return isMoving ? word("asked_to_move", { status, time: moment(found.reschedule.starts_at).whole }) : status;
}

function reveal(name) {
  SECTIONS.forEach((each) => { byId(each).hidden = each !== name; });
  byId(name === "booking" ? "title" : `${name}-title`).focus();
}

async function show(found, words) {
  booking = found;
  const paid = { ...found.paid, amount: found.paid.amount - found.refunded.amount };
  const moments = [found.starts_at, found.hold_expires_at, found.reschedule && found.reschedule.starts_at];
  await write(found.timezone, [...moments, found.price, found.deposit, paid]);
  const isAhead = new Date(found.starts_at) > new Date();
  const isMoving = found.reschedule !== null && found.reschedule.status === "pending";
  const { whole, zone } = moment(found.starts_at);
  byId("when").replaceChildren(whole, Object.assign(document.createElement("small"), { textContent: zone }));
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
  byId("calendar").hidden = !(isAhead && MOVABLE.includes(found.status));
  say(words);
  reveal("booking");
}

async function offer(date) {
  const which = date ? `date=${date}` : "view=next&limit=12";
  const found = await ask("GET", `/api/availability?service_id=${booking.service_id}&reschedule_of=${booking.id}&${which}`);
  byId("offered-title").textContent = word(date ? "free_that_day" : "next_free");
  const others = found.slots.filter((slot) => new Date(slot.starts_at).getTime() !== new Date(booking.starts_at).getTime());
  await write(booking.timezone, others.map((slot) => slot.starts_at));
  byId("offered").replaceChildren(...(others.length ? byDay(others) : [word("nothing_free")]));
  say("");
}

function byDay(slots) {
  let day = "";
  return slots.flatMap((slot) => {
    const heading = Object.assign(document.createElement("h3"), { textContent: moment(slot.starts_at).date });
    const isNew = heading.textContent !== day;
    day = heading.textContent;
    return isNew ? [heading, choice(slot)] : [choice(slot)];
  });
}

function choice(slot) {
  const label = document.createElement("label");
  const input = Object.assign(document.createElement("input"), { type: "radio", name: "start", value: slot.starts_at, required: true });
  label.append(input, moment(slot.starts_at).time);
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
  await write(booking.timezone, [kept, found.refund]);
  const words = [kept.amount ? word("is_kept", { amount: money(kept) }) : word("costs_nothing")];
  if (found.refund.amount) words.push(word("goes_back", { amount: money(found.refund) }));
  byId("quote").textContent = words.join(" ");
  byId("sure").onclick = () => attempt(async () => {
    await show(await ask("PATCH", path("/status"), { body: { status: "cancelled", quote: found.quote }, headers: once() }), word("is_cancelled"));
  }, wrong);
  say("");
  reveal("cancelling");
}

const back = `${location.origin}${location.pathname}`; // without the token: it is nobody else's

async function askFor(provider, more) {
  say(word("preparing"));
  const path = { stripe: "stripe/create-payment-intent", paystack: "paystack/initialize" }[provider];
  const found = await ask("POST", `/api/payments/${path}`, { body: { booking_id: booking.id, ...more }, headers: once() });
  if (found.state !== "open") return say(word("not_prepared"));
  await write(booking.timezone, [found.amount]);
  const { id, client_secret: secret, publishable_key: key, amount, authorization_url: place } = found;
  sessionStorage.setItem(PAYING, JSON.stringify({ link, id, secret, key, amount: money(amount) }));
  return location.assign(provider === "stripe" ? "/manage/pay" : place);
}

function outcome(payment, status) {
  const why = payment.failure_message ? ` \u2068${payment.failure_message}\u2069` : ""; // in the provider's language
  const notPaid = [word("not_paid") + why, { wrong: true }];
  const ends = { succeeded: [word("thank_you")], processing: [word("on_its_way")], review: [word("is_looked_at")], canceled: notPaid, failed: notPaid };
  const isRefused = status === "failed" || (why && status !== "succeeded");
  return ends[payment.state] || (isRefused ? notPaid : [word("not_come")]);
}

// The provider sends people back before it has told us what came of it: it is asked, and then waited for.
async function welcomeBack(id, status) {
  say(word("looking_for_payment"));
  let payment = await ask("GET", `/api/payments/${id}?refresh=true`);
  const isClear = () => !UNDECIDED.includes(payment.state) || (status === "failed" && payment.failure_message);
  for (let looked = 0; looked < (status === "failed" ? 3 : 10) && !isClear(); looked += 1) {
    await new Promise((wait) => { setTimeout(wait, 1000); });
    payment = await ask("GET", `/api/payments/${id}`);
  }
  await show(await ask("GET", path()), "");
  say(...outcome(payment, status));
}

// Who comes back from paying has no token in their address; it is put there again, and kept nowhere else.
function comeBack() {
  const told = new URLSearchParams(location.search);
  const isBack = ["reference", "redirect_status", "left"].some((each) => told.has(each));
  const kept = isBack && !link ? JSON.parse(sessionStorage.getItem(PAYING) || "null") : null;
  sessionStorage.removeItem(PAYING);
  if (kept) link = kept.link;
  history.replaceState(null, "", `${location.pathname}${link && `#${link}`}`);
  return { isBack, id: kept && !told.has("left") ? kept.id : "", status: told.get("redirect_status") };
}

async function download() {
  const file = await ask("GET", path("/calendar.ics"));
  const anchor = Object.assign(document.createElement("a"), { href: URL.createObjectURL(file), download: "booking.ics" });
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(anchor.href), 1000);
}

const tried = (work) => attempt(work, wrong);

byId("stripe").onclick = () => tried(() => askFor("stripe", { return_url: back }));
byId("paystack").onclick = () => tried(() => askFor("paystack", { callback_url: back }));
byId("cancel").onclick = () => tried(quote);
byId("calendar").onclick = () => tried(download);
byId("move").onclick = () => tried(async () => { byId("date").value = ""; await offer(""); reveal("moving"); });
byId("date").onchange = (event) => tried(() => offer(event.target.value));
byId("times").onsubmit = (event) => { event.preventDefault(); tried(move); };
byId("close").onclick = () => {
  history.replaceState(null, "", location.pathname);
  SECTIONS.forEach((each) => { byId(each).hidden = true; });
  byId("title").textContent = document.title = word("your_booking");
  say(word("closed"));
};
document.querySelectorAll(".back").forEach((each) => { each.onclick = () => { say(""); reveal("booking"); }; });
window.onhashchange = () => location.reload();

await speakFirst();
const { isBack, id, status } = comeBack();
if (link) tried(async () => { await show(await open(), ""); if (id) await welcomeBack(id, status); });
else say(word(isBack ? "elsewhere" : "incomplete"), { wrong: !isBack });
