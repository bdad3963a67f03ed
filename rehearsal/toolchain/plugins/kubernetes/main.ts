import { serve } from "../serve";
import { KubernetesProvider } from "./provider";

/** The version whose behaviour this plugin follows. */
const version = "4.34.2";

serve("kubernetes", version, (host) => new KubernetesProvider(host)).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
});
