/** Chooses the language, then starts the dashboard: words are made while its modules load. */
import { chooseLanguage } from "./words/language";
import "./style/tokens.css";
import "./style/base.css";
import "./style/shell.css";
import "./style/parts.css";
import "./style/rows.css";
import "./style/pages.css";

// The page has told the browser about the files of the start already, so this costs no round trip.
void chooseLanguage().then(() => import("./start"));
