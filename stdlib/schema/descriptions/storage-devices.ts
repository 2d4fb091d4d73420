/** The groups `storage`, `resource`, `node`, `coordination` and `events`. */
export const storage = `
StorageClass: A kind of storage that claims can ask for. Only allowVolumeExpansion, mountOptions and labels matter to change; the rest cannot.
  provisioner: Name of the driver that makes the storage.
  parameters: Settings for the driver; at most 512.
  reclaimPolicy: What becomes of the storage when its claim is deleted: "Delete" or "Retain" it. @default "Delete"
  mountOptions: Options for mount, such as "noatime"; not checked beforehand.
  allowVolumeExpansion: Whether claims can grow. @default false
  volumeBindingMode: "Immediate" makes storage for a claim at once; "WaitForFirstConsumer" once a pod uses it, where the pod can run. @default "Immediate"
  allowedTopologies: Where the storage may be. @default anywhere

VolumeAttributesClass: Settings of storage that can change while it is used, by name.
  driverName: CSI driver that they are for. Cannot change.
  parameters: The settings; at most 512. Cannot change.

VolumeAttachment: Asks for a volume to be attached to a node. Made by the attach controller.
  spec: Which volume, and which node. Cannot change.
  status: Whether it is attached.

VolumeAttachmentSpec: Which volume is attached to which node.
  attacher: CSI driver that is to do it.
  source: The volume.
  nodeName: The node.

VolumeAttachmentSource: A volume to attach. Exactly one is set.
  persistentVolumeName: Name of the PersistentVolume.
  inlineVolumeSpec: The volume itself, for volumes in pods that were moved to CSI.

VolumeAttachmentStatus: Whether a volume is attached.
  attached: Whether it is attached.
  attachmentMetadata: What the driver needs to know to mount it.
  attachError: What went wrong when it was attached.
  detachError: What went wrong when it was detached.

VolumeError: Something that went wrong.
  time: When it did.
  message: What did, for people; no secrets.
  errorCode: gRPC code of the driver.

CSIDriver: What the cluster should know of a CSI driver. Its name is the driver's.
  spec: How volumes of it are handled.

CSIDriverSpec: How volumes of a driver are handled.
  attachRequired: Whether volumes must be attached before they are mounted. Cannot change. @default true
  podInfoOnMount: Whether the driver is told name, namespace, uid and ServiceAccount of the pod. @default false
  volumeLifecycleModes: "Persistent" volumes, "Ephemeral" ones that live with a pod, or both. Cannot change. @default ["Persistent"]
  storageCapacity: Whether pods are placed where the driver reports room, by CSIStorageCapacity. @default false
  fsGroupPolicy: Whether files of volumes can be given to the pod's fsGroup: "File" always, "None" never, "ReadWriteOnceWithFSType" for such volumes. @default "ReadWriteOnceWithFSType"
  tokenRequests: Tokens of the pod's ServiceAccount that the driver gets; each audience once. @default none
  requiresRepublish: Whether the driver is called again now and then, to renew what a volume shows. @default false
  seLinuxMount: Whether volumes can be mounted with an SELinux label, in place of relabelling each file. @default false
  nodeAllocatableUpdatePeriodSeconds: Seconds between updates of how many volumes a node can take; at least 10. @default never
  serviceAccountTokenInSecrets: Whether tokens are handed over as secrets instead of in the volume's settings. Needs tokenRequests. @default false

TokenRequest: A token that a driver gets.
  audience: Who is to accept it. Empty: the API server.
  expirationSeconds: Seconds that it is good for; at least 600. @default 3600

CSINode: CSI drivers of a node. Made by its kubelet; its name is the node's.
  spec: The drivers.

CSINodeSpec: CSI drivers of a node.
  drivers: The drivers. Empty once all are gone.

CSINodeDriver: A CSI driver of a node.
  name: Name of the driver.
  nodeID: Name that the driver has for the node.
  topologyKeys: Labels of the node that say where its storage is.
  allocatable: How many volumes the node can take.

VolumeNodeResources: How many volumes a node can take.
  count: How many of the driver's. Absent: no limit; 0: none.

CSIStorageCapacity: How much room a driver has in one part of the cluster. Made by the driver.
  nodeTopology: Nodes that can reach the storage. Empty: all; absent: none.
  storageClassName: StorageClass that it is for. Cannot change.
  capacity: Room that is left, in bytes. Absent: not known.
  maximumVolumeSize: Largest volume that can be made, in bytes. Absent: not known.
`;

