/** Who is there decides what is shown: sign-in, a forced change of password, or the city. */
import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { setAcceptLanguage, watchSession } from "@/api/client";
import { fetchSession, useCity, useSession, useTaxonomy } from "@/api/queries";
import type { Account } from "@/api/types";
import { ChangePassword } from "@/app/ChangePassword";
import { Enrol } from "@/app/Enrol";
import { Frame } from "@/app/Frame";
import { GiveCode } from "@/app/GiveCode";
import { SignIn } from "@/app/SignIn";
import { changeTexts } from "@/i18n";
import { CityProvider } from "@/state/city";
import { act, useActing } from "@/state/acting";
import { LiveProvider } from "@/state/live";
import { usePreferences } from "@/state/preferences";
import { ErrorNote, Loading } from "@/ui/Notes";
import styles from "@/app/App.module.css";

function City({ account }: { account: Account }) {
  const city = useCity(true);
  const taxonomy = useTaxonomy(true);
  const error = city.error ?? taxonomy.error;
  if (error) return <main className={styles["alone"]}><ErrorNote error={error} retry={() => { void city.refetch(); void taxonomy.refetch(); }} /></main>;
  if (!city.data || !taxonomy.data) return <main className={styles["alone"]}><Loading /></main>;
  return (
    <CityProvider city={city.data} account={account} kinds={taxonomy.data}>
      <LiveProvider borrowed={account.view_as !== null} listens={account.permissions.includes("read_figures")}><Frame /></LiveProvider>
    </CityProvider>
  );
}

/** Ask again who one is, and forget every answer given to the one before. */
async function startAnew(client: QueryClient): Promise<void> {
  client.setQueryData(["session"], await fetchSession());
  client.removeQueries({ type: "inactive", predicate: (query) => query.queryKey[0] !== "session" });
  await client.resetQueries({ predicate: (query) => query.queryKey[0] !== "session" });
}

export function App() {
  const { i18n } = useTranslation();
  const { language } = usePreferences();
  const session = useSession();
  const client = useQueryClient();

  useEffect(() => {
    setAcceptLanguage(language);
    if (i18n.language !== language) void changeTexts(language);
  }, [language, i18n]);

  useEffect(() => watchSession(() => { void client.invalidateQueries({ queryKey: ["session"] }); }), [client]);

  const acting = useActing();
  const before = useRef(acting);
  useEffect(() => {
    if (before.current === acting) return;
    before.current = acting;
    void startAnew(client);
  }, [acting, client]);

  // What one person was shown is not kept for the next.
  const login = session.data ? (session.data.account?.login ?? "") : undefined;
  const last = useRef(login);
  useEffect(() => {
    if (login === undefined || login === last.current) return;
    if (last.current) {
      act({ viewAs: null, purpose: null });
      client.removeQueries({ predicate: (query) => query.queryKey[0] !== "session" });
    }
    last.current = login;
  }, [login, client]);

  if (session.isPending) return <main className={styles["alone"]}><Loading /></main>;
  if (session.error) return <main className={styles["alone"]}><ErrorNote error={session.error} retry={() => void session.refetch()} /></main>;
  const { account } = session.data;
  if (session.data.stage === "code") return <GiveCode session={session.data} />;
  if (session.data.stage === "enrol") return <Enrol session={session.data} />;
  if (!account) return <SignIn session={session.data} />;
  if (account.must_change_password) return <ChangePassword session={session.data} account={account} />;
  return <City account={account} />;
}
