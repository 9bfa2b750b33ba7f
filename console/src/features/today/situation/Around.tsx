/** What stands around a situation: alerts, plans and closures, cameras by field of view, means by way. */
import { useTranslation } from "react-i18next";
import type { Situation, SituationAlert, SituationCamera, SituationMeans } from "@/api/situation";
import { percentOf } from "@/features/today/situation/Timeline";
import { Way } from "@/features/today/situation/Way";
import { severityLevel } from "@/lib/colour";
import { decimalText, metresText } from "@/lib/numbers";
import { intervalText, parseInstant } from "@/lib/time";
import { SeverityMark } from "@/parts/SeverityMark";
import { openNearCameras } from "@/state/cameras";
import { useCityContext, useKindText, useLanguage, useMay, useNow, useWords } from "@/state/city";
import { command } from "@/state/mapStage";
import { select, useUrl } from "@/state/url";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import styles from "@/features/today/situation/Situation.module.css";

/** One alert a storm: the gravest of it, then the nearest, as they come. */
function stormHeads(alerts: readonly SituationAlert[]): SituationAlert[] {
  const heads = new Map<string, SituationAlert>();
  for (const alert of alerts) if (!heads.has(alert.group)) heads.set(alert.group, alert);
  return [...heads.values()];
}

export function AlertsAround({ found }: { found: Situation }) {
  const { t } = useTranslation();
  const words = useWords();
  if (found.alerts.length === 0) return null;
  return (
    <section className={styles["part"]}>
      <h3>{t("situation.alerts")}</h3>
      <ul>
        {stormHeads(found.alerts).map((alert) => (
          <li key={alert.alert_id}>
            <button type="button" className={styles["row"]} onClick={() => { select({ type: "alert", id: alert.alert_id }); }}>
              <span className={styles["what"]}>{words(alert.explanation)}</span>
              <span className={styles["grave"]}>
                <SeverityMark severity={alert.severity} /> {t(`severity.${severityLevel(alert.severity)}`)}
                {alert.group_size > 1 && ` · ${t("alerting.situation", { count: alert.group_size })}`}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Streets that validated event files close: which file says so, until when, and who passes all the same. */
function StreetsClosed({ found }: { found: Situation }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { city } = useCityContext();
  const now = useNow(60_000);
  return (
    <>
      <h4 className={styles["meta"]}>{t("situation.streetsClosed")}</h4>
      <ul>
        {found.streets_closed.map((one) => (
          <li key={one.closure_id}>
            <button type="button" className={styles["row"]} onClick={() => { select({ type: "plan", id: one.plan_id }); }}>
              <span className={styles["what"]}>
                {one.street}
                <span className={styles["meta"]}>{intervalText(parseInstant(one.from) ?? 0, parseInstant(one.to) ?? 0, language, city.timezone, now)}</span>
                <span className={styles["meta"]}>{t("situation.closedBy", { title: one.title ?? "", version: one.version })}</span>
                {one.exempt.length > 0 && <span className={styles["meta"]}>{t("dossier.except", { whom: one.exempt.map((whom) => t(`dossier.whom.${whom}`)).join(", ") })}</span>}
              </span>
              <span className={styles["when"]}>
                {one.in_force ? <span className={styles["chip"]} data-sure="true">{t("situation.closed")}</span> : t("situation.later")}
                <br />
                <span className={styles["meta"]}>{metresText(one.distance_m, language)}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

export function PlansAround({ found }: { found: Situation }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const kind = useKindText();
  const { city } = useCityContext();
  const now = useNow(60_000);
  const clashes = found.clashes.length;
  return (
    <section className={styles["part"]}>
      <h3>{t("situation.plans")}</h3>
      {found.plans.length === 0 && <p className={styles["meta"]}>{t("situation.noPlans")}</p>}
      <ul>
        {found.plans.map((plan) => (
          <li key={plan.plan_id}>
            <button type="button" className={styles["row"]} onClick={() => { select({ type: "plan", id: plan.plan_id }); }}>
              <span className={styles["what"]}>
                {plan.title ?? kind(plan.kind)}
                <span className={styles["meta"]}>
                  {intervalText(parseInstant(plan.occupied_from) ?? 0, parseInstant(plan.occupied_to) ?? 0, language, city.timezone, now)}
                </span>
                {found.closures.includes(plan.plan_id) && <span className={styles["chip"]} data-sure="true">{t("situation.closed")}</span>}
              </span>
              <span className={styles["when"]}>
                {t(plan.under_way ? "situation.underWay" : "situation.later")}
                <br />
                <span className={styles["meta"]}>{metresText(plan.distance_m, language)}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
      {found.streets_closed.length > 0 && <StreetsClosed found={found} />}
      {clashes > 0 && <p className={styles["meta"]}>{t("situation.clashes", { count: clashes })}</p>}
      {!found.clashes_known && <p className={styles["meta"]}>{t("situation.clashesUnknown")}</p>}
    </section>
  );
}

function Camera({ camera }: { camera: SituationCamera }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { lon, lat } = camera;
  return (
    <li>
      <button type="button" className={styles["row"]} disabled={lon === null || lat === null} onClick={() => { if (lon !== null && lat !== null) command({ type: "fly", view: { lon, lat, zoom: 17 } }); }}>
        <span className={styles["what"]}>
          {camera.label}
          <span className={styles["meta"]}>{camera.owner}</span>
        </span>
        <span className={styles["when"]}>
          <span className={styles["chip"]} data-sure={camera.sight === "sees" || camera.sight === "turns"}>{t(`situation.sight.${camera.sight}`)}</span>
          <br />
          <span className={styles["meta"]}>{metresText(camera.distance_m, language)}</span>
        </span>
      </button>
    </li>
  );
}

export function CamerasAround({ found }: { found: Situation }) {
  const { t } = useTranslation();
  const mayWatch = useMay("read_cameras");
  const { extra } = useUrl();
  if (found.left_out.includes("places")) return null;
  return (
    <section className={styles["part"]}>
      <h3>{t("situation.cameras")}</h3>
      {found.cameras.length === 0
        ? <p className={styles["meta"]}>{t("situation.noCameras")}</p>
        : <ul>{found.cameras.map((camera) => <Camera key={camera.place_id} camera={camera} />)}</ul>}
      {mayWatch && found.cameras.length > 0 && <Button onPress={() => { openNearCameras(extra["situation"] ?? "", parseInstant(found.at) ?? 0); }}><Icon name="camera" size={16} />{t("video.nearOpen")}</Button>}
      <p className={styles["meta"]}>{t("situation.camerasNote")}</p>
    </section>
  );
}

function Means({ means }: { means: SituationMeans }) {
  const { t, i18n } = useTranslation();
  const state = means.status !== null && i18n.exists(`situation.state.${means.status}`) ? t(`situation.state.${means.status}`) : means.status;
  const language = useLanguage();
  const kind = useKindText();
  return (
    <li>
      <button type="button" className={styles["row"]} onClick={() => { select({ type: "means", id: means.means_id }); }}>
        <span className={styles["what"]}>
          {means.label ?? means.unit_ref}
          <span className={styles["meta"]}>{[kind(means.kind), state].filter(Boolean).join(" · ")}</span>
          {means.guessed !== null && means.guessed >= 0.1 && <span className={styles["meta"]}>{t("situation.guessed", { percent: percentOf(means.guessed) })}</span>}
          <Way way={means.way} />
          {means.stale && <span className={styles["stale"]}>{t("situation.staleMeans")}</span>}
        </span>
        <span className={styles["when"]}>
          {means.travel_s === null ? t("situation.noWay") : t("situation.minutes", { count: Math.max(1, Math.round(means.travel_s / 60)) })}
          {means.way_m !== null && <><br /><span className={styles["meta"]}>{metresText(means.way_m, language)}</span></>}
        </span>
      </button>
    </li>
  );
}

export function MeansAround({ found }: { found: Situation }) {
  const { t } = useTranslation();
  const language = useLanguage();
  if (found.left_out.includes("means")) return null;
  const { travel } = found;
  return (
    <section className={styles["part"]}>
      <h3>{t("situation.means")}</h3>
      {found.means.length === 0
        ? <p className={styles["meta"]}>{t("situation.noMeans")}</p>
        : <ul>{found.means.map((means) => <Means key={means.means_id} means={means} />)}</ul>}
      <p className={styles["meta"]}>
        {t("situation.meansBasis", {
          count: travel.closed, km: decimalText(travel.network_km, language, 0),
          detour: decimalText(travel.detour, language, 1), kmh: decimalText(travel.link_kmh, language, 0),
        })}
        {travel.closed_filed > 0 && <> {t("situation.closedFiled", { count: travel.closed_filed })}</>}
      </p>
    </section>
  );
}
