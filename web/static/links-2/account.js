// What mails about an account lead to. The token stands behind the #, and is taken out of the address at once.

import { attempt, byId, call, say } from "/static/links-2/api.js";

const TITLES = { reset_password: "Choose a new password", verify_email: "Confirm your address", invitation: "Join the team" };
const [purpose, token] = location.hash.slice(1).split("=");
history.replaceState(null, "", location.pathname);

function done(words) {
  [...Object.keys(TITLES), "again"].forEach((each) => { byId(each).hidden = true; });
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
submits("again", async () => {
  await call("POST", "/api/auth/password/forgot", { body: { email: byId("address").value } });
  done("If somebody has registered with that address, another link is on its way. It is good for an hour.");
});
submits("verify_email", async () => {
  await call("POST", "/api/auth/email/verify", { body: { token } });
  done("Thank you: your address is confirmed. Sign in again now: what was opened before is ended.");
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

const FOR = {
  reset_password: ({ email }) => `For the account of ${email}.`,
  verify_email: ({ email }) => `Is ${email} yours?`,
  invitation: ({ email, invited_by: by, role, business_name: business }) =>
    `${by || "Somebody"} invites ${email} to join ${business || "a business"} as ${role}.`,
};
const AGAIN = {
  reset_password: "You can have another one mailed.",
  verify_email: "Ask for another one in your account, if your address is not confirmed yet.",
  invitation: "Ask whoever invited you for another one, unless you have joined already.",
};

// A look does not use the link up. Whoever comes too late is told so before they have thought of a password.
async function look() {
  try {
    const found = await call("POST", "/api/auth/account-link", { body: { token, purpose } });
    say(FOR[purpose](found));
    if (purpose === "invitation") byId("email").value = found.email;
    byId(purpose).hidden = false;
  } catch (error) {
    if (error.code !== "link_invalid") throw error;
    say(`This link has been used, taken back, or is too old. ${AGAIN[purpose]}`, { wrong: true });
    byId("again").hidden = purpose !== "reset_password";
  }
}

if (token && purpose in TITLES) {
  byId("title").textContent = document.title = TITLES[purpose];
  attempt(look);
} else {
  say("This address is not complete. Please use the whole link from your mail.", { wrong: true });
}
