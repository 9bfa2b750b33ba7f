/** The shell: one bar, one map, one screen over it. */
import { lazy, Suspense, useEffect, useState, type MouseEvent } from "react";
import { Dialog, DialogTrigger, Popover, Button as AriaButton } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { useSignOut } from "@/api/queries";
import { ActingFields, ViewAsBanner } from "@/app/ActingAs";
import { AskWords } from "@/app/AskWords";
import { PressureBanner } from "@/app/PressureBanner";
import { Preferences } from "@/app/Preferences";
import { Security } from "@/app/Security";
import { useBell } from "@/app/useBell";
import { dateFormat } from "@/lib/time";
import { initialState, type Screen } from "@/lib/urlState";
import { useCityContext, useLanguage, useMay, useNow, useScreens, useWords } from "@/state/city";
import { useStreamStatus } from "@/state/live";
import { addressOf, goTo, updateUrl, useUrl } from "@/state/url";
import { Button } from "@/ui/Button";
import { Icon, type IconName } from "@/ui/Icon";
import { Loading } from "@/ui/Notes";
import styles from "@/app/Frame.module.css";

const MapView = lazy(() => import("@/map/MapView"));
const Wall = lazy(() => import("@/features/today/wall/Wall"));
const FEATURES = {
  today: lazy(() => import("@/features/today/Today")),
  tomorrow: lazy(() => import("@/features/tomorrow/Tomorrow")),
  yesterday: lazy(() => import("@/features/yesterday/Yesterday")),
  inquiries: lazy(() => import("@/features/inquiry/Inquiries")),
  cameras: lazy(() => import("@/features/cameras/Cameras")),
  sources: lazy(() => import("@/features/sources/Sources")),
  liberties: lazy(() => import("@/features/liberties/Liberties")),
} as const;

const ICONS: Record<Screen, IconName> = { today: "pulse", tomorrow: "calendar", yesterday: "chart", inquiries: "seal", cameras: "camera", sources: "database", liberties: "shield" };

function Navigation() {
  const { t } = useTranslation();
  const { screen } = useUrl();
  const screens = useScreens();
  const follow = (event: MouseEvent, to: Screen): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    goTo(to);
  };
  return (
    <nav className={styles["nav"]} aria-label={t("nav.label")}>
      {screens.map((name) => (
        <a key={name} href={addressOf(name)} aria-current={name === screen ? "page" : undefined} onClick={(event) => { follow(event, name); }}>
          <Icon name={ICONS[name]} />
          {t(`nav.${name}`)}
        </a>
      ))}
    </nav>
  );
}

function Clock() {
  const language = useLanguage();
  const { city } = useCityContext();
  const now = useNow(1000);
  const text = dateFormat(language, city.timezone, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(now);
  return <time className={styles["clock"]} dateTime={new Date(now).toISOString()}>{text}</time>;
}

function LiveChip() {
  const { t } = useTranslation();
  const { state } = useStreamStatus();
  return (
    <span className={[styles["live"], styles[state]].join(" ")} role="status">
      <span className={styles["dot"]} aria-hidden="true" />
      {t(`live.${state}`)}
    </span>
  );
}

function AccountMenu() {
  const { t } = useTranslation();
  const words = useWords();
  const { account, city } = useCityContext();
  const signOut = useSignOut();
  const mayEnter = useMay("enter_facts");
  const [isOpen, setOpen] = useState(false);
  const [security, setSecurity] = useState(false);
  return (
    <>
    <DialogTrigger isOpen={isOpen} onOpenChange={setOpen}>
      <AriaButton className={styles["account"] ?? ""} aria-label={t("account.menu", { name: account.name })}>
        <Icon name="user" />
        <span className={styles["accountName"]}>{account.name}</span>
      </AriaButton>
      <Popover className={styles["menu"] ?? ""} placement="bottom end">
        <Dialog className={styles["dialog"] ?? ""} aria-label={t("account.title")}>
          <p className={styles["who"]}><strong>{account.name}</strong><span>{words(account.role_title)}</span></p>
          <ActingFields onDone={() => { setOpen(false); }} />
          <Preferences />
          {mayEnter && <a href="/terrain">{t("field.menu")}</a>}
          <Button onPress={() => { setOpen(false); setSecurity(true); }}>{t("security.title")}</Button>
          <Button onPress={() => { signOut.mutate(); }}><Icon name="exit" size={16} />{t("account.signOut")}</Button>
          <p className={styles["version"]}>Vigie {city.version}{city.demo ? ` · ${t("account.demo")}` : ""}</p>
        </Dialog>
      </Popover>
    </DialogTrigger>
    <Security isOpen={security} onClose={() => { setSecurity(false); }} />
    </>
  );
}

export function Frame() {
  const { t } = useTranslation();
  const { screen, extra } = useUrl();
  const { city } = useCityContext();
  const screens = useScreens();
  useBell(useMay("read_facts"));
  const listens = useMay("read_figures");
  const Feature = FEATURES[screen];
  // A role that finds nothing on a screen begins where it does.
  const elsewhere = screens.includes(screen) ? null : (screens[0] ?? null);
  useEffect(() => { if (elsewhere) updateUrl({ ...initialState(elsewhere) }, "replace"); }, [elsewhere]);
  const title = t(`nav.${screen}`);
  useEffect(() => { document.title = `${title} · Vigie ${city.name}`; }, [title, city.name]);
  if (screen === "today" && extra["wall"] === "1") {
    return (
      <main id="main" className={styles["main"]} tabIndex={-1} data-screen="wall">
        <h1 className="visually-hidden">{title}</h1>
        <Suspense fallback={<div className={styles["wait"]}><Loading /></div>}><Wall /></Suspense>
      </main>
    );
  }
  return (
    <div className={styles["frame"]}>
      <a className={styles["skip"]} href="#main">{t("nav.skip")}</a>
      <header className={styles["top"]}>
        <div className={styles["bar"]}>
        <p className={styles["brand"]}><img src="/icon.svg" alt="" width={24} height={24} />Vigie<span>{city.name}</span></p>
        <Navigation />
        <div className={styles["end"]}>
          {city.demo && <span className={styles["demo"]}><span className={styles["long"]}>{t("app.demo")}</span><span className={styles["short"]} aria-hidden="true">{t("app.demoShort")}</span></span>}
          {listens && <LiveChip />}
          <Clock />
          <AccountMenu />
        </div>
        </div>
        <ViewAsBanner />
        <PressureBanner />
      </header>
      <main id="main" className={styles["main"]} tabIndex={-1} data-screen={screen}>
        <h1 className="visually-hidden">{title}</h1>
        <Suspense fallback={null}><MapView /></Suspense>
        {!elsewhere && <Suspense fallback={<div className={styles["wait"]}><Loading /></div>}><Feature /></Suspense>}
      </main>
      <AskWords />
    </div>
  );
}
