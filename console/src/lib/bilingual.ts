/** Texts that a schema gives as "français / English". */

/** The part in one language; a text in one language only is English and is left out in French. */
export function bilingual(text: string | null | undefined, language: "fr" | "en"): string | null {
  if (!text) return null;
  const parts = text.split(" / ");
  if (parts.length === 2) return (language === "fr" ? parts[0] : parts[1]) ?? null;
  return language === "en" ? text : null;
}
