/** Lines of one table about an event or several: seen, expected without, excess or what is foreseen. */
import { useTranslation } from "react-i18next";
import type { EffectLine } from "@/api/effects";
import { useFigures } from "@/features/tomorrow/effects/figures";
import { Icon } from "@/ui/Icon";
import styles from "@/features/tomorrow/effects/Effects.module.css";

export interface Line { id: string; name: string; line: EffectLine }

/** An excess whose 80 % interval leaves zero out is marked by a sign and a word, not by colour alone. */
function Excess({ line }: { line: EffectLine }) {
  const { t } = useTranslation();
  const { signedSpan } = useFigures();
  if (line.excess === null) return <>–</>;
  const clear = line.excess.low80 > 0 ? "more" : line.excess.high80 < 0 ? "less" : null;
  return (
    <>
      {signedSpan(line.excess)}
      {clear && <span className={styles["clear"]}><Icon name={clear === "more" ? "plus" : "minus"} />{t(`effects.${clear}`)}</span>}
    </>
  );
}

export function EffectTable({ caption, first, lines, past }: { caption: string; first: string; lines: readonly Line[]; past: boolean }) {
  const { t } = useTranslation();
  const { span, signedSpan, seen } = useFigures();
  return (
    <div className={styles["holder"]}>
      <table className={styles["table"]}>
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{first}</th>
            {past && <th scope="col" className={styles["number"]}>{t("effects.seen")}</th>}
            <th scope="col" className={styles["number"]}>{t("effects.without")}</th>
            {past && <th scope="col" className={styles["number"]}>{t("effects.excess")}</th>}
            <th scope="col" className={styles["number"]}>{t("effects.foreseen")}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map(({ id, name, line }) => (
            <tr key={id}>
              <th scope="row">{name}</th>
              {past && <td className={styles["number"]}>{seen(line)}</td>}
              <td className={styles["number"]}>{span(line.without)}</td>
              {past && <td className={styles["number"]}><Excess line={line} /></td>}
              <td className={styles["number"]}>{signedSpan(line.effect)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
