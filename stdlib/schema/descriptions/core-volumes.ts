/** The group `core`: volumes, persistent ones and claims on them. */
export const coreVolumes = `
Volume: A folder or file that containers of the pod can mount. Exactly one source is set; with none it is an emptyDir.
  name: Unique in the pod; mounts refer to it. A DNS label.
  hostPath: A file or folder of the node. Reaches past the pod's isolation: for system software only.
  emptyDir: A folder that starts empty and lives as long as the pod; restarts of containers leave it.
  gcePersistentDisk: Deprecated: served by the CSI driver pd.csi.storage.gke.io. A Google Compute disk.
  awsElasticBlockStore: Deprecated: served by the CSI driver ebs.csi.aws.com. An AWS EBS volume.
  gitRepo: Deprecated, and refused by default: files of a git repository. Clone in an init container instead.
  secret: Entries of a Secret as files, held in memory.
  nfs: A folder of an NFS server.
  iscsi: A disk of an iSCSI target.
  glusterfs: No longer served: a Glusterfs volume.
  persistentVolumeClaim: Storage that a claim is bound to; it outlives the pod.
  rbd: No longer served: a Ceph block device.
  flexVolume: Deprecated: use CSI. A volume by a program on the node.
  cinder: Deprecated: served by the CSI driver cinder.csi.openstack.org. An OpenStack volume.
  cephfs: No longer served: a Ceph file system.
  flocker: No longer served: a Flocker volume.
  downwardAPI: Fields of the pod as files; labels and annotations are kept current.
  fc: A Fibre Channel disk of the node.
  azureFile: Deprecated: served by the CSI driver file.csi.azure.com. An Azure file share.
  configMap: Entries of a ConfigMap as files.
  vsphereVolume: Deprecated: served by the CSI driver csi.vsphere.vmware.com. A vSphere disk.
  quobyte: No longer served: a Quobyte volume.
  azureDisk: Deprecated: served by the CSI driver disk.csi.azure.com. An Azure disk.
  photonPersistentDisk: No longer served: a Photon Controller disk.
  projected: Several sources in one folder.
  portworxVolume: Deprecated: served by the CSI driver pxd.portworx.com. A Portworx volume.
  scaleIO: No longer served: a ScaleIO volume.
  storageos: No longer served: a StorageOS volume.
  csi: Storage of a CSI driver that lives as long as the pod.
  ephemeral: A claim of the pod's own: made with it, deleted with it.
  image: Files of an image or artifact from a registry, read-only.

VolumeMount: Where a volume appears in a container.
  name: Name of the volume in the pod.
  readOnly: Whether the container can only read it. @default false
  recursiveReadOnly: Whether what is mounted below it is read-only too: "Disabled", "IfPossible" or "Enabled". Needs readOnly and no propagation. @default "Disabled"
  mountPath: Where it appears in the container, from the root; without ":".
  subPath: File or folder of the volume that appears instead of its root; relative, without "..". Later changes of a ConfigMap or Secret do not reach it. @default "", the root
  mountPropagation: Whether mounts made later show on the other side: "None", "HostToContainer", or "Bidirectional", which needs a privileged container. @default "None"
  subPathExpr: As subPath, with variables of the container as $(NAME). Not together with subPath.

VolumeDevice: Where a claim with volumeMode "Block" appears in a container.
  name: Name of the volume, whose source is a claim.
  devicePath: Path of the device in the container.

EmptyDirVolumeSource: A folder that starts empty and lives as long as the pod.
  medium: What it is kept on: "" for the node's disk, "Memory" for a tmpfs that counts against memory limits, "HugePages" or "HugePages-2Mi" and the like. @default ""
  sizeLimit: The most it may hold, in bytes ("1Gi"); a pod beyond it is evicted. Absent: no limit of its own, but for "Memory" that of the pod.

HostPathVolumeSource: A file or folder of the node.
  path: Path on the node; a symbolic link is followed.
  type: What must be there: "Directory", "File", "Socket", "CharDevice", "BlockDevice"; "DirectoryOrCreate" and "FileOrCreate" make it. @default "", no check

ConfigMapVolumeSource: Entries of a ConfigMap as files. Changes arrive within about a minute.
  name: Name of the ConfigMap, in the pod's namespace.
  items: Entries to take, and their paths. @default all entries, each under its key
  defaultMode: Permission bits of the files, 0 to 0777; JSON has no octal, so 0644 is 420. @default 420
  optional: Whether the pod starts also when the ConfigMap or a listed key is missing. @default false

SecretVolumeSource: Entries of a Secret as files, held in memory. Changes arrive within about a minute.
  secretName: Name of the Secret, in the pod's namespace.
  items: Entries to take, and their paths. @default all entries, each under its key
  defaultMode: Permission bits of the files, 0 to 0777; JSON has no octal, so 0644 is 420. @default 420
  optional: Whether the pod starts also when the Secret or a listed key is missing. @default false

KeyToPath: An entry as a file.
  key: Key of the entry.
  path: Path of the file in the volume; relative, without "..".
  mode: Permission bits of the file, 0 to 0777. @default the volume's defaultMode

DownwardAPIVolumeSource: Fields of the pod as files.
  items: Files to make.
  defaultMode: Permission bits of the files, 0 to 0777; JSON has no octal, so 0644 is 420. @default 420

DownwardAPIVolumeFile: A field of the pod as a file. One of fieldRef and resourceFieldRef is set.
  path: Path of the file in the volume; relative, without "..".
  fieldRef: Field of the pod: annotations, labels, name, namespace or uid.
  resourceFieldRef: Request or limit of a container.
  mode: Permission bits of the file, 0 to 0777. @default the volume's defaultMode

ProjectedVolumeSource: Several sources in one folder.
  sources: What to put there. Each has one source, and no path may come twice.
  defaultMode: Permission bits of the files, 0 to 0777; JSON has no octal, so 0644 is 420. @default 420

VolumeProjection: One source of a projected volume. Exactly one member is set.
  secret: Entries of a Secret.
  downwardAPI: Fields of the pod.
  configMap: Entries of a ConfigMap.
  serviceAccountToken: A token of the pod's ServiceAccount, renewed before it expires.
  clusterTrustBundle: Certificates of authorities to trust.
  podCertificate: A private key and certificate of the pod's own, renewed before it expires.

SecretProjection: Entries of a Secret in a projected volume.
  name: Name of the Secret, in the pod's namespace.
  items: Entries to take, and their paths. @default all entries, each under its key
  optional: Whether the pod starts also when the Secret or a listed key is missing. @default false

ConfigMapProjection: Entries of a ConfigMap in a projected volume.
  name: Name of the ConfigMap, in the pod's namespace.
  items: Entries to take, and their paths. @default all entries, each under its key
  optional: Whether the pod starts also when the ConfigMap or a listed key is missing. @default false

DownwardAPIProjection: Fields of the pod in a projected volume.
  items: Files to make.

ServiceAccountTokenProjection: A token of the pod's ServiceAccount in a projected volume.
  audience: Who is to accept the token. @default the API server
  expirationSeconds: Seconds the token is good for, at least 600; the node renews it after four fifths of them. @default 3600
  path: Path of the file in the volume.

ClusterTrustBundleProjection: Certificates of ClusterTrustBundles as one PEM file, in no particular order.
  name: One bundle by name. Not together with signerName.
  signerName: All bundles of this signer that labelSelector selects. Not together with name.
  labelSelector: Which bundles of the signer. Absent: none; empty: all.
  optional: Whether the pod starts also when there is no such bundle; the file is then empty. @default false
  path: Path of the file in the volume.

PodCertificateProjection: A private key that the node makes, and a certificate for it, in a projected volume.
  signerName: Who is to sign the certificate.
  keyType: Kind of key: "RSA3072", "RSA4096", "ECDSAP256", "ECDSAP384", "ECDSAP521" or "ED25519".
  maxExpirationSeconds: Most seconds the certificate may be good for, 3600 (an hour) to 7862400 (91 days); the signer may give less. @default 86400
  credentialBundlePath: File for the key and certificate chain together, as PEM.
  keyPath: File for the key alone. credentialBundlePath is safer: two files can be read between two renewals.
  certificateChainPath: File for the certificate chain alone.
  userAnnotations: Notes for the signer; what they mean is up to it.

PersistentVolumeClaimVolumeSource: Storage that a claim is bound to.
  claimName: Name of the PersistentVolumeClaim, in the pod's namespace. The pod waits until it is bound.
  readOnly: Whether all mounts of it are read-only. @default false

EphemeralVolumeSource: A claim that is made and deleted with the pod.
  volumeClaimTemplate: The claim to make; it gets the name of the pod, "-" and that of the volume.

PersistentVolumeClaimTemplate: Claims as they will be made.
  metadata: Labels and annotations that the claim gets.
  spec: What the claim asks for.

CSIVolumeSource: Storage of a CSI driver that lives as long as the pod.
  driver: Name of the CSI driver, as its CSIDriver object has it.
  readOnly: Whether it is mounted for reading only. @default false
  fsType: File system to mount. @default the driver's choice
  volumeAttributes: Settings for the driver.
  nodePublishSecretRef: Secret that the driver gets to mount with. Absent: none.

ImageVolumeSource: Files of an image or artifact.
  reference: Image by name and tag, or digest. @default the image of a higher-level controller, where it fills it in
  pullPolicy: When it is fetched: "Always", "IfNotPresent" or "Never". @default "Always" for the tag latest or none, else "IfNotPresent"

NFSVolumeSource: A folder of an NFS server.
  server: Host name or address of the server.
  path: Path that the server exports.
  readOnly: Whether it is mounted for reading only. @default false

ISCSIVolumeSource: A disk of an iSCSI target; one pod at a time can write it.
  targetPortal: Address and port of the target; without a port, 3260.
  iqn: Qualified name of the target.
  lun: Number of the unit at the target.
  iscsiInterface: Interface of the initiator.
  portals: Further portals of the target, for several paths; address and port.
  chapAuthDiscovery: Whether discovery authenticates by CHAP. @default false
  chapAuthSession: Whether sessions authenticate by CHAP. @default false
  secretRef: Secret with the CHAP credentials. Absent: none.
  initiatorName: Qualified name of the initiator, for a connection of its own. @default the node's

ISCSIPersistentVolumeSource as ISCSIVolumeSource: A disk of an iSCSI target.

FCVolumeSource: A Fibre Channel disk. Either targetWWNs with lun, or wwids.
  targetWWNs: World wide names of the targets.
  lun: Number of the unit at the targets.
  wwids: World wide identifiers of the disk.

FlexVolumeSource: A volume by a program on the node.
  driver: Name of the driver.
  fsType: File system to mount. @default the driver's choice
  secretRef: Secret whose entries the driver gets. Absent: none.
  options: Settings for the driver.

FlexPersistentVolumeSource as FlexVolumeSource: A volume by a program on the node.

GitRepoVolumeSource: Files of a git repository.
  repository: URL of the repository.
  revision: Commit to check out. @default the default branch
  directory: Folder to clone into; without "..". "." is the volume's root. @default one named like the repository

AWSElasticBlockStoreVolumeSource: An AWS EBS volume in the node's zone.
  volumeID: Id of the volume.
  partition: Number of the partition to mount; 0 or absent: the whole volume.

GCEPersistentDiskVolumeSource: A Google Compute disk in the node's zone.
  pdName: Name of the disk.
  partition: Number of the partition to mount; 0 or absent: the whole disk.

AzureDiskVolumeSource: An Azure disk.
  diskName: Name of the disk.
  diskURI: URI of the disk.
  cachingMode: Cache of the host: "None", "ReadOnly" or "ReadWrite".
  fsType: File system to mount.
  readOnly: Whether it is mounted for reading only.
  kind: "Managed" for a managed disk; "Shared" and "Dedicated" for blobs in a storage account with many or with one.

AzureFileVolumeSource: An Azure file share.
  secretName: Secret with the name and key of the storage account.
  shareName: Name of the share.

AzureFilePersistentVolumeSource as AzureFileVolumeSource: An Azure file share.
  secretNamespace: Namespace of the Secret. @default that of the claim

CephFSVolumeSource: A Ceph file system.
  monitors: Addresses of the monitors.
  path: Folder to mount. @default "/"
  user: User to mount as. @default "admin"
  secretFile: File on the node with the user's key. @default "/etc/ceph/user.secret"
  secretRef: Secret with the user's key, in place of the file. Absent: the file is used.

CephFSPersistentVolumeSource as CephFSVolumeSource: A Ceph file system.

CinderVolumeSource: An OpenStack volume.
  volumeID: Id of the volume.
  secretRef: Secret with the OpenStack credentials. Absent: the node's.

CinderPersistentVolumeSource as CinderVolumeSource: An OpenStack volume.

FlockerVolumeSource: A Flocker volume. One of the two is set.
  datasetName: Name of the dataset. Deprecated.
  datasetUUID: Id of the dataset.

GlusterfsVolumeSource: A Glusterfs volume.
  endpoints: Endpoints object with the addresses of the servers.
  path: Name of the volume.

GlusterfsPersistentVolumeSource as GlusterfsVolumeSource: A Glusterfs volume.
  endpointsNamespace: Namespace of the Endpoints object. @default that of the claim

PhotonPersistentDiskVolumeSource: A Photon Controller disk.
  pdID: Id of the disk.

PortworxVolumeSource: A Portworx volume.
  volumeID: Id of the volume.

QuobyteVolumeSource: A Quobyte volume.
  registry: Addresses of the registry, host and port, separated by commas.
  volume: Name of the volume.
  user: User to map access to. @default the owner of the volume
  group: Group to map access to. @default none
  tenant: Tenant that owns the volume, where a provisioner made it.

RBDVolumeSource: A Ceph block device.
  monitors: Addresses of the monitors.
  image: Name of the image.
  pool: Pool that the image is in.
  user: User to map the image as.
  keyring: Key ring file on the node.
  secretRef: Secret with the user's key, in place of the key ring. Absent: the key ring is used.

RBDPersistentVolumeSource as RBDVolumeSource: A Ceph block device.

ScaleIOVolumeSource: A ScaleIO volume.
  gateway: Address of the API gateway.
  system: Name of the storage system.
  secretRef: Secret with user and password; required.
  sslEnabled: Whether the gateway is spoken to by TLS. @default false
  protectionDomain: Protection domain of the storage.
  storagePool: Storage pool in the domain.
  storageMode: "ThickProvisioned" or "ThinProvisioned".
  volumeName: Name of a volume that is there already.
  fsType: File system to mount.

ScaleIOPersistentVolumeSource as ScaleIOVolumeSource: A ScaleIO volume.

StorageOSVolumeSource: A StorageOS volume.
  volumeName: Name of the volume in its namespace.
  volumeNamespace: Namespace at StorageOS. @default that of the pod

StorageOSPersistentVolumeSource as StorageOSVolumeSource: A StorageOS volume.

VsphereVirtualDiskVolumeSource: A vSphere disk.
  volumePath: Path of the disk file in its datastore.
  storagePolicyName: Name of the storage policy.
  storagePolicyID: Id of the storage policy.

PersistentVolume: A piece of storage that claims can be bound to. Mostly made by a provisioner.
  spec: Where the storage is, how large, and who may use it.
  status: Whether it is bound.

PersistentVolumeSpec: Storage, and how it may be used. Exactly one source is set; sources cannot change.
  capacity: Its size: { storage: "10Gi" }.
  gcePersistentDisk: Deprecated: use csi. A Google Compute disk.
  awsElasticBlockStore: Deprecated: use csi. An AWS EBS volume.
  hostPath: A folder of the node, for tests on one node; it does not follow the pod.
  glusterfs: No longer served: a Glusterfs volume.
  nfs: A folder of an NFS server.
  rbd: No longer served: a Ceph block device.
  iscsi: A disk of an iSCSI target.
  cinder: Deprecated: use csi. An OpenStack volume.
  cephfs: No longer served: a Ceph file system.
  fc: A Fibre Channel disk.
  flocker: No longer served: a Flocker volume.
  flexVolume: Deprecated: use csi. A volume by a program on the node.
  azureFile: Deprecated: use csi. An Azure file share.
  vsphereVolume: Deprecated: use csi. A vSphere disk.
  quobyte: No longer served: a Quobyte volume.
  azureDisk: Deprecated: use csi. An Azure disk.
  photonPersistentDisk: No longer served: a Photon Controller disk.
  portworxVolume: Deprecated: use csi. A Portworx volume.
  scaleIO: No longer served: a ScaleIO volume.
  local: A disk or folder of one node; needs nodeAffinity.
  storageos: No longer served: a StorageOS volume.
  csi: Storage of a CSI driver.
  accessModes: How it can be mounted: "ReadWriteOnce" (one node), "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod" (one pod).
  claimRef: Claim that it is bound to, or kept for. Set when it is bound.
  persistentVolumeReclaimPolicy: What becomes of it when its claim is deleted: "Retain", "Delete" the storage too, or the deprecated "Recycle". @default "Retain"; for those made by a StorageClass what the class says
  storageClassName: StorageClass it belongs to; only claims of that class are bound to it. @default "", for claims of no class
  mountOptions: Options for mount, such as "noatime"; not checked beforehand.
  volumeMode: "Filesystem" is mounted as a folder, "Block" appears as a device. @default "Filesystem"
  nodeAffinity: Nodes that can reach it; pods that use it run there.
  volumeAttributesClassName: VolumeAttributesClass with the settings it has; only CSI. Absent: none.

PersistentVolumeStatus: Whether a volume is in use.
  phase: "Pending", "Available", "Bound", "Released" (its claim is gone, it is not yet reclaimed) or "Failed" to be reclaimed.
  message: Why it is in this phase, for people.
  reason: Why it is in this phase, in one word.
  lastPhaseTransitionTime: When the phase last changed.

VolumeNodeAffinity: Nodes that can reach a volume.
  required: What a node must fulfil.

LocalVolumeSource: A disk or folder of one node.
  path: Path on the node of a folder, partition or whole disk.
  fsType: File system, when the path is a disk. @default found out, else "ext4"

CSIPersistentVolumeSource: Storage of a CSI driver.
  driver: Name of the CSI driver.
  volumeHandle: Id of the storage at the driver. Cannot change.
  readOnly: Whether it is attached for reading only. @default false
  fsType: File system to mount. @default the driver's choice
  volumeAttributes: Settings that the driver gave when it made the storage.
  controllerPublishSecretRef: Secret to attach and detach with. Absent: none.
  nodeStageSecretRef: Secret to prepare it on a node with. Absent: none.
  nodePublishSecretRef: Secret to mount it for a pod with. Absent: none.
  controllerExpandSecretRef: Secret to enlarge it with. Absent: none.
  nodeExpandSecretRef: Secret to enlarge it on the node with. Absent: none.

PersistentVolumeClaim: Asks for storage; is bound to one PersistentVolume and keeps it.
  spec: What is asked for.
  status: What it got.

PersistentVolumeClaimSpec: What storage is asked for. Once made, only the size (upwards) and volumeAttributesClassName can change.
  accessModes: How it is to be mounted: "ReadWriteOnce" (by one node), "ReadOnlyMany", "ReadWriteMany" or "ReadWriteOncePod" (by one pod). At least one.
  selector: Labels that the volume must have; then none is provisioned.
  resources: Its size: { requests: { storage: "10Gi" } }.
  volumeName: Volume to be bound to. @default any that fits, or a new one
  storageClassName: StorageClass that provides it; "" means a volume of no class, and none is provisioned. @default the default class
  volumeMode: "Filesystem" is mounted as a folder, "Block" appears as a device. @default "Filesystem"
  dataSource: What to fill it with: a VolumeSnapshot or another claim of the namespace. Kept equal to dataSourceRef.
  dataSourceRef: What to fill it with: any object for which there is a populator; may be in another namespace behind a feature gate.
  volumeAttributesClassName: VolumeAttributesClass with settings, such as throughput, that can change later. @default none

VolumeResourceRequirements: Size of a claim.
  limits: The most it may have: { storage: … }. Seldom used.
  requests: The least it must have: { storage: "10Gi" }. Can grow where the class allows it.

PersistentVolumeClaimStatus: What a claim got.
  phase: "Pending", "Bound", or "Lost" when its volume is gone.
  accessModes: How the volume can be mounted.
  capacity: Size of the volume.
  conditions: State of a resize or change of settings.
  allocatedResources: Size that is being made, during a resize.
  allocatedResourceStatuses: State of the resize, by resource, such as "ControllerResizeInProgress". Absent when none is under way.
  currentVolumeAttributesClassName: VolumeAttributesClass in force.
  modifyVolumeStatus: State of a change to another VolumeAttributesClass.

PersistentVolumeClaimCondition: One aspect of a claim's state, and since when it holds.
  type: "Resizing", "FileSystemResizePending", "ModifyingVolume" and others.

ModifyVolumeStatus: State of a change to another VolumeAttributesClass.
  targetVolumeAttributesClassName: Class that is being put in force.
  status: "Pending" (the class is missing), "InProgress", or "Infeasible" when the driver refuses it.

TypedLocalObjectReference: Names an object of any kind in the same namespace.
  apiGroup: API group of the object. @default the core group
  kind: Kind of the object.
  name: Name of the object.

TypedObjectReference: Names an object of any kind.
  apiGroup: API group of the object. @default the core group
  kind: Kind of the object.
  name: Name of the object.
  namespace: Namespace of the object; another one than the own needs a ReferenceGrant. @default the own

TopologySelectorTerm: Domains, by labels that must all fit.
  matchLabelExpressions: Requirements on labels.

TopologySelectorLabelRequirement: A label, and the values it may have.
  key: Key of the label.
  values: Values, one of which it must have.
`;
