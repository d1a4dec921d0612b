/** What Kazheng reads, where it goes, and what each permission is for. */
import { applyTexts } from "./i18n.js";

applyTexts(document);
