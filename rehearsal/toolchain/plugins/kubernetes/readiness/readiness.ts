import { Cluster } from "../api/cluster";
import { Manifest } from "../object";

/** How far an object is from what it should become. */
export interface Progress {
    ready: boolean;
    /** What is waited for, in one line. */
    status: string;
    /** What is wrong so far, when it isn't ready; may pass by itself. */
    reasons: string[];
    /** It will never become ready by itself. */
    failed?: boolean;
    /** The pods that the object runs, to look into when it fails. */
    pods?: Manifest[];
}

/** Looks once at a live object, and at what belongs to it. */
export type Check = (live: Manifest, cluster: Cluster) => Promise<Progress>;

export interface Readiness {
    /** Makes the check of one wait. */
    check: () => Check;
    /** Seconds to wait where nobody says how long. */
    timeout: number;
    /** A refresh also says whether the object is ready. */
    onRead: boolean;
}

export const done: Progress = { ready: true, status: "", reasons: [] };

export function waiting(status: string, reasons: string[], pods?: Manifest[]): Progress {
    return { ready: false, status, reasons, pods };
}
