import type {
  ConfigMap,
  Container,
  EnvVar,
  Pod,
  Secret,
  Service,
} from "../../stdlib/kubernetes/generated/core-v1.js";
import { ContainerConfigError } from "./accounts.js";
import { fieldValue, type PodPlace, resourceValue } from "./downward.js";

/** Where values of other objects come from; undefined when there is no such object. */
export interface EnvironmentSources {
  configMap(name: string): ConfigMap | undefined;
  secret(name: string): Secret | undefined;
  /** Services of the pod's namespace. */
  readonly services: readonly Service[];
}

/**
 * A container's environment from its spec, in the order that decides: Services, then `envFrom`, then `env`; later wins.
 *
 * Source: kubelet `makeEnvironmentVariables`.
 *
 * @throws {ContainerConfigError} for a missing ConfigMap, Secret or key that is not optional.
 */
export function containerEnvironment(
  pod: Pod,
  container: Container,
  place: PodPlace,
  sources: EnvironmentSources,
): ReadonlyMap<string, string> {
  const services = pod.spec?.enableServiceLinks === false ? new Map() : serviceVariables(sources.services);
  const own = new Map<string, string>();
  for (const { prefix = "", configMapRef, secretRef } of container.envFrom ?? []) {
    const data =
      configMapRef !== undefined
        ? configData(sources, configMapRef.name ?? "", configMapRef.optional === true)
        : secretData(sources, secretRef?.name ?? "", secretRef?.optional === true);
    for (const [key, value] of Object.entries(data))
      if (!key.includes("=")) own.set(`${prefix}${key}`, value);
  }
  for (const variable of container.env ?? []) {
    const value =
      variable.valueFrom === undefined
        ? expand(variable.value ?? "", (name) => own.get(name) ?? services.get(name))
        : valueFrom(pod, container, variable, place, sources);
    if (value !== undefined) own.set(variable.name, value);
  }
  return new Map([...services, ...own]);
}

/**
 * `$(NAME)` by its value; `$$` is one `$`; a name nobody knows stays as it is.
 * Source: Kubernetes `third_party/forked/golang/expansion`.
 */
export function expand(text: string, lookUp: (name: string) => string | undefined): string {
  return text.replace(/\$(?:\$|\(([^)]*)\))/g, (whole, name: string | undefined) =>
    name === undefined ? "$" : (lookUp(name) ?? whole),
  );
}

function valueFrom(
  pod: Pod,
  container: Container,
  { valueFrom: from = {} }: EnvVar,
  place: PodPlace,
  sources: EnvironmentSources,
): string | undefined {
  const { configMapKeyRef, fieldRef, resourceFieldRef, secretKeyRef } = from;
  if (fieldRef !== undefined) return fieldValue(pod, fieldRef.fieldPath, place);
  if (resourceFieldRef !== undefined) {
    const name = resourceFieldRef.containerName;
    const of = name === undefined ? container : pod.spec?.containers.find((other) => other.name === name);
    if (of === undefined) throw new ContainerConfigError(`container ${name} not found`);
    return resourceValue(of, resourceFieldRef.resource, resourceFieldRef.divisor, place);
  }
  const reference = configMapKeyRef ?? secretKeyRef;
  if (reference === undefined) return undefined;
  const optional = reference.optional === true;
  const name = reference.name ?? "";
  const data =
    configMapKeyRef === undefined ? secretData(sources, name, optional) : configData(sources, name, optional);
  const value = Object.hasOwn(data, reference.key) ? data[reference.key] : undefined;
  if (value !== undefined || optional) return value;
  const kind = configMapKeyRef === undefined ? "Secret" : "ConfigMap";
  throw new ContainerConfigError(
    `couldn't find key ${reference.key} in ${kind} ${pod.metadata.namespace}/${name}`,
  );
}

type Data = { readonly [key: string]: string };

function configData(sources: EnvironmentSources, name: string, optional: boolean): Data {
  const found = sources.configMap(name);
  if (found === undefined && !optional) throw new ContainerConfigError(`configmap "${name}" not found`);
  return found?.data ?? {};
}

function secretData(sources: EnvironmentSources, name: string, optional: boolean): Data {
  const found = sources.secret(name);
  if (found === undefined && !optional) throw new ContainerConfigError(`secret "${name}" not found`);
  return Object.fromEntries(
    Object.entries(found?.data ?? {}).map(([key, value]) => [
      key,
      Buffer.from(value, "base64").toString("utf8"),
    ]),
  );
}

/** `REDIS_SERVICE_HOST` and the variables of Docker links. Source: kubelet `envvars.FromServices`. */
function serviceVariables(services: readonly Service[]): Map<string, string> {
  const variables = new Map<string, string>();
  for (const { metadata, spec } of services) {
    const ip = spec?.clusterIP;
    const ports = spec?.ports ?? [];
    const [first] = ports;
    if (!ip || ip === "None" || first === undefined) continue;
    const prefix = variableName(metadata.name ?? "");
    variables.set(`${prefix}_SERVICE_HOST`, ip);
    variables.set(`${prefix}_SERVICE_PORT`, String(first.port));
    for (const { name, port } of ports)
      if (name) variables.set(`${prefix}_SERVICE_PORT_${variableName(name)}`, String(port));
    for (const [index, { port, protocol = "TCP" }] of ports.entries()) {
      const url = `${protocol.toLowerCase()}://${ip}:${port}`;
      if (index === 0) variables.set(`${prefix}_PORT`, url);
      const link = `${prefix}_PORT_${port}_${protocol}`;
      variables.set(link, url);
      variables.set(`${link}_PROTO`, protocol.toLowerCase());
      variables.set(`${link}_PORT`, String(port));
      variables.set(`${link}_ADDR`, ip);
    }
  }
  return variables;
}

function variableName(name: string): string {
  return name.toUpperCase().replaceAll("-", "_");
}
