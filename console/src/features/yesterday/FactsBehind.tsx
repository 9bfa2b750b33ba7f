/** From a figure to the facts behind it, and from a fact to its source row (its panel): for those who may see facts. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFactsBehind, type BehindAsked } from "@/api/behind";
import { countText } from "@/lib/numbers";
import { FactLine } from "@/parts/FactLine";
import { useLanguage, useNow } from "@/state/city";
import { useUrl } from "@/state/url";
import { Button } from "@/ui/Button";
import { ErrorNote, Loading } from "@/ui/Notes";
import styles from "@/features/yesterday/Yesterday.module.css";

function Pages({ asked }: { asked: BehindAsked }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const now = useNow(60_000);
  const { selection } = useUrl();
  const found = useFactsBehind(asked);
  if (found.isPending) return <Loading rows={4} />;
  if (found.error) return <ErrorNote error={found.error} />;
  const [first] = found.data.pages;
  const items = found.data.pages.flatMap((page) => page.items);
  return (
    <>
      <p className={styles["base"]}>{t("workbench.behindCount", { count: first?.total ?? 0, n: countText(first?.total ?? 0, language) })}{first?.as_shown ? ` ${t("workbench.asShown")}` : ""}</p>
      <ul>{items.map((fact) => <FactLine key={fact.fact_id} fact={fact} now={now} selected={selection?.id === fact.fact_id} />)}</ul>
      {found.hasNextPage && <Button look="quiet" isDisabled={found.isFetchingNextPage} onPress={() => { void found.fetchNextPage(); }}>{t("workbench.behindMore")}</Button>}
    </>
  );
}

export function FactsBehind({ asked, of }: {
  asked: BehindAsked;
  /** What the facts are of: the name of the chosen place, or all of the answer. */
  of: string;
}) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <section className={styles["behind"]}>
      <Button aria-expanded={open} onPress={() => { setOpen(!open); }}>{t("workbench.behind", { of })}</Button>
      {open && <Pages asked={asked} />}
      {open && <p className={styles["base"]}>{t("workbench.behindLimits")}</p>}
    </section>
  );
}
