/** The groups `networking`, `discovery`, `rbac`, `authentication`, `authorization` and `certificates`. */
export const networking = `
Ingress: Leads HTTP requests from outside to Services, by host and path. Needs a controller that serves its class.
  spec: Hosts, paths and certificates.
  status: Where it can be reached.

IngressSpec: Which requests lead to which Services.
  ingressClassName: IngressClass whose controller is to serve it. @default the class marked as default
  defaultBackend: Where requests go that no rule matches. @default decided by the controller; mostly 404
  tls: Hosts that are served by HTTPS, and their certificates. Port 443.
  rules: Hosts and paths. None: all goes to defaultBackend.

IngressRule: Paths of a host.
  host: Host name without port; "*.example.com" stands for exactly one label more. @default all hosts
  http: Paths, and where they lead. @default all to defaultBackend

HTTPIngressRuleValue: Paths, and where they lead.
  paths: At least one; the longest match decides, then "Exact" before "Prefix".

HTTPIngressPath: A path, and where it leads.
  path: Path of requests, from "/". Required for "Exact" and "Prefix".
  pathType: "Exact"; "Prefix", by whole parts between slashes; or "ImplementationSpecific", as the class has it.
  backend: Where requests go.

IngressBackend: Where requests go. Exactly one is set.
  service: A Service of the same namespace.
  resource: An object of another kind in the same namespace, such as a bucket.

IngressServiceBackend: A Service, and its port.
  name: Name of the Service.
  port: Port of the Service.

ServiceBackendPort: A port of a Service. Exactly one is set.
  name: By name.
  number: By number, 1 to 65535.

IngressTLS: Hosts that share a certificate.
  hosts: Host names; must be in the certificate. @default the controller's choice
  secretName: Secret of type "kubernetes.io/tls" with certificate and key, in the same namespace. @default the controller's own certificate

IngressStatus: Where an Ingress can be reached.
  loadBalancer: Addresses of the controller. Empty until there are some.

IngressLoadBalancerStatus: Where an Ingress can be reached.
  ingress: The addresses.

IngressLoadBalancerIngress: An address of an Ingress.
  ip: IP address, for those that have one.
  hostname: DNS name, for those that have one.
  ports: State of its ports.

IngressPortStatus: State of a port of an Ingress.
  port: Number of the port.
  protocol: TCP, UDP or SCTP.
  error: What is wrong with it, in CamelCase. Absent: nothing.

IngressClass: A kind of Ingress, and the controller that serves it. The annotation ingressclass.kubernetes.io/is-default-class makes it the default.
  spec: The controller and its settings.

IngressClassSpec: The controller of an IngressClass.
  controller: Name of the controller, such as "example.com/ingress". Cannot change.
  parameters: Object with settings for the controller. @default none

IngressClassParametersReference: Object with settings for a controller.
  apiGroup: API group of the object. @default the core group
  kind: Kind of the object.
  name: Name of the object.
  scope: "Cluster" or "Namespace". @default "Cluster"
  namespace: Namespace of the object. Required for scope "Namespace", forbidden otherwise.

NetworkPolicy: Which connections pods may have. What some policy selects accepts only what some policy allows. Needs a network that enforces it.
  spec: Which pods, and which connections.

NetworkPolicySpec: Which pods, and which of their connections are allowed.
  podSelector: Pods of the namespace that it is for. Empty or absent: all.
  ingress: Connections to the pods that are allowed; one rule that fits is enough. Absent: none, when policyTypes has "Ingress".
  egress: Connections from the pods that are allowed; one rule that fits is enough. Absent: none, when policyTypes has "Egress".
  policyTypes: Directions it restricts: "Ingress", "Egress" or both. @default ["Ingress"], with "Egress" where there are egress rules

NetworkPolicyIngressRule: Connections to the pods that are allowed: on one of the ports, from one of the peers.
  ports: Ports of the pods. Empty or absent: all.
  from: Who may connect. Empty or absent: everyone.

NetworkPolicyEgressRule: Connections from the pods that are allowed: to one of the ports, at one of the peers.
  ports: Ports of the peers. Empty or absent: all.
  to: What may be connected to. Empty or absent: everything.

NetworkPolicyPeer: Pods or addresses. Pod and namespace selectors together mean pods in those namespaces; ipBlock stands alone.
  podSelector: Pods by their labels; without namespaceSelector those of the policy's namespace.
  namespaceSelector: Namespaces by their labels; an empty one means all. Without podSelector all their pods.
  ipBlock: A range of addresses.

NetworkPolicyPort: A port, or range of ports.
  protocol: TCP, UDP or SCTP. @default "TCP"
  port: Number, or name of a container's port. Absent: all ports of the protocol.
  endPort: Last port of a range that begins with port, which is then a number.

IPBlock: A range of addresses.
  cidr: The range, such as "10.0.0.0/8".
  except: Ranges in it that are left out.

IPAddress: An address that is taken by a Service. Kept by the API server; its name is the address.
  spec: What it belongs to.

IPAddressSpec: What an address belongs to.
  parentRef: The object that has it.

ParentReference: Object that an address belongs to.
  group: API group of the object.
  resource: Resource of the object, such as "services".
  namespace: Namespace of the object.
  name: Name of the object.

ServiceCIDR: A range of addresses for Services.
  spec: The ranges.
  status: Whether it can be used.

ServiceCIDRSpec: Ranges of addresses for Services.
  cidrs: One range, or two of different families. Cannot change.

ServiceCIDRStatus: Whether the range can be used.
  conditions: "Ready", or why it waits to be deleted.
`;

