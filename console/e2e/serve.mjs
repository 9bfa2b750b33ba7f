/** A real server on a fresh demonstration home: what the specs run against. Started by Playwright, ended with it. */
import { spawn } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";

const port = process.argv[2] ?? "8217";
const home = join(tmpdir(), `vigie-e2e-home-${port}`);
const venv = resolve(import.meta.dirname, "../../.venv/bin/python");
const python = process.env.VIGIE_PYTHON ?? (existsSync(venv) ? venv : "python3");

// Python loads `clock/sitecustomize.py` by itself from its path, in this process and in those that it starts.
// A text that is none, and says so: searching recordings is closed without one.
const basis = { VIGIE_VIDEO__SEARCH_BASIS: "Texte d’essai, fictif" };

const away = process.env.VIGIE_E2E_AWAY_MS ? { PYTHONPATH: [join(import.meta.dirname, "clock"), process.env.PYTHONPATH].filter(Boolean).join(delimiter) } : {};

rmSync(home, { recursive: true, force: true });
const server = spawn(
  python,
  ["-m", "vigie.cli.main", "demo", "--home", home, "--days", "21", "--scale", "0.3", "--cameras", "0", "--port", port],
  { stdio: "inherit", cwd: resolve(import.meta.dirname, "../.."), env: { ...process.env, ...basis, ...away } },
);
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => server.kill(signal));
server.on("exit", (code) => {
  rmSync(home, { recursive: true, force: true });
  process.exit(code ?? 0);
});
