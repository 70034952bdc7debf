// What the pages of the manual can do beside being read: a menu on small screens, copying of code, "/" to search, and
// results while one types; and letters at their whole height. Every page is whole without it.

const by = (selector) => document.querySelector(selector);

function menu() {
  const button = by(".menu");
  if (!button) return;
  const side = by("#side");
  const show = (open) => {
    side.classList.toggle("is-open", open);
    button.setAttribute("aria-expanded", String(open));
  };
  button.addEventListener("click", () => show(!side.classList.contains("is-open")));
  side.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && side.classList.contains("is-open")) {
      show(false);
      button.focus();
    }
  });
  side.addEventListener("click", (event) => event.target.closest("a[href^='#']") && show(false));
  // Not by scrollIntoView, after which the Tab key would go on from there.
  side.scrollTop = (side.querySelector("[aria-current]")?.offsetTop ?? 0) - side.clientHeight / 2;
}

function copying() {
  if (!navigator.clipboard) return;
  for (const block of document.querySelectorAll(".text .code, .shown > .code, .sample .code")) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "copy", textContent: "Copy" });
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(block.querySelector("code").textContent);
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });
    block.append(button);
  }
}

function shortcut() {
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      by("#q").focus();
    }
  });
}

function whileTyping() {
  const field = by("#q[data-live]");
  if (!field) return;
  let due = 0;
  let newest = 0;
  field.addEventListener("input", () => {
    clearTimeout(due);
    due = setTimeout(async () => {
      const mine = (newest += 1);
      const address = `/docs/search?q=${encodeURIComponent(field.value)}`;
      const answer = await fetch(address);
      if (!answer.ok || mine !== newest) return;
      const found = new DOMParser().parseFromString(await answer.text(), "text/html");
      by("#count").textContent = found.querySelector("#count").textContent;
      by(".hits").replaceWith(found.querySelector(".hits"));
      history.replaceState(null, "", address);
    }, 200);
  });
}

// A letter runs no script, so that its page may look how high it is: then only the page scrolls.
function letter() {
  const frame = by("iframe.letter");
  if (!frame) return;
  const fit = () => {
    const root = frame.contentDocument?.documentElement;
    if (!root) return;
    frame.style.height = "0";
    frame.style.height = `${root.scrollHeight + frame.offsetHeight - frame.clientHeight}px`;
  };
  frame.addEventListener("load", fit);
  addEventListener("resize", fit);
  fit();
}

menu();
copying();
shortcut();
whileTyping();
letter();
