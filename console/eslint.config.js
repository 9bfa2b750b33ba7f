import js from "@eslint/js";
import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

/** Layers, top to bottom; a folder may import what stands below it, never above. */
const LAYERS = ["app", "features", "parts", "map", "charts", "state", "api", "ui", "i18n", "lib"];
/** Rooms on one floor that must not know each other. */
const APART = [["map", "charts"]];

const FEATURES = ["today", "tomorrow", "yesterday", "inquiry", "sources", "liberties", "field"];

function above(layer) {
  const higher = LAYERS.slice(0, LAYERS.indexOf(layer));
  const apart = APART.filter((pair) => pair.includes(layer)).flat().filter((l) => l !== layer);
  return [...new Set([...higher, ...apart])];
}

const directions = LAYERS.filter((layer) => above(layer).length > 0).map((layer) => ({
  files: [`src/${layer}/**/*.{ts,tsx}`],
  rules: {
    "no-restricted-imports": ["error", {
      patterns: [
        { group: above(layer).map((l) => `@/${l}/*`), message: `${layer} stands below these folders.` },
        { group: ["../*"], message: "Import by @/ path, so that directions can be checked." },
      ],
    }],
  },
}));

const apartFeatures = FEATURES.map((feature) => ({
  files: [`src/features/${feature}/**/*.{ts,tsx}`],
  rules: {
    "no-restricted-imports": ["error", {
      patterns: [
        { group: ["@/app/*"], message: "features stand below app." },
        {
          group: FEATURES.filter((f) => f !== feature).map((f) => `@/features/${f}/*`),
          message: "Features never import each other: what two need belongs in src/parts.",
        },
      ],
    }],
  },
}));

export default tseslint.config(
  { ignores: ["dist", "node_modules", "src/api/schema.d.ts", "test-results", "playwright-report"] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  {
    files: ["public/*-sw.js"],
    languageOptions: { globals: { self: "readonly", caches: "readonly", fetch: "readonly", URL: "readonly" } },
  },
  {
    files: ["**/*.{ts,tsx}"],
    plugins: { "react-hooks": hooks },
    rules: {
      "react-hooks/rules-of-hooks": "error",
      "react-hooks/exhaustive-deps": "error",
      "max-lines": ["error", { max: 400 }],
      "no-console": "error",
      eqeqeq: "error",
      "@typescript-eslint/consistent-type-imports": "error",
    },
  },
  {
    files: ["e2e/**/*.mjs", "*.js"],
    languageOptions: { globals: { process: "readonly", console: "readonly", URL: "readonly", setTimeout: "readonly", fetch: "readonly", performance: "readonly", document: "readonly", window: "readonly", requestAnimationFrame: "readonly", PerformanceObserver: "readonly" } },
  },
  {
    files: ["e2e/specs/**/*.ts"],
    rules: {
      "no-restricted-syntax": ["error",
        { selector: "CallExpression[callee.property.name='waitForTimeout']", message: "Wait for what you expect, not for time." },
        { selector: "IfStatement CallExpression[callee.name='expect']", message: "An expectation that may be skipped cannot fail." },
        { selector: "MemberExpression[object.name='test'][property.name='skip']", message: "A spec runs or does not exist." },
      ],
    },
  },
  ...directions,
  ...apartFeatures,
);
