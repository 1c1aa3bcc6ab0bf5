/** What the pages before the dashboard say: signing in, setting up, accepting an invitation. */
import { words } from "./catalogue";

export const w = words("signing", {
  noPage: "There is no such part", name: "Name", password: "Password", newPassword: "New password", showPassword: "Show password", hidePassword: "Hide password",
  signIn: {
    title: "Sign in", lead: "to asura", go: "Sign in", going: "Signing in…", with: "Sign in with {provider}", or: "or",
    ended: "Your session has ended. Sign in again, and you are back on this page.",
    refused: "Name or password is wrong.", missing: "Enter your name and your password.",
    wait: "Too many attempts. Try again in {time}.",
    codeTitle: "One more step", codeLead: "Enter the code that your authenticator app shows for {name}.", code: "Code",
    codeHelp: "No phone at hand? One of your recovery codes does it too.", codeGo: "Go on", codeMissing: "Enter the code first.", back: "Use another account",
    forgot: "Forgotten? An administrator can make a link for a new password.",
  },
  fresh: {
    title: "Nobody has an account yet", text: "This asura was just started for the first time. Its set-up link makes the first account. You find it:",
    terminal: "on the terminal on which asura was started,", file: "in the file {file} in its data folder.", again: "I have opened the link",
  },
  setup: {
    title: "Welcome to asura", lead: "Make the first account. It is an administrator, and can invite the others.", go: "Create account", going: "Creating…",
    noToken: "The address is not complete", noTokenText: "The set-up link ends with a # and a long word. Copy all of it from the terminal on which asura was started, or from the file {file} in its data folder.",
    done: "This asura is already set up", doneText: "The set-up link works once. Sign in with the account that was made with it, or ask for an invitation.", toSignIn: "To the sign-in page",
    wrongToken: "This is not the set-up link of this asura, or it was used before. The file {file} in its data folder holds the right one.",
  },
  invitation: {
    title: "You are invited to asura", lead: "Choose a name and a password. As {role} you {may}.", go: "Join", going: "Joining…",
    resetTitle: "New password", resetLead: "For {name}. All sessions that are open with the old one will end.", resetGo: "Save and sign in",
    over: "This link is over", overText: "It was used before, was taken back, or is too old. Whoever sent it can make a new one.",
    noTokenText: "The link ends with a # and a long word. Open it from the message again, or copy all of it.",
    signedIn: "You are signed in as {name}. Going on signs you in as the new account instead.", valid: "The link works once, until {time}.",
  },
  roles: { viewer: "viewer", editor: "editor", admin: "administrator" },
  may: {
    viewer: "see everything and change nothing", editor: "add and change monitors, channels and incidents", admin: "do everything, also manage users and keys",
  },
  strength: {
    rule: "At least {n} characters.", missing: { one: "{n} more character, please.", other: "{n} more characters, please." },
    scores: { s0: "Very weak.", s1: "Weak.", s2: "Fair.", s3: "Good.", s4: "Strong." },
    advice: {
      common: "It contains a word that is tried first.", name: "It contains your name.", pattern: "Rows of keys and repetitions are tried first.", longer: "A few more words make it better.",
    },
  },
  /** By the code with which the way through a provider ends. */
  problems: {
    oidc_denied: "The provider did not let you in.",
    oidc_expired: "That took too long, or it was begun in another browser. Try again.",
    oidc_failed: "Signing in by the provider did not work. Try again; if it stays so, the log of asura says why.",
    oidc_not_allowed: "The provider knows you, but nobody has let you into this asura. Ask an administrator.",
  },
  failed: "Signing in did not work ({code}). Try again, or ask an administrator.",
});
