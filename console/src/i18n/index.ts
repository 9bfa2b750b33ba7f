/** Texts: French is the source, English is complete (i18n/texts.test.ts compares them). */
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import en from "@/i18n/en.json";
import fr from "@/i18n/fr.json";

export async function startTexts(language: string): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: "fr",
    resources: { fr: { translation: fr }, en: { translation: en } },
    interpolation: { escapeValue: false },
    returnNull: false,
  });
}

export async function changeTexts(language: string): Promise<void> {
  await i18next.changeLanguage(language);
}
