// One booking, by its manage link: the link's token stands behind the #, which browsers send to nobody.

import { Problem, attempt, byId, call, say } from "/static/links-1/api.js";

const KEPT = "manage link"; // for this tab, so that it is still known on the way back from paying
const STATUS = {
  pending: "Waiting to be decided", awaiting_approval: "Waiting for approval", awaiting_payment: "Waiting for your payment",
  confirmed: "Confirmed", completed: "Took place", no_show: "Missed", cancelled: "Cancelled", declined: "Declined",
  expired: "Expired", rejected: "Not possible",
};
const MOVABLE = ["awaiting_approval", "awaiting_payment", "confirmed"];
const SECTIONS = ["booking", "moving", "cancelling"];

let link = location.hash.slice(1) || sessionStorage.getItem(KEPT) || "";
let access = "";
let booking = null;

async function open() {
  const found = await call("POST", "/api/auth/booking-link", { body: { token: link } });
  access = found.access_token;
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

function time(text, options = { dateStyle: "full", timeStyle: "short" }) {
  return new Intl.DateTimeFormat(undefined, { ...options, timeZone: booking.timezone }).format(new Date(text));
}

function money({ amount, currency }) {
  const format = new Intl.NumberFormat(undefined, { style: "currency", currency });
  return format.format(amount / 10 ** format.resolvedOptions().maximumFractionDigits);
}

function owed(found, paid) {
  if (paid > 0) return `, of which ${money({ ...found.paid, amount: paid })} is paid`;
  return found.deposit && found.status === "awaiting_payment" ? `, of which ${money(found.deposit)} is to be paid now` : "";
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
  byId("when").textContent = time(found.starts_at);
  const zone = document.createElement("small");
  zone.textContent = `${found.timezone.replaceAll("_", " ")} time`;
  byId("when").append(zone);
  byId("whom").textContent = found.party > 1 ? `${found.customer.name}, a party of ${found.party}` : found.customer.name;
  const isHeld = found.status === "awaiting_payment" && found.hold_expires_at !== null;
  const until = isHeld ? `; your place is held until ${time(found.hold_expires_at)}` : "";
  byId("status").textContent = STATUS[found.status] + until + (isMoving ? `; asked to move to ${time(found.reschedule.starts_at)}` : "");
  byId("price").textContent = money(found.price) + owed(found, paid);
  byId("price").hidden = byId("price-name").hidden = found.price.amount === 0;
  const takesMoney = ["awaiting_payment", "confirmed"].includes(found.status) && found.paid.amount < found.price.amount;
  byId("pay").hidden = !(takesMoney && found.payment_status !== "not_required");
  byId("move").hidden = !(isAhead && MOVABLE.includes(found.status) && !isMoving);
  byId("cancel").hidden = !(isAhead && [...MOVABLE, "pending"].includes(found.status));
  say(words);
  reveal("booking");
}

async function offer(date) {
  const which = date ? `date=${date}` : "view=next&limit=12";
  const found = await ask("GET", `/api/availability?service_id=${booking.service_id}&reschedule_of=${booking.id}&${which}`);
  byId("offered-title").textContent = date ? "Free times on that day" : "The next free times";
  const others = found.slots.filter((slot) => new Date(slot.starts_at).getTime() !== new Date(booking.starts_at).getTime());
  const shown = others.map((slot, place) => {
    const label = document.createElement("label");
    const choice = Object.assign(document.createElement("input"), { type: "radio", name: "start", value: slot.starts_at, required: true });
    choice.checked = place === 0;
    label.append(choice, time(slot.starts_at, { weekday: "short", day: "numeric", month: "short", hour: "numeric", minute: "2-digit" }));
    return label;
  });
  byId("offered").replaceChildren(...(shown.length ? shown : ["Nothing is free then. Try another day."]));
  say("");
}

async function move() {
  const chosen = document.querySelector("input[name=start]:checked");
  if (!chosen) return say("Choose a time first.", { wrong: true });
  say("Asking for that time…");
  const found = await ask("POST", path("/reschedule"), { body: { starts_at: chosen.value }, headers: { ...once(), Prefer: "wait=15" } });
  const isMoved = found.reschedule.status === "moved";
  return show(found, isMoved ? "Your booking has moved." : "You have asked for that time; you will hear whether it is yours.");
}

async function quote() {
  const found = await ask("GET", path("/cancellation-quote"));
  const kept = { ...booking.paid, amount: booking.paid.amount - booking.refunded.amount - found.refund.amount };
  const words = [kept.amount ? `Of what you paid, ${money(kept)} is kept.` : "Cancelling now costs you nothing."];
  if (found.refund.amount) words.push(`${money(found.refund)} goes back to you.`);
  byId("quote").textContent = words.join(" ");
  byId("sure").onclick = () => attempt(async () => {
    show(await ask("PATCH", path("/status"), { body: { status: "cancelled", quote: found.quote }, headers: once() }), "Your booking is cancelled.");
  });
  say("");
  reveal("cancelling");
}

async function pay() {
  say("Preparing your payment…");
  sessionStorage.setItem(KEPT, link);
  const back = `${location.origin}${location.pathname}`; // without the token: it is nobody else's
  const body = { booking_id: booking.id, callback_url: back };
  const found = await ask("POST", "/api/payments/paystack/initialize", { body, headers: once() });
  if (found.authorization_url) location.assign(found.authorization_url);
  else say("The payment is still being prepared. Please try again in a moment.");
}

// The provider sends people back before it has told us that they paid.
async function welcomeBack() {
  const before = booking.paid.amount;
  say("Looking for your payment…");
  for (let looked = 0; looked < 10 && booking.paid.amount === before; looked += 1) {
    await new Promise((wait) => { setTimeout(wait, 1000); });
    booking = await ask("GET", path());
  }
  show(booking, booking.paid.amount > before || booking.status === "confirmed"
    ? "Thank you: your payment has come." : "Your payment has not come yet. If you have paid, look again in a few minutes.");
}

async function download() {
  const file = await ask("GET", path("/calendar.ics"));
  const anchor = Object.assign(document.createElement("a"), { href: URL.createObjectURL(file), download: "booking.ics" });
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(anchor.href), 1000);
}

byId("pay").onclick = () => attempt(pay);
byId("cancel").onclick = () => attempt(quote);
byId("calendar").onclick = () => attempt(download);
byId("move").onclick = () => attempt(async () => { byId("date").value = ""; await offer(""); reveal("moving"); });
byId("date").onchange = (event) => attempt(() => offer(event.target.value));
byId("times").onsubmit = (event) => { event.preventDefault(); attempt(move); };
document.querySelectorAll(".back").forEach((each) => { each.onclick = () => { say(""); reveal("booking"); }; });
window.onhashchange = () => location.reload();

if (link) {
  attempt(async () => {
    show(await open(), "");
    if (new URLSearchParams(location.search).has("reference") && booking.status === "awaiting_payment") await welcomeBack();
  });
}
else say("This address is not complete. Please use the whole link from your mail.", { wrong: true });
