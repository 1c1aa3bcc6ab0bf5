// A status page that keeps itself fresh, and whose bars can be read with the keyboard. Without it, nothing is missing.
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const { poll, zone, now: justNow, lost } = document.body.dataset;
  const lang = document.documentElement.lang;
  const EVERY = 30_000, LONGEST = 300_000;
  let etag = "", failures = 0, timer = 0, asked = Date.now(), seen = asked;

  // Times: "3 minutes ago" stays true, and so does the time of the last look.
  const far = new Intl.RelativeTimeFormat(lang);
  const clock = new Intl.DateTimeFormat(lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone });
  const relative = (at) => {
    const seconds = (at - Date.now()) / 1000, size = Math.abs(seconds);
    if (size < 60) return justNow;
    const [unit, length] = size >= 86_400 ? ["day", 86_400] : size >= 3_600 ? ["hour", 3_600] : ["minute", 60];
    return far.format(Math.trunc(seconds / length), unit);
  };
  const age = () => $$("[data-rel]").forEach((one) => { one.textContent = relative(Date.parse(one.dateTime)); });
  const looked = (at) => {
    const shown = $("#as-of");
    seen = at;
    shown.dateTime = new Date(at).toISOString();
    shown.textContent = clock.format(at);
  };

  // What a person has opened, and where they are, stays as it is when the page changes around them.
  const place = (one) => {
    const box = one.closest("[id]");
    return box && [box.id, $$("*", box).indexOf(one)];
  };
  const find = ([id, index]) => {
    const box = document.getElementById(id);
    return index < 0 ? box : box && $$("*", box)[index];
  };
  const swap = (text) => {
    const fresh = new DOMParser().parseFromString(text, "text/html"), main = $("#main");
    const next = $("#main", fresh);
    if (!next) return location.reload();
    const open = $$("details", main).map((one) => [one.id, one.open]);
    const focus = main.contains(document.activeElement) && place(document.activeElement);
    const before = $("#state").textContent, y = scrollY;
    main.replaceChildren(...next.childNodes);
    open.forEach(([id, is]) => { const one = document.getElementById(id); if (one) one.open = is; });
    ready();
    if (focus) find(focus)?.focus({ preventScroll: true });
    scrollTo({ top: y, behavior: "instant" });
    document.title = fresh.title;
    const icon = $("#icon"), wanted = $("#icon", fresh);
    if (icon && wanted) icon.href = wanted.href;
    const after = $("#state").textContent;
    if (after !== before) $("#said").textContent = after;
    seen = Date.parse($("#as-of").dateTime);
  };

  // Asking: the JSON says cheaply whether anything has changed; the page itself is fetched only then.
  const ask = async () => {
    asked = Date.now();
    try {
      const answer = await fetch(poll, { headers: etag ? { "If-None-Match": etag } : {}, signal: AbortSignal.timeout(15_000) });
      if (answer.status !== 304 && !answer.ok) throw answer.status;
      const tag = answer.headers.get("ETag") || "", as = Date.parse(answer.headers.get("X-As-Of"));
      if (answer.status === 304) {
        looked(as || Date.now());
      } else {
        const page = await fetch(location.href, { cache: "no-cache", signal: AbortSignal.timeout(15_000) });
        if (!page.ok) throw page.status;
        swap(await page.text());
        etag = tag;
      }
      failures = 0;
      $("#lost").hidden = true;
    } catch {
      failures += 1;
      if (failures > 1 && lost) {
        $("#lost").textContent = lost.replace("{time}", clock.format(seen));
        $("#lost").hidden = false;
      }
    }
    plan();
  };
  const plan = () => {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(ask, Math.max(0, asked + Math.min(LONGEST, EVERY * 2 ** failures) - Date.now()));
  };

  // Bars: one stop of the tab key for a strip, arrows inside, and a box that tells of the day.
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.id = "tip";
  tip.role = "tooltip";
  tip.hidden = true;
  document.body.append(tip);
  let at = null;
  const leave = () => { at?.classList.remove("at"); at = null; tip.hidden = true; };
  const show = (bar) => {
    if (bar === at) return;
    leave();
    at = bar;
    bar.classList.add("at");
    if (bar.title) { bar.dataset.said = bar.title; bar.removeAttribute("title"); }
    tip.textContent = bar.dataset.said;
    tip.hidden = false;
    const box = bar.getBoundingClientRect(), half = tip.offsetWidth / 2, middle = box.left + box.width / 2;
    const left = Math.max(8, Math.min(middle - half, document.documentElement.clientWidth - 2 * half - 8));
    const above = box.top - tip.offsetHeight - 10;
    tip.style.left = `${left + scrollX}px`;
    tip.style.top = `${(above > 4 ? above : box.bottom + 10) + scrollY}px`;
  };
  const drawn = (strip) => $$("i", strip).filter((bar) => bar.offsetWidth);
  const pick = (strip, index) => {
    const bars = drawn(strip), n = Math.max(0, Math.min(bars.length - 1, index));
    if (!bars[n]) return;
    show(bars[n]);
    strip.ariaValueNow = String(n + 1);
    strip.ariaValueMax = String(bars.length);
    strip.ariaValueText = bars[n].dataset.said;
  };
  const follow = (bar) => {
    const id = bar?.dataset.post, card = id && document.getElementById(`post-${id}`);
    if (card) card.scrollIntoView({ block: "center" });
    else if (id) location.href = `${$(".all a").href.replace(/\/history.*/, "")}/incidents/${id}`;
  };
  const keys = (event) => {
    const strip = event.currentTarget, bars = drawn(strip), n = bars.indexOf(at);
    const to = { ArrowLeft: n - 1, ArrowDown: n - 1, ArrowRight: n + 1, ArrowUp: n + 1, PageUp: n + 7, PageDown: n - 7, Home: 0, End: bars.length - 1 }[event.key];
    if (event.key === "Escape") leave();
    else if (event.key === "Enter") follow(at);
    else if (to !== undefined) { event.preventDefault(); pick(strip, to); }
  };
  const ready = () => {
    leave();
    age();
    for (const strip of $$(".strip")) {
      const label = strip.ariaLabel, bars = strip.children.length;
      strip.role = "slider";
      strip.tabIndex = 0;
      strip.ariaLabel = `${$("h3", strip.parentNode).textContent}: ${label}`;
      strip.ariaValueMin = "1";
      strip.ariaValueMax = strip.ariaValueNow = String(bars);
      strip.ariaValueText = strip.lastElementChild.title;
      strip.setAttribute("aria-readonly", "true");
      strip.addEventListener("focus", () => { if (strip.matches(":focus-visible")) pick(strip, Infinity); });
      strip.addEventListener("blur", leave);
      strip.addEventListener("keydown", keys);
      strip.addEventListener("pointerover", (event) => { if (event.target !== strip) show(event.target); });
      strip.addEventListener("pointerleave", leave);
      strip.addEventListener("click", (event) => follow(event.target));
    }
  };

  ready();
  setInterval(() => { if (!document.hidden) age(); }, EVERY);
  document.addEventListener("visibilitychange", plan);
  addEventListener("online", () => { failures = 0; asked = 0; plan(); });
  // The first answer only tells what is known already.
  fetch(poll).then((answer) => { if (answer.ok) etag = answer.headers.get("ETag") || ""; }).catch(() => {}).finally(plan);
})();
