/** The tree of kinds: words, themes, children; pure. */

export interface KindLike { code: string; parent: string | null; theme: string; fr: string; en: string }

export class Taxonomy {
  readonly roots: KindLike[];
  private readonly byCode = new Map<string, KindLike>();
  private readonly byParent = new Map<string, KindLike[]>();

  constructor(kinds: readonly KindLike[]) {
    for (const kind of kinds) {
      this.byCode.set(kind.code, kind);
      if (kind.parent) this.byParent.set(kind.parent, [...(this.byParent.get(kind.parent) ?? []), kind]);
    }
    this.roots = kinds.filter((kind) => !kind.parent);
  }

  children(code: string): KindLike[] {
    return this.byParent.get(code) ?? [];
  }

  has(code: string): boolean {
    return this.byCode.has(code);
  }

  text(code: string, language: "fr" | "en"): string {
    return this.byCode.get(code)?.[language] ?? code;
  }

  /** From the theme down to the kind. */
  path(code: string, language: "fr" | "en"): string[] {
    const parts = code.split(".");
    return parts.map((_, i) => this.text(parts.slice(0, i + 1).join("."), language));
  }

  theme(code: string): string {
    return code.split(".")[0] ?? code;
  }

  /** Position among the themes, for a stable colour. */
  themeIndex(code: string): number {
    return Math.max(0, this.roots.findIndex((root) => root.code === this.theme(code)));
  }
}

/** Whether `code` is `prefix` or stands below it. */
export function within(code: string, prefix: string): boolean {
  return code === prefix || code.startsWith(`${prefix}.`);
}

/** Select or clear a node of the tree: selecting it replaces whatever was selected below it. */
export function toggleKind(selected: readonly string[], code: string, on: boolean): string[] {
  const others = selected.filter((kind) => !within(kind, code));
  return on ? [...others, code].sort() : others;
}
