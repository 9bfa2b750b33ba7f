/** Caméras: those that record, what they recorded for whoever is designated, and what may be detected. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { subjectOf, useSituation } from "@/api/situation";
import { useCameras, type Camera, type Cameras as Listed, type Looker, type Viewing } from "@/api/video";
import { CameraPanel } from "@/features/cameras/CameraPanel";
import { useClips } from "@/api/clips";
import { CameraTable } from "@/features/cameras/CameraTable";
import { ClipForm } from "@/features/cameras/ClipForm";
import { ClipReview } from "@/features/cameras/ClipReview";
import { Clips } from "@/features/cameras/Clips";
import { MaskPanel } from "@/features/cameras/MaskPanel";
import { GrantForm } from "@/features/cameras/GrantForm";
import { Grants } from "@/features/cameras/Grants";
import { OpenViewing } from "@/features/cameras/OpenViewing";
import { SearchPanel } from "@/features/cameras/SearchPanel";
import { ViewingWall, type Sought } from "@/features/cameras/ViewingWall";
import { useLastDay } from "@/features/cameras/words";
import { parseInstant } from "@/lib/time";
import { Stage } from "@/parts/Stage";
import { useMay } from "@/state/city";
import { BEFORE_MS } from "@/state/cameras";
import { setExtra, useUrl } from "@/state/url";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { Empty, ErrorNote, Loading } from "@/ui/Notes";
import { Panel } from "@/ui/Panel";
import { Tabs } from "@/ui/Tabs";
import styles from "@/features/cameras/Cameras.module.css";

/** Whether one may see pictures, and if not, what is missing and who mends it. */
function LookerNote({ looker }: { looker: Looker }) {
  const { t } = useTranslation();
  const lastDay = useLastDay();
  const may = looker.why === "designated";
  return (
    <div className={may ? styles["may"] : styles["mayNot"]} role="status">
      <Icon name={may ? "eye" : "shield"} />
      <p><strong>{t(`video.looker.${looker.why}`, { until: looker.until ? lastDay(looker.until) : "" })}</strong> <span>{t(`video.lookerNext.${looker.why}`)}</span></p>
    </div>
  );
}

/** The cameras near what the address is about, those that record, best sight first. */
function useNear(about: string | undefined, cameras: readonly Camera[]): { ids: readonly string[]; pending: boolean; count: number } {
  const found = useSituation(subjectOf(about), { radius: null, before: 60 });
  const near = found.data?.cameras ?? [];
  const ids = near.flatMap((one) => cameras.filter((camera) => camera.camera_id === one.number && camera.authorised).map((camera) => camera.camera_id));
  return { ids, pending: about !== undefined && found.isPending, count: near.length };
}

function Fleet({ listed, chosen, choose }: { listed: Listed; chosen: readonly string[]; choose: ((ids: string[]) => void) | null }) {
  const { t } = useTranslation();
  const { extra } = useUrl();
  return (
    <>
      <LookerNote looker={listed.looker} />
      {listed.items.length === 0
        ? <Empty title={t("video.none")} next={t("video.noneNext")} />
        : (
          <>
            {choose && (
              <p className={styles["bar"]}>
                <Button look="primary" isDisabled={chosen.length === 0} onPress={() => { setExtra({ open: "1", of: null }); }}><Icon name="play" size={16} />{t("video.watch", { count: chosen.length })}</Button>
                <Button isDisabled={chosen.length === 0} onPress={() => { choose([]); }}>{t("video.chooseNone")}</Button>
                <span className={styles["meta"]}>{t("video.most", { count: listed.looker.most_cameras })}</span>
              </p>
            )}
            <CameraTable cameras={listed.items} chosen={chosen} onChoose={choose} most={listed.looker.most_cameras} shown={extra["of"] ?? null} />
          </>
        )}
    </>
  );
}

const NONE_SOUGHT: Sought = { found: [], go: null };

