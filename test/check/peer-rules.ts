/**
 * Every rule that kube-linter, Polaris and Kubernetes' pod-security-admission have built in, as their own sources list
 * them. Their next version may have more.
 */
export const peers = {
  "kube-linter": {
    version: "0.8.3",
    rules:
      words(`access-to-create-pods access-to-secrets cluster-admin-role-binding dangling-horizontalpodautoscaler
dangling-ingress dangling-networkpolicy dangling-networkpolicypeer-podselector dangling-service
dangling-servicemonitor default-service-account deprecated-service-account-field dnsconfig-options docker-sock
drop-net-raw-capability duplicate-env-var env-value-from env-var-secret exposed-services host-ipc host-network
host-pid hpa-minimum-three-replicas invalid-target-ports job-ttl-seconds-after-finished latest-tag
liveness-port minimum-three-replicas mismatching-selector no-anti-affinity no-extensions-v1beta
no-liveness-probe no-node-affinity no-read-only-root-fs no-readiness-probe no-rolling-update-strategy
non-existent-service-account non-isolated-pod pdb-max-unavailable pdb-min-available
pdb-unhealthy-pod-eviction-policy priority-class-name privilege-escalation-container privileged-container
privileged-ports read-secret-from-env-var readiness-port required-annotation-email required-label-owner
restart-policy run-as-non-root scc-deny-privileged-container schema-validation sensitive-host-mounts
sorted-keys ssh-port startup-port unsafe-proc-mount unsafe-sysctls unset-cpu-requirements
unset-memory-requirements use-namespace wildcard-in-rules writable-host-mount`),
  },
  Polaris: {
    version: "10.2.2",
    rules: words(`automountServiceAccountToken clusterrolePodExecAttach clusterrolebindingClusterAdmin
clusterrolebindingPodExecAttach cpuLimitsMissing cpuRequestsMissing dangerousCapabilities
deploymentMissingReplicas hostIPCSet hostNetworkSet hostPIDSet hostPathSet hostPortSet hostProcess
hpaMaxAvailability hpaMinAvailability insecureCapabilities linuxHardening livenessProbeMissing
memoryLimitsMissing memoryRequestsMissing metadataAndInstanceMismatched missingNetworkPolicy
missingPodDisruptionBudget notReadOnlyRootFilesystem pdbDisruptionsIsZero
pdbMinAvailableGreaterThanHPAMinReplicas priorityClassNotSet privilegeEscalationAllowed procMount
pullPolicyNotAlways readinessProbeMissing rolePodExecAttach rolebindingClusterAdminClusterRole
rolebindingClusterAdminRole rolebindingClusterRolePodExecAttach rolebindingRolePodExecAttach runAsPrivileged
runAsRootAllowed sensitiveConfigmapContent sensitiveContainerEnvVar tagNotSpecified tlsSettingsMissing
topologySpreadConstraint`),
  },
  PSS: {
    version: "1.35",
    rules:
      words(`allowPrivilegeEscalation appArmorProfile capabilities_baseline capabilities_restricted hostNamespaces
hostPathVolumes hostPorts hostProbesAndHostLifecycle privileged procMount procMount_restricted
restrictedVolumes runAsNonRoot runAsUser seLinuxOptions seccompProfile_baseline seccompProfile_restricted
sysctls windowsHostProcess`),
  },
};

function words(text: string): readonly string[] {
  return text.split(/\s+/);
}

