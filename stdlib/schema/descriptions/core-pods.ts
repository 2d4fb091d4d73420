/** The group `core`: pods, their containers, and where they may run. */
export const corePods = `
Pod: Containers that run together on one node, with one address and shared volumes. Mostly made by a controller from a template, not by hand.
  spec: Containers, volumes, and how they are to run. Little of it can change once the pod exists.
  status: What the node last reported of it.

PodTemplate: A pod's description, stored for tools; nothing runs by it.
  template: The pod that would be made.

PodTemplateSpec: Pods as a controller will make them.
  metadata: Labels and annotations that each pod gets; the labels must match the controller's selector.
  spec: What each pod runs.

PodStatusResult: Status of a pod by itself. Left from early versions; nothing serves it.

PodSpec: What a pod runs, where it may run, and how it is treated.
  volumes: Folders and files that containers can mount, each under a name of its own.
  initContainers: Containers that run to their end, one after the other, before the others start. One with restartPolicy "Always" is a sidecar: it stays, and the next follows once it has started.
  containers: Containers that run side by side; at least one. The list cannot change.
  ephemeralContainers: Containers put into the running pod to look into it. Only added, through their own subresource; never restarted.
  restartPolicy: When a container that ended is started again: "Always", only "OnFailure" (exit code not 0), or "Never". Deployments, StatefulSets and DaemonSets allow only "Always". @default "Always"
  terminationGracePeriodSeconds: Seconds from the order to stop, preStop hook included, until what still runs is killed. 0 kills at once. @default 30
  activeDeadlineSeconds: Seconds on the node after which the pod is stopped and has failed; at least 1. Absent: no limit.
  dnsPolicy: Where /etc/resolv.conf comes from: the cluster's DNS ("ClusterFirst"; with hostNetwork "ClusterFirstWithHostNet"), the node's ("Default"), or dnsConfig alone ("None"). @default "ClusterFirst"
  nodeSelector: Labels that a node must have, all of them, to run the pod.
  serviceAccountName: ServiceAccount whose rights the pod's programs have. @default "default"
  serviceAccount: Deprecated name of serviceAccountName; both have the same value.
  automountServiceAccountToken: Whether containers get an API token under /var/run/secrets/kubernetes.io/serviceaccount. @default what the ServiceAccount says, else true
  nodeName: Node the pod is on. Set by the scheduler; who sets it goes past the scheduler.
  hostNetwork: Whether the pod uses the node's network: its addresses, ports and interfaces. Every port needs to be free on the node. @default false
  hostPID: Whether the pod's processes see those of the node, and of each other. Excludes shareProcessNamespace. @default false
  hostIPC: Whether the pod shares System V and POSIX message queues, semaphores and shared memory with the node. @default false
  shareProcessNamespace: Whether containers see each other's processes and can signal them; none of their programs is then process 1. Excludes hostPID. @default false
  securityContext: User, groups, and what the kernel allows, for all containers; a container's own settings go before. @default {}
  imagePullSecrets: Secrets with the credentials for private registries, in the pod's namespace.
  hostname: Host name that the pod sees: a DNS label, at most 63 characters. @default the pod's name
  subdomain: With hostname it gives the pod the DNS name hostname.subdomain.namespace.svc.cluster.local, provided a headless Service has the subdomain's name.
  affinity: Which nodes the pod needs or prefers, and which pods it is to be near or apart from.
  schedulerName: Scheduler that is to place the pod. @default "default-scheduler"
  tolerations: Taints of nodes that the pod puts up with.
  hostAliases: Lines added to /etc/hosts.
  priorityClassName: PriorityClass that ranks the pod among others. "system-cluster-critical" and "system-node-critical" are the highest. @default the PriorityClass that is globalDefault, else priority 0
  priority: Rank as a number; higher is scheduled first and may push out lower. Computed from priorityClassName; do not set.
  dnsConfig: Name servers, search domains and options, added to what dnsPolicy gives.
  readinessGates: Conditions that must be "True", besides all containers being ready, for the pod to be ready.
  runtimeClassName: RuntimeClass, and so container runtime, to run the pod with. @default the node's own runtime
  enableServiceLinks: Whether each Service of the namespace appears as environment variables, such as WEB_SERVICE_HOST. @default true
  preemptionPolicy: Whether pods of lower priority may be stopped to make room: "PreemptLowerPriority" or "Never". Follows from the priority class. @default "PreemptLowerPriority"
  overhead: Resources the pod itself costs beside its containers; they count for scheduling and quota. Filled in from the RuntimeClass; do not set.
  topologySpreadConstraints: How evenly matching pods are to be spread over zones, nodes or other domains; all constraints count.
  setHostnameAsFQDN: Whether the host name that the kernel tells is the full domain name instead of its first label; at most 64 characters. @default false
  os: Operating system the pod is for; some fields are refused for the other one.
  hostUsers: Whether the pod shares the node's user ids. false gives it a user namespace: root inside is nobody outside. @default true
  schedulingGates: While the list is not empty the pod is not scheduled. Can only be given when the pod is made, and then shrink.
  resourceClaims: Devices the pod needs, claimed by name; containers use them in resources.claims.
  resources: Processor and memory for the pod as a whole, which its containers share. Only cpu, memory and huge pages; behind a feature gate on some clusters. Absent: the sum of its containers.
  hostnameOverride: Host name that the pod sees, in place of any other; at most 64 characters. Its DNS records stay as they are. Not with hostNetwork or setHostnameAsFQDN.
  workloadRef: Workload, and group of pods in it, that the pod is scheduled together with. Cannot change.

PodStatus: What the node and the scheduler report of a pod.
  observedGeneration: The metadata.generation that this status reflects.
  phase: Where the pod is in its life: "Pending" until its containers run, "Running", then "Succeeded" when all ended with 0 and stay ended, or "Failed". "Unknown": the node is silent.
  conditions: PodScheduled, PodReadyToStartContainers, Initialized, ContainersReady, Ready and others, each with status and time.
  message: What lies behind phase, for people.
  reason: What lies behind phase, in one word, such as "Evicted".
  nominatedNodeName: Node where lower pods are being stopped to make room for this one. It may yet go elsewhere.
  hostIP: Address of the node.
  hostIPs: Addresses of the node, at most one for each of IPv4 and IPv6; the first is hostIP.
  podIP: Address of the pod, reachable from all pods. Empty until there is one.
  podIPs: Addresses of the pod, at most one for each of IPv4 and IPv6; the first is podIP.
  startTime: When the node took the pod on, before images were fetched.
  initContainerStatuses: State of each init container.
  containerStatuses: State of each container, with the number of restarts.
  qosClass: How soon it is stopped when the node runs short: "BestEffort" (asks for nothing) first, then "Burstable", last "Guaranteed" (limits equal requests for all). Follows from resources.
  ephemeralContainerStatuses: State of each ephemeral container.
  resize: Deprecated: the conditions PodResizePending and PodResizeInProgress say it. Progress of a change of resources in place.
  resourceClaimStatuses: Which ResourceClaim stands for each entry of spec.resourceClaims.
  extendedResourceClaimStatus: ResourceClaim made for extended resources that devices stand behind.
  allocatedResources: Requests that the node has set aside for the pod as a whole.
  resources: Requests and limits in force for the pod as a whole.

PodCondition: One aspect of a pod's state, and since when it holds.
  type: "PodScheduled", "Initialized", "ContainersReady", "Ready", "DisruptionTarget" and others; also the names of readiness gates.

PodIP: An address of a pod.
  ip: IPv4 or IPv6 address.

HostIP: An address of a node.
  ip: IPv4 or IPv6 address.

PodOS: Operating system that a pod is made for.
  name: "linux" or "windows".

PodReadinessGate: A condition that a pod's readiness depends on.
  conditionType: Type of the condition in the pod's status; some controller sets it.

PodSchedulingGate: A reason not to schedule the pod yet.
  name: Name of the gate, unique in the list; whoever set it takes it away.

PodDNSConfig: DNS settings of a pod, beside those of dnsPolicy.
  nameservers: Addresses of name servers, put after those of dnsPolicy; at most 3 together, at least 1 with dnsPolicy "None".
  searches: Domains to try short names in, put after those of dnsPolicy; at most 32.
  options: Resolver options; one here replaces the same of dnsPolicy.

PodDNSConfigOption: An option of the resolver, as in resolv.conf.
  name: Name of the option, such as "ndots".
  value: Its value, where it takes one.

HostAlias: A line of /etc/hosts.
  ip: Address that the names stand for.
  hostnames: Names for the address.

PodResourceClaim: A claim on devices, by the name containers use for it. Exactly one of resourceClaimName and resourceClaimTemplateName is set.
  name: Name of the claim inside the pod, unique; a DNS label.
  resourceClaimName: ResourceClaim in the pod's namespace; pods can share it.
  resourceClaimTemplateName: Template a ResourceClaim of the pod's own is made from; it goes when the pod goes.

PodResourceClaimStatus: Which ResourceClaim stands for a claim of the pod.
  name: Name of the claim in spec.resourceClaims.
  resourceClaimName: ResourceClaim that was made from the template. Absent when none was needed.

PodExtendedResourceClaimStatus: ResourceClaim that was made for extended resources of the pod.
  requestMappings: Which request in the claim serves which container and resource.
  resourceClaimName: Name of the ResourceClaim.

ContainerExtendedResourceRequest: Which request of a claim serves one extended resource of one container.
  containerName: Name of the container.
  resourceName: Name of the extended resource.
  requestName: Name of the request in the ResourceClaim.

WorkloadReference: A pod's place in a Workload.
  name: Name of the Workload, in the pod's namespace. The pod waits until it exists.
  podGroup: Name of the group of pods in the Workload.
  podGroupReplicaKey: Which copy of the group the pod is of; pods with the same key are placed together. Absent: one copy only.

Container: One program from an image, with its environment, limits and checks.
  name: Unique among all containers of the pod; a DNS label. Cannot change.
  image: Image that files, entrypoint and user come from: name and tag, or digest. The only field of a running pod's container, beside resources, that can change.
  command: Program and its first arguments, in place of the image's ENTRYPOINT; no shell is involved. $(NAME) stands for a variable of env; $$(NAME) is left as $(NAME). @default the image's ENTRYPOINT
  args: Arguments, in place of the image's CMD; $(NAME) as in command. @default the image's CMD, unless command is set
  workingDir: Folder that the program starts in. @default the image's WORKDIR
  ports: Ports that the program listens on. They give names to Services and probes and document; a port that is not listed is reachable all the same.
  envFrom: ConfigMaps and Secrets whose entries all become variables. Of two with one name the later wins, and env wins over both.
  env: Environment variables, in order: later ones can use earlier ones as $(NAME).
  resources: Processor, memory and other resources: what is set aside, and what is the most. @default {}
  resizePolicy: Whether a change of processor or memory restarts the container. @default "NotRequired" for both
  restartPolicy: For this container instead of the pod's: "Always" makes an init container a sidecar. "Never" and "OnFailure" need a feature gate. @default the pod's
  restartPolicyRules: Exit codes after which the container is restarted although restartPolicy says otherwise; the first rule that matches decides. Needs restartPolicy. At most 20.
  volumeMounts: Volumes of the pod, and where they appear in the container.
  volumeDevices: Claims with volumeMode "Block" that appear as devices.
  livenessProbe: Check that has the container restarted when it fails. Absent: only the program's end counts.
  readinessProbe: Check that decides whether Services send requests to the pod. Absent: always ready.
  startupProbe: Check that the other two wait for; when it fails, the container is restarted. Absent: started at once.
  lifecycle: What is done right after the start and before the stop.
  terminationMessagePath: File in which the program can leave last words; they appear in the status, at most 4 KiB. @default "/dev/termination-log"
  terminationMessagePolicy: "FallbackToLogsOnError" takes the end of the log when the file is empty and the program failed: 80 lines or 2 KiB at most. @default "File"
  imagePullPolicy: "Always" asks the registry at each start (and uses the node's copy when unchanged), "IfNotPresent" only when the node has none, "Never" not at all. @default "Always" for the tag latest or none, else "IfNotPresent"
  securityContext: User and rights of this container; goes before the pod's.
  stdin: Whether the program has a standard input that clients can attach to; otherwise it reads end of file. @default false
  stdinOnce: Whether standard input closes for good when the first client that attached leaves. @default false
  tty: Whether the program gets a terminal; needs stdin. @default false

EphemeralContainer as Container: A container put into a running pod to look into it. No ports, probes, lifecycle or resources are allowed; it is never restarted and never removed.
  targetContainerName: Container whose processes it sees. @default none: those of its own, or of the pod if they are shared
  ports: Not allowed.
  livenessProbe: Not allowed.
  readinessProbe: Not allowed.
  startupProbe: Not allowed.
  lifecycle: Not allowed.
  resources: Not allowed: it uses what the pod has left.
  resizePolicy: Not allowed.
  restartPolicy: Not allowed.
  restartPolicyRules: Not allowed.
  volumeMounts: Volumes of the pod, and where they appear; subPath is not allowed.

ContainerPort: A port that a container listens on.
  name: Name that Services, probes and policies can use: at most 15 characters, lower-case letters, digits and "-", unique in the pod.
  hostPort: Port of the node that leads here, 1 to 65535. Only one such pod fits on a node. Absent: none; with hostNetwork it equals containerPort.
  containerPort: Port in the pod, 1 to 65535.
  protocol: TCP, UDP or SCTP.
  hostIP: Address of the node that hostPort is bound to. @default all of them

ContainerResizePolicy: What a change of one resource does to a running container.
  resourceName: "cpu" or "memory".
  restartPolicy: "NotRequired" changes it in place, "RestartContainer" restarts the container.

ContainerRestartRule: When a container is restarted, by the way it ended.
  action: What is done when the rule matches: "Restart", or "RestartAllContainers" of the pod.
  exitCodes: Exit codes that the rule is for.

ContainerRestartRuleOnExitCodes: A set of exit codes.
  operator: Whether the code must be "In" the values, or "NotIn" them.
  values: Exit codes, 0 to 255; at most 255.

EnvVar: An environment variable.
  name: Name of the variable. Any printable ASCII character except "=".
  value: Its value. $(NAME) stands for a variable set before, or of a Service; $$ for $. Unknown names stay as they are. @default ""
  valueFrom: Where the value comes from instead; not together with value.

EnvVarSource: Where the value of a variable comes from. Exactly one member is set.
  fieldRef: A field of the pod, such as its name or address.
  resourceFieldRef: A request or limit of a container.
  configMapKeyRef: An entry of a ConfigMap.
  secretKeyRef: An entry of a Secret.
  fileKeyRef: A variable in a file on an emptyDir volume, written by an init container.

EnvFromSource: An object whose entries all become variables. One of configMapRef and secretRef is set.
  prefix: Put before each entry's key. @default ""
  configMapRef: ConfigMap to take.
  secretRef: Secret to take.

ConfigMapEnvSource: A ConfigMap whose entries become variables.
  name: Name of the ConfigMap, in the pod's namespace.
  optional: Whether the container starts also without it. @default false

SecretEnvSource: A Secret whose entries become variables.
  name: Name of the Secret, in the pod's namespace.
  optional: Whether the container starts also without it. @default false

ConfigMapKeySelector: One entry of a ConfigMap.
  name: Name of the ConfigMap, in the pod's namespace.
  key: Key of the entry.
  optional: Whether the container starts also when the ConfigMap or the key is missing; the variable is then not set. @default false

SecretKeySelector: One entry of a Secret.
  name: Name of the Secret, in the pod's namespace.
  key: Key of the entry.
  optional: Whether the container starts also when the Secret or the key is missing; the variable is then not set. @default false

FileKeySelector: One variable in a file of variables.
  volumeName: Name of the emptyDir volume that has the file. The container need not mount it.
  path: Path of the file in the volume; relative, without "..".
  key: Name of the variable in the file; at most 128 characters.
  optional: Whether the container starts also when the file or the variable is missing.

ObjectFieldSelector: A field of the pod.
  apiVersion: Version that fieldPath is written for. @default "v1"
  fieldPath: Path of the field: metadata.name, metadata.labels['key'], spec.nodeName, status.podIP and the like.

ResourceFieldSelector: A request or limit of a container.
  containerName: Container it is of. Required in volumes. @default the container itself
  resource: Which one: "limits.cpu", "limits.memory", "limits.ephemeral-storage", or the same with requests.
  divisor: Unit of the result: "1m" for millicores, "1Mi" for mebibytes; rounded up. @default "1"

ResourceRequirements: Resources that are set aside, and limits.
  limits: The most that may be used, by resource: "cpu" in cores ("500m" is half a core; more is throttled), "memory" in bytes ("256Mi"; more is killed), "ephemeral-storage", devices. Absent: no limit.
  requests: What the scheduler sets aside on the node, by resource, at most the limit. @default the limits, where they are set; else nothing
  claims: Entries of the pod's resourceClaims whose devices the container gets.

ResourceClaim: Devices of a claim that a container gets.
  name: Name of an entry in the pod's resourceClaims.
  request: Name of one request in the claim. @default all of them

Probe: A check of a container, made again and again. Exactly one of exec, httpGet, tcpSocket and grpc is set.
  exec: A command in the container that must exit with 0.
  httpGet: A GET request; status 200 to 399 is success.
  tcpSocket: A TCP connection that must come about.
  grpc: A call of the gRPC health service; SERVING is success.
  initialDelaySeconds: Seconds from the container's start to the first check. @default 0
  timeoutSeconds: Seconds after which a check without answer has failed; at least 1. @default 1
  periodSeconds: Seconds between checks; at least 1. @default 10
  successThreshold: Successes in a row until the check counts as passed; must be 1 for liveness and startup. @default 1
  failureThreshold: Failures in a row until the check counts as failed; at least 1. @default 3
  terminationGracePeriodSeconds: Seconds from the stop to the kill when this check restarts the container; at least 1. Not for readiness. @default that of the pod

Lifecycle: What is done around a container's start and stop.
  postStart: Done right after the start, beside the program. When it fails, the container is killed and goes by its restart policy. The container does not count as running before.
  preStop: Done before the stop signal, within the pod's grace period. Not done when the program ended by itself.
  stopSignal: Signal that asks the program to end; needs spec.os of the pod. @default the image's STOPSIGNAL, else "SIGTERM"

LifecycleHandler: Something done at the start or stop of a container. Exactly one member is set.
  exec: A command in the container.
  httpGet: A GET request to the container.
  tcpSocket: Deprecated, and refused at run time: a TCP connection.
  sleep: A pause.

ExecAction: A command run in a container.
  command: Program and arguments, started in the root folder; no shell is involved. Exit code 0 is success.

HTTPGetAction: An HTTP request to a container.
  path: Path of the request. @default "/"
  port: Port of the container: its number, 1 to 65535, or its name.
  host: Host to connect to; for a virtual host set the Host header instead. @default the pod's address
  scheme: "HTTP", or "HTTPS" without a check of the certificate. @default "HTTP"
  httpHeaders: Headers of the request; a name may come more than once.

HTTPHeader: A header of an HTTP request.
  name: Name of the header.
  value: Its value.

TCPSocketAction: A TCP connection to a container.
  port: Port of the container: its number, 1 to 65535, or its name.
  host: Host to connect to. @default the pod's address

GRPCAction: A call of the gRPC health checking protocol.
  port: Port of the gRPC service, 1 to 65535; a number only.
  service: Service to ask for, in the HealthCheckRequest. @default "", the server as a whole

SleepAction: A pause before the stop.
  seconds: How long; at most the pod's grace period.

ContainerState: What a container does now. At most one member is set; none means waiting.
  waiting: Not yet running, and why.
  running: Running, and since when.
  terminated: Ended, and how.

ContainerStateWaiting: A container that does not run yet.
  reason: Why, in one word: "ContainerCreating", "ImagePullBackOff", "CrashLoopBackOff" and the like.
  message: Why, for people.

ContainerStateRunning: A container that runs.
  startedAt: When it was last started.

ContainerStateTerminated: A container that ended.
  exitCode: Exit code of the program; 128 and more usually is 128 plus a signal.
  signal: Signal that ended it, where known.
  reason: How it ended, in one word: "Completed", "Error", "OOMKilled".
  message: Last words of the program, from its termination message or log.
  startedAt: When it was started.
  finishedAt: When it ended.
  containerID: Its identity at the runtime, such as "containerd://…".

ContainerStatus: What the node reports of one container.
  name: Name of the container in the spec. Cannot change.
  state: What it does now.
  lastState: How it ended the last time, when it was restarted.
  ready: Whether it passes its readiness check and has started; Services need it of all containers.
  restartCount: How often it was started again. May go back when the node clears ended containers away.
  image: Image it runs, as the runtime names it; may differ from the one in the spec.
  imageID: Image by digest.
  containerID: Its identity at the runtime: type and id, as in "containerd://…".
  started: Whether its postStart hook is done and its startup check passed; false again after each restart.
  allocatedResources: Requests that the node has set aside for it.
  resources: Requests and limits that are in force; behind the spec while a resize is under way.
  volumeMounts: State of its mounts.
  user: User and groups that its first process began with.
  allocatedResourcesStatus: Health of the devices that it was given.
  stopSignal: Signal that its stop is asked for with.

ContainerUser: Identity of a container's first process.
  linux: User and groups on Linux.

LinuxContainerUser: User and groups of a Linux process.
  uid: User id.
  gid: Main group id.
  supplementalGroups: Further group ids.

ResourceStatus: Health of one resource of a container.
  name: Name of the resource; for a claim "claim:name/request".
  resources: Health of each device or unit. Each appears once.

ResourceHealth: Health of one device.
  resourceID: Device, as its plugin or driver names it.
  health: "Healthy", "Unhealthy" or "Unknown".

VolumeMountStatus: How a volume is mounted in a container.
  name: Name of the volume.
  mountPath: Where it appears in the container.
  readOnly: Whether it can only be read.
  recursiveReadOnly: "Disabled", "IfPossible" or "Enabled" as it came out for mounts below. Absent: not recursive.

SecurityContext: User and rights of one container. What it says goes before the pod's.
  capabilities: Capabilities to give or take away, from the runtime's usual set. Not for Windows.
  privileged: Whether its processes may do what root on the node may. Not for Windows. @default false
  seLinuxOptions: SELinux label of its processes. @default a random one, by the runtime
  windowsOptions: Settings for Windows containers. Not for Linux.
  runAsUser: User id of the program. @default the pod's, else the image's USER
  runAsGroup: Main group id of the program. @default the pod's, else the runtime's choice, mostly 0
  runAsNonRoot: Whether a start as user 0 is refused; an image whose user is a name cannot be judged and is refused too. @default the pod's, else false
  readOnlyRootFilesystem: Whether files outside volumes can only be read. @default false
  allowPrivilegeEscalation: Whether a process can gain more rights than its parent, as by setuid programs; false sets no_new_privs. Always true when privileged or with CAP_SYS_ADMIN. @default true
  procMount: "Unmasked" shows all of /proc; needs hostUsers false. @default "Default", with parts hidden and read-only
  seccompProfile: System calls that are allowed. @default the pod's
  appArmorProfile: AppArmor profile of its processes. @default the pod's

PodSecurityContext: User, groups and rights for all containers of a pod. A container's securityContext goes before it.
  seLinuxOptions: SELinux label of the processes. @default a random one for each container, by the runtime
  windowsOptions: Settings for Windows containers. Not for Linux.
  runAsUser: User id of the programs. @default the image's USER
  runAsGroup: Main group id of the programs. @default the runtime's choice, mostly 0
  runAsNonRoot: Whether a start as user 0 is refused. @default false
  supplementalGroups: Further group ids of the programs, beside the main group and fsGroup.
  supplementalGroupsPolicy: Whether groups of the image's /etc/group are added: "Merge", or "Strict" for none but those given here. @default "Merge"
  fsGroup: Group id that owns the files of volumes that support it, and that programs are in; new files are theirs too. Absent: ownership is left alone.
  sysctls: Kernel parameters of the pod's own namespaces.
  fsGroupChangePolicy: Whether files of a volume change owner at each start ("Always") or only when its root does not fit ("OnRootMismatch"), which is faster. @default "Always"
  seccompProfile: System calls that are allowed. @default none set, "Unconfined" on most nodes
  appArmorProfile: AppArmor profile of the processes. @default the runtime's
  seLinuxChangePolicy: How volumes get the SELinux label: "Recursive" relabels every file, "MountOption" mounts with it. @default "MountOption" where the driver supports it and one pod alone uses the volume, else "Recursive"

Capabilities: Capabilities to give and take away, by name without "CAP_". "ALL" means every one.
  add: Capabilities to give.
  drop: Capabilities to take away; what is in add stays.

SELinuxOptions: Parts of an SELinux label.
  user: User part.
  role: Role part.
  type: Type part.
  level: Level part, such as "s0:c123,c456".

SeccompProfile: Which system calls a process may make.
  type: "RuntimeDefault" for the runtime's list, "Localhost" for a file on the node, "Unconfined" for all.
  localhostProfile: Path of the profile below the node's seccomp folder. Required for "Localhost", forbidden otherwise.

AppArmorProfile: Which AppArmor profile confines a process.
  type: "RuntimeDefault" for the runtime's profile, "Localhost" for one loaded on the node, "Unconfined" for none.
  localhostProfile: Name of the loaded profile. Required for "Localhost", forbidden otherwise.

WindowsSecurityContextOptions: Settings for Windows containers.
  gmsaCredentialSpecName: Name of a GMSACredentialSpec; an admission webhook fills in gmsaCredentialSpec from it.
  gmsaCredentialSpec: Group managed service account to run as: the credential spec, as text.
  runAsUserName: User that the program runs as. @default the image's user
  hostProcess: Whether it runs on the node itself; the same for all containers of the pod, and then with hostNetwork. @default false

Sysctl: A kernel parameter.
  name: Name of the parameter, such as "net.ipv4.ip_unprivileged_port_start". Unsafe ones must be allowed on the node.
  value: Its value.

Affinity: Which nodes and neighbours a pod needs or prefers.
  nodeAffinity: Nodes, by their labels.
  podAffinity: Pods to be near to.
  podAntiAffinity: Pods to be apart from.

NodeAffinity: Nodes that a pod needs and prefers.
  requiredDuringSchedulingIgnoredDuringExecution: What a node must fulfil when the pod is placed. A change of the node's labels later moves nothing.
  preferredDuringSchedulingIgnoredDuringExecution: What adds points to a node; the sum of weights counts among other scores.

PreferredSchedulingTerm: A preference for nodes, with its weight.
  weight: Points for a node that matches, 1 to 100.
  preference: What to match. An empty one matches every node.

NodeSelector: Nodes, by one or more terms.
  nodeSelectorTerms: A node is selected when any of the terms matches. At least one.

NodeSelectorTerm: Requirements on a node that must all hold. An empty term matches no node.
  matchExpressions: Requirements on labels.
  matchFields: Requirements on fields; only metadata.name.

NodeSelectorRequirement: A requirement on one label or field of a node.
  key: Key of the label, or path of the field.
  operator: "In" or "NotIn" the values, "Exists", "DoesNotExist", or as a whole number "Gt" greater or "Lt" less than the one value.
  values: Values to compare with: some for In and NotIn, one number as text for Gt and Lt, none for Exists and DoesNotExist.

PodAffinity: Pods that a pod is to be near to.
  requiredDuringSchedulingIgnoredDuringExecution: Terms that must all hold when the pod is placed. Later changes move nothing.
  preferredDuringSchedulingIgnoredDuringExecution: Terms that add points to a node for matching pods in its domain.

PodAntiAffinity: Pods that a pod is to be apart from.
  requiredDuringSchedulingIgnoredDuringExecution: Terms that must all hold when the pod is placed: no matching pod in the same domain.
  preferredDuringSchedulingIgnoredDuringExecution: Terms that take points from a node for matching pods in its domain.

PodAffinityTerm: Pods, and the domain they are looked for in.
  labelSelector: Which pods. Absent: none.
  namespaces: Namespaces to look in, beside those of namespaceSelector. @default the pod's own, when namespaceSelector is absent too
  topologyKey: Label of nodes that makes a domain: "kubernetes.io/hostname" for the node, "topology.kubernetes.io/zone" for the zone.
  namespaceSelector: Namespaces to look in, by their labels. An empty one means all.
  matchLabelKeys: Labels of this pod whose values the others must share, such as "pod-template-hash". Needs labelSelector.
  mismatchLabelKeys: Labels of this pod whose values the others must not share. Needs labelSelector.

WeightedPodAffinityTerm: A preference for or against pods nearby, with its weight.
  weight: Points, 1 to 100.
  podAffinityTerm: Which pods, and in what domain.

TopologySpreadConstraint: How evenly matching pods are to be spread over domains.
  maxSkew: By how many pods a domain may be ahead of the one with the fewest; at least 1.
  topologyKey: Label of nodes that makes a domain; nodes without it are left out.
  whenUnsatisfiable: "DoNotSchedule" makes the pod wait, "ScheduleAnyway" only ranks nodes by it.
  labelSelector: Pods to count. Should match the pod itself.
  minDomains: Fewest domains there must be; with fewer, the emptiest counts as having no pods. At least 1; only with DoNotSchedule. @default 1
  nodeAffinityPolicy: Whether nodes that the pod's nodeSelector or nodeAffinity excludes are left out ("Honor") or count ("Ignore"). @default "Honor"
  nodeTaintsPolicy: Whether nodes with taints that the pod does not tolerate are left out ("Honor") or count ("Ignore"). @default "Ignore"
  matchLabelKeys: Labels of the pod whose values are added to labelSelector, such as "pod-template-hash" to count only the pods of one revision.

Toleration: A taint, or kind of taint, that a pod puts up with.
  key: Key of the taint. Empty with operator "Exists": every taint.
  operator: "Equal" compares the value, "Exists" does not; "Lt" and "Gt" compare numbers and need a feature gate. @default "Equal"
  value: Value of the taint, for all operators but "Exists". @default ""
  effect: Effect of the taint. @default all effects
  tolerationSeconds: Seconds the pod stays after a "NoExecute" taint appears; 0 or less stops it at once. @default for ever

Taint: Keeps pods away from a node, or drives them off, unless they tolerate it.
  key: Key of the taint.
  value: Value of the taint. @default ""
  effect: "NoSchedule" keeps new pods away, "PreferNoSchedule" does if possible, "NoExecute" also stops those that run.
  timeAdded: When it was put on. Set by the server, for "NoExecute".

Binding: Ties a pod to a node; what a scheduler posts to the pod's binding subresource.
  target: The node: its kind and name.
`;
