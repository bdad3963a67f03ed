import { ControlPlane } from "../controlPlane";
import { eventually } from "../support";

/**
 * The real scheduler and API server without any node: what is bound runs nowhere. Admission plugins that would change
 * nodes or pods, or want other objects first, are off.
 */
export class Scheduler {
    private port = 0;

    private constructor(private readonly plane: ControlPlane) {}

    /** Everything but the scheduler itself. */
    static async prepare(): Promise<Scheduler> {
        const flags = {
            "disable-admission-plugins": off.join(","),
            "max-requests-inflight": "2000",
            "max-mutating-requests-inflight": "2000",
        };
        return new Scheduler(await ControlPlane.start([], flags));
    }

    async start(): Promise<void> {
        const kubeconfig = this.plane.kubeconfig();
        this.port = await this.plane.add(name, {
            config: this.plane.file("scheduler", JSON.stringify(configuration(kubeconfig))),
            "authentication-kubeconfig": kubeconfig,
            "authorization-kubeconfig": kubeconfig,
        });
    }

    async stop(): Promise<void> {
        await this.plane.end(name);
    }

    /** The end of everything. */
    async end(): Promise<void> {
        await this.plane.stop();
    }

    /** How many pods it has before it, those that wait for a change aside. */
    async queued(): Promise<number> {
        const text = await this.plane.call("GET", "/metrics", undefined, this.port);
        const lines = [...text.matchAll(/^scheduler_pending_pods\{queue="(active|backoff)"\} (\S+)$/gm)];
        if (lines.length === 0) return NaN;
        return lines.reduce((sum, [, , count]) => sum + Number(count), 0);
    }

    /** A call to the API server. */
    async call<T = unknown>(method: string, url: string, body?: object): Promise<T> {
        return JSON.parse(await this.plane.call(method, url, body)) as T;
    }

    /** Waits for a condition for at most five minutes. */
    async until(what: string, condition: () => Promise<boolean>): Promise<void> {
        await eventually(what, 300, async () => {
            this.plane.alive();
            return condition();
        });
    }
}

const name = "kube-scheduler";

/** Priorities are given as numbers here, overhead without a class. */
const off = ["ServiceAccount", "Priority", "RuntimeClass", "TaintNodesByCondition", "DefaultTolerationSeconds"];

/** All defaults, but that nobody else is waited for, and that a retry comes when the queue is empty, not in its midst. */
const configuration = (kubeconfig: string) => ({
    apiVersion: "kubescheduler.config.k8s.io/v1",
    kind: "KubeSchedulerConfiguration",
    clientConnection: { kubeconfig, qps: 5000, burst: 5000 },
    leaderElection: { leaderElect: false },
    podInitialBackoffSeconds: 60,
    podMaxBackoffSeconds: 60,
});
