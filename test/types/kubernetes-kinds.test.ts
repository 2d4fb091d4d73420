import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import ts from "typescript";
import * as kubernetes from "../../stdlib/kubernetes/index.js";
import { runCli } from "../support/cli.js";

/** What an API server of Kubernetes 1.35 answers to discovery with every group version on. */
const served = `
admissionregistration.k8s.io/v1 MutatingWebhookConfiguration ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration
admissionregistration.k8s.io/v1alpha1 MutatingAdmissionPolicy MutatingAdmissionPolicyBinding
admissionregistration.k8s.io/v1beta1 MutatingAdmissionPolicy MutatingAdmissionPolicyBinding
apiextensions.k8s.io/v1 CustomResourceDefinition
apiregistration.k8s.io/v1 APIService
apps/v1 ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet
authentication.k8s.io/v1 SelfSubjectReview TokenRequest TokenReview
authorization.k8s.io/v1 LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview
autoscaling/v1 HorizontalPodAutoscaler Scale
autoscaling/v2 HorizontalPodAutoscaler
batch/v1 CronJob Job
certificates.k8s.io/v1 CertificateSigningRequest
certificates.k8s.io/v1alpha1 ClusterTrustBundle
certificates.k8s.io/v1beta1 ClusterTrustBundle PodCertificateRequest
coordination.k8s.io/v1 Lease
coordination.k8s.io/v1alpha2 LeaseCandidate
coordination.k8s.io/v1beta1 LeaseCandidate
discovery.k8s.io/v1 EndpointSlice
events.k8s.io/v1 Event
flowcontrol.apiserver.k8s.io/v1 FlowSchema PriorityLevelConfiguration
internal.apiserver.k8s.io/v1alpha1 StorageVersion
networking.k8s.io/v1 IPAddress Ingress IngressClass NetworkPolicy ServiceCIDR
networking.k8s.io/v1beta1 IPAddress ServiceCIDR
node.k8s.io/v1 RuntimeClass
policy/v1 Eviction PodDisruptionBudget
rbac.authorization.k8s.io/v1 ClusterRole ClusterRoleBinding Role RoleBinding
resource.k8s.io/v1 DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice
resource.k8s.io/v1alpha3 DeviceTaintRule
resource.k8s.io/v1beta1 DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice
resource.k8s.io/v1beta2 DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice
scheduling.k8s.io/v1 PriorityClass
scheduling.k8s.io/v1alpha1 Workload
storage.k8s.io/v1 CSIDriver CSINode CSIStorageCapacity StorageClass VolumeAttachment VolumeAttributesClass
storage.k8s.io/v1beta1 VolumeAttributesClass
storagemigration.k8s.io/v1beta1 StorageVersionMigration
v1 Binding ComponentStatus ConfigMap Endpoints Event LimitRange Namespace Node PersistentVolume PersistentVolumeClaim Pod PodTemplate ReplicationController ResourceQuota Secret Service ServiceAccount
`;

type Constructor = (object: object) => { readonly apiVersion: string; readonly kind: string };

test("every kind and version of Kubernetes 1.35 has a constructor, in its group and nowhere else", (t) => {
  const expected = served
    .trim()
    .split("\n")
    .flatMap((line) => {
      const [apiVersion, ...kinds] = line.split(" ");
      return kinds.map((kind) => `${apiVersion} ${kind}`);
    });
  const found = Object.entries(kubernetes).flatMap(([group, versions]) =>
    Object.entries(versions).flatMap(([version, kinds]) =>
      Object.entries(kinds as { readonly [kind: string]: Constructor }).map(([name, make]) => {
        const { apiVersion, kind } = make({ metadata: {} });
        t.is(kind, name);
        const [first = ""] = apiVersion.includes("/") ? apiVersion.split(/[./]/) : ["core"];
        if (!beyondDiscovery.has(kind)) t.deepEqual([first, apiVersion.split("/").at(-1)], [group, version]);
        return `${apiVersion} ${kind}`;
      }),
    ),
  );
  t.deepEqual(
    expected.filter((kind) => !found.includes(kind)),
    [],
  );
  t.deepEqual(
    found.filter((kind) => !expected.includes(kind) && !beyondDiscovery.has(kind.split(" ")[1] ?? "")),
    [],
  );
});

/** Kinds of requests and answers, which discovery does not list. */
const beyondDiscovery = new Set(["PartialObjectMetadata", "PodStatusResult", "RangeAllocation"]);

const groups = new URL("../../stdlib/kubernetes/generated/groups/", import.meta.url);

test("a stack that imports one group loads what that group refers to, and no other group", (t) => {
  const program = ts.createProgram([fileURLToPath(new URL("batch.ts", groups))], { types: [], noLib: true });
  const loaded = program.getSourceFiles().map(({ fileName }) => /([^/]+)\.ts$/.exec(fileName)?.[1]);
  t.deepEqual(loaded.sort(), ["batch", "batch-v1", "core-v1", "meta-v1"]);
});

test("groups are imported by their names, and are what infra/kubernetes has", async (t) => {
  const work = await mkdtemp(join(tmpdir(), "infra-groups-"));
  t.teardown(() => rm(work, { recursive: true }));
  const compile = async (program: string) => {
    await writeFile(join(work, "infra.ts"), program);
    const { code, error } = await runCli(work, ["compile"]);
    return { code, error };
  };
  await writeFile(join(work, "guest-names.ts"), 'export const name = "settings";\n');
  const made = `core.v1.ConfigMap({ metadata: { name }, data: { host: "db" } });`;
  const grouped = `import * as core from "infra/kubernetes/core";
import { name } from "./guest-names.js";
export const settings = ${made}\n`;
  t.deepEqual(await compile(grouped), { code: 0, error: "" });
  const { inputs } = JSON.parse(await readFile(join(work, "infra.out/compile.json"), "utf8"));
  t.deepEqual(Object.keys(inputs).sort(), ["guest-names.ts", "infra.ts"]);

  const mistaken = await compile(grouped.replace("host:", "host: 1, port:"));
  t.regex(mistaken.error, /data\[host\]: cannot use number 1 as string\n {2}infra\.ts:3:/);
  const unknown = await compile('import * as apps from "infra/kubernetes/ap";\nexport const a = apps;\n');
  t.regex(unknown.error, /infra\.ts:1:\d+[\s\S]*infra\/kubernetes\/ap/);
});