export const discovery = `
EndpointSlice: Some of the addresses behind a Service. Made from the pods that the Service selects; by hand only for Services without selector.
  addressType: "IPv4", "IPv6" or the deprecated "FQDN". Cannot change.
  endpoints: The addresses, at most 1000.
  ports: Ports that every address has, at most 100. Absent: none.

Endpoint: One pod, or other target, behind a Service.
  addresses: Its address, of the slice's type. Of several only the first is used.
  conditions: Whether it should get requests.
  hostname: Name of it, for DNS of a headless Service. A DNS label.
  targetRef: Pod or other object that it is.
  deprecatedTopology: No longer used: labels of its node, from v1beta1.
  nodeName: Node that it is on.
  zone: Zone that it is in.
  hints: Who should use it.

EndpointConditions: Whether an endpoint should get requests.
  ready: Whether it takes new requests. false once it is being stopped, unless the Service publishes addresses that are not ready. Absent counts as true.
  serving: As ready, also while it is being stopped. Absent counts as true.
  terminating: Whether it is being stopped. Absent counts as false.

EndpointHints: Who should use an endpoint.
  forZones: Zones whose clients should use it; at most 8.
  forNodes: Nodes whose clients should use it; at most 8.

ForZone: A zone whose clients should use an endpoint.
  name: Name of the zone.

ForNode: A node whose clients should use an endpoint.
  name: Name of the node.

EndpointPort: A port of the endpoints.
  name: Name of the Service's port. @default ""
  protocol: TCP, UDP or SCTP. @default "TCP"
  port: Number of the port. Absent: not restricted.
  appProtocol: Protocol spoken on it, as a hint for proxies.
`;

export const rbac = `
Role: Rights within one namespace. Grants nothing until a RoleBinding names it.
  rules: The rights; they add up.

ClusterRole: Rights in the whole cluster, on cluster-wide kinds, or for use in many namespaces.
  rules: The rights; they add up. Filled in by the server when aggregationRule is set.
  aggregationRule: Takes the rights of other ClusterRoles together. @default none

AggregationRule: ClusterRoles whose rights are taken together.
  clusterRoleSelectors: Labels of the ClusterRoles; one selector that fits is enough.

PolicyRule: What may be done with what.
  verbs: What may be done: "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection" and others; "*" for all.
  apiGroups: API groups of the resources; "" is the core group, "*" all.
  resources: Resources, such as "pods" or "pods/log"; "*" for all.
  resourceNames: Names that the rights are limited to; not for "create", "list" only with a field selector. @default all names
  nonResourceURLs: Paths such as "/metrics" or "/healthz/*"; only in ClusterRoles, and not together with resources.

RoleBinding: Gives the rights of a role to someone, in its namespace.
  subjects: Who gets them.
  roleRef: The role: a Role of the namespace, or a ClusterRole. Cannot change.

ClusterRoleBinding: Gives the rights of a ClusterRole to someone, in the whole cluster.
  subjects: Who gets them.
  roleRef: The ClusterRole. Cannot change.

RoleRef: The role of a binding.
  apiGroup: "rbac.authorization.k8s.io".
  kind: "Role" or "ClusterRole".
  name: Name of the role.

Subject: A user, group or ServiceAccount.
  kind: "User", "Group" or "ServiceAccount".
  apiGroup: API group of the kind. @default "" for ServiceAccount, else "rbac.authorization.k8s.io"
  name: Name of the subject.
  namespace: Namespace of the ServiceAccount; for other kinds absent.
`;

