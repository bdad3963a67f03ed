import { serve } from "../serve";
import { CommandProvider } from "./provider";

void serve("command", "1.2.1", (host) => new CommandProvider(host));
