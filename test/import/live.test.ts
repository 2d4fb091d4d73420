import test from "ava";
import { cleaned, madeBy } from "../../compiler/import/clean.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";

interface Parts {
  readonly metadata?: object;
  readonly spec?: object;
  readonly [member: string]: unknown;
}

const apiVersions: { readonly [kind: string]: string } = {
  DaemonSet: "apps/v1",
  Deployment: "apps/v1",
  HorizontalPodAutoscaler: "autoscaling/v2",
  Job: "batch/v1",
  StatefulSet: "apps/v1",
};

function object(kind: string, { metadata, ...rest }: Parts): KubeObject {
  const apiVersion = apiVersions[kind] ?? "v1";
  return { apiVersion, kind, metadata: { name: "a", namespace: "shop", ...metadata }, ...rest } as KubeObject;
}

/** As an API server answers. */
function live(kind: string, parts: Parts): KubeObject {
  return object(kind, { ...parts, metadata: { uid: "6e0e", ...parts.metadata } });
}

const annotation = (name: string, value = "x") => ({ metadata: { annotations: { [name]: value } } });
const pod = (more: object) => ({ containers: [{ name: "a", image: "a:1" }], ...more });
const template = (more: object, metadata: object = {}) => ({
  selector: { matchLabels: { app: "a" } },
  template: { metadata: { labels: { app: "a" }, ...metadata }, spec: pod(more) },
});
const ports = [{ port: 80 }];
const applied = (spec: object) => JSON.stringify({ apiVersion: "v1", kind: "Service", spec });
const note = "kubectl.kubernetes.io/last-applied-configuration";