export const resource = `
ResourceClaim: Asks for devices, such as GPUs, and keeps those that it got.
  spec: What is asked for. Cannot change.
  status: What it got, and who uses it.

ResourceClaimSpec: What devices are asked for.
  devices: The devices.

ResourceClaimTemplate: Claims that are made for pods, each with its own.
  spec: The claim to make. Cannot change.

ResourceClaimTemplateSpec: Claims as they will be made.
  metadata: Labels and annotations that each claim gets.
  spec: What each claim asks for.

DeviceClaim: Devices that are asked for.
  requests: The requests, each with a name; all must be met. At most 32.
  constraints: What must hold across the devices of several requests. At most 32.
  config: Settings for the drivers. At most 32.

DeviceRequest: Asks for some devices. One of exactly and firstAvailable is set; in v1beta1 the fields of exactly stand here.
  name: Name of the request, unique in the claim; a DNS label.
  exactly: The devices.
  firstAvailable: Alternatives in order; the first that can be met is taken. At most 8.

DeviceRequest@v1beta1 as ExactDeviceRequest: Asks for some devices. Either deviceClassName or firstAvailable is set.
  name: Name of the request, unique in the claim; a DNS label.
  firstAvailable: Alternatives in order; the first that can be met is taken. At most 8.

ExactDeviceRequest: Devices that are asked for.
  deviceClassName: DeviceClass that the devices must be of.
  selectors: What each device must fulfil, beside the class; all of them. At most 32.
  allocationMode: "ExactCount" devices, or "All" that fit. @default "ExactCount"
  count: How many; only for "ExactCount". @default 1
  adminAccess: Whether the devices may be in use by others, for monitoring. Needs a namespace with the label resource.kubernetes.io/admin-access "true". @default false
  tolerations: Taints of devices that are put up with. At most 16.
  capacity: How much of a device that can be shared is needed. @default all that the device asks for

DeviceSubRequest as ExactDeviceRequest: One alternative of a request.
  name: Name of the alternative, unique in the request; referred to as request/alternative.

DeviceSelector: What a device must fulfil. Exactly one member is set.
  cel: An expression.

CELDeviceSelector: What a device must fulfil, as an expression.
  expression: CEL over device.driver, device.attributes, device.capacity; must give true. At most 10 KiB.

CapacityRequirements: How much of a device is needed.
  requests: Quantity by name of the capacity; it is rounded up to what the device allows.

DeviceConstraint: What must hold across devices. One of the two attributes is set.
  requests: Requests that it is for. @default all
  matchAttribute: Attribute that must have the same value on all the devices, such as "example.com/numa".
  distinctAttribute: Attribute that must have a different value on each device.

DeviceClaimConfiguration: Settings for drivers.
  requests: Requests that they are for. @default all
  opaque: The settings, in the driver's own form.

OpaqueDeviceConfiguration: Settings in a driver's own form.
  driver: Name of the driver.
  parameters: The settings: an object with apiVersion and kind. At most 10 KiB.

DeviceClass: A kind of device that claims can ask for.
  spec: What it takes, and settings.

DeviceClassSpec: What devices a class takes, and their settings.
  selectors: What each device must fulfil; all of them. At most 32.
  config: Settings for the drivers. At most 32.
  extendedResourceName: Extended resource, such as "example.com/gpu", that pods can request in resources to get a device of the class. @default none

DeviceClassConfiguration: Settings for drivers.
  opaque: The settings, in the driver's own form.

ResourceClaimStatus: What a claim got, and who uses it.
  allocation: The devices. Absent: not given yet.
  reservedFor: Who may use them now; at most 256.
  devices: What drivers report of the devices.

ResourceClaimConsumerReference: Who may use a claim.
  apiGroup: API group of the object; empty for the core group.
  resource: Resource of the object, such as "pods".
  name: Name of the object.
  uid: uid of the object.

AllocationResult: Devices that a claim got.
  devices: The devices.
  nodeSelector: Nodes that can use them. Absent: all.
  allocationTimestamp: When they were given.

DeviceAllocationResult: Devices that were given, and their settings.
  results: The devices.
  config: Settings from the class, then from the claim; later ones go before.

DeviceRequestAllocationResult: A device that was given for a request.
  request: Name of the request, or request/alternative.
  driver: Driver of the device.
  pool: Pool that the device is in.
  device: Name of the device in its pool.
  adminAccess: Whether it was given for monitoring, beside other users. @default false
  tolerations: Taints that the request puts up with.
  bindingConditions: Conditions that must be "True" before the pod is bound to its node.
  bindingFailureConditions: Conditions of which none may be "True"; else other devices are looked for.
  shareID: Which share of the device it is, where it has several.
  consumedCapacity: How much of the device was given, by name.

DeviceAllocationConfiguration: Settings for the drivers of devices that were given.
  source: Where they are from: "FromClass" or "FromClaim".
  requests: Requests that they are for. Empty: all.
  opaque: The settings, in the driver's own form.

AllocatedDeviceStatus: What a driver reports of a device that was given.
  driver: Driver of the device.
  pool: Pool that the device is in.
  device: Name of the device in its pool.
  shareID: Which share of the device it is, where it has several.
  conditions: Aspects of its state; at most 8.
  data: What the driver wants to say, in its own form. At most 10 KiB.
  networkData: Addresses, for a network device.

NetworkDeviceData: Addresses of a network device.
  interfaceName: Name of the interface in the pod.
  ips: Addresses with their prefix, such as "192.0.2.5/24"; at most 16.
  hardwareAddress: MAC address.

ResourceSlice: Some of the devices that a driver has. Made by the driver.
  spec: The devices, and who can use them.

ResourceSliceSpec: Devices of a driver, and who can use them. One of nodeName, nodeSelector, allNodes and perDeviceNodeSelection is set.
  driver: Name of the driver. Cannot change.
  pool: Pool that the slice is part of.
  nodeName: Node that the devices are on. Cannot change.
  nodeSelector: Nodes that can use the devices; one term.
  allNodes: Whether all nodes can use the devices. @default false
  devices: The devices; at most 128. Not together with sharedCounters.
  perDeviceNodeSelection: Whether each device says for itself which nodes can use it. @default false
  sharedCounters: What several devices draw from together. At most 8.

ResourcePool: Devices that a driver offers together, over one or more slices.
  name: Name of the pool.
  generation: Counts changes of the pool; slices of an older one are out of date.
  resourceSliceCount: How many slices the pool has at this generation; until all are there it is not complete.

Device: A device of a driver.
  name: Name of the device, unique in its pool; a DNS label.
  basic: What it is and can do.
  attributes: What it is, by name; at most 32 together with capacity.
  capacity: How much it has, by name.
  consumesCounters: What it takes from counters that are shared with other devices.
  nodeName: Node that it is on; only with perDeviceNodeSelection.
  nodeSelector: Nodes that can use it; only with perDeviceNodeSelection.
  allNodes: Whether all nodes can use it; only with perDeviceNodeSelection. @default false
  taints: What keeps claims away that do not tolerate it; at most 16.
  bindsToNode: Whether a claim that gets it is from then on tied to the node. @default false
  bindingConditions: Conditions that must be "True" before a pod with it is bound to a node. At most 4.
  bindingFailureConditions: Conditions of which one that is "True" means that it cannot be used. At most 4.
  allowMultipleAllocations: Whether several claims can have a share of it. @default false

BasicDevice as Device: What a device is and can do.

DeviceAttribute: A value that describes a device. Exactly one is set.
  int: A whole number.
  bool: true or false.
  string: Text; at most 64 characters.
  version: A semantic version; at most 64 characters.

DeviceCapacity: How much a device has of something.
  value: How much; with several claims, together.
  requestPolicy: What amounts a claim can have. @default any

CapacityRequestPolicy: What amounts of a device a claim can have. One of validValues and validRange at most.
  default: Amount for claims that ask for none. @default all of it
  validValues: Amounts that can be had, growing; at most 10.
  validRange: Bounds and step of amounts that can be had.

CapacityRequestPolicyRange: Bounds and step of amounts.
  min: The least.
  max: The most. @default all that there is
  step: Amounts are min and whole multiples of this more. @default any

CounterSet: Amounts that several devices draw from.
  name: Name of the set, unique in the pool; a DNS label.
  counters: The amounts by name; at most 32.

Counter: An amount.
  value: How much.

DeviceCounterConsumption: What a device takes from shared amounts.
  counterSet: Name of the set.
  counters: How much it takes, by name.

DeviceTaint: Keeps claims away from a device, unless they tolerate it.
  key: Key of the taint.
  value: Value of the taint. @default ""
  effect: "NoSchedule" keeps new claims away, "NoExecute" also stops pods that use it, "None" only informs.
  timeAdded: When it was put on. Set by the server.

DeviceToleration: A taint, or kind of taint, that is put up with.
  key: Key of the taint. Empty with operator "Exists": every taint.
  operator: "Equal" compares the value, "Exists" does not.
  value: Value of the taint, for "Equal".
  effect: Effect of the taint. @default all effects
  tolerationSeconds: Seconds a pod may stay after a "NoExecute" taint appears; 0 or less stops it at once. @default for ever

DeviceTaintRule: Puts a taint on all devices that fit.
  spec: Which devices, and which taint.
  status: How far its eviction is.

DeviceTaintRuleSpec: Which devices get which taint.
  deviceSelector: The devices. Absent or empty: all devices.
  taint: The taint.

DeviceTaintSelector: Devices, by all that is given.
  driver: Driver of the devices.
  pool: Pool that they are in.
  device: Name of the device.

DeviceTaintRuleStatus: How far the eviction by a rule is.
  conditions: "EvictionInProgress" while pods are being stopped.
`;

