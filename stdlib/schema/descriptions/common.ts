/** What fields mean that many types have, where the type says nothing of its own. */
export const common = `
*Condition: One aspect of the object's state, and since when it holds.
  type: Name of the aspect, unique in the list.
  status: "True", "False" or "Unknown".
  lastTransitionTime: When status last changed.
  lastUpdateTime: When the condition was last written, changed or not.
  lastProbeTime: When it was last looked at.
  lastHeartbeatTime: When it was last reported.
  observedGeneration: The metadata.generation that it was judged by; an older one than the object's is out of date.
  reason: Cause of the last change, one word in CamelCase, for programs.
  message: Details of the last change, for people.

*VolumeSource: A kind of storage.
  fsType: File system to mount, such as "ext4" or "xfs"; it must exist on the node. @default "ext4"
  readOnly: Whether it is mounted for reading only, whatever mounts say. @default false
  optional: Whether the pod starts also when the object or a listed key is missing; then nothing appears. @default false
  secretRef: Secret with the credentials, in the pod's namespace. Absent: none are used.

*PersistentVolumeSource: Storage behind a PersistentVolume.
  fsType: File system to mount, such as "ext4" or "xfs"; it must exist on the node. @default "ext4"
  readOnly: Whether it is mounted for reading only. @default false
  secretRef: Secret with the credentials, by name and namespace. Absent: none are used.

*:
  apiVersion: Group and version of the kind, such as "apps/v1".
  kind: Name of the kind, in CamelCase.
  metadata: Name, namespace, labels and history of the object.
  spec: What is wanted.
  status: What was observed. Written by controllers, not by authors.
  conditions: Aspects of the state, each with its status and since when; one for each type.
  observedGeneration: The metadata.generation that this status reflects; when it is behind, the controller has yet to act on the last change.
`;
