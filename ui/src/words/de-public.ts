/** German of the pages about what the public sees: status pages, what is said on them, their subscribers, and planned work. */
import type { Translation } from "./language";

export const dePublic: Translation = {
  maintenance: {
    title: "Wartung", lead: "Geplante Arbeiten: Während ein Fenster offen ist, laufen die Prüfungen weiter, niemand wird alarmiert, und die Zeit zählt nicht zur Verfügbarkeit.", add: "Wartung planen",
    none: "Nichts ist geplant", noneText: "Hier lässt sich ein Upgrade oder die wöchentliche Sicherung planen, ohne dass jemand davon geweckt wird. Statusseiten kündigen sie an und zeigen sie während und nach der Arbeit.",
    parts: { running: "Läuft gerade", upcoming: "Steht bevor", recurring: "Wiederkehrend", over: "Vorbei" },
    endsIn: "Endet in {time}", startsIn: "in {time}", next: "Nächstes Mal {at}", neverAgain: "Nie wieder", overSince: "Vor {time} beendet",
    covers: { one: "{n} Monitor", other: "{n} Monitore" }, coversNothing: "umfasst gerade keinen Monitor", hidden: "nicht auf Statusseiten", by: "von {name}",
    end: "Jetzt beenden", ending: "Wird beendet …", ended: "{name} ist beendet. Es wird wieder alarmiert.", remove: "Löschen", removeOf: "{name} löschen", removed: "{name} ist gelöscht",
    showOver: { one: "{n} vergangene zeigen", other: "{n} vergangene zeigen" },
    span: "{from} bis {to}, {time}", weekly: "Jede Woche am {days} um {at}", weeks: "Alle {n} Wochen am {days} um {at}", monthlyDay: "Jeden Monat am {day}. um {at}", monthsDay: "Alle {n} Monate am {day}. um {at}",
    monthlyNth: "Jeden Monat am {nth} {weekday} um {at}", monthsNth: "Alle {n} Monate am {nth} {weekday} um {at}", cron: "Nach dem Cron-Zeitplan {text}", rule: "Nach der Regel {text}", lasting: "{when}, für {time}", inZone: "{text} ({zone})",
    nth: { n1: "ersten", n2: "zweiten", n3: "dritten", n4: "vierten", last: "letzten" },
    script: { title: "Aus einem Deploy-Skript", text: "Ein Aufruf vor dem Deploy, für alles mit einem Schlagwort; auch monitor=, group= und name= sind möglich. Der Schlüssel braucht kein Recht außer „maintenance“.", keys: "Solchen Schlüssel anlegen", tag: "deploy", copy: "Zeile für ein Skript" },
    new: "Wartung planen", newLead: "Von Beginn bis Ende gilt, was sie umfasst, als in Wartung.", crumb: "Wartung",
    mayNot: "Planen ist hier nicht erlaubt", mayNotText: "Diese Rolle darf ansehen, aber nichts ändern. Wer die Rolle Bearbeiter hat, kann es planen.", missing: "Dieses Fenster gibt es nicht oder nicht mehr.",
    what: "Was getan wird", when: "Wann", which: "Was sie umfasst", told: "Was öffentlich gesagt wird",
    name: "Name", nameHint: "Upgrade der Datenbank", once: "Einmal", repeat: "Wiederkehrend",
    from: "Von", to: "Bis", quick: "Ab jetzt", quickFor: "für {time}", quickOn: "Beginnt mit dem Speichern.", quickOff: "Zeiten selbst eingeben",
    how: "Wie", kinds: { weekly: "Jede Woche", monthly: "Jeden Monat", cron: "Nach einem Cron-Zeitplan", rrule: "Nach einer Regel (RFC 5545)" },
    days: "An diesen Tagen", at: "Um", interval: { weekly: "Alle wie viele Wochen", monthly: "Alle wie viele Monate" }, monthlyOn: "Am", onDay: "Tag des Monats", onNth: "Wochentag des Monats", day: "Tag des Monats", dayHelp: "Monate ohne ihn fallen aus.", whichOne: "Welchem", weekday: "Wochentag",
    duration: "Für wie lange", durationHelp: "Etwa 30m, 2h oder 1h 30m.", cronLabel: "Cron-Zeitplan", cronHelp: "Minute, Stunde, Tag, Monat, Wochentag des Beginns.", rruleLabel: "Regel", rruleHelp: "Wie in Kalendern, ohne DTSTART: FREQ=WEEKLY;BYDAY=SU;BYHOUR=2;BYMINUTE=0",
    zone: "Zeitzone", zoneHelp: "In ihr sind alle Zeiten hier gemeint, auch bei Umstellung der Uhren.", bounds: "Ab wann, bis wann", boundsFrom: "Nicht vor", boundsTo: "Nicht nach", boundsNone: "immer",
    monitors: "Monitore", tags: "Mit einem dieser Schlagwörter", groups: "In einer dieser Gruppen", groupHint: "Gruppe tippen, dann Enter", unknownGroup: "In so einer Gruppe ist kein Monitor.",
    covered: { one: "Umfasst gerade {n} Monitor: {names}.", other: "Umfasst gerade {n} Monitore: {names}." }, coveredNone: "Umfasst noch nichts. Bitte Monitore, Schlagwörter oder Gruppen wählen.", coveredLater: "Was später ein Schlagwort oder eine Gruppe davon bekommt, gehört auch dazu.",
    public: "Auf Statusseiten zeigen", publicHelp: "Auf allen, die einen Monitor zeigen, den sie umfasst.", text: "Öffentlicher Text", textHelp: "Was Besucher wissen sollten. Markdown.", announce: "Vorher ankündigen", announceHelp: "Wie lange vorher Statusseiten und ihre Abonnenten davon erfahren.",
    preview: { title: "Wann das ist", yours: "Eigene Zeit ({zone})", theirs: "{zone}", write: "Sobald die Zeiten eingegeben sind, stehen sie hier.", never: "Das kommt nie vor: Es liegt in der Vergangenheit, oder die Regel trifft nie zu.", more: "und so weiter", lasts: "jeweils {time}" },
    saved: "{name} ist geplant.", begun: "{name} hat begonnen.", changed: "{name} ist gespeichert.",
  },
};
