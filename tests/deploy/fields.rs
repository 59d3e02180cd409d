//! The fields that Kubernetes and SpinKube's operator know, as far as they are of
//! use here. A field that is not in these lists is a slip of the pen, which the
//! cluster would refuse, or worse, silently drop.
//!
//! Sources: `SpinApp` and `SpinAppExecutor` are those of spin-operator 0.4
//! (`api/v1alpha1/spinapp_types.go`, `spinappexecutor_types.go`); the others those
//! of the API reference of Kubernetes 1.32.

use serde_json::Value;

use super::files::leaves;

/// The fields of each kind. `*` stands for any name.
const KINDS: [(&str, &str, &[&str]); 6] = [
    (
        "core.spinkube.dev/v1alpha1",
        "SpinApp",
        &[
            "spec.image",
            "spec.executor",
            "spec.replicas",
            "spec.enableAutoscaling",
            "spec.imagePullSecrets[].name",
            "spec.components[]",
            "spec.podLabels.*",
            "spec.podAnnotations.*",
            "spec.deploymentAnnotations.*",
            "spec.serviceAnnotations.*",
            "spec.variables[].name",
            "spec.variables[].value",
            "spec.variables[].valueFrom.secretKeyRef.name",
            "spec.variables[].valueFrom.secretKeyRef.key",
            "spec.variables[].valueFrom.secretKeyRef.optional",
            "spec.variables[].valueFrom.configMapKeyRef.name",
            "spec.variables[].valueFrom.configMapKeyRef.key",
            "spec.runtimeConfig.loadFromSecret",
            "spec.runtimeConfig.keyValueStores[].name",
            "spec.runtimeConfig.keyValueStores[].type",
            "spec.runtimeConfig.keyValueStores[].options[].name",
            "spec.runtimeConfig.keyValueStores[].options[].value",
            "spec.runtimeConfig.keyValueStores[].options[].valueFrom.secretKeyRef.name",
            "spec.runtimeConfig.keyValueStores[].options[].valueFrom.secretKeyRef.key",
            "spec.checks.readiness.httpGet.path",
            "spec.checks.readiness.initialDelaySeconds",
            "spec.checks.readiness.periodSeconds",
            "spec.checks.readiness.timeoutSeconds",
            "spec.checks.readiness.successThreshold",
            "spec.checks.readiness.failureThreshold",
            "spec.checks.liveness.httpGet.path",
            "spec.checks.liveness.initialDelaySeconds",
            "spec.checks.liveness.periodSeconds",
            "spec.checks.liveness.timeoutSeconds",
            "spec.checks.liveness.failureThreshold",
            "spec.resources.limits.*",
            "spec.resources.requests.*",
        ],
    ),
    (
        "core.spinkube.dev/v1alpha1",
        "SpinAppExecutor",
        &[
            "spec.createDeployment",
            "spec.deploymentConfig.runtimeClassName",
            "spec.deploymentConfig.spinImage",
            "spec.deploymentConfig.caCertSecret",
            "spec.deploymentConfig.installDefaultCACerts",
        ],
    ),
    (
        "v1",
        "Service",
        &[
            "spec.type",
            "spec.clusterIP",
            "spec.selector.*",
            "spec.ports[].name",
            "spec.ports[].port",
            "spec.ports[].protocol",
            "spec.ports[].targetPort",
        ],
    ),
    (
        "apps/v1",
        "StatefulSet",
        &[
            "spec.serviceName",
            "spec.replicas",
            "spec.selector.matchLabels.*",
            "spec.template.metadata.labels.*",
            "spec.template.spec.POD",
            "spec.volumeClaimTemplates[].metadata.name",
            "spec.volumeClaimTemplates[].spec.accessModes[]",
            "spec.volumeClaimTemplates[].spec.storageClassName",
            "spec.volumeClaimTemplates[].spec.resources.requests.storage",
        ],
    ),
    (
        "batch/v1",
        "CronJob",
        &[
            "spec.schedule",
            "spec.timeZone",
            "spec.suspend",
            "spec.concurrencyPolicy",
            "spec.startingDeadlineSeconds",
            "spec.successfulJobsHistoryLimit",
            "spec.failedJobsHistoryLimit",
            "spec.jobTemplate.spec.backoffLimit",
            "spec.jobTemplate.spec.activeDeadlineSeconds",
            "spec.jobTemplate.spec.ttlSecondsAfterFinished",
            "spec.jobTemplate.spec.template.metadata.labels.*",
            "spec.jobTemplate.spec.template.spec.POD",
        ],
    ),
    (
        "networking.k8s.io/v1",
        "NetworkPolicy",
        &[
            "spec.podSelector.matchLabels.*",
            "spec.policyTypes[]",
            "spec.ingress[].from[].PEER",
            "spec.ingress[].ports[].protocol",
            "spec.ingress[].ports[].port",
            "spec.egress[].to[].PEER",
            "spec.egress[].ports[].protocol",
            "spec.egress[].ports[].port",
        ],
    ),
];

