import "./traces";
import * as pulumi from "@pulumi/pulumi";
import { demands, ownNamespaces } from "./apps/demands";
import { Elk } from "./apps/elk/elk";
import { Kafka, kafkaService } from "./apps/kafka/kafka";
import { MySql } from "./apps/mysql/mysql";
import { configurations, connection } from "./apps/nacos/configurations";
import { readConfigurations } from "./apps/nacos/folder";
import { Nacos } from "./apps/nacos/nacos";
import { flannel, metricsServer } from "./cluster/addons";
import { backupCopies } from "./cluster/bucket/copies";
import { checkCapacity } from "./cluster/capacity/check";
import { prices } from "./cluster/capacity/prices";
import { lookUp } from "./cluster/catalog";
import { DataDisks } from "./cluster/disks";
import { certificateRenewal } from "./cluster/certificates/certificates";
import { checkUserData } from "./cluster/firstboot";
import { Guardrails } from "./cluster/guardrails/guardrails";
import { priorities } from "./cluster/guardrails/tiers";
import { Hosts } from "./cluster/hosts";
import { Kubernetes } from "./cluster/kubernetes";
import { inService } from "./cluster/leave";
import { cloudName, ownTags } from "./cluster/names";
import { Network } from "./cluster/network";
import { ownObjects } from "./cluster/ownership";
import { nodeLabels, podsReady } from "./cluster/ready";
import { encryptionKey } from "./cluster/secrets";
import { storageClass } from "./cluster/storage";
import { loadConfig } from "./config";

/** The stack, from the network to the applications. */
export = async () => {
    // Everything that can be known to be wrong is found here, before anything is touched.
    const config = loadConfig();
    const catalog = await lookUp(config);
    await checkCapacity(config, catalog, demands(config), { prices, priorities });
    checkUserData(config);
    const declared = readConfigurations(config.nacos.configurations);

    const network = new Network(cloudName(config), config, ownTags(config));
    const disks = new DataDisks("data-disks", config, catalog);
    const hosts = new Hosts("hosts", config, catalog, network);
    const backupKey = encryptionKey("backup", { protect: config.disks.protect });
    const cluster = new Kubernetes("kubernetes", config, hosts, disks, backupKey);
    ownObjects(cluster.provider, cluster.identifier);

    const inCluster = { provider: cluster.provider };
    const system = [flannel(config, inCluster), metricsServer(config, inCluster)];
    const labels = nodeLabels(config, hosts, { dependsOn: cluster.joins });
    const systemReady = podsReady("system-ready", ["kube-system", "kube-flannel"], config, hosts, {
        dependsOn: [...system, labels],
    });

    const etcdBackups = cluster.backups.start(systemReady);
    const copies = config.backup.bucket ? [backupCopies(config, hosts, { dependsOn: etcdBackups })] : [];
    const certificates = certificateRenewal(hosts, { dependsOn: systemReady });

    const guardrails = new Guardrails("guardrails", config, ownNamespaces, { providers: [cluster.provider] });

    const storage = storageClass(inCluster);
    const mounts = Object.values(cluster.mounts);
    const mysql = new MySql(config, backupKey, {
        providers: [cluster.provider],
        dependsOn: [guardrails, storage, labels, ...mounts],
    });

    const nacos = new Nacos(config, mysql, { providers: [cluster.provider], dependsOn: mysql });
    const published = configurations(declared, config.nacos.overwrite, connection(cluster.kubeconfig, nacos.password), {
        parent: nacos,
        dependsOn: nacos.server,
        // They are in MySQL and outlive the cluster: nothing of them is deleted with it.
        deletedWith: cluster.provider,
    });
    mysql.firstBackup({ ...inCluster, dependsOn: [mysql, nacos, ...published] });

    const kafka = new Kafka(config, hosts, disks, cluster.mounts[config.kafka.disk]);
    const kafkaAddress = kafkaService(config, kafka, inCluster);

    const elk = new Elk(config, kafka.address, {
        providers: [cluster.provider],
        dependsOn: [guardrails, storage, labels, ...mounts, kafka.started],
    });

    const applications = ["mysql", "nacos", elk.namespace];
    const applicationsReady = podsReady("applications-ready", applications, config, hosts, {
        dependsOn: [mysql, nacos, elk],
        again: disks.ids,
    });

    inService(hosts, {
        dependsOn: [systemReady, applicationsReady, kafka.started, etcdBackups, ...copies, certificates],
    });

    const api = pulumi.interpolate`https://${hosts.controlPlane.publicAddress}:6443`;
    return {
        hosts: hosts.all.map((host) => ({
            name: host.config.name,
            role: host.config.role,
            address: host.address,
            publicAddress: host.publicAddress,
        })),
        kubernetesApi: api,
        kubeconfig: cluster.kubeconfig,
        mysql: mysql.address,
        nacos: nacos.address,
        consoles: {
            kibana: "kubectl -n logging port-forward service/kibana 5601:5601",
            nacos: "kubectl -n nacos port-forward service/nacos 8080:8080",
        },
        kafka: kafkaAddress,
        ...(Object.keys(disks.replaced).length > 0 && { replacedDisks: disks.replaced }),
        elasticPassword: elk.password,
        mysqlRootPassword: mysql.rootPassword,
        nacosPassword: nacos.password,
        backupKey,
        operatorKey: hosts.operatorKey.privateKey,
        knownHosts: pulumi
            .all(hosts.all.map((host) => pulumi.interpolate`${host.publicAddress} ${host.key.publicKey}`))
            .apply((lines) => lines.join("\n")),
        login: pulumi.interpolate`npm run ssh -- ${hosts.controlPlane.config.name}`,
    };
};
