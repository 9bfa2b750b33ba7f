/** Numbers as a person reads them. */

const formats = new Map<string, Intl.NumberFormat>();

function format(language: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${language}${JSON.stringify(options)}`;
  let found = formats.get(key);
  if (!found) {
    found = new Intl.NumberFormat(language === "fr" ? "fr-FR" : "en-GB", options);
    formats.set(key, found);
  }
  return found;
}

/** A count, all its digits. */
export function countText(n: number, language: string): string {
  return format(language, { maximumFractionDigits: 0 }).format(n);
}

/** A count in four characters: 950, 12 k, 1,2 M. */
export function shortCount(n: number, language: string): string {
  const comma = language === "fr" ? "," : ".";
  const short = (value: number): string => (value < 10 ? value.toFixed(1).replace(".0", "").replace(".", comma) : String(Math.round(value)));
  if (n < 1000) return String(Math.round(n));
  if (n < 999_500) return `${short(n / 1000)} k`;
  return `${short(n / 1_000_000)} M`;
}

/** A share or a change as signed percent: +12 %. */
export function changeText(ratio: number, language: string): string {
  return format(language, { style: "percent", maximumFractionDigits: 0, signDisplay: "exceptZero" }).format(ratio);
}

export function decimalText(value: number, language: string, digits = 2): string {
  return format(language, { maximumFractionDigits: digits }).format(value);
}

/** A figure of any size: no more digits than somebody reads, 0,297, 12,5 and 284 091. */
export function figureText(value: number, language: string): string {
  const size = Math.abs(value);
  return decimalText(value, language, size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : 3);
}

export function metresText(metres: number, language: string): string {
  if (metres < 1000) return `${format(language, { maximumFractionDigits: 0 }).format(metres)} m`;
  return `${format(language, { maximumFractionDigits: 1 }).format(metres / 1000)} km`;
}

/** Bytes in the unit a person would choose. */
export function bytesText(bytes: number, language: string): string {
  const units = ["o", "ko", "Mo", "Go"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const name = language === "fr" ? (units[unit] ?? "o") : ["B", "kB", "MB", "GB"][unit] ?? "B";
  return `${format(language, { maximumFractionDigits: value < 10 ? 1 : 0 }).format(value)} ${name}`;
}
