/** What the desk of a status page says: its state, what was said on it, and what is to be said. */
import { words } from "./catalogue";

export const w = words("posts", {
  crumb: "Status pages", report: "Report an incident", notice: "Write a notice", openPage: "Open the page", edit: "Settings", tabsLabel: "Views of this page", tabs: { now: "Now", past: "Past", subscribers: "Subscribers" },
  overall: { operational: "All systems work", degraded: "Some things are slow or shaky", partial_outage: "Some things do not work", major_outage: "Nothing works", maintenance: "In maintenance", unknown: "Nothing is known" },
  state: { operational: "works", degraded: "degraded", partial_outage: "partial outage", major_outage: "does not work", maintenance: "in maintenance", unknown: "unknown" },
  states: { operational: "Works", degraded: "Degraded", partial_outage: "Partial outage", major_outage: "Major outage", maintenance: "In maintenance", unknown: "Unknown" },
  seen: "As visitors see it", allWork: { one: "{n} component, and it works.", other: "{n} components, all of them work." }, moreWork: { one: "{n} more works.", other: "{n} more work." },
  open: "Open incidents", noneOpen: "Nothing is open", noneOpenText: "What is wrong, what is being done, and when it is over: say it here before people have to ask.", notices: "Notices", scheduled: "To be published", past: "Over", noPast: "Nothing was said so far", noPastText: "Incidents and notices that are over stand here.", more: "Show older ones",
  status: { investigating: "Investigating", identified: "Identified", monitoring: "Monitoring", resolved: "Resolved" }, statusHelp: { investigating: "We look into it.", identified: "We know what it is, and work on it.", monitoring: "It should be well, and we watch it.", resolved: "It is over." },
  impact: { none: "none", minor: "minor", major: "major", critical: "critical" }, impacts: { none: "None", minor: "Minor", major: "Major", critical: "Critical" }, impactOf: "Impact: {impact}",
  automatic: "by rule", noticeWord: "Notice", publishAt: "shows from {at}", since: "since {at}", until: "until {at}", ended: "ended {at}", lasted: "lasted {time}", affects: "Affects",
  update: "Say something new: {status}", updateTitle: "New update: {status}", end: "End it now", editPost: "Change", postmortem: "Postmortem", addPostmortem: "Write a postmortem", remove: "Delete", removed: "{title} is deleted", removeUpdate: "Delete this update", editUpdate: "Change this update", updateOf: "of {at}", earlier: { one: "{n} earlier update", other: "{n} earlier updates" }, later: "shows {at}",
  text: "Text", textHelp: "Markdown: **bold**, [link](https://…), lists with a dash. Visitors see it at once.", publish: "Publish", publishing: "Publishing…", tell: "Tell subscribers", published: "{title}: {status}.", saved: "It is changed.", save: "Save", cancel: "Cancel", removeTitle: "Delete this update?", removeText: "It vanishes from the page. What subscribers were told stays told.", updateRemoved: "The update is deleted.", deleteIt: "Delete it",
  suggested: { investigating: "We are looking into it.", identified: "We have found the cause and are working on it.", monitoring: "It is repaired. We keep watching it.", resolved: "It is over. Everything works again." },
  postmortemTitle: "What happened, and what was learnt", postmortemHelp: "Markdown. It stands below the incident for good; subscribers are told once.",
  form: {
    incident: "Report an incident", notice: "Write a notice", lead: "On {page}", noticeLead: "Something to say that is no incident. On {page}", template: "Text kept ready", noTemplate: "None: write it anew", title: "Title", titleHint: "Payments fail", noticeHint: "New address for our API", impact: "Impact", impactHelp: "How bad it is for visitors.", status: "State",
    components: "What it affects", componentsHelp: "And how each is, as visitors are told.", find: "Find a component", when: "When it is published", now: "Now", later: "Later", publish_at: "At", started_at: "Since when", startedHelp: "When it began. Empty: when it is published.", ends_at: "Until", endsHelp: "Then it leaves the page by itself. Empty: it stays until you end it.", tell: "Tell subscribers", tellHelp: "By mail and webhook, as each has chosen.", publish: "Publish", schedule: "Schedule",
    publishedToast: "{title} is on the page.", scheduledToast: "{title} will be on the page {at}.", mayNot: "You may not say anything here", mayNotText: "Your role looks, and changes nothing. Somebody with the role editor can report it.", noComponents: "This page has no components yet.",
  },
  change: { title: "Change {title}", titleField: "Title", impact: "Impact", started_at: "Since when", publish_at: "Published at", ends_at: "Until" },
});