export const node = `
RuntimeClass: A way to run containers, such as in a virtual machine, by name.
  handler: Name that the runtime's configuration on the nodes has for it. Cannot change.
  overhead: What a pod costs beside its containers. @default nothing
  scheduling: Nodes that have it. @default all

Overhead: What a pod costs beside its containers.
  podFixed: Resources that each pod costs.

Scheduling: Nodes that have a RuntimeClass.
  nodeSelector: Labels of the nodes; added to those of the pod.
  tolerations: Taints of the nodes; added to those of the pod.
`;

export const coordination = `
Lease: Who holds a role, and until when. Used to elect leaders, and as sign of life of nodes.
  spec: The holder and times.

LeaseSpec: Who holds a role, and until when.
  holderIdentity: Who holds it. Empty: nobody.
  leaseDurationSeconds: Seconds after renewTime that others wait before they take it.
  acquireTime: When the holder got it.
  renewTime: When the holder last renewed it.
  leaseTransitions: How often the holder changed.
  strategy: How the next holder is chosen in a coordinated election, such as "OldestEmulationVersion". Absent: whoever comes first.
  preferredHolder: Who the present holder should make room for.

LeaseCandidate: Someone who would hold a Lease, in a coordinated election.
  spec: Which Lease, and the candidate's versions.

LeaseCandidateSpec: Which Lease someone would hold, and the candidate's versions.
  leaseName: Name of the Lease. Cannot change.
  pingTime: When the server last asked whether the candidate is there.
  renewTime: When the candidate last answered.
  binaryVersion: Version of the candidate's program, such as "1.35.0".
  emulationVersion: Version that it behaves as; required for "OldestEmulationVersion".
  strategy: How the holder is to be chosen; the newest candidate's word counts.
`;

export const events = `
Event: Something that happened to an object, for people to read. Kept for an hour by default.
  eventTime: When it first happened.
  series: How often it happened since. Absent: once.
  reportingController: Controller that reported it, such as "kubernetes.io/kubelet". Cannot change.
  reportingInstance: Which instance of the controller, such as its pod. Cannot change.
  action: What was done, or failed; at most 128 characters.
  reason: What happened, in one word in CamelCase; at most 128 characters.
  regarding: What it happened to.
  related: A second object that has to do with it.
  note: What happened, for people; at most 1 KiB.
  type: "Normal" or "Warning".
  deprecatedSource: Who reported it; from the core group.
  deprecatedFirstTimestamp: When it first happened; from the core group.
  deprecatedLastTimestamp: When it last happened; from the core group.
  deprecatedCount: How often it happened; from the core group.

EventSeries: An event that happened again and again.
  count: How often, up to the last time seen.
  lastObservedTime: When it was last seen.
`;
