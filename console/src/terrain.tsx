/** Start of the field page: its own texts and nothing of the console's, so that it is light. */
import "@fontsource-variable/inter/wght.css";
import "@/ui/tokens.css";
import i18next from "i18next";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { initReactI18next } from "react-i18next";
import { setAcceptLanguage } from "@/api/client";
import { Field } from "@/features/field/Field";
import en from "@/i18n/parts/field.en.json";
import fr from "@/i18n/parts/field.fr.json";
import { readPreferences } from "@/state/preferences";

async function start(): Promise<void> {
  const { language } = readPreferences();
  setAcceptLanguage(language);
  await i18next.use(initReactI18next).init({
    lng: language, fallbackLng: "fr", resources: { fr: { translation: fr }, en: { translation: en } }, interpolation: { escapeValue: false }, returnNull: false,
  });
  const root = document.getElementById("root");
  if (root) createRoot(root).render(<StrictMode><Field /></StrictMode>);
}

void start();
