import vue from "eslint-plugin-vue";
import typescript from "typescript-eslint";

export default typescript.config(
  { ignores: ["dist", "node_modules", "src/generated"] },
  ...typescript.configs.strict,
  ...vue.configs["flat/recommended"],
  {
    files: ["**/*.vue"],
    languageOptions: { parserOptions: { parser: typescript.parser } },
  },
  {
    rules: {
      "max-lines": ["error", 400],
      "max-lines-per-function": ["error", 40],
      "no-console": "error",
      eqeqeq: "error",
      "vue/multi-word-component-names": "off",
      "vue/max-attributes-per-line": "off",
      "vue/singleline-html-element-content-newline": "off",
      "vue/html-self-closing": "off",
      "vue/html-indent": "off",
      "vue/html-closing-bracket-newline": "off",
    },
  },
  {
    // The house's import contract: what is pure knows no port, and only the work of the app knows both.
    files: ["src/domain/**"],
    rules: {
      "no-restricted-imports": ["error", { patterns: ["../ports/*", "../flows/*", "../screens/*", "vue", "idb"] }],
      "no-restricted-globals": ["error", "performance", "indexedDB", "fetch", "navigator", "localStorage"],
    },
  },
  {
    files: ["src/ports/**"],
    rules: { "no-restricted-imports": ["error", { patterns: ["../flows/*", "../screens/*"] }] },
  },
  {
    files: ["src/screens/**", "src/components/**"],
    rules: { "no-restricted-imports": ["error", { patterns: ["../ports/database", "../ports/vault", "idb"] }] },
  },
);
