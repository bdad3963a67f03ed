import type { Asked } from "../../../operations/status/api";

interface Lease {
    metadata: { name: string; resourceVersion?: string };
    spec: { holderIdentity: string; acquireTime: string; renewTime: string };
}

/** Stands in for the Leases of a namespace, of which it has at most one, with the API server's checks of versions. */
export class Leases {
    one?: Lease;
    private version = 0;

    /** For a StandInApi. */
    replies() {
        const place = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases";
        const refuse = (status: number) => ({ status, body: JSON.stringify({ message: `refused with ${status}` }) });
        const store = ({ body }: Asked) => {
            const lease = JSON.parse(body!) as Lease;
            // Kubernetes reads a MicroTime with six digits of a second, and with no others.
            if (!/T\d\d:\d\d:\d\d\.\d{6}Z$/.test(lease.spec.renewTime)) return refuse(400);
            const metadata = { ...lease.metadata, resourceVersion: String(++this.version) };
            return (this.one = { ...lease, metadata });
        };
        const isCurrent = (version?: string) => this.one?.metadata.resourceVersion === version;
        return {
            [`GET ${place}/test-cluster-drill`]: () => this.one ?? refuse(404),
            [`POST ${place}`]: (asked: Asked) => (this.one ? refuse(409) : store(asked)),
            [`PUT ${place}/test-cluster-drill`]: (asked: Asked) => {
                const { metadata } = JSON.parse(asked.body!) as Lease;
                return isCurrent(metadata.resourceVersion) ? store(asked) : refuse(409);
            },
            [`DELETE ${place}/test-cluster-drill`]: ({ body }: Asked) => {
                const { preconditions } = JSON.parse(body!) as { preconditions: { resourceVersion: string } };
                if (!isCurrent(preconditions.resourceVersion)) return refuse(409);
                this.one = undefined;
                return {};
            },
        };
    }
}