/** What there is no policy of ours for, and why, or what finds it instead. */
export const elsewhere: readonly (readonly [rule: string, why: string])[] = [
  ["kube-linter dangling-horizontalpodautoscaler", "`reference-missing`"],
  ["kube-linter dangling-ingress", "`reference-missing`, `port-name-unknown`"],
  ["kube-linter dangling-networkpolicy", "`selector-matches-nothing`"],
  ["kube-linter dangling-networkpolicypeer-podselector", "`selector-matches-nothing`"],
  ["kube-linter dangling-service", "`selector-matches-nothing`"],
  [
    "kube-linter dangling-servicemonitor",
    "no: it knows one operator's kind; of custom kinds their schema is checked",
  ],
  ["kube-linter dnsconfig-options", "no: the cluster's own are right for nearly everybody"],
  ["kube-linter env-value-from", "`reference-missing`, `config-key-unknown`"],
  ["kube-linter exposed-services", "no: a Service of type NodePort or LoadBalancer is asked for by name"],
  [
    "kube-linter hpa-minimum-three-replicas",
    "`single-replica`: two are asked for, the number is a matter of the program",
  ],
  ["kube-linter invalid-target-ports", "`port-name-unknown`, `field-invalid`"],
  ["kube-linter liveness-port", "`port-name-unknown`, for a port by name; a number need not be declared"],
  ["kube-linter readiness-port", "`port-name-unknown`, for a port by name; a number need not be declared"],
  ["kube-linter startup-port", "`port-name-unknown`, for a port by name; a number need not be declared"],
  ["kube-linter mismatching-selector", "`field-invalid`: the API refuses it"],
  ["kube-linter no-extensions-v1beta", "`kind-unknown`: the API has it no more"],
  [
    "kube-linter no-node-affinity",
    "no: where a pod runs is the scheduler's to say; asked of every workload it would be noise",
  ],
  [
    "kube-linter no-rolling-update-strategy",
    "no: Recreate is written by whom two versions at once would harm",
  ],
  ["kube-linter non-existent-service-account", "`reference-missing`"],
  [
    "kube-linter non-isolated-pod",
    "no: networkPolicy() is a decision of the stack, and many clusters do not enforce it",
  ],
  [
    "kube-linter pdb-unhealthy-pod-eviction-policy",
    "no: the default of the API protects data where a pod is slow to start",
  ],
  ["kube-linter priority-class-name", "`reference-missing`, where the stack makes classes"],
  [
    "kube-linter privileged-ports",
    "no: without root a program needs NET_BIND_SERVICE for them, and that is looked at",
  ],
  [
    "kube-linter read-secret-from-env-var",
    "no: a variable is a supported way to hand over a secret; files() is the other",
  ],
  [
    "kube-linter required-annotation-email",
    "a policy of one's own says it in three lines, with the words of one's house",
  ],
  [
    "kube-linter required-label-owner",
    "a policy of one's own says it in three lines, with the words of one's house",
  ],
  [
    "kube-linter restart-policy",
    "`field-invalid`: what the API does not take of the kind; the rest is the author's",
  ],
  ["kube-linter scc-deny-privileged-container", "no: a kind of OpenShift"],
  ["kube-linter schema-validation", "`field-unknown`, `field-type`, `field-invalid`: always on"],
  ["kube-linter sorted-keys", "what infra writes is sorted"],
  [
    "kube-linter use-namespace",
    "no: every object gets the namespace of the compile, and who sets none means `default`",
  ],
  [
    "Polaris clusterrolebindingPodExecAttach",
    "`powerful-permission`, at the role; `reference-missing`, where the stack has it not",
  ],
  [
    "Polaris rolebindingClusterRolePodExecAttach",
    "`powerful-permission`, at the role; `reference-missing`, where the stack has it not",
  ],
  [
    "Polaris rolebindingRolePodExecAttach",
    "`powerful-permission`, at the role; `reference-missing`, where the stack has it not",
  ],
  ["Polaris rolebindingClusterAdminRole", "`wildcard-permission`, at the role"],
  [
    "Polaris cpuLimitsMissing",
    "no: a CPU limit slows a program down beside idle cores; requests are asked for",
  ],
  [
    "Polaris metadataAndInstanceMismatched",
    "a policy of one's own says it in three lines, with the words of one's house",
  ],
  [
    "Polaris missingNetworkPolicy",
    "no: networkPolicy() is a decision of the stack, and many clusters do not enforce it",
  ],
  ["Polaris missingPodDisruptionBudget", "no: asked of every workload it would be noise"],
  ["Polaris priorityClassNotSet", "no: asked of every workload it would be noise"],
  [
    "Polaris pullPolicyNotAlways",
    "no: images of infra are named by their contents; a tag that moves is `image-latest`",
  ],
  ["PSS procMount", "`field-invalid`: since 1.35 the API refuses what it forbids"],
];
