/** Which page is on screen, and what may lie above it. */
import { Component, type ComponentChildren } from "preact";
import { Button, LinkButton } from "./components/Button";
import { lazy } from "./components/lazy";
import { Empty } from "./components/Panel";
import { Shell } from "./components/Shell";
import { Toasts } from "./components/Toasts";
import { Overview } from "./pages/Overview";
import { helpOpen, paletteOpen } from "./state/keyboard";
import { leaving } from "./state/leaving";
import { place, route } from "./state/place";
import { report } from "./state/report";
import { me, signedIn } from "./state/session";
import { t } from "./words";
import { afterPublicWords } from "./words/language";

// The overview is the shell; everything else comes after it stands.
const AddMonitor = lazy(() => import("./components/AddMonitor").then((part) => part.AddMonitor));
const Palette = lazy(() => import("./components/Palette").then((part) => part.Palette));
const BulkReport = lazy(() => import("./components/BulkReport").then((part) => part.BulkReport));
const LeaveDialog = lazy(() => import("./components/LeaveDialog").then((part) => part.LeaveDialog));
const HelpDialog = lazy(() => import("./components/Help").then((part) => part.HelpDialog));
const Incidents = lazy(() => import("./pages/Incidents").then((part) => part.Incidents));
const IncidentPage = lazy(() => import("./pages/Incident").then((part) => part.IncidentPage));
const Monitors = lazy(() => import("./pages/Monitors").then((part) => part.Monitors));
const EditMonitor = lazy(() => import("./pages/EditMonitor").then((part) => part.EditMonitor));
const Notifications = lazy(() => import("./pages/Notifications").then((part) => part.Notifications));
const EditChannel = lazy(() => import("./pages/EditChannel").then((part) => part.EditChannel));
const MonitorPage = lazy(() => import("./pages/Monitor").then((part) => part.MonitorPage));
const SignIn = lazy(() => import("./pages/SignIn").then((part) => part.SignIn));
const Setup = lazy(() => import("./pages/Setup").then((part) => part.Setup));
const Invitation = lazy(() => import("./pages/Invitation").then((part) => part.Invitation));
const SecondStepFirst = lazy(() => afterPublicWords(() => import("./pages/SecondStepFirst")).then((part) => part.SecondStepFirst));
const StatusPages = lazy(() => afterPublicWords(() => import("./pages/StatusPages")).then((part) => part.StatusPages));
const StatusPage = lazy(() => afterPublicWords(() => import("./pages/StatusPage")).then((part) => part.StatusPage));
const EditStatusPage = lazy(() => afterPublicWords(() => import("./pages/EditStatusPage")).then((part) => part.EditStatusPage));
const NewPost = lazy(() => afterPublicWords(() => import("./pages/NewPost")).then((part) => part.NewPost));
const Maintenance = lazy(() => afterPublicWords(() => import("./pages/Maintenance")).then((part) => part.Maintenance));
const EditMaintenance = lazy(() => afterPublicWords(() => import("./pages/EditMaintenance")).then((part) => part.EditMaintenance));
const Probes = lazy(() => afterPublicWords(() => import("./pages/Probes")).then((part) => part.Probes));
const Settings = lazy(() => afterPublicWords(() => import("./pages/Settings")).then((part) => part.Settings));

export function App() {
  const { page } = route.value;
  if (page === "setup") return <Setup />;
  if (page === "invitation") return <Invitation />;
  // Whoever was here before sees the page at once; a stranger waits for one answer, and then signs in.
  if (!signedIn.value) return me.value === undefined ? null : <SignIn />;
  if (me.value?.must?.includes("totp")) return <SecondStepFirst />;
  return (
    <>
      <Shell>
        <Fence key={place.value.path}><Page /></Fence>
      </Shell>
      {place.value.query.has("add") && <AddMonitor />}
      {paletteOpen.value && <Palette />}
      {helpOpen.value && <HelpDialog />}
      {report.value && <BulkReport />}
      {leaving.value && <LeaveDialog />}
      <Toasts />
    </>
  );
}

function Page() {
  const { page, params } = route.value;
  const reference = params.ref ?? "";
  switch (page) {
    case "overview": return <Overview />;
    case "monitors": return <Monitors />;
    case "newMonitor": return <EditMonitor key="new" reference={null} />;
    case "editMonitor": return <EditMonitor key={reference} reference={reference} />;
    case "notifications": return <Notifications />;
    case "newChannel": return <EditChannel key="new" reference={null} />;
    case "channel": return <EditChannel key={reference} reference={reference} />;
    case "monitor": return <MonitorPage key={reference} reference={reference} />;
    case "incidents": return <Incidents />;
    case "incident": return <IncidentPage key={reference} reference={reference} />;
    case "statusPages": return <StatusPages />;
    case "newStatusPage": return <EditStatusPage key="new" reference={null} />;
    case "statusPage": return <StatusPage key={reference} reference={reference} />;
    case "editStatusPage": return <EditStatusPage key={reference} reference={reference} />;
    case "newPost": return <NewPost key={reference} reference={reference} />;
    case "maintenance": return <Maintenance />;
    case "newMaintenance": return <EditMaintenance key={place.value.query.toString()} reference={null} />;
    case "editMaintenance": return <EditMaintenance key={reference} reference={reference} />;
    case "probes": return <Probes />;
    case "settings": return <Settings />;
    case "settingsPart": return <Settings />;
    default: return <div class="card"><Empty page title={t.common.notFound} action={<LinkButton to="/" primary>{t.common.goHome}</LinkButton>}>{t.common.notFoundText}</Empty></div>;
  }
}

/** Keeps a fault in one page from taking the frame with it. */
class Fence extends Component<{ children: ComponentChildren }, { broken: boolean }> {
  override state = { broken: false };

  static override getDerivedStateFromError() {
    return { broken: true };
  }

  override render() {
    if (!this.state.broken) return this.props.children;
    return <div class="card"><Empty page title={t.common.unexpected} action={<Button primary onPress={() => location.reload()}>{t.common.reload}</Button>}>{t.common.unexpectedText}</Empty></div>;
  }
}
