/** What the pages say on which status pages are listed, made and changed. */
import { words } from "./catalogue";

export const w = words("statusPages", {
  title: "Status pages", lead: "What others see of all this: customers, colleagues, whoever is worried.", add: "New page",
  none: "There is no status page yet", noneText: "A status page tells people outside how things are, what is being done, and what is planned, so that they need not ask.",
  main: "main page", file: "from the configuration file", open: "Open", openOf: "Open {title} in a new tab", desk: "Incidents and notices", edit: "Edit", copyOf: "the address of {title}",
  components: { one: "{n} component", other: "{n} components" }, everything: "every public monitor", switched: "It shows monitors with Public switched on: {n} of {all} are.", incidents: { one: "{n} open incident", other: "{n} open incidents" }, notices: { one: "{n} notice", other: "{n} notices" }, noPosts: "nothing open", subscribers: { one: "{n} subscriber", other: "{n} subscribers" }, many: "{n} or more subscribers",
  visibility: { public: "Everybody", unlisted: "Everybody with the address", password: "With a password", signed_in: "Signed-in users", networks: "From some networks" },
  visibilityHelp: { public: "Search engines too.", unlisted: "Search engines are asked to leave it out.", password: "One password for all visitors.", signed_in: "Only who has an account here.", networks: "Only from the addresses below." },
  new: "New status page", newLead: "A title and some components are enough. Everything else has a good default.", mayNot: "You may not make a page here", mayNotText: "Your role looks, and changes nothing. Somebody with the role editor can make it.",
  missing: "This page is not there, or not any more.", byFile: "This is the page of the configuration file (status_page), so what it shows is changed there. Incidents, notices and subscribers are kept here.",
  saved: "{title} is saved.", made: "{title} is there.", remove: "Delete", removeTitle: "Delete {title}?", removeText: "The page goes, with all that was said on it, and with its subscribers. This cannot be undone.", removed: "{title} is deleted.",
  parts: { basics: "What it is called", components: "What it shows", look: "How it looks", show: "Figures and days", hosts: "Own domains and embedding", auto: "Incidents that show by themselves", templates: "Texts kept ready", subscribe: "Subscribers", place: "Language and time zone" },
  fields: {
    title: "Title", slug: "Address", description: "Description", visibility: "Who may see it", networks: "Networks", password: "Password", hosts: "Own domains", frame_ancestors: "Sites that may embed it", language: "Language", timezone: "Time zone", theme: "Theme", accent: "Accent colour",
    css: "Own CSS", links: "Links", powered_by: "Say that asura makes it", everything_public: "Every public monitor", groups: "Headings", components: "Components", show: "What it shows", auto_incidents: "Incidents that show by themselves", templates: "Texts kept ready", subscribe: "Ways to subscribe", logo: "Logo", favicon: "Icon",
  },
  help: {
    title: "As visitors know you: Shop status", slug: "Made of the title when left empty. It stays for good, so that links do not break.", description: "One or two sentences below the title.", networks: "Addresses or networks, like 10.0.0.0/8.", password: "What visitors type to see the page.",
    hosts: "Host names, like status.example.com. Point each to this server (a CNAME, or your reverse proxy); the proxy takes care of TLS, and Caddy may ask {path} which names are right.",
    frame_ancestors: "Origins, like https://www.example.com. Without any, no site may show it in a frame.", timezone: "In which its days begin and end.", accent: "Like #4f46e5; empty: that of asura.", css: "It is cleaned of all that loads something from elsewhere, and served from the page's own address.",
    everything_public: "By its group, after the components above.", logo: "PNG, JPEG, GIF, WebP or SVG, at most 256 KiB.", favicon: "The small sign in the tab: ICO, PNG or SVG, at most 256 KiB.", powered_by: "A small line at the end of the page.", subscribe: "Feeds and the calendar are always there.",
  },
  languages: { auto: "That of the visitor", en: "English", de: "Deutsch", zh: "简体中文" }, themes: { auto: "That of the visitor", light: "Light", dark: "Dark" }, ways: { email: "E-mail", webhook: "Webhook", slack: "Slack", discord: "Discord" },
  picture: { choose: "Choose a file", another: "Another file", remove: "Remove", tooLarge: "The file has {size}; at most 256 KiB fit.", wrongType: "This is no picture that browsers show.", chosen: "{name}, {size}", previewOf: "{name}, as it is now" },
  show: { days: "Days in the bars", past: "Days of past incidents", uptime: "Uptime in percent", response_times: "Response times" }, daysUnit: "days",
  auto: { when: "An outage shows", whens: { never: "Never by itself: people write what is shown", at_once: "At once", after: "When it lasts" }, minutes: "After so many minutes", degraded: "Also what is only degraded", title: "Title", text: "Text", resolved: "Text at its end", help: "{words} stand for the names.", example: "Shows as: {text}", someName: "Shop" },
  templates: { none: "None yet. A text that is kept ready saves minutes when they count.", add: "Add a text", name: "Name of it", title: "Title", status: "State", text: "Text (Markdown)", remove: "Remove {name}", nth: "Text {n}" },
  links: { text: "Text", add: "Add a link", textOf: "Text of link {n}", urlOf: "Address of link {n}", remove: "Remove link {n}" },
  lines: {
    none: "Nothing yet. Search below for monitors, tags or groups.", search: "Add components", searchHint: "Name of a monitor, tag or group", add: "Add {name}", noHit: "Nothing is called that, or all of it is on the page.", addGroup: "Add a heading", newGroup: "New heading",
    monitor: "monitor", tag: "all with the tag {tag}", group: "all of the group {group}", gone: "a monitor that is not there any more", members: { one: "{n} monitor", other: "{n} monitors" },
    up: "Move {name} up", down: "Move {name} down", edit: "Name and description of {name}", remove: "Remove {name}", moved: "{name} is now number {n} of {all}.", removed: "{name} is removed.", added: "{name} is added.", drag: "Drag to move",
    name: "Name on the page", description: "Description on the page", combine: "Of several monitors", combines: { worst: "It is as bad as the worst of them", weighted: "Their shares count" }, weights: "Weights", weightsHelp: "How much each counts; 1 by itself. Less than half down is a partial outage.",
    heading: "Heading", headingText: "Text below the heading", collapsed: "Folded while all is well", list: "Components in their order",
  },
  aside: { title: "The page", notYet: "Its address comes with saving.", openNow: "Open as it is", after: "What you change here shows after saving.", outline: "In this order" },
});
