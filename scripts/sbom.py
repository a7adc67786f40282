#!/usr/bin/env python3
"""Writes what ClamProxy consists of, as CycloneDX 1.6 JSON: scripts/sbom.py [VERSION]

It reads the lock files of the program alone, and asks nobody. The same lock files make the same document.
"""

import datetime
import json
import os
import pathlib
import sys
import uuid

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent
LOCK_FILES = ["src/ClamProxy/packages.lock.json", "src/ClamProxy.Core/packages.lock.json"]
# Of the build, not of the program.
BUILD_ONLY = {"Grpc.Tools", "Microsoft.CodeAnalysis.BannedApiAnalyzers"}


def packages():
    """Each package of the lock files, by its name in lower case."""
    found = {}
    for file in LOCK_FILES:
        for framework in json.loads((REPOSITORY / file).read_text())["dependencies"].values():
            for name, entry in framework.items():
                if entry["type"] != "Project" and name not in BUILD_ONLY:
                    found[name.lower()] = (name, entry)
    return found


def reference(name, entry):
    return f"pkg:nuget/{name}@{entry['resolved']}"


def component(name, entry):
    purl = reference(name, entry)
    return {
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": entry["resolved"],
        "purl": purl,
        # NuGet's hash of a package leaves its signature out: it is not that of the file.
        "properties": [{"name": "nuget:contentHash", "value": entry["contentHash"]}],
    }


def document(version):
    found = packages()
    root = f"pkg:generic/clamproxy@{version}"
    direct = sorted(reference(name, entry) for name, entry in found.values() if entry["type"] == "Direct")
    edges = [{"ref": root, "dependsOn": direct}]
    for _, (name, entry) in sorted(found.items()):
        needed = (found.get(other.lower()) for other in entry.get("dependencies", {}))
        edges.append({"ref": reference(name, entry), "dependsOn": sorted({reference(*one) for one in needed if one})})
    components = [component(*found[key]) for key in sorted(found)]
    seconds = int(os.environ.get("SOURCE_DATE_EPOCH", "0"))
    name = json.dumps([root, components], sort_keys=True)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, name)}",
        "version": 1,
        "metadata": {
            "timestamp": datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": {
                "type": "application",
                "bom-ref": root,
                "name": "clamproxy",
                "version": version,
                "licenses": [{"license": {"id": "MIT"}}],
            },
        },
        "components": components,
        "dependencies": edges,
    }


if __name__ == "__main__":
    json.dump(document(sys.argv[1] if len(sys.argv) > 1 else "0.0.0"), sys.stdout, indent=1)
    print()
