/** Runs a command's `main` on the arguments given; its status is the process's: 2 and the reason where it can't be told. */
export function runCommand(main: (args: string[]) => Promise<number>): void {
    process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 2));
    main(process.argv.slice(2)).then(
        (code) => (process.exitCode = code),
        (error: Error) => {
            console.error(error.message);
            process.exitCode = 2;
        },
    );
}
