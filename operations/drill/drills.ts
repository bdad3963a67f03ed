import { avalanche } from "./avalanche";
import type { Drill } from "./drill";

/** Every drill there is, by the order of `npm run drill -- list`. */
export const drills: Drill[] = [avalanche];
