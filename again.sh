#!/bin/sh
# SPDX-License-Identifier: MIT
#
# again.sh - runs a command that depends on other people's servers: again.sh COMMAND...
#
# A mirror that is being synchronised, or a broken connection, is not our failure, so the command is
# tried three times, with pauses in between. $TRY tells it which try this is. Its output goes to the
# file $LOG, if that is set. If the last try fails, the end of the output is shown, and the exit
# status is the command's.
set -u

TRIES=3
PAUSE=${AGAIN_PAUSE:-10}		# seconds after the first try, twice that after the second
TAIL=30

log=${LOG:-$(mktemp)} || exit 1
TRY=1
export TRY
while "$@" > "$log" 2>&1 < /dev/null; status=$?; [ $status -ne 0 ] && [ $TRY -lt $TRIES ]; do
	sleep $((PAUSE * TRY))
	TRY=$((TRY + 1))
done
[ $status -eq 0 ] || tail -n $TAIL "$log" | sed 's/^/  /' >&2
[ "${LOG:-}" ] || rm -f "$log"
exit $status
