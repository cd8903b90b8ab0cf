#!/bin/sh
# SPDX-License-Identifier: MIT
#
# again.sh - runs a command that depends on other people's servers: again.sh COMMAND...
#
# A mirror that is being synchronised, or a broken connection, is not our failure: so it tries three
# times, with a pause in between. $TRY tells the command which try it is. The command's output goes
# to the file $LOG, if that is set; its end is shown if the last try has failed. The exit status is
# then the command's.
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
