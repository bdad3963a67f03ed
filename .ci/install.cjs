/** Brings the packages when they are missing or older than the lock file, so that every command is enough by itself. */
const { statSync } = require("node:fs");
const { execSync } = require("node:child_process");

const time = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

if (time("node_modules/.package-lock.json") < time("package-lock.json")) {
    console.log("installing this project's packages (npm ci)");
    execSync("npm ci --no-audit --no-fund --loglevel=error", { stdio: "inherit" });
}