/** What is added, and what was written: the one is taken away, and the other is left. */
const noise: { readonly [what: string]: readonly [kind: string, live: Parts, written: Parts] } = {
  "managed fields": ["ConfigMap", { metadata: { managedFields: [{ manager: "kubectl" }] } }, {}],
  "the version": ["ConfigMap", { metadata: { resourceVersion: "12" } }, {}],
  "the generation": [
    "Deployment",
    { metadata: { generation: 3 }, spec: template({}) },
    { spec: template({}) },
  ],
  "the time of creation": ["ConfigMap", { metadata: { creationTimestamp: "2024-01-01T00:00:00Z" } }, {}],
  "the time of deletion": [
    "ConfigMap",
    { metadata: { deletionTimestamp: "2024-01-01T00:00:00Z", deletionGracePeriodSeconds: 0 } },
    {},
  ],
  "the old link": ["ConfigMap", { metadata: { selfLink: "/api/v1" } }, {}],
  finalizers: ["PersistentVolumeClaim", { metadata: { finalizers: ["kubernetes.io/pvc-protection"] } }, {}],
  owners: ["ConfigMap", { metadata: { ownerReferences: [{ kind: "X", name: "x", uid: "1" }] } }, {}],
  "kubectl's note": ["ConfigMap", annotation(note, "{}"), {}],
  status: ["Deployment", { status: { replicas: 1 }, spec: template({}) }, { spec: template({}) }],
  "the revision of a Deployment": [
    "Deployment",
    { ...annotation("deployment.kubernetes.io/revision", "3"), spec: template({}) },
    { spec: template({}) },
  ],
  "a template's empty time": [
    "Deployment",
    { spec: template({}, { creationTimestamp: null }) },
    { spec: template({}) },
  ],
  "the generation of a DaemonSet": [
    "DaemonSet",
    { ...annotation("deprecated.daemonset.template.generation", "1"), spec: template({}) },
    { spec: template({}) },
  ],
  "the account's older name": [
    "Deployment",
    { spec: template({ serviceAccountName: "op", serviceAccount: "op" }) },
    { spec: template({ serviceAccountName: "op" }) },
  ],
  "what the server fills in": [
    "Deployment",
    {
      spec: {
        ...template({
          restartPolicy: "Always",
          dnsPolicy: "ClusterFirst",
          schedulerName: "default-scheduler",
        }),
        progressDeadlineSeconds: 600,
        revisionHistoryLimit: 10,
      },
    },
    { spec: template({}) },
  ],
  "addresses of a Service": [
    "Service",
    {
      spec: {
        ports,
        clusterIP: "10.0.0.1",
        clusterIPs: ["10.0.0.1"],
        ipFamilies: ["IPv4"],
        ipFamilyPolicy: "SingleStack",
        internalTrafficPolicy: "Cluster",
        sessionAffinity: "None",
      },
    },
    { spec: { ports } },
  ],
  "an address that was asked for": [
    "Service",
    {
      ...annotation(note, applied({ clusterIP: "10.0.0.9", ports })),
      spec: { ports, clusterIP: "10.0.0.9" },
    },
    { spec: { ports, clusterIP: "10.0.0.9" } },
  ],
  "a Service of both families": [
    "Service",
    {
      spec: { ports, clusterIP: "10.0.0.1", ipFamilyPolicy: "PreferDualStack", ipFamilies: ["IPv4", "IPv6"] },
    },
    { spec: { ports, ipFamilyPolicy: "PreferDualStack", ipFamilies: ["IPv4", "IPv6"] } },
  ],
  "no address at all": [
    "Service",
    { spec: { ports, clusterIP: "None", clusterIPs: ["None"] } },
    { spec: { ports, clusterIP: "None" } },
  ],
  "node ports that nobody asked for": [
    "Service",
    {
      ...annotation(note, applied({ type: "NodePort", ports })),
      spec: { type: "NodePort", ports: [{ port: 80, nodePort: 30123 }] },
    },
    { spec: { type: "NodePort", ports } },
  ],
  "the volume of a claim": [
    "PersistentVolumeClaim",
    {
      metadata: {
        annotations: {
          "pv.kubernetes.io/bind-completed": "yes",
          "pv.kubernetes.io/bound-by-controller": "yes",
          "volume.kubernetes.io/selected-node": "n1",
          "volume.kubernetes.io/storage-provisioner": "x",
          "volume.beta.kubernetes.io/storage-provisioner": "x",
          "volume.kubernetes.io/storage-resizer": "x",
        },
      },
      spec: { accessModes: ["ReadWriteOnce"], volumeName: "pvc-1", volumeMode: "Filesystem" },
    },
    { spec: { accessModes: ["ReadWriteOnce"] } },
  ],
  "a volume that was asked for": [
    "PersistentVolumeClaim",
    { ...annotation("pv.kubernetes.io/bind-completed", "yes"), spec: { volumeName: "disk" } },
    { spec: { volumeName: "disk" } },
  ],
  "the node and priority of a Pod": [
    "Pod",
    { spec: pod({ nodeName: "n1", priority: 0, preemptionPolicy: "PreemptLowerPriority" }) },
    { spec: pod({}) },
  ],
  "the token of a Pod": [
    "Pod",
    {
      spec: {
        containers: [
          {
            name: "a",
            image: "a:1",
            volumeMounts: [
              { name: "kube-api-access-x7k2p", mountPath: "/var/run/secrets/kubernetes.io/serviceaccount" },
            ],
          },
        ],
        volumes: [{ name: "kube-api-access-x7k2p", projected: { sources: [] } }],
        serviceAccountName: "default",
        serviceAccount: "default",
      },
    },
    { spec: pod({}) },
  ],
  "patience with nodes": [
    "Pod",
    {
      spec: pod({
        tolerations: ["not-ready", "unreachable"].map((name) => ({
          key: `node.kubernetes.io/${name}`,
          operator: "Exists",
          effect: "NoExecute",
          tolerationSeconds: 300,
        })),
      }),
    },
    { spec: pod({}) },
  ],
  "the selector and labels of a Job": [
    "Job",
    {
      metadata: { labels: { app: "a", "controller-uid": "1", "job-name": "a" } },
      spec: {
        selector: { matchLabels: { "batch.kubernetes.io/controller-uid": "1" } },
        template: {
          metadata: {
            labels: {
              app: "a",
              "batch.kubernetes.io/controller-uid": "1",
              "batch.kubernetes.io/job-name": "a",
            },
          },
          spec: pod({ restartPolicy: "Never" }),
        },
        completionMode: "NonIndexed",
        suspend: false,
        podReplacementPolicy: "TerminatingOrFailed",
      },
    },
    {
      metadata: { labels: { app: "a" } },
      spec: { template: { metadata: { labels: { app: "a" } }, spec: pod({ restartPolicy: "Never" }) } },
    },
  ],
  "tokens of an account": [
    "ServiceAccount",
    { secrets: [{ name: "a-token-x7k2p" }, { name: "mine" }] },
    { secrets: [{ name: "mine" }] },
  ],
};

