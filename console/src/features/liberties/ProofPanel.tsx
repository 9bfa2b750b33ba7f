/** The proof of one line: its way to the root of a signed head, walked here and now in the browser. */
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useAuditProof } from "@/api/liberties";
import type { AuditProof } from "@/api/types";
import { CopyText } from "@/parts/CopyText";
import { countText } from "@/lib/numbers";
import { readCheckpoint, rootFrom } from "@/lib/proof";
import { Details } from "@/parts/Details";
import { useLanguage } from "@/state/city";
import { setExtra } from "@/state/url";
import { Icon } from "@/ui/Icon";
import { ErrorNote, Loading } from "@/ui/Notes";
import { Panel } from "@/ui/Panel";
import styles from "@/features/liberties/Liberties.module.css";

/** Whether the line's hash leads to the root that the head signs; null where this browser cannot reckon it. */
async function holds(proof: AuditProof): Promise<boolean | null> {
  // Browsers give the hash function to secure origins only.
  if (!window.isSecureContext) return null;
  const head = readCheckpoint(proof.checkpoint);
  const root = await rootFrom(proof.index, proof.size, proof.leaf, proof.hashes);
  return root !== null && head !== null && head.size === proof.size && head.root === root;
}

function Verdict({ proof }: { proof: AuditProof }) {
  const { t } = useTranslation();
  const checked = useQuery({ queryKey: ["proof-check", proof.index, proof.checkpoint], queryFn: () => holds(proof), staleTime: Infinity, retry: false });
  if (checked.isPending) return <Loading rows={1} />;
  if (checked.data === true) return <p className={styles["proved"]} role="status"><Icon name="check" />{t("proof.holds")}</p>;
  if (checked.data === null) return <p className={styles["note"]} role="status">{t("proof.unchecked")}</p>;
  return <p className={styles["broken"]} role="alert"><Icon name="warning" />{t("proof.fails")}</p>;
}

export function ProofPanel({ index }: { index: number }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const proof = useAuditProof(index);
  const data = proof.data;
  return (
    <Panel title={t("proof.title", { index })} side="right" onClose={() => { setExtra({ line: null }); }} takeFocus>
      {proof.isPending && <Loading />}
      {proof.error && <ErrorNote error={proof.error} retry={() => void proof.refetch()} />}
      {data && (
        <>
          <Verdict proof={data} />
          <p className={styles["note"]}>{t("proof.what")}</p>
          <Details title={t("proof.facts")} mono items={[
            { term: t("proof.line"), value: countText(data.index, language) },
            { term: t("proof.size"), value: countText(data.size, language) },
            { term: t("proof.leaf"), value: data.leaf },
            { term: t("proof.key"), value: data.key },
          ]} />
          <section className={styles["section"]}>
            <h3>{t("proof.hashes", { count: data.hashes.length })}</h3>
            <CopyText label={t("proof.hashes", { count: data.hashes.length })} text={data.hashes.join("\n")} />
          </section>
          <section className={styles["section"]}>
            <h3>{t("proof.head")}</h3>
            <CopyText label={t("proof.head")} text={data.checkpoint} />
          </section>
        </>
      )}
    </Panel>
  );
}
