import type { Cloud } from "../cloud";

/** The names that a model declares: its base class also takes any string, and has methods. */
type Field<T, Key extends keyof T> = string extends Key
    ? never
    : T[Key] extends (...args: never[]) => unknown
      ? never
      : Key;

/** A type of the SDK without its methods: what an object literal can be. */
export type Plain<T> = 0 extends 1 & T
    ? unknown
    : T extends (infer Item)[]
      ? Plain<Item>[]
      : T extends { validate(): void }
        ? { [Key in keyof T as Field<T, Key>]: Plain<T[Key]> }
        : T;

type Instance<Class> = Class extends new (...args: never[]) => infer T ? T : never;
type Named<Sdk, Name extends string> = Name extends keyof Sdk ? Plain<Instance<Sdk[Name]>> : never;
type ActionName<Sdk> = keyof Sdk extends infer Key ? (Key extends `${infer Name}Request` ? Name : never) : never;

/** An action's answer, without the request id, which the server adds. */
export type Answer<Sdk, Name extends string> = Omit<Named<Sdk, `${Name}ResponseBody`>, "requestId">;

/** Functions from the SDK's requests to its responses, by the action's name. */
export type Actions<Sdk> = {
    [Name in ActionName<Sdk>]?: (
        cloud: Cloud,
        request: Named<Sdk, `${Name}Request`>,
    ) => Answer<Sdk, Name> | Promise<Answer<Sdk, Name>>;
};
