// What mails about an account lead to. The token stands behind the #, and is taken out of the address at once.

import { attempt, byId, call, say } from "/static/links-2/api.js";

const TITLES = { reset_password: "Choose a new password", verify_email: "Confirm your address", invitation: "Join the team" };
const [purpose, token] = location.hash.slice(1).split("=");
history.replaceState(null, "", location.pathname);

function done(words) {
  Object.keys(TITLES).forEach((each) => { byId(each).hidden = true; });
  byId("title").focus();
  say(words);
}

function submits(id, work) {
  byId(id).onsubmit = (event) => { event.preventDefault(); attempt(work); };
}

submits("reset_password", async () => {
  await call("POST", "/api/auth/password/reset", { body: { token, password: byId("password").value } });
  done("Your password is set, and every session is ended. Sign in with the new one.");
});
submits("verify_email", async () => {
  await call("POST", "/api/auth/email/verify", { body: { token } });
  done("Thank you: your address is confirmed.");
});
submits("newcomer", async () => {
  const body = { token, name: byId("name").value, password: byId("first-password").value };
  await call("POST", "/api/auth/invitations/register", { body });
  done("Welcome: you have joined. You can sign in now.");
});
submits("known", async () => {
  const signedIn = await call("POST", "/api/auth/login", { body: { email: byId("email").value, password: byId("own-password").value } });
  try {
    await call("POST", "/api/auth/invitations/accept", { body: { token }, token: signedIn.access_token });
  } finally {
    await call("POST", "/api/auth/logout", { token: signedIn.access_token }).catch(() => null); // nobody goes on with it here
  }
  done("You have joined. You can sign in now.");
});

if (token && purpose in TITLES) {
  byId("title").textContent = document.title = TITLES[purpose];
  byId(purpose).hidden = false;
} else {
  say("This address is not complete. Please use the whole link from your mail.", { wrong: true });
}
