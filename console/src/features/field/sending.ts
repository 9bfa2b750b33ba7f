/** Sending what waits: whenever there is a network, once each, and never in the name of another. */
import { answer, api, setCsrf } from "@/api/client";
import { asSent, isOver, settled, toSend, type FieldForm, type Kept } from "@/features/field/entries";
import { dropEntry, keepAbout, keepEntry, readEntries } from "@/features/field/store";
import { ProblemError } from "@/lib/problem";

/** How the phone stands with the server. */
export type Link = "ready" | "offline" | "signedOut" | "notAllowed" | "busy";

export interface Met { link: Link; login: string | null; form: FieldForm | null }

const PERMISSION = "enter_facts";
const MOST = 50;

function linkOf(error: unknown): Link {
  const status = error instanceof ProblemError ? error.status : 0;
  return status === 401 ? "signedOut" : status === 403 ? "notAllowed" : status === 0 ? "offline" : "busy";
}

/** Ask who is signed in and what may be entered; both are kept for the hours without network. */
export async function meet(): Promise<Met> {
  try {
    const session = await answer(api.GET("/api/session"));
    setCsrf(session.csrf);
    const { account } = session;
    if (!account || session.stage !== "open" || account.must_change_password) return { link: "signedOut", login: null, form: null };
    if (!account.permissions.includes(PERMISSION)) return { link: "notAllowed", login: account.login, form: null };
    const form = await answer(api.GET("/api/field"));
    await keepAbout({ login: account.login, form });
    return { link: "ready", login: account.login, form };
  } catch (error) {
    return { link: linkOf(error), login: null, form: null };
  }
}

async function sendSome(some: readonly Kept[]): Promise<void> {
  try {
    const receipt = await answer(api.POST("/api/field/reports", { body: { entries: some.map(asSent) } }));
    for (const one of some) await keepEntry(settled(one, receipt.items));
  } catch (error) {
    if (!(error instanceof ProblemError) || error.status !== 422) throw error;
    const [only, ...others] = some;
    // One that cannot be read does not hold back the others.
    if (only && others.length === 0) await keepEntry({ ...only, state: "refused", why: { fr: error.detail ?? error.message, en: error.detail ?? error.message } });
    else for (const one of some) await sendSome([one]);
  }
}

/** Send everything of a person that waits; what is not acknowledged waits on. */
export async function sendAll(login: string): Promise<Link> {
  try {
    for (let some = toSend(await readEntries(), login, MOST); some.length > 0; some = toSend(await readEntries(), login, MOST)) {
      const ids = new Set(some.map((one) => one.client_id));
      await sendSome(some);
      if (toSend(await readEntries(), login, MOST).some((one) => ids.has(one.client_id))) return "busy";
    }
    return "ready";
  } catch (error) {
    return linkOf(error);
  }
}

/** Entries as they stand, newest first; those that were sent long ago leave the phone. */
export async function listed(now: number): Promise<Kept[]> {
  const entries = await readEntries();
  for (const one of entries) if (isOver(one, now)) await dropEntry(one.client_id);
  return entries.filter((one) => !isOver(one, now)).sort((a, b) => b.at - a.at);
}
