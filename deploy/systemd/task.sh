#!/bin/sh
# Calls a route of jira-intake with the admin token: task.sh '/tasks/retry?seconds=40'
# The token goes through a pipe, so that no list of processes shows it. Of two tokens,
# while they are rotated, the first one is sent.
set -eu
token=${SPIN_VARIABLE_ADMIN_TOKEN:?set it in /etc/jira-intake/admin.env}
printf 'X-API-Key: %s\n' "${token%%[[:space:]]*}" |
    curl --fail-with-body -sS --max-time 120 -X POST -H @- \
        "${JIRA_INTAKE_ADDRESS:-http://127.0.0.1:3000}$1"
