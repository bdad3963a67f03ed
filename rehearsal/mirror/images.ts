import * as path from "node:path";

import { Sources } from "./content";
import { elasticsearchImage } from "./image/elasticsearch/elasticsearch";
import { filebeatImage } from "./image/filebeat/filebeat";
import { Image } from "./image/image";
import { kafkaImage } from "./image/kafka/kafka";
import { logstashImage } from "./image/logstash/logstash";
import { mysqlTree } from "./image/mysql";
import { kibanaConfig, kibanaTree, nacosConfig, nacosTree, standins } from "./image/standins";

/** The tags that Kubernetes 1.36.3, its kubeadm and containerd 2.2 ask for. */
const pauseTags = ["3.10.1", "3.10.2"];
const kubernetesTag = "v1.36.3";

/**
 * Every image of the cluster, under the name that its manifests have. Two differ from what their tag says, because
 * kubeadm asks for a tag whose release can't be had: etcd 3.6.16 is served as 3.6.8-0, CoreDNS 1.14.6 as v1.14.2.
 * Kafka's and Elasticsearch's are stand-ins: the real servers with entrypoints of our own, and not all of their parts.
 */
export function images(sources: Sources): Image[] {
    const kubernetes = (name: string, base?: string): Image => ({
        reference: `registry.k8s.io/${name}:${kubernetesTag}`,
        base,
        files: { [`/usr/local/bin/${name}`]: { from: path.join(sources.kubernetes, name) } },
        config: { Entrypoint: [`/usr/local/bin/${name}`] },
    });
    const etcd = (name: string) => ({ [`/usr/local/bin/${name}`]: { from: path.join(sources.etcd, name) } });
    return [
        kubernetes("kube-apiserver"),
        kubernetes("kube-controller-manager"),
        kubernetes("kube-scheduler"),
        kubernetes("kube-proxy", sources.debian),
        ...pauseTags.map((tag) => ({
            reference: `registry.k8s.io/pause:${tag}`,
            files: { "/pause": { from: path.join(sources.pause, "pause") } },
            config: { Entrypoint: ["/pause"], User: "65535:65535" },
        })),
        {
            reference: "registry.k8s.io/etcd:3.6.8-0",
            files: { ...etcd("etcd"), ...etcd("etcdctl"), ...etcd("etcdutl") },
            config: { Cmd: ["etcd"] },
        },
        {
            reference: "registry.k8s.io/coredns/coredns:v1.14.2",
            files: { "/coredns": { from: path.join(sources.coredns, "coredns") } },
            config: { Entrypoint: ["/coredns"] },
        },
        {
            reference: "registry.k8s.io/metrics-server/metrics-server:v0.7.2",
            files: { "/metrics-server": { from: path.join(sources["metrics-server"], "metrics-server") } },
            config: { Entrypoint: ["/metrics-server"], User: "65534" },
        },
        {
            reference: "ghcr.io/flannel-io/flannel:v0.26.7",
            base: sources.debian,
            files: { "/opt/bin/flanneld": { from: path.join(sources.flannel, "flanneld") } },
            config: { Entrypoint: ["/opt/bin/flanneld"] },
        },
        {
            // Copied to the host by the image's own `cp`.
            reference: "ghcr.io/flannel-io/flannel-cni-plugin:v1.6.2-flannel1",
            base: sources.debian,
            files: { "/flannel": { from: path.join(sources["cni-flannel"], "flannel") } },
            config: {},
        },
        {
            reference: "docker.io/library/mysql:8.0.15",
            base: sources.debian,
            files: mysqlTree(sources.mysql),
            config: { Cmd: ["mysqld"], Env: ["MYSQL_MAJOR=8.0", "MYSQL_VERSION=8.0.15-1debian9"] },
        },
        kafkaImage(sources.kafka, sources["kafka-archives"], [sources.debian, sources.jre]),
        elasticsearchImage(sources.elasticsearch, [sources.debian, sources.jre]),
        filebeatImage(sources.filebeat, sources.debian),
        logstashImage(sources.filebeat, sources.debian),
        // These two are stand-ins, because the servers can't be had.
        {
            reference: `docker.io/nacos/nacos-server:v${standins.nacos}`,
            base: sources.debian,
            files: nacosTree(sources),
            config: nacosConfig,
        },
        {
            reference: `docker.elastic.co/kibana/kibana:${standins.kibana}`,
            base: sources.debian,
            files: kibanaTree(sources),
            config: kibanaConfig,
        },
    ];
}
