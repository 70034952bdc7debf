// Trying an operation: what its form holds is sent to this server, and the answer is shown below.

const KEPT = "token";
const token = document.getElementById("token");
const who = document.getElementById("who");
const caller = document.getElementById("caller");
const known = JSON.parse(sessionStorage.getItem("known") ?? "{}");
const demo = await signIn();

async function signIn() {
  token.value = sessionStorage.getItem(KEPT) ?? "";
  token.addEventListener("input", () => sessionStorage.setItem(KEPT, token.value));
  if (!caller.dataset.demo) return null;
  const answer = await fetch(caller.dataset.demo);
  if (answer.status !== 200) return null;
  const found = await answer.json();
  if (!token.value) token.value = found.api_key;
  if (token.value === found.api_key) who.textContent = "You are signed in by the demo's API key. Whatever you send is done.";
  return found;
}

// Ids that were answered before stand where they are asked for: a booking's in the paths of bookings.
function remember(body) {
  const first = body?.object === "list" ? body.data?.[0] : body;
  if (typeof first?.id !== "string" || typeof first.object !== "string") return;
  known[`${first.object}_id`] = first.id;
  if (first.object === "business") known.slug = first.slug;
  sessionStorage.setItem("known", JSON.stringify(known));
}

function ids() {
  return { ...(demo && token.value === demo.api_key ? demo.ids : {}), ...known };
}

async function fill(form) {
  const found = ids();
  for (const field of form.querySelectorAll("input[required]")) {
    if (found[field.name]) field.value = found[field.name];
  }
  const body = form.elements.body;
  if (!body?.dataset.media.endsWith("json")) return;
  const sample = JSON.parse(body.value);
  for (const name of Object.keys(sample)) {
    if (found[name]) sample[name] = found[name];
  }
  Object.assign(sample, await start(sample));
  body.value = JSON.stringify(sample, null, 2);
}

// A booking is asked for at a time that is free.
async function start(sample) {
  if (!("service_id" in sample && "date" in sample && "time" in sample) || !token.value) return {};
  const day = (days) => new Date(Date.now() + days * 86400000).toISOString().slice(0, 10);
  const asked = new URLSearchParams({ service_id: sample.service_id, from: day(1), to: day(14) });
  const answer = await fetch(`/api/availability?${asked}`, { headers: { Authorization: `Bearer ${token.value}` } });
  const slot = answer.ok ? (await answer.json()).slots?.[0] : null;
  return slot ? { date: slot.starts_at.slice(0, 10), time: slot.starts_at.slice(11, 16) } : {};
}

function request(form) {
  let path = form.dataset.path;
  const query = new URLSearchParams();
  const headers = {};
  for (const field of form.querySelectorAll("input[data-place]")) {
    if (!field.value) continue;
    if (field.dataset.place === "path") path = path.replace(`{${field.name}}`, encodeURIComponent(field.value));
    else if (field.dataset.place === "query") query.append(field.name, field.value);
    else headers[field.name] = field.value;
  }
  if (token.value && !("public" in form.dataset)) headers.Authorization = `Bearer ${token.value}`;
  const body = form.elements.body;
  if (body) headers["Content-Type"] = body.dataset.media;
  const address = query.size ? `${path}?${query}` : path;
  return [address, { method: form.dataset.method, headers, body: body?.value, cache: "no-store" }];
}

function written(text) {
  try {
    const body = JSON.parse(text);
    remember(body);
    return JSON.stringify(body, null, 2);
  } catch {
    return text;
  }
}

async function send(form) {
  const outcome = form.querySelector(".outcome");
  const status = outcome.querySelector("[role=status]");
  const [address, what] = request(form);
  outcome.hidden = false;
  status.textContent = "Asking …";
  const began = performance.now();
  try {
    const answer = await fetch(address, what);
    const text = await answer.text();
    const took = Math.round(performance.now() - began);
    outcome.classList.toggle("refused", !answer.ok);
    outcome.querySelector("code").textContent = written(text);
    outcome.querySelector(".code").hidden = !text;
    status.textContent = `${answer.status} ${answer.statusText}, in ${took} ms`;
  } catch (error) {
    outcome.classList.add("refused");
    outcome.querySelector(".code").hidden = true;
    status.textContent = `No answer: ${error.message}`;
  }
}

for (const form of document.querySelectorAll(".try form")) {
  const button = form.querySelector("button");
  button.disabled = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    await send(form);
    button.disabled = false;
  });
  form.closest("details").addEventListener("toggle", () => fill(form), { once: true });
}
