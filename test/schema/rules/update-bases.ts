import { bases } from "./bases.js";

const own = <S extends object>(job: { readonly spec: S }) => ({
  ...job,
  spec: { ...job.spec, manualSelector: true, selector: { matchLabels: { app: "web" } } },
});
const addressed = {
  ...bases.clusterIp,
  spec: {
    ...bases.clusterIp.spec,
    clusterIP: "10.96.0.7",
    clusterIPs: ["10.96.0.7"],
    ipFamilies: ["IPv4"],
    ipFamilyPolicy: "SingleStack",
  },
};
const { template } = bases.job.spec;
const small = {
  metadata: { labels: { app: "web" } },
  spec: { containers: [{ name: "a", image: "a:1" }] },
};

/** The sound objects as they are once they are there: with addresses, bound, frozen. */
export const updateBases = {
  ...bases,
  addressed,
  balanced: {
    ...bases.service,
    spec: {
      ...bases.service.spec,
      clusterIP: "10.96.0.7",
      clusterIPs: ["10.96.0.7"],
      externalTrafficPolicy: "Local",
      healthCheckNodePort: 30099,
    },
  },
  boundClaim: {
    ...bases.claim,
    spec: { ...bases.claim.spec, volumeName: "disk" },
    status: { phase: "Bound", capacity: { storage: "1Gi" } },
  },
  controller: {
    apiVersion: "v1",
    kind: "ReplicationController",
    metadata: { name: "old", namespace: "default" },
    spec: { replicas: 1, selector: { app: "web" }, template: small },
  },
  csiVolume: {
    ...bases.volume,
    spec: {
      accessModes: ["ReadWriteOnce"],
      capacity: { storage: "1Gi" },
      csi: { driver: "a.example", volumeHandle: "h" },
    },
  },
  frozenConfig: { ...bases.configMap, immutable: true },
  frozenSecret: { ...bases.secret, immutable: true },
  headless: {
    ...addressed,
    spec: { ...addressed.spec, clusterIP: "None", clusterIPs: ["None"] },
  },
  job: own(bases.job),
  plainClaim: {
    ...bases.claim,
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
  },
  plainJob: own({ ...bases.job, spec: { template } }),
  podTemplate: {
    apiVersion: "v1",
    kind: "PodTemplate",
    metadata: { name: "t", namespace: "default" },
    template: small,
  },
  suspendedJob: own({ ...bases.job, spec: { ...bases.job.spec, suspend: true } }),
  typed: { ...bases.secret, type: "Opaque", data: { a: "YQ==" } },
};
