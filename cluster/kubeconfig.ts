import { load } from "js-yaml";

/** How the Kubernetes API is reached. */
export interface ApiServer {
    /** Its URL. */
    server: string;
    /** Its CA, and the client's certificate and key; PEM in Base64, as a kubeconfig has them. */
    authority: string;
    certificate: string;
    key: string;
}

/** The API server of a kubeconfig as kubeadm makes it: one cluster, one user with a certificate. */
export function apiServer(kubeconfig: string): ApiServer {
    const { clusters, users } = load(kubeconfig) as {
        clusters: { cluster: Record<string, string> }[];
        users: { user: Record<string, string> }[];
    };
    const [{ cluster }] = clusters;
    const [{ user }] = users;
    return {
        server: cluster.server,
        authority: cluster["certificate-authority-data"],
        certificate: user["client-certificate-data"],
        key: user["client-key-data"],
    };
}
