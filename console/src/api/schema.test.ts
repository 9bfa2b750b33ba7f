// @vitest-environment node
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");

it("is generated from the server's own description and is up to date (npm run api)", () => {
  const command = join(ROOT, "node_modules/.bin/openapi-typescript");
  const run = (): void => {
    execFileSync(command, ["../docs/reference/openapi.json", "-o", "src/api/schema.d.ts", "--check"], { cwd: ROOT, stdio: "pipe" });
  };
  expect(run).not.toThrow();
}, 60_000);
