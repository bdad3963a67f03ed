import * as fs from "node:fs";
import * as path from "node:path";

/** Text that stands before scripts which have a kubelet run with another configuration. */
export const kubeletLibrary = fs.readFileSync(path.join(__dirname, "kubelet.sh"), "utf8");
