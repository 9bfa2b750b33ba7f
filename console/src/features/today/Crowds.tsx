/** Affluence: which sources speak, and where people are, the furthest above what is usual first. */
import { useTranslation } from "react-i18next";
import { useCrowding, type CrowdCell, type Crowding, type CrowdSource } from "@/api/crowding";
import { CROWD_BOUNDS } from "@/lib/crowding";
import { expectedColour, UNRELIABLE } from "@/lib/forecast";
import { countText, decimalText } from "@/lib/numbers";
import { intervalText, parseInstant } from "@/lib/time";
import { useAgeText } from "@/parts/Age";
import { useSourceTitle } from "@/parts/useTitles";
import { useCityContext, useLanguage, useNow, useWords } from "@/state/city";
import { useDark } from "@/state/preferences";
import { command } from "@/state/mapStage";
import { setExtra, useUrl } from "@/state/url";
import { Checkbox } from "@/ui/Fields";
import { Empty, ErrorNote, Loading } from "@/ui/Notes";
import styles from "@/features/today/Lists.module.css";

function Source({ source }: { source: CrowdSource }) {
  const { t } = useTranslation();
  const age = useAgeText();
  const title = useSourceTitle();
  const facts = [
    t(`crowds.state.${source.state}`), source.age_s === null ? null : age(source.age_s),
    source.state === "never" ? null : t(source.weighs ? "crowds.weighs" : "crowds.noWeight"),
  ];
  return (
    <li className={styles["spoken"]} data-state={source.state}>
      <span className={styles["strong"]}>{t(`crowds.group.${source.group}`)}</span>
      <span className={styles["meta"]}>{facts.filter(Boolean).join(" · ")}</span>
      {source.sources.length > 0 && <span className={styles["meta"]}>{source.sources.map(title).join(", ")}</span>}
    </li>
  );
}

/** What the colours of the map mean. */
function Key() {
  const { t } = useTranslation();
  const language = useLanguage();
  const dark = useDark();
  const bound = (index: number): string => decimalText(CROWD_BOUNDS[index] ?? 0, language, 2);
  return (
    <ul className={styles["key"]} aria-label={t("crowds.key")}>
      {CROWD_BOUNDS.map((_, index) => (
        <li key={index}>
          <svg aria-hidden="true" width="16" height="12"><rect width="16" height="12" fill={`rgb(${expectedColour(index, CROWD_BOUNDS.length, dark).join()})`} /></svg>
          {index + 1 < CROWD_BOUNDS.length ? `×${bound(index)}–${bound(index + 1)}` : `≥ ×${bound(index)}`}
        </li>
      ))}
      <li><svg aria-hidden="true" width="16" height="12"><rect width="16" height="12" fill={`rgb(${UNRELIABLE.join()})`} fillOpacity={0.35} /></svg>{t("crowds.keyUsual")}</li>
    </ul>
  );
}

function Cell({ cell }: { cell: CrowdCell }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const words = useWords();
  const age = useAgeText();
  const number = (n: number | null): string => (n === null ? "–" : countText(n, language));
  const told = cell.people === null
    ? t("crowds.few")
    : t("crowds.interval", { low: number(cell.low), high: number(cell.high), usual: number(cell.usual) });
  const base = cell.base.length === 0 ? t("crowds.onlyUsual") : cell.base.map((one) => `${t(`crowds.group.${one.group}`)} ${age(one.age_s)}`).join(" · ");
  return (
    <li>
      <button type="button" className={styles["line"]} onClick={() => { setExtra({ crowd: "1" }, "replace"); command({ type: "fly", view: { lon: cell.lon, lat: cell.lat, zoom: 14 } }); }}>
        <span className={[styles["what"], styles["wide"]].join(" ")}>
          <span className={styles["strong"]}>{words(cell.name)}</span>
          {cell.state !== "usual" && <span className={styles["chip"]} data-state={cell.state}>{t(`crowds.is.${cell.state}`)}</span>}
          <span className={styles["meta"]}>{told}</span>
          <span className={styles["meta"]}>{base}</span>
        </span>
        <span className={styles["when"]}>
          <span className={styles["strong"]}>{number(cell.people)}</span>
          {cell.ratio !== null && <><br />×{decimalText(cell.ratio, language, 2)}</>}
        </span>
      </button>
    </li>
  );
}

const SHOWN = 60;

function Found({ found }: { found: Crowding }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const words = useWords();
  const { city } = useCityContext();
  const now = useNow(60_000);
  const when = intervalText(parseInstant(found.at) ?? 0, parseInstant(found.to) ?? 0, language, city.timezone, now);
  return (
    <>
      <p className={styles["counted"]} role="status">{t("crowds.about", { when, percent: Math.round(found.coverage * 100) })}</p>
      <ul aria-label={t("crowds.sources")}>{found.sources.map((one) => <Source key={one.group} source={one} />)}</ul>
      {found.items.length === 0 && <Empty title={t("crowds.none")} next={t("crowds.noneNext")} />}
      <ul aria-label={t("crowds.cells")}>{found.items.slice(0, SHOWN).map((one) => <Cell key={one.cell} cell={one} />)}</ul>
      {found.items.length > SHOWN && <p className={styles["more"]}>{t("crowds.more", { count: found.items.length - SHOWN })}</p>}
      <details className={styles["more"]}><summary>{t("crowds.limits")}</summary><p>{words(found.limits)}</p></details>
    </>
  );
}

export function Crowds() {
  const { t } = useTranslation();
  const { extra } = useUrl();
  const { data, error, isPending, refetch } = useCrowding(true);
  return (
    <>
      <div className={styles["tools"]}>
        <Checkbox isSelected={extra["crowd"] === "1"} onChange={(on) => { setExtra({ crowd: on ? "1" : null }, "replace"); }}>{t("crowds.onMap")}</Checkbox>
      </div>
      {extra["crowd"] === "1" && <Key />}
      {isPending && <Loading />}
      {error && <ErrorNote error={error} retry={() => void refetch()} />}
      {data && <Found found={data} />}
    </>
  );
}
