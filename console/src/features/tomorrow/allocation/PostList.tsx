/** The posts, each with its reason; choosing one looks at it on the map. */
import { useTranslation } from "react-i18next";
import type { Post } from "@/api/allocation";
import { useClock, usePercent } from "@/features/tomorrow/allocation/figures";
import { countText, metresText } from "@/lib/numbers";
import { useLanguage, useWords } from "@/state/city";
import { command } from "@/state/mapStage";
import styles from "@/features/tomorrow/allocation/Allocation.module.css";

const CLOSE = 16;
const SMALL_BASE = 20;
const AT_IT_M = 40;

function Place({ post }: { post: Post }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const where = !post.near ? t("allocation.somewhere") : (post.near_m ?? 0) <= AT_IT_M ? post.near : t("allocation.near", { place: post.near, way: metresText(post.near_m ?? 0, language) });
  return <>{where} · {t(`allocation.site.${post.kind}`)}{post.district ? ` · ${post.district}` : ""}</>;
}

export function PostList({ posts }: { posts: readonly Post[] }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const words = useWords();
  const percent = usePercent();
  const clock = useClock();
  return (
    <section className={styles["block"]}>
      <h3>{t("allocation.postTitle", { count: posts.length })}</h3>
      <ol className={styles["posts"]}>
        {posts.map((post) => (
          <li key={post.number}>
            <button type="button" className={styles["post"]} onClick={() => { command({ type: "fly", view: { lon: post.lon, lat: post.lat, zoom: CLOSE } }); }}>
              <span className={styles["number"]} aria-hidden="true">{post.number}</span>
              <span className={styles["what"]}>
                <strong><span className="visually-hidden">{t("allocation.post", { number: post.number })} </span><Place post={post} /></strong>
                <span>{words(post.reason)}</span>
                <span className={post.base < SMALL_BASE ? styles["small"] : styles["meta"]}>
                  {t("allocation.postMeta", { base: countText(post.base, language), hour: clock(post.peak_at) })}
                  {post.workload === null ? "" : ` · ${t("allocation.workload", { share: percent(post.workload) })}`}
                  {post.base < SMALL_BASE ? ` · ${t("allocation.smallBase")}` : ""}
                </span>
              </span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}