function Screen({ listed }: { listed: Listed }) {
  const { t } = useTranslation();
  const { extra } = useUrl();
  const mayGrants = useMay("read_grants");
  const [viewing, setViewing] = useState<Viewing | null>(null);
  const [searching, setSearching] = useState(false);
  const [sought, setSought] = useState<Sought>(NONE_SOUGHT);
  const about = extra["about"];
  const since = parseInstant(extra["since"]);
  const near = useNear(about, listed.items);
  const may = listed.looker.why === "designated";
  const known = new Set(listed.items.map((one) => one.camera_id));
  const chosen = (extra["watch"] !== undefined ? extra["watch"].split(",").filter((id) => known.has(id)) : near.ids).slice(0, listed.looker.most_cameras);
  const choose = (ids: string[]): void => { setExtra({ watch: ids.length > 0 ? ids.join(",") : null, about: null, since: null, ...(ids.length > 0 ? {} : { open: null }) }, "replace"); };
  const byId = (id: string): Camera[] => listed.items.filter((one) => one.camera_id === id);
  const tab = extra["tab"] === "grants" && mayGrants ? "grants" : extra["tab"] === "clips" ? "clips" : "fleet";
  const drawing = tab === "grants" && extra["grant"] === "new";
  const asking = may && !viewing && tab === "fleet" && (extra["open"] === "1" || about !== undefined);
  const note = about === undefined ? null : near.pending ? t("video.nearWait") : chosen.length > 0 ? t("video.near", { count: chosen.length, of: near.count }) : t("video.nearNone", { count: near.count });
  const close = (): void => { setExtra({ open: null, about: null, since: null }); };
  const one = byId(extra["of"] ?? "")[0];
  if (viewing) {
    const mark = about !== undefined && since !== null ? { id: about, at: since + BEFORE_MS, text: t("video.alertMark") } : null;
    return (
      <Stage
        wide={!searching}
        left={
          <Panel title={t("video.viewing", { count: viewing.cameras.length })} size={searching ? "wide" : "full"}>
            <ViewingWall
              key={viewing.viewing_id} viewing={viewing} cameras={listed.items} about={mark} sought={sought}
              onSearch={listed.looker.search && !searching ? () => { setSearching(true); } : null}
              onClose={() => { setViewing(null); setSearching(false); setSought(NONE_SOUGHT); }}
            />
          </Panel>
        }
        right={searching ? (
          <SearchPanel
            key={viewing.viewing_id} viewing={viewing} cameras={listed.items}
            onFound={(found) => { setSought((now) => ({ ...now, found })); }} onGo={(go) => { setSought((now) => ({ ...now, go: { ...go } })); }}
            onClose={() => { setSearching(false); setSought(NONE_SOUGHT); }}
          />
        ) : undefined}
      />
    );
  }
  if (one && tab === "fleet" && extra["masks"] === "1") {
    return <Stage wide left={<MaskPanel key={one.camera_id} camera={one} onClose={() => { setExtra({ masks: null }); }} />} />;
  }
  const shutClip = (): void => { setExtra({ clip: null }); };
  const clip = tab === "clips" && may ? extra["clip"] : undefined;
  if (clip !== undefined && clip !== "new") {
    return <Stage wide left={<ClipReview key={clip} id={clip} label={(id) => byId(id)[0]?.label ?? id} onClose={shutClip} />} />;
  }
  const tabs = [
    { id: "fleet", title: t("video.fleet", { count: listed.items.length }), content: <Fleet listed={listed} chosen={chosen} choose={may ? choose : null} /> },
    { id: "clips", title: t("video.clip.title"), content: <Clips cameras={listed.items} may={may} /> },
    ...(mayGrants ? [{ id: "grants", title: t("video.grants"), content: <Grants /> }] : []),
  ];
  return (
    <Stage
      wide={!drawing && clip !== "new"}
      left={
        drawing
          ? <GrantForm cameras={listed.items} onClose={() => { setExtra({ grant: null }); }} />
          : <Panel title={t("video.title")} size="full"><Tabs label={t("video.title")} tabs={tabs} selected={tab} onSelect={(id) => { setExtra({ tab: id === "fleet" ? null : id, of: null, grant: null, open: null, clip: null }); }} /></Panel>
      }
      right={
        clip === "new" ? <AskClip cameras={listed.items} since={since} onClose={shutClip} /> : asking
          ? (
            <OpenViewing
              key={`${about ?? ""} ${String(since)}`} cameras={chosen.flatMap(byId)} since={since !== null ? Math.floor(since / 1000) * 1000 : null} note={note}
              onRemove={(id) => { setExtra({ watch: chosen.filter((other) => other !== id).join(",") || "-" }, "replace"); }}
              onOpened={setViewing} onClose={close}
            />
          )
          : one && tab === "fleet" ? <CameraPanel key={one.camera_id} camera={one} onWatch={may ? () => { setExtra({ watch: one.camera_id, open: "1", of: null }); } : null} /> : undefined
      }
    />
  );
}

function AskClip({ cameras, since, onClose }: { cameras: readonly Camera[]; since: number | null; onClose: () => void }) {
  const found = useClips();
  return found.data && <ClipForm cameras={cameras} clips={found.data} since={since} onClose={onClose} />;
}

export default function Cameras() {
  const { t } = useTranslation();
  const may = useMay("read_cameras");
  const mayGrants = useMay("read_grants");
  const found = useCameras(may);
  if (may && found.data) return <Screen listed={found.data} />;
  return (
    <Stage
      wide
      left={
        <Panel title={t("video.title")} size="full">
          {!may && <Empty title={t("video.notYours")} next={t("video.notYoursNext")} />}
          {!may && mayGrants && <Grants />}
          {may && found.isPending && <Loading rows={8} />}
          {found.error && <ErrorNote error={found.error} retry={() => void found.refetch()} />}
        </Panel>
      }
    />
  );
}

