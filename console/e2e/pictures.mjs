/** The README's pictures, written again by the story (specs/story.spec.ts): `npm run pictures`. */
import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";

const folder = resolve(import.meta.dirname, "..");
const done = spawnSync("npx", ["playwright", "test", "--project=entry", "--project=story", "specs/story.spec.ts"], {
  cwd: folder, stdio: "inherit", shell: process.platform === "win32",
  env: { ...process.env, VIGIE_PICTURES: join(folder, "../docs/pictures") },
});
process.exit(done.status ?? 1);
