/** Texts: French is the source, English is complete (i18n/texts.test.ts compares them).

What many screens say stands in fr.json and en.json; what one feature says, in parts/NAME.fr.json
and parts/NAME.en.json, under a key of its own. */
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import en from "@/i18n/en.json";
import fr from "@/i18n/fr.json";

type Texts = Record<string, unknown>;
const frenchParts = Object.values(import.meta.glob<Texts>("./parts/*.fr.json", { eager: true, import: "default" }));
const englishParts = Object.values(import.meta.glob<Texts>("./parts/*.en.json", { eager: true, import: "default" }));

/** Every text of each language, the features' with the common ones. */
export const TEXTS = {
  fr: Object.assign({}, fr, ...frenchParts) as Texts,
  en: Object.assign({}, en, ...englishParts) as Texts,
};

export async function startTexts(language: string): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: "fr",
    resources: { fr: { translation: TEXTS.fr }, en: { translation: TEXTS.en } },
    interpolation: { escapeValue: false },
    returnNull: false,
  });
}

export async function changeTexts(language: string): Promise<void> {
  await i18next.changeLanguage(language);
}
