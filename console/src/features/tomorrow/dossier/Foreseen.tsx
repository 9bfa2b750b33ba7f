/** The forecast as it stood before the event, and the facts that came: numbers first, one line drawn beside them. */
import { useTranslation } from "react-i18next";
import type { AfterAction } from "@/api/dossier";
import { useFigures } from "@/features/tomorrow/effects/figures";
import { countText } from "@/lib/numbers";
import { instantText, parseInstant } from "@/lib/time";
import { useCityContext, useLanguage, useNow } from "@/state/city";
import { Icon } from "@/ui/Icon";
import styles from "@/features/tomorrow/dossier/Dossier.module.css";

type Facts = NonNullable<NonNullable<AfterAction["foreseen"]>["figures"]>;

const WIDE = 320;
const HIGH = 28;
const EDGE = 8;

/** The interval as a bar, the forecast as a tick, what happened as a lozenge: told by shape, not by colour. */
function Drawing({ found, seen }: { found: Facts; seen: number }) {
  const { t } = useTranslation();
  const { number } = useFigures();
  const most = Math.max(found.total.high95, seen, 1);
  const at = (value: number): number => EDGE + (Math.max(0, value) / most) * (WIDE - 2 * EDGE);
  const middle = HIGH / 2;
  const said = t("dossier.after.foreseen.drawing", { low: number(found.total.low80), high: number(found.total.high80), mid: number(found.total.mean), seen });
  return (
    <svg className={styles["spread"]} viewBox={`0 0 ${String(WIDE)} ${String(HIGH)}`} role="img" aria-label={said}>
      <line x1={at(0)} x2={at(most)} y1={middle} y2={middle} className={styles["axis"]} />
      <rect x={at(found.total.low80)} width={at(found.total.high80) - at(found.total.low80)} y={middle - 6} height={12} rx={2} className={styles["range"]} />
      <line x1={at(found.total.mean)} x2={at(found.total.mean)} y1={middle - 9} y2={middle + 9} className={styles["tick"]} />
      <path d={`M ${String(at(seen))} ${String(middle - 7)} l 6 7 l -6 7 l -6 -7 z`} className={styles["happened"]} />
    </svg>
  );
}

function Numbers({ found }: { found: Facts }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { city } = useCityContext();
  const now = useNow(60_000);
  const { number, signed } = useFigures();
  const at = (text: string): string => instantText(parseInstant(text) ?? 0, language, city.timezone, now);
  const seen = (): string => {
    if (found.settles_at !== null) return t("dossier.after.foreseen.settling", { at: at(found.settles_at) });
    return found.observed === null ? t("effects.withheld") : countText(found.observed, language);
  };
  return (
    <>
      <table className={styles["table"]}>
        <thead><tr><th scope="col">{t("dossier.after.what")}</th><th scope="col">{t("dossier.after.foreseen.facts")}</th><th scope="col">{t("dossier.after.interval")}</th><th scope="col">{t("dossier.after.reading")}</th></tr></thead>
        <tbody>
          {(["without", "effect", "total"] as const).map((name) => (
            <tr key={name}>
              <th scope="row">{t(`dossier.after.foreseen.row.${name}`)}</th>
              <td>{(name === "effect" ? signed : number)(found[name].mean)}</td>
              <td>{number(found[name].low80)} – {number(found[name].high80)}</td>
              <td />
            </tr>
          ))}
          <tr>
            <th scope="row">{t("dossier.after.foreseen.row.observed")}</th>
            <td><strong>{seen()}</strong></td>
            <td>–</td>
            <td>{found.beyond !== null && <span className={styles[found.beyond]}>{found.beyond !== "inside" && <Icon name={found.beyond === "above" ? "warning" : "minus"} size={12} />}{t(`dossier.after.foreseen.reading.${found.beyond}`)}</span>}</td>
          </tr>
        </tbody>
      </table>
      {found.observed !== null && <Drawing found={found} seen={found.observed} />}
      <p className={styles["meta"]}>{t("dossier.after.foreseen.method", { reach: countText(found.reach_m, language), from: at(found.from), to: at(found.to), events: found.events, controls: number(found.controls), level: found.level })}</p>
    </>
  );
}

export function Foreseen({ found }: { found: NonNullable<AfterAction["foreseen"]> }) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <section className={styles["plain"]} aria-label={t("dossier.after.foreseen.title")}>
      <h3>{t("dossier.after.foreseen.title")}</h3>
      {found.figures === null ? <p className={styles["meta"]}>{found.why_not?.[language]}</p> : <Numbers found={found.figures} />}
    </section>
  );
}
