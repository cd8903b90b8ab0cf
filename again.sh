#!/bin/sh
# SPDX-License-Identifier: MIT
#
# again.sh - a command that needs other people's servers: again.sh COMMAND...
#
# A mirror in the middle of a sync or a connection that broke is no failure of ours: there are three
# tries, with a pause between them. $TRY says to the command which it is. What it says is in the
# file $LOG, if that is set, and is shown, its end alone, if the last try has failed; the exit
# status is then that of the command.
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