export const authentication = `
TokenRequest: Asks for a token of a ServiceAccount. Posted to its token subresource.
  spec: What the token is for.
  status: The token.

TokenRequestSpec: What a token is for.
  audiences: Who is to accept it; a program that is not among them must refuse it. Empty: the API server.
  expirationSeconds: Seconds that it is good for; the server may give another time. @default 3600
  boundObjectRef: Pod, Node or Secret with which the token dies.

TokenRequestStatus: A token.
  token: The token, a JWT.
  expirationTimestamp: Until when it is good.

BoundObjectReference: Object with which a token dies.
  kind: "Pod", "Node" or "Secret".
  name: Name of the object.
  uid: uid of the object.

TokenReview: Asks whose token it is. Nothing is stored.
  spec: The token.
  status: Whose it is.

TokenReviewSpec: A token to be judged.
  token: The token.
  audiences: Who the token must be for, one of them. @default the API server

TokenReviewStatus: Whose token it is.
  authenticated: Whether the token is good.
  user: Whose it is.
  audiences: Which of the asked audiences it is for.
  error: Why it could not be judged.

SelfSubjectReview: Asks who the server takes the asker for. Nothing is stored.
  status: Who it is.

SelfSubjectReviewStatus: Who the asker is.
  userInfo: Name, groups and the rest.

UserInfo: Who makes a request.
  username: Name, unique among users.
  uid: Id over time, also when a name is used again.
  groups: Groups that the user is in.
  extra: Further facts, by how the user was authenticated.
`;

export const authorization = `
SubjectAccessReview: Asks whether someone may do something. Nothing is stored.
  spec: Who, and what.
  status: The answer.

LocalSubjectAccessReview: Asks whether someone may do something in one namespace. Nothing is stored.
  spec: Who, and what; the namespace must be that of the object.
  status: The answer.

SelfSubjectAccessReview: Asks whether the asker may do something. Nothing is stored.
  spec: What.
  status: The answer.

SelfSubjectRulesReview: Asks for all that the asker may do in a namespace. For showing only: the list may be incomplete.
  spec: The namespace.
  status: The rights.

SubjectAccessReviewSpec: Who wants to do what. Exactly one of the two attributes is set.
  resourceAttributes: Something with an object of the API.
  nonResourceAttributes: Something with another path of the server.
  user: Name of the user; without groups, what this user may in no group.
  groups: Groups of the user.
  extra: Further facts of the user.
  uid: uid of the user.

SelfSubjectAccessReviewSpec: What the asker wants to do. Exactly one is set.
  resourceAttributes: Something with an object of the API.
  nonResourceAttributes: Something with another path of the server.

ResourceAttributes: Something to be done with objects.
  namespace: Namespace; empty for kinds of the whole cluster, and for all namespaces.
  verb: What: "get", "list", "watch", "create", "update", "patch", "delete"; "*" for all.
  group: API group; "*" for all.
  version: Version; "*" for all.
  resource: Resource, such as "pods"; "*" for all.
  subresource: Subresource, such as "log". @default none
  name: Name of the object. @default all
  fieldSelector: Fields by which a list, watch or deletecollection is limited.
  labelSelector: Labels by which a list, watch or deletecollection is limited.

NonResourceAttributes: Something to be done with a path of the server.
  path: The path.
  verb: The method, in lower case.

FieldSelectorAttributes: Limits by fields. One of the two is set.
  rawSelector: As in the query of a request; for webhooks. The server does not parse it.
  requirements: As separate requirements; all must hold.

LabelSelectorAttributes: Limits by labels. One of the two is set.
  rawSelector: As in the query of a request; for webhooks. The server does not parse it.
  requirements: As separate requirements; all must hold.

SubjectAccessReviewStatus: Whether it is allowed.
  allowed: Whether it is allowed.
  denied: Whether it is refused for certain; neither this nor allowed means that nobody granted it.
  reason: Why, for people.
  evaluationError: What went wrong on the way; the answer may stand all the same.

SelfSubjectRulesReviewSpec: What is asked for.
  namespace: The namespace.

SubjectRulesReviewStatus: All that someone may do.
  resourceRules: With objects; in no order.
  nonResourceRules: With other paths of the server; in no order.
  incomplete: Whether rights may be missing, since an authorizer cannot list them.
  evaluationError: What went wrong on the way.

ResourceRule: What may be done with objects.
  verbs: What may be done; "*" for all.
  apiGroups: API groups of the resources; "*" for all.
  resources: Resources; "*" for all, "*/log" for a subresource of all.
  resourceNames: Names that it is limited to. Empty: all.

NonResourceRule: What may be done with paths of the server.
  verbs: Methods in lower case; "*" for all.
  nonResourceURLs: Paths; "*" as the last part stands for all below.
`;

