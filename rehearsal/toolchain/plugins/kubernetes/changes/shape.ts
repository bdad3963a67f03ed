import { Value, isMap } from "../../value";
import { sameLeaf } from "./quantity";

/**
 * The part of a live value that the inputs name, so that what the server added by itself is no difference. Where the
 * server only says the same in another way, or leaves out what is empty, the inputs' way is kept.
 */
export function prune(live: Value, inputs: Value, path: string[] = []): Value {
    if (isMap(live) && isMap(inputs)) {
        return Object.fromEntries(
            Object.entries(inputs)
                .filter(([key, input]) => live[key] !== undefined || isEmpty(input))
                .map(([key, input]) => [
                    key,
                    live[key] === undefined ? input : prune(live[key], input, [...path, key]),
                ]),
        );
    }
    if (Array.isArray(live) && Array.isArray(inputs)) {
        return live.slice(0, inputs.length).map((item, index) => prune(item, inputs[index], [...path, String(index)]));
    }
    return sameLeaf(path, live, inputs) ? inputs : live;
}

function isEmpty(value: Value): boolean {
    return (
        value === "" ||
        value === 0 ||
        value === false ||
        (Array.isArray(value) && value.length === 0) ||
        (isMap(value) && Object.values(value).every(isEmpty))
    );
}
