/** Kind of fact by distance by hours: one small table for each kind, seen over expected, marked where it lies outside. */
import { useTranslation } from "react-i18next";
import type { CrossedCell, CrossedKind, CrossedTable } from "@/api/effects";
import { useFigures } from "@/features/tomorrow/effects/figures";
import { metresText } from "@/lib/numbers";
import { useKindText, useLanguage } from "@/state/city";
import { Icon } from "@/ui/Icon";
import styles from "@/features/tomorrow/effects/Effects.module.css";

const CHANCE = 0.2;
/** A tenth is the least that is written: below half of it all three figures would read 0. */
const LEAST = 0.1;

function One({ cell }: { cell: CrossedCell }) {
  const { t } = useTranslation();
  const { number, count } = useFigures();
  const clear = cell.excess === null ? null : cell.excess.low80 > 0 ? "more" : cell.excess.high80 < 0 ? "less" : null;
  return (
    <td className={clear === null ? undefined : styles[clear === "more" ? "above" : "below"]}>
      <strong className={cell.observed === null ? styles["small"] : undefined}>
        {clear && <Icon name={clear === "more" ? "plus" : "minus"} size={12} />}
        {cell.observed === null ? t("effects.withheld") : count(cell.observed)}
        {clear && <span className="visually-hidden"> {t(`effects.${clear}`)}</span>}
      </strong>
      <span className={styles["meta"]}>{cell.without.high80 < LEAST / 2 ? t("effects.crossed.nearlyNone", { least: number(LEAST) }) : t("effects.crossed.expected", { mid: number(cell.without.mean), low: number(cell.without.low80), high: number(cell.without.high80) })}</span>
    </td>
  );
}

function Kind({ of }: { of: CrossedKind }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const kind = useKindText();
  const ring = (from: number, to: number): string => t("effects.ring", { from: from === 0 ? "0" : metresText(from, language), to: metresText(to, language) });
  const name = of.kind === null ? t("effects.otherKinds") : kind(of.kind);
  return (
    <div className={styles["holder"]} tabIndex={0} role="group" aria-label={name}>
      <table className={styles["crossed"]}>
        <caption>{name}</caption>
        <thead>
          <tr>
            <th scope="col">{t("effects.distance")}</th>
            {of.rings[0]?.hours.map((one) => <th key={one.from_hour} scope="col">{t("effects.hourBin", { from: one.from_hour, to: one.to_hour })}</th>)}
          </tr>
        </thead>
        <tbody>
          {of.rings.map((one) => (
            <tr key={one.to_m}>
              <th scope="row">{ring(one.from_m, one.to_m)}</th>
              {one.hours.map((cell) => <One key={cell.from_hour} cell={cell} />)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function Crossed({ table }: { table: CrossedTable | null }) {
  const { t } = useTranslation();
  const { count } = useFigures();
  return (
    <details className={styles["fold"]}>
      <summary>{t("effects.crossed.title")}</summary>
      {table === null ? <p className={styles["note"]}>{t("effects.crossed.none")}</p> : (
        <>
          <p className={styles["note"]}>
            {t("effects.crossed.note", { told: count(table.told), withheld: count(table.withheld), outside: count(table.outside80), chance: count(Math.round(table.told * CHANCE)) })}
          </p>
          <div className={styles["multiples"]}>{table.kinds.map((one) => <Kind key={one.kind ?? ""} of={one} />)}</div>
        </>
      )}
    </details>
  );
}
