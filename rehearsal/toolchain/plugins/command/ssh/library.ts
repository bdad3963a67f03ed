/** The SSH library, loaded at its first use: most calls to the plugin never need it. */
export async function library() {
    return (await import("ssh2")).default;
}
