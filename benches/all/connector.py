"""The work of a connector in Python: each event becomes an issue.

It reads the events from a file, one JSON object a line, maps each one, and creates the
issue with the library `jira`, with that library's defaults: after a create it reads the
issue once more. When the first issue is filed, and at the end, it prints a line.

    python connector.py JIRA_URL USER TOKEN EVENTS
"""

import json
import sys
import time

from jira import JIRA

PROPERTY = "extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba"
FILED = {"incident", "report", "case-incident", "case-rfi", "case-rft", "grouping"}
PRIORITIES = {"low": "Low", "medium": "Medium", "high": "High", "critical": "Highest"}


def fields(entity):
    """What an entity becomes."""
    mapped = {
        "project": {"key": "SOC"},
        "issuetype": {"name": "Task"},
        "summary": entity["name"],
        "description": entity.get("description", ""),
        "labels": [label.replace(" ", "_") for label in entity.get("labels", [])],
    }
    priority = PRIORITIES.get(entity.get("severity"))
    if priority:
        mapped["priority"] = {"name": priority}
    return mapped


def peak_megabytes():
    """The most memory that this process ever had, not that of the one that started it."""
    with open("/proc/self/status", encoding="utf-8") as status:
        peak = next(line for line in status if line.startswith("VmHWM:"))
    return int(peak.split()[1]) / 1000


def main():
    url, user, token, path = sys.argv[1:]
    client = JIRA(url, basic_auth=(user, token))
    filed, started = 0, 0
    with open(path, encoding="utf-8") as events:
        for line in events:
            event = json.loads(line)
            entity = event["data"]
            if event["type"] != "create" or entity["type"] not in FILED:
                continue
            client.create_issue(fields=fields(entity))
            filed += 1
            if filed == 1:
                print("first", flush=True)
                started = time.process_time()
    print(
        json.dumps(
            {
                "filed": filed,
                "cpu": time.process_time() - started,
                "megabytes": peak_megabytes(),
            }
        )
    )


if __name__ == "__main__":
    main()
