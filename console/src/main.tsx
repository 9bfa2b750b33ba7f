/** Start: read the preferences, mount the console. */
import "@fontsource-variable/inter/wght.css";
import "@/ui/tokens.css";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { setAcceptLanguage } from "@/api/client";
import { ProblemError } from "@/lib/problem";
import { App } from "@/app/App";
import { ErrorBoundary } from "@/app/ErrorBoundary";
import { startTexts } from "@/i18n";
import { readPreferences } from "@/state/preferences";

/** Trying again helps when the network or the server stumbled, not when the question was wrong. */
function mayRetry(failures: number, error: Error): boolean {
  const passing = error instanceof ProblemError && (error.status === 0 || error.status >= 502 || error.status === 429);
  return passing && failures < 3;
}

const client = new QueryClient({
  defaultOptions: { queries: { retry: mayRetry, refetchOnWindowFocus: false, networkMode: "always" }, mutations: { retry: false, networkMode: "always" } },
});

async function start(): Promise<void> {
  const { language } = readPreferences();
  setAcceptLanguage(language);
  await startTexts(language);
  const root = document.getElementById("root");
  if (!root) return;
  createRoot(root).render(
    <StrictMode>
      <ErrorBoundary>
        <QueryClientProvider client={client}>
          <App />
        </QueryClientProvider>
      </ErrorBoundary>
    </StrictMode>,
  );
}

void start();
