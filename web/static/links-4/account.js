// What mails about an account lead to. The token stands behind the #, and is taken out of the address at once.

import { attempt, byId, call, say } from "/static/links-4/api.js";
import { speak, speakFirst, word, wrong } from "/static/links-4/words.js";

const TITLES = { reset_password: "choose_password", verify_email: "confirm_address", invitation: "join_team" };
const [purpose, token] = location.hash.slice(1).split("=");
history.replaceState(null, "", location.pathname);

function done(name) {
  [...Object.keys(TITLES), "again"].forEach((each) => { byId(each).hidden = true; });
  byId("title").focus();
  say(word(name));
}

function submits(id, work) {
  byId(id).onsubmit = (event) => { event.preventDefault(); attempt(work, wrong); };
}

submits("reset_password", async () => {
  const body = { token, password: byId("password").value, end_access: byId("end_access").checked };
  await call("POST", "/api/auth/password/reset", { body });
  done("password_is_set");
});
submits("again", async () => {
  await call("POST", "/api/auth/password/forgot", { body: { email: byId("address").value } });
  done("another_on_its_way");
});
submits("verify_email", async () => {
  await call("POST", "/api/auth/email/verify", { body: { token } });
  done("address_is_confirmed");
});
submits("newcomer", async () => {
  const body = { token, name: byId("name").value, password: byId("first-password").value };
  await call("POST", "/api/auth/invitations/register", { body });
  done("welcome");
});
submits("known", async () => {
  const signedIn = await call("POST", "/api/auth/login", { body: { email: byId("email").value, password: byId("own-password").value } });
  try {
    await call("POST", "/api/auth/invitations/accept", { body: { token }, token: signedIn.access_token });
  } finally {
    await call("POST", "/api/auth/logout", { token: signedIn.access_token }).catch(() => null); // nobody goes on with it here
  }
  done("joined");
});

const FOR = {
  reset_password: ({ email }) => word("for_account", { email }),
  verify_email: ({ email }) => word("is_it_yours", { email }),
  invitation: ({ email, invited_by: by, role, business_name: business }) => word("invites", {
    by: by || word("somebody"), email, business: business || word("some_business"), role: word(`role_${role}`),
  }),
};

function title(name) {
  byId("title").textContent = document.title = word(name);
}

// A look does not use the link up. Whoever comes too late is told so before they have thought of a password.
async function look() {
  try {
    const found = await call("POST", "/api/auth/account-link", { body: { token, purpose } });
    if (found.locale) await speak(found.locale);
    title(TITLES[purpose]);
    say(FOR[purpose](found));
    if (purpose === "invitation") byId("email").value = found.email;
    byId(purpose).hidden = false;
  } catch (error) {
    if (error.code !== "link_invalid") throw error;
    say(`${word("too_late")} ${word(`again_${purpose}`)}`, { wrong: true });
    byId("again").hidden = purpose !== "reset_password";
  }
}

window.onhashchange = () => location.reload();

await speakFirst();
if (token && purpose in TITLES) {
  title(TITLES[purpose]);
  attempt(look, wrong);
} else {
  title("account");
  say(word("incomplete"), { wrong: true });
}