for (const [what, [kind, given, written]] of Object.entries(noise))
  test(`of a live object: ${what}`, (t) => {
    t.deepEqual(cleaned(live(kind, given)), object(kind, written));
  });

test("a namespace has its label and finalizer from the server", (t) => {
  const metadata = { name: "shop", namespace: undefined, labels: { "kubernetes.io/metadata.name": "shop" } };
  const { metadata: left, ...rest } = cleaned(
    live("Namespace", { metadata, spec: { finalizers: ["kubernetes"] } }),
  );
  t.deepEqual([left.name, left.labels, rest], ["shop", undefined, { apiVersion: "v1", kind: "Namespace" }]);
});

test("a volume that somebody meant for a claim stays for it; one that was bound is free again", (t) => {
  const claimRef = {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    name: "c",
    namespace: "shop",
    uid: "1",
    resourceVersion: "2",
  };
  const spec = { capacity: { storage: "1Gi" }, claimRef };
  const specOf = (parts: Parts) => (cleaned(live("PersistentVolume", parts)) as { spec?: unknown }).spec;
  t.deepEqual(specOf({ spec }), { capacity: { storage: "1Gi" }, claimRef: { name: "c", namespace: "shop" } });
  t.deepEqual(specOf({ ...annotation("pv.kubernetes.io/bound-by-controller", "yes"), spec }), {
    capacity: { storage: "1Gi" },
  });
});

const made: { readonly [what: string]: readonly [kind: string, parts: Parts] } = {
  "a ReplicaSet of a Deployment": [
    "ReplicaSet",
    { metadata: { ownerReferences: [{ kind: "Deployment", name: "a", controller: true }] } },
  ],
  "the cluster's certificate": ["ConfigMap", { metadata: { name: "kube-root-ca.crt" } }],
  "the API's own Service": ["Service", { metadata: { name: "kubernetes" } }],
  "the default account": ["ServiceAccount", { metadata: { name: "default" } }],
  "the system's namespace": ["Namespace", { metadata: { name: "kube-system" } }],
  "a bootstrap role": [
    "ClusterRole",
    { metadata: { labels: { "kubernetes.io/bootstrapping": "rbac-defaults" } } },
  ],
  "endpoints of a Service": ["Endpoints", annotation("endpoints.kubernetes.io/last-change-trigger-time")],
  "a slice of endpoints": ["EndpointSlice", {}],
  "an event": ["Event", {}],
  "a provisioned volume": ["PersistentVolume", annotation("pv.kubernetes.io/provisioned-by")],
  "an account's token": ["Secret", { type: "kubernetes.io/service-account-token" }],
  "a release of Helm": ["Secret", { type: "helm.sh/release.v1" }],
};

for (const [what, [kind, parts]] of Object.entries(made))
  test(`nobody describes ${what}`, (t) => {
    t.truthy(madeBy(live(kind, parts)));
    t.is(madeBy(object(kind, { ...parts })), undefined, "in a file somebody does");
  });