export const certificates = `
CertificateSigningRequest: Asks a signer for a certificate. Someone has to approve it.
  spec: What certificate, and from whom.
  status: Whether it was approved, and the certificate.

CertificateSigningRequestSpec: What certificate, and from whom. Cannot change.
  request: The signing request: PKCS #10 as PEM, in base64.
  signerName: Signer, such as "kubernetes.io/kube-apiserver-client".
  expirationSeconds: Seconds that the certificate should be good for, at least 600; the signer may give less. @default the signer's choice
  usages: What the key is for, such as "digital signature" and "client auth"; known signers need certain ones.
  username: Who asked. Set by the server.
  uid: uid of who asked. Set by the server.
  groups: Groups of who asked. Set by the server.
  extra: Further facts of who asked. Set by the server.

CertificateSigningRequestStatus: What became of a request.
  conditions: "Approved", "Denied" or "Failed"; they can be added and never taken away.
  certificate: The certificate chain as PEM, in base64. Present once it is signed.

CertificateSigningRequestCondition: A decision on a request.
  type: "Approved", "Denied" or "Failed".
  status: "True"; "False" and "Unknown" are not allowed for the known types.

ClusterTrustBundle: Certificates of authorities that pods can be given to trust.
  spec: The certificates.

ClusterTrustBundleSpec: Certificates to trust.
  signerName: Signer whose certificates they vouch for; the object's name then begins with it, "/" as ":". Cannot change. @default none
  trustBundle: The certificates as PEM, each once; their order means nothing.

PodCertificateRequest: Asks a signer for a certificate for a pod. Made by the kubelet.
  spec: For which pod, and from whom.
  status: The certificate.

PodCertificateRequestSpec: For which pod a certificate is, and from whom. Cannot change.
  signerName: Signer that is asked.
  podName: Name of the pod.
  podUID: uid of the pod.
  serviceAccountName: ServiceAccount of the pod.
  serviceAccountUID: uid of the ServiceAccount.
  nodeName: Node that the pod is on.
  nodeUID: uid of the node.
  maxExpirationSeconds: Most seconds that the certificate may be good for, 3600 (an hour) to 7862400 (91 days).
  pkixPublicKey: Public key, PKIX in DER, in base64.
  proofOfPossession: The pod's uid signed by the private key, in base64.
  unverifiedUserAnnotations: Notes of the pod's author for the signer, who must not trust them.

PodCertificateRequestStatus: The certificate of a pod.
  conditions: "Issued", "Denied" or "Failed".
  certificateChain: The certificate and those between it and the authority, as PEM.
  notBefore: From when the certificate is good.
  beginRefreshAt: When the kubelet should ask for the next one.
  notAfter: Until when the certificate is good.
`;
