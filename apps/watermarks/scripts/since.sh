#!/bin/bash
# since.sh FILE SECONDS: whether the watch has written the time into FILE within SECONDS.
(($(printf '%(%s)T' -1) - $(<"/tmp/$1") < $2))
