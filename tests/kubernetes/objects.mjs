// usage: node objects.mjs FOLDER < YAML: prints the objects as a JSON array. What of them is not as their kinds' schemas say is told on standard
// error, and ends it with 1. FOLDER has the node_modules of scripts/kubernetes.sh.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const folder = `${process.argv[2]}/node_modules`;
const packages = {
  "keda.sh": "@kubernetes-models/keda/keda.sh",
  "monitoring.coreos.com": "@kubernetes-models/prometheus-operator/monitoring.coreos.com",
};
const load = (path) => import(pathToFileURL(`${folder}/${path}`));

const { parseAllDocuments } = await load("yaml/dist/index.js");
const objects = parseAllDocuments(readFileSync(0, "utf8")).map((document) => {
  if (document.errors.length > 0) {
    throw document.errors[0];
  }
  return document.toJS();
}).filter((object) => object);

for (const object of objects) {
  const [version, group] = object.apiVersion.split("/").reverse();
  const where = group ? packages[group] ?? `kubernetes-models/${group}` : "kubernetes-models";
  const kinds = await load(`${where}/${version}/index.js`);
  try {
    new kinds[object.kind](object).validate();
  } catch (error) {
    console.error(`${object.kind} ${object.metadata.name}: ${error.message}`);
    process.exitCode = 1;
  }
}

console.log(JSON.stringify(objects));
