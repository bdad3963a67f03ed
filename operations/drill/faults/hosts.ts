import type { Stack } from "../../status/stack";

/** Which hosts of a stack a fault can be done to, the usual one first. */

const names = ({ access }: Stack) => access.hosts.map(({ name }) => name);

/** The workers; first the one that MySQL's data disk is on, whose loss is the worst. */
export function workers(stack: Stack): string[] {
    const [host] = mysqlHost(stack);
    const all = names(stack).filter((name) => name !== stack.controlPlane);
    return [...all.filter((name) => name === host), ...all.filter((name) => name !== host)];
}

/** The one that a data disk is on. */
export function diskHost(disk: string): (stack: Stack) => string[] {
    return ({ disks }) => disks.flatMap(({ name, host }) => (name === disk && host ? [host] : []));
}

export const mysqlHost = diskHost("mysql");

export function master({ controlPlane }: Stack): string[] {
    return controlPlane ? [controlPlane] : [];
}

export function kafkaHost({ kafka }: Stack): string[] {
    return kafka?.host ? [kafka.host] : [];
}

/** Any of them, a worker first. */
export function any(stack: Stack): string[] {
    return [...workers(stack), ...master(stack)];
}
