// @vitest-environment node
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { TEXTS } from "@/i18n";

type Tree = { [key: string]: string | Tree };
const PLURAL = /_(zero|one|many|other)$/;
const ROOT = join(import.meta.dirname, "..");

function keys(tree: Tree, prefix = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(tree)) {
    const path = prefix ? `${prefix}.${name}` : name;
    if (typeof value === "string") found.set(path, value);
    else keys(value, path).forEach((text, key) => found.set(key, text));
  }
  return found;
}

function files(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return files(path);
    return /\.tsx?$/.test(name) && !/\.test\.|\.d\.ts$/.test(name) ? [path] : [];
  });
}

const french = keys(TEXTS.fr as Tree);
const english = keys(TEXTS.en as Tree);
const bare = (all: Map<string, string>): Set<string> => new Set([...all.keys()].map((key) => key.replace(PLURAL, "")));

describe("texts", () => {
  it("stand under one key only: no feature writes over another's", () => {
    const names = readdirSync(join(ROOT, "i18n", "parts")).filter((name) => name.endsWith(".json"));
    for (const language of ["fr", "en"]) {
      const files = [join(ROOT, "i18n", `${language}.json`), ...names.filter((name) => name.endsWith(`.${language}.json`)).map((name) => join(ROOT, "i18n", "parts", name))];
      const heads = files.flatMap((file) => Object.keys(JSON.parse(readFileSync(file, "utf8")) as Tree));
      expect(heads.filter((head, i) => heads.indexOf(head) !== i)).toEqual([]);
    }
  });

  it("are complete in both languages", () => {
    const [ours, theirs] = [bare(french), bare(english)];
    expect([...ours].filter((key) => !theirs.has(key))).toEqual([]);
    expect([...theirs].filter((key) => !ours.has(key))).toEqual([]);
  });

  it("say something", () => {
    for (const [key, text] of [...french, ...english]) expect(text.trim(), key).not.toBe("");
  });

  it("use the same values in both languages", () => {
    const values = (text: string): string[] => [...new Set([...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] ?? ""))].sort();
    for (const [key, text] of english) {
      const other = french.get(key);
      if (other !== undefined) expect(values(text), key).toEqual(values(other));
    }
  });

  it("have the plural forms their language needs", () => {
    for (const [all, forms] of [[french, ["one", "many", "other"]], [english, ["one", "other"]]] as const) {
      const plural = new Set([...all.keys()].filter((key) => /_(one|other)$/.test(key)).map((key) => key.replace(PLURAL, "")));
      for (const key of plural) for (const form of forms) expect(all.has(`${key}_${form}`), `${key}_${form}`).toBe(true);
    }
  });

  it("exist for every key the code names, and none is left over", () => {
    const known = bare(french);
    const used = new Set<string>();
    const prefixes = new Set<string>();
    for (const file of files(ROOT)) {
      const source = readFileSync(file, "utf8");
      for (const match of source.matchAll(/"([a-zA-Z]+\.[a-zA-Z0-9_.]+)"/g)) if (known.has(match[1] ?? "")) used.add(match[1] ?? "");
      for (const match of source.matchAll(/\bt\("([a-zA-Z0-9_.]+)"/g)) expect(known.has(match[1] ?? ""), `${file}: ${match[1] ?? ""}`).toBe(true);
      for (const match of source.matchAll(/\bt\("([a-zA-Z0-9_.]+)"/g)) used.add(match[1] ?? "");
      for (const match of source.matchAll(/`([a-zA-Z]+(?:\.[a-zA-Z]+)*)\.\$\{/g)) prefixes.add(`${match[1] ?? ""}.`);
      for (const match of source.matchAll(/word\("([a-zA-Z]+)"/g)) prefixes.add(`${match[1] ?? ""}.`);
    }
    const left = [...known].filter((key) => !used.has(key) && ![...prefixes].some((prefix) => key.startsWith(prefix)));
    expect(left).toEqual([]);
  });

  it("are never written in the code: no letters between tags, no literal label", () => {
    const faults: string[] = [];
    const LABELS = new Set(["label", "title", "aria-label", "placeholder", "alt", "description"]);
    /** The product's name and signs that no language changes. */
    const ALLOWED = /^(Vigie|Lang)?[\s\d.,:;·–—→…~±≥()%/&+\-|✓×°]*$/;
    for (const file of files(ROOT).filter((name) => name.endsWith(".tsx"))) {
      const tree = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
      const visit = (node: ts.Node): void => {
        if (ts.isJsxText(node) && !ALLOWED.test(node.text.trim())) faults.push(`${file}: ${node.text.trim()}`);
        if (ts.isJsxAttribute(node) && LABELS.has(node.name.getText()) && node.initializer && ts.isStringLiteral(node.initializer) && !ALLOWED.test(node.initializer.text)) {
          faults.push(`${file}: ${node.name.getText()}=${node.initializer.text}`);
        }
        ts.forEachChild(node, visit);
      };
      visit(tree);
    }
    expect(faults).toEqual([]);
  }, 60_000);
});
