/** What to look at: kinds as a tree, sources, severity, status, zone. Every choice is in the address. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSources, useZoning, useZonings } from "@/api/queries";
import type { Kind } from "@/api/types";
import { toggleKind, within, type KindLike } from "@/lib/taxonomy";
import { countFilters, NO_FILTERS } from "@/lib/urlState";
import { DISTRICTS } from "@/lib/wholeDays";
import { SeverityMark } from "@/parts/SeverityMark";
import { useFilters, useFiguresOnly } from "@/parts/useScope";
import { WhyDays } from "@/parts/WhyDays";
import { zoneName } from "@/parts/zones";
import { useCityContext, useLanguage, useWords } from "@/state/city";
import { setFilters, updateUrl, useUrl } from "@/state/url";
import { Button, IconButton } from "@/ui/Button";
import { Checkbox, Select, TextField } from "@/ui/Fields";
import { Panel } from "@/ui/Panel";
import { Segmented } from "@/ui/Segmented";
import styles from "@/parts/FilterPanel.module.css";

/** Themes of things that happen; places, plans and means are filtered on their own screens. */
const FACT_THEMES = new Set(["offence", "space", "road", "rescue", "health", "environment"]);

function Node({ node, depth, find }: { node: KindLike; depth: number; find: string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { taxonomy } = useCityContext();
  const { filters } = useUrl();
  const [opened, setOpened] = useState<boolean | null>(null);
  const figuresOnly = useFiguresOnly();
  const children = figuresOnly ? [] : taxonomy.children(node.code);
  const inherited = filters.kinds.some((kind) => kind !== node.code && within(node.code, kind));
  const selected = inherited || filters.kinds.includes(node.code);
  const partly = !selected && filters.kinds.some((kind) => within(kind, node.code));
  const matches = (kind: KindLike): boolean => kind[language].toLowerCase().includes(find) || taxonomy.children(kind.code).some(matches);
  if (find && !matches(node)) return null;
  const open = opened ?? (find !== "" || partly);
  return (
    <li>
      <div className={styles["node"]} data-depth={depth}>
        {children.length > 0
          ? (
            <IconButton
              icon={open ? "chevronDown" : "chevronRight"} size={12}
              label={t(open ? "filter.fold" : "filter.unfold", { kind: node[language] })}
              aria-expanded={open} onPress={() => { setOpened(!open); }}
            />
          )
          : <span className={styles["leaf"]} />}
        <Checkbox
          isSelected={selected} isIndeterminate={partly} isDisabled={inherited}
          onChange={(on) => { setFilters({ kinds: toggleKind(filters.kinds, node.code, on) }); }}
        >
          {node[language]}
        </Checkbox>
      </div>
      {open && children.length > 0 && (
        <ul className={styles["children"]}>
          {children.map((child) => <Node key={child.code} node={child} depth={depth + 1} find={find} />)}
        </ul>
      )}
    </li>
  );
}

function Kinds() {
  const { t } = useTranslation();
  const { taxonomy } = useCityContext();
  const [find, setFind] = useState("");
  return (
    <fieldset className={styles["group"]}>
      <legend>{t("filter.kinds")}</legend>
      <TextField label={t("filter.findKind")} value={find} onChange={setFind} type="search" />
      <ul className={styles["tree"]}>
        {taxonomy.roots.filter((root: KindLike | Kind) => FACT_THEMES.has(root.code)).map((root) => (
          <Node key={root.code} node={root} depth={0} find={find.trim().toLowerCase()} />
        ))}
      </ul>
    </fieldset>
  );
}

function SourcesFilter() {
  const { t } = useTranslation();
  const words = useWords();
  const sources = useSources();
  const { filters } = useUrl();
  return (
    <fieldset className={styles["group"]}>
      <legend>{t("filter.sources")}</legend>
      {(sources.data ?? []).map((source) => (
        <Checkbox
          key={source.source} isSelected={filters.sources.includes(source.source)}
          onChange={(on) => { setFilters({ sources: on ? [...filters.sources, source.source].sort() : filters.sources.filter((s) => s !== source.source) }); }}
        >
          {words(source.title) || source.source}
        </Checkbox>
      ))}
    </fieldset>
  );
}

function ZoneFilter() {
  const { t } = useTranslation();
  const words = useWords();
  const filters = useFilters();
  const figuresOnly = useFiguresOnly();
  const zonings = useZonings();
  const offered = (zonings.data ?? []).filter((one) => !figuresOnly || one.name === DISTRICTS);
  const [zoning = "", zone = ""] = (filters.zone ?? "").split(/:(.*)/s);
  const [chosen, setChosen] = useState(zoning);
  const current = zoning || chosen;
  const shapes = useZoning(current || null);
  const zones = (shapes.data?.features ?? []).map(zoneName);
  return (
    <fieldset className={styles["group"]}>
      <legend>{t("filter.zone")}</legend>
      <Select
        label={t("filter.zoning")} value={current || "-"}
        options={[{ id: "-", text: t("filter.wholeCity") }, ...offered.map((z) => ({ id: z.name, text: words(z.title) || z.name }))]}
        onChange={(name) => {
          setChosen(name === "-" ? "" : name);
          setFilters({ zone: null });
        }}
      />
      {current && (
        <Select
          label={t("filter.zoneOf")} value={zone || "-"}
          options={[{ id: "-", text: t("filter.anyZone") }, ...zones.map((z) => ({ id: z.id, text: z.label }))]}
          onChange={(id) => { setFilters({ zone: id === "-" ? null : `${current}:${id}` }); }}
        />
      )}
    </fieldset>
  );
}

export function FilterPanel({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const filters = useFilters();
  const figuresOnly = useFiguresOnly();
  const count = countFilters(filters);
  return (
    <Panel
      title={t("filter.title", { count })}
      onClose={onClose}
      takeFocus
      head={<WhyDays />}
      actions={<Button look="quiet" isDisabled={count === 0} onPress={() => { updateUrl({ filters: NO_FILTERS }); }}>{t("filter.clear")}</Button>}
    >
      {!figuresOnly && <fieldset className={styles["group"]}>
        <legend>{t("filter.severity")}</legend>
        <Segmented
          label={t("filter.severity")}
          value={String(filters.severityMin ?? 1)}
          options={[1, 2, 3, 4, 5].map((level) => ({ id: String(level), text: level === 1 ? t("filter.all") : `≥ ${level}`, title: t("filter.severityFrom", { severity: t(`severity.${level}`) }) }))}
          onChange={(level) => { setFilters({ severityMin: level === "1" ? null : Number(level) }); }}
        />
        <p className={styles["scale"]}>
          {[1, 2, 3, 4, 5].map((level) => <span key={level}><SeverityMark severity={level} size={12} />{t(`severity.${level}`)}</span>)}
        </p>
      </fieldset>}
      {!figuresOnly && <fieldset className={styles["group"]}>
        <legend>{t("filter.status")}</legend>
        <Segmented
          label={t("filter.status")}
          value={filters.status ?? "all"}
          options={["all", "open", "in_progress", "closed"].map((id) => ({ id, text: id === "all" ? t("filter.all") : t(`status.${id}`) }))}
          onChange={(status) => { setFilters({ status: status === "all" ? null : status }); }}
        />
      </fieldset>}
      <Kinds />
      {!figuresOnly && <SourcesFilter />}
      <ZoneFilter />
    </Panel>
  );
}
