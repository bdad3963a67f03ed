/** The cloud's own interface to a stack's hosts, by their names. */
export interface Cloud {
    /** As DescribeInstances says it, such as Running; "Gone" where there is no such instance any more. */
    status(host: string): Promise<string>;
    /** RebootInstance; forced it is as if the power had been cut. Returns when the cloud says Running again. */
    reboot(host: string, options: { force: boolean }): Promise<void>;
    /** StopInstance, StoppedMode KeepCharging. Returns when it is Stopped. */
    stop(host: string, options: { force: boolean }): Promise<void>;
    /** StartInstance. Returns when it is Running. */
    start(host: string): Promise<void>;
    /** DeleteInstance, forced: the host is gone, its data disks stay. Returns when it is not listed any more. */
    release(host: string): Promise<void>;
}

/** The cloud that a stack is in, from its state and its configuration. */
export function cloudOf(_exported: string, stack: string): Cloud {
    const none = () => Promise.reject(new Error(`there is no way to the cloud of stack ${stack}`));
    return { status: none, reboot: none, stop: none, start: none, release: none };
}
