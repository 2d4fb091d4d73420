import test from "ava";
import {
  deploymentResource,
  endpointSliceResource,
  podResource,
  replicaSetResource,
  serviceResource,
} from "../../runtime/client/resources.js";
import type { Deployment } from "../../runtime/controllers/kinds.js";
import { isReady } from "../../runtime/controllers/pods.js";
import { type SimulatedCluster, startCluster } from "../support/simulated-cluster.js";

const web = (image: string, replicas: number): Deployment => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "default" },
  spec: {
    replicas,
    strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    selector: { matchLabels: { app: "web" } },
    template: {
      metadata: { labels: { app: "web" } },
      spec: {
        containers: [
          {
            name: "web",
            image,
            ports: [{ name: "http", containerPort: 8080 }],
            readinessProbe: { httpGet: { path: "/", port: "http" }, periodSeconds: 1 },
          },
        ],
      },
    },
  },
});

function isDone(cluster: SimulatedCluster, replicas: number): boolean {
  const deployment = cluster.view.get(deploymentResource, "default", "web");
  const status = deployment?.status;
  return (
    status?.observedGeneration === deployment?.metadata.generation &&
    status?.updatedReplicas === replicas &&
    status.replicas === replicas &&
    status.availableReplicas === replicas &&
    cluster.view.list(podResource).length === replicas
  );
}

/** A whole life: create, roll out an image, scale, delete. @returns the history and the extremes seen on the way. */
async function live(seed: number) {
  const cluster = await startCluster(seed);
  const seen = { fewestReady: Number.POSITIVE_INFINITY, most: 0 };
  await cluster.client.create(serviceResource, {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "web", namespace: "default" },
    spec: { selector: { app: "web" }, ports: [{ port: 80, targetPort: "http" }] },
  });
  await cluster.client.create(deploymentResource, web("web:1", 3));
  await cluster.world.runUntil(() => isDone(cluster, 3), 60_000);

  const watching = cluster.view.subscribe(podResource, () => {
    const pods = cluster.view.list(podResource).filter((pod) => pod.metadata.deletionTimestamp === undefined);
    seen.fewestReady = Math.min(seen.fewestReady, pods.filter(isReady).length);
    seen.most = Math.max(seen.most, pods.length);
  });
  await cluster.client.patch(deploymentResource, {
    namespace: "default",
    name: "web",
    type: "strategic",
    body: { spec: { template: { spec: { containers: [{ name: "web", image: "web:2" }] } } } },
  });
  await cluster.world.runUntil(() => isDone(cluster, 3), 60_000);
  watching.close();
  const images = cluster.view.list(podResource).map((pod) => pod.spec?.containers[0]?.image);
  const revisions = cluster.view
    .list(replicaSetResource)
    .map((set) => `${set.metadata.annotations?.["deployment.kubernetes.io/revision"]}=${set.spec?.replicas}`)
    .sort();
  const endpoints = cluster.view
    .list(endpointSliceResource)
    .flatMap((slice) => slice.endpoints.filter(({ conditions }) => conditions?.ready)).length;

  await cluster.client.patch(deploymentResource, {
    namespace: "default",
    name: "web",
    subresource: "scale",
    type: "merge",
    body: { spec: { replicas: 5 } },
  });
  await cluster.world.runUntil(() => isDone(cluster, 5), 60_000);
  await cluster.client.delete(deploymentResource, "default", "web");
  await cluster.world.runUntil(
    () => cluster.view.list(podResource).length + cluster.view.list(replicaSetResource).length === 0,
    60_000,
  );
  const history = [...cluster.history];
  await cluster.stop();
  return { history, seen, images, revisions, endpoints };
}

for (const seed of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) {
  test(`seed ${seed}: never fewer than three ready nor more than four pods, and nothing is left`, async (t) => {
    const { seen, images, revisions, endpoints, history } = await live(seed);
    t.deepEqual(images, ["web:2", "web:2", "web:2"]);
    t.deepEqual(revisions, ["1=0", "2=3"]);
    t.is(endpoints, 3);
    t.is(seen.fewestReady, 3);
    t.is(seen.most, 4);
    t.deepEqual(
      history.filter((line) => line.includes(" error ")),
      [],
    );
  });
}

test("a history replays from its seed, and another seed gives another", async (t) => {
  const [one, again, other] = [await live(42), await live(42), await live(43)];
  t.deepEqual(one.history, again.history);
  t.notDeepEqual(one.history, other.history);
});
