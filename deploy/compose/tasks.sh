#!/bin/sh
# Calls jira-intake's tasks in turn, for ever. The token goes through a pipe, so that no
# list of processes shows it. Of two tokens, while they are rotated, the first is sent.
set -u
token=${SPIN_VARIABLE_ADMIN_TOKEN:?set it in admin.env}
address=${JIRA_INTAKE_ADDRESS:?}

call() {
    printf 'X-API-Key: %s\n' "${token%%[[:space:]]*}" |
        curl --fail-with-body -sS --max-time 120 -X POST -H @- "$address$1" && touch /tmp/done
    echo
}

while :; do
    # Without OpenCTI, leave this line out: it would be answered with an error.
    call '/tasks/stream?seconds=50'
    call '/tasks/retry?seconds=40'
    sleep 5
done
