#!/bin/sh
# The plugin of dynamic resources: the program's own Pulumi package runs them. The engine starts it in the program's
# folder and says how it is reached.
set -eu
script=$(node -e 'console.log(require.resolve("@pulumi/pulumi/cmd/dynamic-provider"))')
exec node "$script" "$@"
