// A card for one payment, given to Stripe and not to us. The page of the booking leads here, and is where Stripe leads back to.

import { attempt, byId, say } from "/static/links-4/api.js";
import { speakFirst, word, wrong } from "/static/links-4/words.js";

const { secret, key, amount } = JSON.parse(sessionStorage.getItem("paying") || "{}");
const booking = new URL("/manage", location.href).href;

function begin() {
  const stripe = window.Stripe(key, { locale: document.documentElement.lang.split("-")[0] });
  const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
  const elements = stripe.elements({ clientSecret: secret, appearance: { theme: isDark ? "night" : "stripe" } });
  const form = elements.create("payment");
  form.on("ready", () => { byId("sure").hidden = false; });
  form.on("loaderror", ({ error }) => say(error.message || word("no_stripe"), { wrong: true }));
  form.mount("#card");
  byId("sure").textContent = word("pay_amount", { amount });
  byId("paying").hidden = false;
  byId("paying").onsubmit = (event) => {
    event.preventDefault();
    attempt(async () => {
      say("");
      // It returns only if something is against it: else the customer is led on, to their bank or back to the booking.
      const { error } = await stripe.confirmPayment({ elements, confirmParams: { return_url: booking } });
      say(error.message || word("wrong"), { wrong: true });
    }, wrong);
  };
}

await speakFirst();
document.title = word("paying");
byId("back").onclick = () => location.assign(`${booking}?left`);
window.onpageshow = (event) => { if (event.persisted) location.reload(); }; // it was left while it waited
if (!secret) say(word("no_payment"), { wrong: true });
else if (!window.Stripe) say(word("no_stripe"), { wrong: true });
else begin();
