/** Who gets what: need, units and exposure by district, flagged outside 0.8 to 1.25. */
import { useTranslation } from "react-i18next";
import type { Proposal } from "@/api/allocation";
import { usePercent } from "@/features/tomorrow/allocation/figures";
import { decimalText } from "@/lib/numbers";
import { useLanguage } from "@/state/city";
import { Icon, type IconName } from "@/ui/Icon";
import styles from "@/features/tomorrow/allocation/Allocation.module.css";

type Share = Proposal["districts"][number];
const MARKS: Record<Share["alarm"], { icon: IconName; look: string }> = {
  none: { icon: "check", look: "good" },
  coarse: { icon: "minus", look: "meta" },
  over: { icon: "plus", look: "care" },
  under: { icon: "warning", look: "bad" },
};

function Row({ share }: { share: Share }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const percent = usePercent();
  const mark = MARKS[share.alarm];
  const two = (value: number | null): string => (value === null ? "–" : decimalText(value, language));
  return (
    <tr>
      <th scope="row">{share.district}</th>
      <td className={styles["figure"]}>{t("allocation.need", { value: decimalText(share.need, language, 1), base: share.counted })}</td>
      <td className={styles["figure"]}>{share.units}</td>
      <td className={styles["figure"]}>{share.covered === null ? "–" : percent(share.covered)}</td>
      <td className={styles["figure"]}>{share.ratio === null ? "–" : t("allocation.spread", { mid: two(share.ratio), low: two(share.low), high: two(share.high) })}</td>
      <td><span className={styles[mark.look]}><Icon name={mark.icon} size={14} />{t(`allocation.alarm.${share.alarm}`)}</span></td>
    </tr>
  );
}

export function FairnessTable({ proposal, asked }: { proposal: Proposal; asked: number }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const percent = usePercent();
  const gini = (value: number | null): string => (value === null ? "–" : decimalText(value, language));
  return (
    <section className={styles["block"]}>
      <h3>{t("allocation.fairness")}</h3>
      <p className={styles["note"]}>
        {proposal.floor < asked - 0.005 ? t("allocation.floorLowered", { asked: percent(asked), kept: percent(proposal.floor) }) : t("allocation.floorKept", { kept: percent(proposal.floor) })}{" "}
        {t("allocation.gini", { units: gini(proposal.gini_units), need: gini(proposal.gini_need) })}
      </p>
      <div className={styles["holder"]}>
        <table className={styles["table"]}>
          <thead>
            <tr>
              <th scope="col">{t("allocation.district")}</th>
              {["needTerm", "units", "covered", "ratio"].map((name) => <th key={name} scope="col" className={styles["figure"]}>{t(`allocation.${name}`)}</th>)}
              <th scope="col">{t("allocation.state")}</th>
            </tr>
          </thead>
          <tbody>{proposal.districts.map((share) => <Row key={share.district} share={share} />)}</tbody>
        </table>
      </div>
      <p className={styles["note"]}>{t("allocation.fairnessNote")}</p>
    </section>
  );
}
