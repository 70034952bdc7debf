// Stripe's script, as far as a page that takes a card needs it. What its form would ask is asked on the stand-in's own page.

const BASE = new URL(".", document.currentScript.src).href;
const WORDS = "This stands in for Stripe's form. On the next page you choose what the card does.";

function element() {
  return {
    mount(place) {
      const words = Object.assign(document.createElement("p"), { textContent: WORDS });
      document.querySelector(place).replaceChildren(words);
    },
    on(event, work) {
      if (event === "ready") queueMicrotask(work);
      return this;
    },
  };
}

window.Stripe = (key, { locale } = {}) => ({
  key,
  locale,
  elements: ({ clientSecret }) => ({ clientSecret, create: element, submit: async () => ({}) }),
  confirmPayment({ elements, confirmParams }) {
    const back = encodeURIComponent(confirmParams.return_url);
    window.location.assign(`${BASE}pay/${elements.clientSecret}?return_url=${back}`);
    return new Promise(() => {}); // the page is left
  },
});
