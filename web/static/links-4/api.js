// Calling the API, and saying in words what came of it. The page calls this server and no other.

export class Problem extends Error {
  constructor(document, status) {
    super(document.detail || document.title || "Something went wrong here. Please try again in a moment.");
    this.code = document.code || "";
    this.status = status;
  }
}

export async function call(method, path, { body, token, headers = {} } = {}) {
  const sent = { ...headers };
  if (body !== undefined) sent["Content-Type"] = "application/json";
  if (token) sent.Authorization = `Bearer ${token}`;
  let answer;
  try {
    answer = await fetch(path, { method, headers: sent, body: body === undefined ? undefined : JSON.stringify(body) });
  } catch {
    throw new Problem({ detail: "The server cannot be reached. Are you online?" }, 0);
  }
  const isJson = (answer.headers.get("Content-Type") || "").includes("json");
  if (!answer.ok) throw new Problem(isJson ? await answer.json() : {}, answer.status);
  if (isJson) return answer.json();
  return answer.status === 200 ? answer.blob() : null;
}

export const byId = (id) => document.getElementById(id);

export function say(text, { wrong = false } = {}) {
  const place = byId("message");
  place.textContent = text;
  place.classList.toggle("wrong", wrong);
}

// Does something once, however often it is clicked, and says what is against it, in the words of *tell*.
export async function attempt(work, tell) {
  const buttons = [...document.querySelectorAll("button")];
  buttons.forEach((each) => { each.disabled = true; });
  try {
    await work();
  } catch (error) {
    say(tell(error), { wrong: true });
  } finally {
    buttons.forEach((each) => { each.disabled = false; });
  }
}
