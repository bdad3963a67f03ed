import { IngressRule } from "./hypervisor";

/**
 * The nftables ruleset that puts ingress rules in force in a host, replacing those before in one transaction. It is a
 * table of its own, beside what kube-proxy and the CNI plugins write.
 *
 * Only packets that arrive on eth0 are judged: pods and loopback traffic are the host's own affair. The hook comes
 * after connection tracking, for answers to pass, and before kube-proxy's address translation, so that a node port is
 * judged by the port that was asked for.
 */
export function ruleset(rules: IngressRule[]): string {
    return [
        "table inet security_group",
        "delete table inet security_group",
        "table inet security_group {",
        "    chain ingress {",
        "        type filter hook prerouting priority mangle; policy accept;",
        '        iifname != "eth0" accept',
        "        ct state established,related accept",
        ...rules.map((rule) => `        ip saddr ${rule.source} ${match(rule)}accept`),
        "        drop",
        "    }",
        "}",
        "",
    ].join("\n");
}

function match(rule: IngressRule): string {
    switch (rule.protocol) {
        case "all":
            return "";
        case "icmp":
        case "gre":
            return `ip protocol ${rule.protocol} `;
        case "tcp":
        case "udp":
            return rule.fromPort === -1
                ? `ip protocol ${rule.protocol} `
                : `${rule.protocol} dport ${rule.fromPort}-${rule.toPort} `;
    }
}
