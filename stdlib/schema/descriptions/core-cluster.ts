/** The group `core`: Services, configuration, nodes, namespaces and what limits them. */
export const coreCluster = `
Service: One stable name and address in front of the pods it selects.
  spec: Which pods, which ports, and how they are reached.
  status: Addresses of a load balancer.

ServiceSpec: Which pods are behind a Service, and how they are reached.
  ports: Ports of the Service, and where each leads.
  selector: Labels of the pods behind it. Absent: someone else keeps its EndpointSlices.
  clusterIP: Its address inside the cluster; "None" for a headless Service, whose name leads to the pods themselves. Cannot change while the type needs it. @default one that is free
  clusterIPs: Its addresses, one for each of ipFamilies; the first is clusterIP.
  type: "ClusterIP" (inside the cluster), "NodePort" (also by a port of every node), "LoadBalancer" (also by one outside), or "ExternalName" (an alias in DNS only). @default "ClusterIP"
  externalIPs: Addresses whose traffic nodes take for this Service; that they lead to the nodes is your business.
  sessionAffinity: "ClientIP" sends a client to the same pod as before, "None" to any. @default "None"
  loadBalancerIP: Deprecated: providers treat it differently, use their annotations. Address that the load balancer should have.
  loadBalancerSourceRanges: Client addresses that the load balancer lets through, as CIDR, where the provider supports it. @default all
  externalName: Name that the Service is an alias of (CNAME); required for type "ExternalName".
  externalTrafficPolicy: For traffic from outside: "Cluster" spreads it over all pods and hides the client's address, "Local" keeps it on the node and keeps the address, dropping it where no pod is. @default "Cluster"
  healthCheckNodePort: Port of every node by which the load balancer finds out where pods are. For type "LoadBalancer" with externalTrafficPolicy "Local"; cannot change. @default one that is free
  publishNotReadyAddresses: Whether pods that are not ready count too; for peers that must find each other to become ready. @default false
  sessionAffinityConfig: Settings of sessionAffinity "ClientIP". @default three hours
  ipFamilies: "IPv4", "IPv6" or both, in order of preference. @default those of the cluster that ipFamilyPolicy asks for; here ["IPv4"]
  ipFamilyPolicy: "SingleStack", or two families: "PreferDualStack" if the cluster has them, "RequireDualStack" or fail. @default "SingleStack"
  allocateLoadBalancerNodePorts: Whether a Service of type "LoadBalancer" gets node ports; some load balancers need none. @default true
  loadBalancerClass: Implementation that is to serve it, such as "example.com/internal"; cannot change. @default the cloud provider's
  internalTrafficPolicy: For traffic from inside: "Cluster" spreads it over all pods, "Local" keeps it on the node and drops it where no pod is. @default "Cluster"
  trafficDistribution: Pods to prefer: "PreferSameZone" (formerly "PreferClose") or "PreferSameNode". @default none

ServicePort: A port of a Service, and where it leads.
  name: Name of the port; required and unique when there are several. A DNS label.
  protocol: TCP, UDP or SCTP.
  appProtocol: Protocol spoken on it, as a hint for proxies: an IANA name such as "https", or one like "kubernetes.io/h2c".
  port: Port of the Service, 1 to 65535.
  targetPort: Port of the pods: a number, or the name of a container's port, which may differ from pod to pod. @default the same as port
  nodePort: Port of every node that leads here, by default 30000 to 32767; for types "NodePort" and "LoadBalancer". @default one that is free

SessionAffinityConfig: Settings of session affinity.
  clientIP: Settings of affinity by client address.

ClientIPConfig: Affinity by client address.
  timeoutSeconds: Seconds without traffic until the client is forgotten, 1 to 86400. @default 10800

ServiceStatus: State of a Service.
  loadBalancer: Where the load balancer can be reached. Empty until there is one.

LoadBalancerStatus: Where a load balancer can be reached.
  ingress: Its addresses.

LoadBalancerIngress: An address of a load balancer.
  ip: IP address, for those that have one.
  hostname: DNS name, for those that have one.
  ipMode: "VIP" when traffic arrives addressed to this ip, "Proxy" when addressed to the node or pod. Only with ip. @default "VIP"
  ports: State of its ports.

PortStatus: State of a port of a load balancer.
  port: Number of the port.
  protocol: TCP, UDP or SCTP.
  error: What is wrong with it, in CamelCase. Absent: nothing.

Endpoints: Deprecated: EndpointSlice. Addresses behind the Service of the same name.
  subsets: Addresses and ports; every address has every port of its subset.

EndpointSubset: Addresses that share ports.
  addresses: Addresses that are ready.
  notReadyAddresses: Addresses that are not ready.
  ports: Ports of all the addresses.

EndpointAddress: An address behind a Service.
  ip: Address; not of loopback, link-local or multicast.
  hostname: Name of the address, for DNS of a headless Service.
  nodeName: Node it is on.
  targetRef: Pod or other object it belongs to.

EndpointPort: A port of addresses behind a Service.
  name: Name of the Service's port. @default "", for the only one
  port: Number of the port.
  protocol: TCP, UDP or SCTP. @default "TCP"
  appProtocol: Protocol spoken on it, as a hint for proxies.

ConfigMap: Settings as text, for pods to read as variables or files. At most 1 MiB.
  immutable: Whether the entries can never change again; only the whole object can be deleted. Spares nodes the watch. @default false
  data: Entries of UTF-8 text. Keys: letters, digits, "-", "_" and ".".
  binaryData: Entries of bytes, in base64. No key may be in both.

Secret: As a ConfigMap, for what only some may read. At most 1 MiB. Base64 is no encryption.
  immutable: Whether the entries can never change again; only the whole object can be deleted. @default false
  data: Entries in base64. Keys: letters, digits, "-", "_" and ".".
  stringData: Entries as plain text. Only for writing: they go into data, over entries of the same key.
  type: What it is for; known types need certain keys, such as tls.crt and tls.key for "kubernetes.io/tls". Cannot change. @default "Opaque"

LocalObjectReference: Names an object in the same namespace.
  name: Name of the object.

SecretReference: Names a Secret in any namespace.
  name: Name of the Secret.
  namespace: Namespace of the Secret.

ObjectReference: Names an object, and perhaps a part of it. Which fields are used depends on where it stands.
  kind: Kind of the object.
  namespace: Namespace of the object; empty for kinds of the whole cluster.
  name: Name of the object.
  uid: uid of the object.
  apiVersion: Group and version of the object.
  resourceVersion: Version of the object that is meant.
  fieldPath: Part that is meant, such as spec.containers{web}.

ServiceAccount: An identity for programs in pods.
  secrets: Secrets that its pods may use, where the annotation kubernetes.io/enforce-mountable-secrets is "true". No tokens are put here any more.
  imagePullSecrets: Secrets with registry credentials that its pods get when they name none.
  automountServiceAccountToken: Whether its pods get an API token; a pod's own setting goes before. @default true

Namespace: A scope for names, rights and quotas. What is in it goes with it.
  spec: What must be cleared before it can go.
  status: Whether it is going.

NamespaceSpec: What must be cleared before a namespace can go.
  finalizers: Who has work to do first. @default ["kubernetes"]

NamespaceStatus: State of a namespace.
  phase: "Active", or "Terminating" while its contents are being deleted.
  conditions: What keeps it from going.

NamespaceCondition: One reason why a namespace is not gone yet.
  type: "NamespaceContentRemaining", "NamespaceFinalizersRemaining", "NamespaceDeletionContentFailure" and others.

Node: A machine that runs pods.
  spec: Whether, and for which pods, it takes work.
  status: What it has, and how it is.

NodeSpec: Whether, and for which pods, a node takes work.
  podCIDR: Addresses for pods of this node.
  podCIDRs: Addresses for pods of this node, at most one range for each of IPv4 and IPv6; the first is podCIDR.
  providerID: Id of the machine at its cloud provider.
  unschedulable: Whether it takes no new pods, as kubectl cordon sets it. @default false
  taints: What keeps pods away that do not tolerate it.
  configSource: No longer used: where the kubelet's configuration came from.
  externalID: No longer used.

NodeStatus: What a node has, and how it is.
  capacity: All its resources: cpu, memory, pods and others.
  allocatable: What of them pods can have; the rest is the system's. @default capacity
  phase: No longer filled in.
  conditions: Ready, MemoryPressure, DiskPressure, PIDPressure, NetworkUnavailable.
  addresses: Its host names and addresses.
  daemonEndpoints: Ports of its kubelet.
  nodeInfo: Versions and ids of its software.
  images: Images that it has.
  volumesInUse: Attachable volumes that are mounted.
  volumesAttached: Volumes that are attached.
  config: No longer used: configuration of its kubelet.
  runtimeHandlers: Container runtimes that it can run pods with.
  features: What its container runtime can do.
  declaredFeatures: Optional features of its kubelet that are on, for the scheduler.

NodeCondition: One aspect of a node's state, and since when it holds.
  type: "Ready", "MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable" or one of your own.

NodeAddress: An address of a node.
  type: "Hostname", "InternalIP", "ExternalIP", "InternalDNS" or "ExternalDNS".
  address: The name or address.

NodeDaemonEndpoints: Ports of a node's own programs.
  kubeletEndpoint: Port of the kubelet.

DaemonEndpoint: A port of a program on the node.
  Port: Number of the port.

NodeSystemInfo: Versions and ids of a node's software.
  machineID: Contents of /etc/machine-id: the machine, in its cluster.
  systemUUID: Id of the hardware.
  bootID: Id of this boot.
  kernelVersion: Version of the kernel, as uname -r gives it.
  osImage: Name of the operating system, from /etc/os-release.
  containerRuntimeVersion: Container runtime and its version, such as "containerd://1.7.2".
  kubeletVersion: Version of the kubelet.
  kubeProxyVersion: Deprecated: not reliable. Version of kube-proxy.
  operatingSystem: "linux" or "windows".
  architecture: Architecture of the processor, such as "amd64".
  swap: Swap space of the machine.

NodeSwapStatus: Swap space of a machine.
  capacity: Its size in bytes.

NodeRuntimeHandler: A container runtime of a node.
  name: Name of the handler; empty for the default one.
  features: What it can do.

NodeRuntimeHandlerFeatures: What a container runtime can do.
  recursiveReadOnlyMounts: Whether mounts can be read-only with all below them.
  userNamespaces: Whether pods can have user ids of their own.

NodeFeatures: What the container runtime of a node can do.
  supplementalGroupsPolicy: Whether it obeys supplementalGroupsPolicy.

ContainerImage: An image that a node has.
  names: Names it is known by, by tag and by digest.
  sizeBytes: Its size in bytes.

AttachedVolume: A volume that is attached to a node.
  name: Name of the volume.
  devicePath: Path of its device.

NodeConfigSource: No longer used: where a kubelet's configuration is.
  configMap: ConfigMap with the configuration.

ConfigMapNodeConfigSource: No longer used: a ConfigMap with a kubelet's configuration.
  namespace: Namespace of the ConfigMap.
  name: Name of the ConfigMap.
  uid: uid of the ConfigMap.
  resourceVersion: Version of the ConfigMap.
  kubeletConfigKey: Key of the entry with the configuration.

NodeConfigStatus: No longer used: state of a kubelet's configuration.
  assigned: Configuration that it is to use.
  active: Configuration that it uses.
  lastKnownGood: Configuration that it goes back to after a mistake.
  error: What is wrong with the one assigned.

Event: Something that happened to an object, for people to read. Kept for an hour by default.
  involvedObject: What it happened to.
  reason: What happened, in one word in CamelCase.
  message: What happened, for people.
  source: Who reported it.
  firstTimestamp: When it first happened.
  lastTimestamp: When it last happened.
  count: How often it happened.
  type: "Normal" or "Warning".
  eventTime: When it first happened, to the microsecond.
  series: How often it happened since. Absent: once.
  action: What was done, or failed.
  related: A second object that has to do with it.
  reportingComponent: Controller that reported it, such as "kubernetes.io/kubelet".
  reportingInstance: Which instance of the controller, such as its pod.

EventSeries: An event that happened again and again.
  count: How often, up to the last time seen.
  lastObservedTime: When it was last seen.

EventSource: Who reported an event.
  component: Name of the program.
  host: Node it runs on.

ReplicationController: Superseded by Deployment and ReplicaSet. Keeps a number of equal pods.
  spec: How many pods, and which.
  status: How many there are.

ReplicationControllerSpec: How many pods, and which.
  replicas: How many pods there should be; at least 0.
  minReadySeconds: Seconds a pod must be ready before it counts as available.
  selector: Labels of its pods. @default the labels of the template
  template: The pods to make.

ReplicationControllerStatus: How many pods there are.
  replicas: Pods that it has.
  fullyLabeledReplicas: Pods with all the labels of the template.
  readyReplicas: Pods that are ready.
  availableReplicas: Pods that have been ready for minReadySeconds.

ReplicationControllerCondition: One aspect of its state, and since when it holds.
  type: "ReplicaFailure" when pods could not be made or deleted.

ResourceQuota: The most that a namespace may use.
  spec: The limits.
  status: The limits in force, and what is used.

ResourceQuotaSpec: The most that a namespace may use.
  hard: Limits by name: "requests.cpu", "limits.memory", "persistentvolumeclaims", "count/deployments.apps" and others.
  scopes: Only pods that all of these fit count: "Terminating", "NotTerminating", "BestEffort", "NotBestEffort", "CrossNamespacePodAffinity". @default all pods
  scopeSelector: As scopes, with operators, such as for certain priority classes.

ScopeSelector: Which pods a quota counts.
  matchExpressions: Requirements that must all hold.

ScopedResourceSelectorRequirement: A requirement on pods that a quota counts.
  scopeName: What is looked at, such as "PriorityClass".
  operator: "In" or "NotIn" the values, "Exists" or "DoesNotExist". All scopes but "PriorityClass" and "VolumeAttributesClass" allow only "Exists".
  values: Values to compare with. Required for In and NotIn, forbidden otherwise.

ResourceQuotaStatus: What a namespace uses.
  hard: Limits in force.
  used: What is used of each.

LimitRange: Bounds and defaults for resources of single objects in a namespace.
  spec: The bounds.

LimitRangeSpec: Bounds for resources.
  limits: One entry for each type.

LimitRangeItem: Bounds for one type of object.
  type: "Container", "Pod" or "PersistentVolumeClaim".
  max: The most of each resource that one may ask for.
  min: The least of each resource that one may ask for.
  default: Limits for containers that give none. @default max
  defaultRequest: Requests for containers that give none. @default default, else min
  maxLimitRequestRatio: By what factor a limit may be above its request.

ComponentStatus: Deprecated. Health of a part of the control plane.
  conditions: What was observed.

ComponentCondition: Health of a part of the control plane.
  type: Only "Healthy".
  message: What was answered.
  error: Code of the error, where there was one.

RangeAllocation: Addresses or ports that are handed out. Internal to API servers.
  range: The range, such as a CIDR.
  data: One bit for each number of the range, in base64.
`;