/// What stands in these lists for many: of a pod, and of who is at the other end.
const PARTS: [(&str, &[&str]); 2] = [
    (
        "POD",
        &[
            "restartPolicy",
            "automountServiceAccountToken",
            "securityContext.runAsNonRoot",
            "securityContext.runAsUser",
            "securityContext.runAsGroup",
            "securityContext.fsGroup",
            "securityContext.seccompProfile.type",
            "containers[].name",
            "containers[].image",
            "containers[].command[]",
            "containers[].args[]",
            "containers[].env[].name",
            "containers[].env[].value",
            "containers[].env[].valueFrom.secretKeyRef.name",
            "containers[].env[].valueFrom.secretKeyRef.key",
            "containers[].ports[].name",
            "containers[].ports[].containerPort",
            "containers[].resources.requests.*",
            "containers[].resources.limits.*",
            "containers[].volumeMounts[].name",
            "containers[].volumeMounts[].mountPath",
            "containers[].securityContext.allowPrivilegeEscalation",
            "containers[].securityContext.readOnlyRootFilesystem",
            "containers[].securityContext.capabilities.drop[]",
            "containers[].readinessProbe.exec.command[]",
            "containers[].readinessProbe.periodSeconds",
            "containers[].readinessProbe.timeoutSeconds",
            "containers[].livenessProbe.tcpSocket.port",
            "containers[].livenessProbe.initialDelaySeconds",
            "containers[].livenessProbe.periodSeconds",
            "containers[].livenessProbe.failureThreshold",
        ],
    ),
    (
        "PEER",
        &[
            "podSelector.matchLabels.*",
            "namespaceSelector.matchLabels.*",
            "ipBlock.cidr",
            "ipBlock.except[]",
        ],
    ),
];

/// The fields of an object that nobody knows.
pub(crate) fn unknown(object: &Value) -> Vec<String> {
    let (version, kind) = (&object["apiVersion"], &object["kind"]);
    let mut kinds = KINDS.iter();
    let found = kinds.find(|(v, k, _)| version == v && kind == k);
    let (_, _, fields) = found.unwrap_or_else(|| panic!("unknown kind: {version} {kind}"));
    let known = expanded(fields);
    let places = leaves(object).into_iter().map(|(place, _)| place);
    let is_unknown = |place: &String| !known.iter().any(|field| fits(field, place));
    places.filter(is_unknown).collect()
}

fn expanded(fields: &[&str]) -> Vec<String> {
    let mut all = vec![
        "apiVersion".to_owned(),
        "kind".to_owned(),
        "metadata.name".to_owned(),
        "metadata.labels.*".to_owned(),
    ];
    for field in fields {
        let part = PARTS.iter().find(|(name, _)| field.ends_with(name));
        match part {
            Some((name, fields)) => {
                let before = field.trim_end_matches(name);
                all.extend(fields.iter().map(|field| format!("{before}{field}")));
            }
            None => all.push((*field).to_owned()),
        }
    }
    all
}

/// A name with a dot, as labels have, is in the place of `*`, which is the last.
fn fits(field: &str, place: &str) -> bool {
    match field.strip_suffix('*') {
        Some(before) => place.starts_with(before),
        None => field == place,
    }
}
