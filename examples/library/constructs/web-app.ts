import {
  autoscaler,
  type ContainerOptions,
  deployment,
  disruptionBudget,
  type Image,
  type ImageName,
  ingress,
  type Namespace,
  service,
} from "infra";

export interface WebAppOptions {
  readonly in: Namespace;
  /** An image that exposes `http`, or one by name that listens on port 8080. */
  readonly image: Image<"http"> | ImageName;
  readonly env?: ContainerOptions["env"];
  /** Where it is reached from outside; nowhere by default. */
  readonly host?: string;
  /** Pods there are at least and at most. */
  readonly pods: readonly [least: number, most: number];
}

/** A web application: pods that follow the load, never all of them away at once, and a way in. */
export function webApp(name: string, { env, host, image, pods, ...place }: WebAppOptions) {
  const [min, max] = pods;
  const app = deployment(name, {
    ...place,
    containers: {
      app: {
        image,
        ports: { http: 8080 },
        ...(env === undefined ? {} : { env }),
        resources: { cpu: "100m", memory: "128Mi" },
        readiness: { http: "/ready", port: "http" },
        liveness: { http: "/live", port: "http", after: "10s" },
      },
    },
  });
  const front = service(name, { ...place, to: app, ports: { 80: "http" } });
  return {
    app,
    front,
    budget: disruptionBudget(name, { ...place, of: app, max: 1 }),
    scale: autoscaler(name, { ...place, of: app, min, max }),
    ...(host === undefined
      ? {}
      : { entry: ingress(name, { ...place, routes: { [host]: { "/": front.port("http") } } }) }),
  };
}
