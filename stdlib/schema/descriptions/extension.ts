/** The groups that extend and protect the API: admission, custom kinds, aggregation, fairness, storage versions. */
export const admissionregistration = `
ValidatingWebhookConfiguration: Services outside the API server that can refuse requests.
  webhooks: The services; all are asked, side by side.

MutatingWebhookConfiguration: Services outside the API server that can change requests.
  webhooks: The services; asked one after the other.

ValidatingWebhook: A service that can refuse requests.
  name: Full name, with a domain of yours: "images.example.com". Unique in the configuration.
  clientConfig: How it is reached.
  rules: Which requests it is asked about. Never about webhook configurations themselves.
  failurePolicy: When it cannot be reached or answers nonsense: "Fail" refuses the request, "Ignore" lets it through. @default "Fail"
  matchPolicy: Whether a request in another version of the kind matches too ("Equivalent"; it is converted), or not ("Exact"). @default "Equivalent"
  namespaceSelector: Labels of the namespaces whose objects it is asked about. @default all
  objectSelector: Labels of the objects it is asked about; authors can avoid it by leaving the label out. @default all
  sideEffects: What else it changes: "None", or "NoneOnDryRun". Requests for dry run are refused when it may be more.
  timeoutSeconds: Seconds that an answer may take, 1 to 30. @default 10
  admissionReviewVersions: Versions of AdmissionReview that it understands, in order of preference.
  matchConditions: What must hold, as CEL, for it to be asked; at most 64.

MutatingWebhook as ValidatingWebhook: A service that can change requests.
  reinvocationPolicy: Whether it is asked again when a later one changed the object: "Never", or "IfNeeded". @default "Never"

WebhookClientConfig: How a webhook is reached. Exactly one of url and service is set.
  url: An https address without user, query or fragment. The name must resolve on the control plane.
  service: A Service of the cluster; best when it runs there.
  caBundle: Authorities that its certificate is checked by, as PEM, in base64. @default those of the API server's system

ServiceReference: A Service, and the path in it.
  namespace: Namespace of the Service.
  name: Name of the Service.
  path: Path of the request. @default "/"
  port: Port of the Service, 1 to 65535; spoken to by TLS. @default 443

RuleWithOperations: Requests, by operation and resource.
  operations: "CREATE", "UPDATE", "DELETE", "CONNECT", or "*" for all.
  apiGroups: API groups of the resources; "*" for all.
  apiVersions: Versions of the resources; "*" for all.
  resources: Resources: "pods", "pods/status", "*" (all without subresources), "*/*" (all).
  scope: Kinds with namespaces ("Namespaced"), without ("Cluster"), or both ("*"). @default "*"

NamedRuleWithOperations as RuleWithOperations: Requests, by operation, resource and name.
  resourceNames: Names that it is limited to. @default all

MatchCondition: What must hold for a request to be looked at.
  name: Name of the condition, unique; shown in logs and metrics.
  expression: CEL over object, oldObject, request and authorizer; must give true.

ValidatingAdmissionPolicy: Rules in CEL that requests must keep. In force only where a binding says so.
  spec: The rules, and which requests they are for.
  status: What the server says of the rules.

ValidatingAdmissionPolicySpec: Rules, and which requests they are for.
  paramKind: Kind of the objects with settings; bindings name the object. @default no settings
  matchConstraints: Which requests. Required.
  validations: The rules; all must hold. This or auditAnnotations is required.
  failurePolicy: When a rule cannot be evaluated: "Fail" refuses the request, "Ignore" lets it through. @default "Fail"
  auditAnnotations: What is written to the audit log.
  matchConditions: What must hold, as CEL, for the policy to apply; at most 64.
  variables: Expressions by name, for use in others as variables.name; in order.

ParamKind: A kind of object with settings.
  apiVersion: Group and version of the kind.
  kind: Name of the kind.

Validation: A rule.
  expression: CEL over object, oldObject, request, params, namespaceObject, variables and authorizer; must give true.
  message: What is said when it does not hold; one line. @default the expression
  reason: What kind of refusal it is: "Unauthorized", "Forbidden", "Invalid" or "RequestEntityTooLarge". @default "Invalid"
  messageExpression: CEL that gives the message; goes before message.

AuditAnnotation: An entry in the audit log.
  key: Key of the entry, unique in the policy; the policy's name is put before it.
  valueExpression: CEL that gives the text, or null for no entry.

Variable: An expression by name.
  name: Name, a CEL identifier.
  expression: CEL; evaluated when it is first used.

MatchResources: Which requests are looked at.
  namespaceSelector: Labels of the namespaces whose objects are looked at. @default all
  objectSelector: Labels of the objects that are looked at; authors can avoid it by leaving the label out. @default all
  resourceRules: Requests that match; one rule that fits is enough.
  excludeResourceRules: Requests that never match, whatever resourceRules says.
  matchPolicy: Whether a request in another version of the kind matches too ("Equivalent"), or not ("Exact"). @default "Equivalent"

ValidatingAdmissionPolicyStatus: What the server says of a policy.
  typeChecking: Expressions that do not fit the kinds they are for. Absent: not looked at yet.

TypeChecking: Expressions that do not fit the kinds they are for.
  expressionWarnings: One for each.

ExpressionWarning: An expression that does not fit.
  fieldRef: Path of the expression in the policy.
  warning: What is wrong with it, for people, by kind.

ValidatingAdmissionPolicyBinding: Puts a policy in force.
  spec: Which policy, where, and with what consequence.

ValidatingAdmissionPolicyBindingSpec: Where a policy is in force, and with what consequence.
  policyName: Name of the policy. Without such a policy the binding does nothing.
  paramRef: Object with the settings. Required where the policy has paramKind.
  matchResources: Which of the policy's requests; limits further. @default all of them
  validationActions: When a rule does not hold: "Deny" the request, "Warn" the client, or write it to the "Audit" log; Deny and Warn not together.

ParamRef: Objects with settings. One of name and selector is set.
  name: One object by name.
  namespace: Namespace of the objects; forbidden for kinds of the whole cluster. @default that of the request's object
  selector: Objects by label; the policy is evaluated with each.
  parameterNotFoundAction: When there is none: "Allow" the request, or "Deny" it as failurePolicy says. Required.

MutatingAdmissionPolicy: Changes in CEL that requests get. In force only where a binding says so.
  spec: The changes, and which requests they are for.

MutatingAdmissionPolicySpec: Changes, and which requests get them.
  paramKind: Kind of the objects with settings; bindings name the object. @default no settings
  matchConstraints: Which requests; not "CONNECT". Required.
  variables: Expressions by name, for use in others as variables.name; in order.
  mutations: The changes, one after the other; at least one.
  failurePolicy: When a change cannot be evaluated: "Fail" refuses the request, "Ignore" lets it through. @default "Fail"
  matchConditions: What must hold, as CEL, for the policy to apply; at most 64.
  reinvocationPolicy: Whether it is applied again when a later one changed the object: "Never", or "IfNeeded".

Mutation: A change. The member that patchType names is set.
  patchType: "ApplyConfiguration" or "JSONPatch".
  applyConfiguration: A part of the object, merged as by server-side apply.
  jsonPatch: A list of operations.

ApplyConfiguration: A part of an object, to be merged.
  expression: CEL that gives it, such as Object{spec: Object.spec{replicas: 3}}.

JSONPatch: Operations on an object.
  expression: CEL that gives a list of JSONPatch{op, path, value}.

MutatingAdmissionPolicyBinding: Puts a policy in force.
  spec: Which policy, and where.

MutatingAdmissionPolicyBindingSpec: Where a policy is in force.
  policyName: Name of the policy. Without such a policy the binding does nothing.
  paramRef: Object with the settings. Required where the policy has paramKind.
  matchResources: Which of the policy's requests; limits further. @default all of them
`;

export const apiextensions = `
CustomResourceDefinition: Adds a kind of your own to the API. Its name is plural.group.
  spec: Names, versions and schemas of the kind.
  status: Whether it is served.

CustomResourceDefinitionSpec: Names, versions and schemas of a kind.
  group: API group, a domain name. Cannot change.
  names: What the kind is called.
  scope: "Cluster" or "Namespaced". Cannot change.
  versions: Versions of the kind; the one to store is one of them.
  conversion: How objects are converted between versions. @default only apiVersion is changed
  preserveUnknownFields: Deprecated, and must be false: whether fields outside the schema are kept. @default false

CustomResourceDefinitionNames: What a kind is called.
  plural: Name in URLs, in lower case: "certificates".
  singular: Name in the singular, in lower case. @default kind, in lower case
  shortNames: Short names for command lines, in lower case.
  kind: Name of the kind, in CamelCase and the singular.
  listKind: Kind of a list of them. @default kind with "List"
  categories: Groups of kinds that it is in, such as "all".

CustomResourceDefinitionVersion: A version of a kind.
  name: Name of the version, such as "v1" or "v1beta1".
  served: Whether clients can use it.
  storage: Whether objects are stored in it; exactly one version is.
  deprecated: Whether clients are warned. @default false
  deprecationWarning: What clients are told; at most 256 characters. @default a general text
  schema: What objects look like. Required.
  subresources: Subresources that objects have. @default none
  additionalPrinterColumns: Columns that kubectl get shows. @default age
  selectableFields: Fields that lists can be selected by; at most 8.

CustomResourceValidation: What objects of a kind look like.
  openAPIV3Schema: The schema; structural.

CustomResourceSubresources: Subresources that objects have.
  status: Separates status from the rest: each is written by a path of its own.
  scale: Lets autoscalers and kubectl scale work on it.

CustomResourceSubresourceStatus: Has no settings.

CustomResourceSubresourceScale: Where the numbers of pods are in the object.
  specReplicasPath: Path of the wanted number below .spec, such as ".spec.replicas".
  statusReplicasPath: Path of the actual number below .status, such as ".status.replicas".
  labelSelectorPath: Path of a selector as text below .status or .spec; needed for autoscaling. @default none

CustomResourceColumnDefinition: A column that kubectl get shows.
  name: Heading of the column.
  type: OpenAPI type: "string", "integer", "number", "boolean" or "date".
  format: OpenAPI format, such as "int32" or "date-time"; "name" marks the main column. @default none
  description: What it shows, for people.
  priority: 0 shows it always, more only with -o wide. @default 0
  jsonPath: Path of the value in the object, such as ".spec.size".

SelectableField: A field that lists can be selected by.
  jsonPath: Path of a string, number or boolean, such as ".spec.color".

CustomResourceConversion: How objects are converted between versions.
  strategy: "None" changes only apiVersion, "Webhook" asks a service. @default "None"
  webhook: The service. Required for "Webhook".

WebhookConversion: A service that converts objects.
  clientConfig: How it is reached.
  conversionReviewVersions: Versions of ConversionReview that it understands, in order of preference.

WebhookClientConfig: How a webhook is reached. Exactly one of url and service is set.
  url: An https address without user, query or fragment. The name must resolve on the control plane.
  service: A Service of the cluster; best when it runs there.
  caBundle: Authorities that its certificate is checked by, as PEM, in base64. @default those of the API server's system

ServiceReference: A Service, and the path in it.
  namespace: Namespace of the Service.
  name: Name of the Service.
  path: Path of the request. @default "/"
  port: Port of the Service, 1 to 65535; spoken to by TLS. @default 443

CustomResourceDefinitionStatus: Whether a kind is served.
  conditions: "Established" once it is served, "NamesAccepted", "NonStructuralSchema" and others.
  acceptedNames: Names that are in force; others may have taken some.
  storedVersions: Versions in which objects were ever stored; one in the list cannot be taken from spec.

CustomResourceDefinitionCondition: One aspect of a definition's state, and since when it holds.
  type: "Established", "NamesAccepted", "NonStructuralSchema", "Terminating" or "KubernetesAPIApprovalPolicyConformant".

JSONSchemaProps: A schema, as in OpenAPI v3 and within its structural subset.
  id: Not allowed in structural schemas.
  $schema: Address of the schema's own schema; has no effect.
  $ref: Not allowed in structural schemas.
  description: What the value means; kubectl explain shows it.
  type: "object", "array", "string", "integer", "number" or "boolean".
  format: Format of a string or number, such as "date-time", "int32", "ipv4" or "byte"; unknown ones are passed over.
  title: Short name of the value.
  default: Value that the server fills in where there is none.
  maximum: Largest number.
  exclusiveMaximum: Whether maximum itself is too large. @default false
  minimum: Smallest number.
  exclusiveMinimum: Whether minimum itself is too small. @default false
  maxLength: Most characters of a string.
  minLength: Fewest characters of a string.
  pattern: Regular expression (RE2) that must match somewhere in the string.
  maxItems: Most items of a list.
  minItems: Fewest items of a list.
  uniqueItems: Not allowed as true: use x-kubernetes-list-type "set".
  multipleOf: Number that the value must be a multiple of.
  enum: Values that are allowed.
  maxProperties: Most members of an object.
  minProperties: Fewest members of an object.
  required: Members that an object must have.
  items: Schema of each item of a list.
  allOf: Schemas that must all hold.
  oneOf: Schemas of which exactly one must hold.
  anyOf: Schemas of which at least one must hold.
  not: Schema that must not hold.
  properties: Members of an object, and the schema of each; others are dropped.
  additionalProperties: Schema of the values of a map, or true. Not together with properties.
  patternProperties: Not allowed in structural schemas.
  dependencies: Not allowed in structural schemas.
  additionalItems: Not allowed in structural schemas.
  definitions: Not allowed in structural schemas.
  externalDocs: Where more is written.
  example: A value for people to see; has no effect.
  nullable: Whether null is allowed. @default false
  x-kubernetes-preserve-unknown-fields: Whether members that the schema does not have are kept. @default false
  x-kubernetes-embedded-resource: Whether the value is a whole object with apiVersion, kind and metadata, which are checked. @default false
  x-kubernetes-int-or-string: Whether both a whole number and a string are allowed; then without type. @default false
  x-kubernetes-list-map-keys: Members that tell the items of a list apart, for list type "map".
  x-kubernetes-list-type: How a list is merged: as a whole ("atomic"), by value ("set"), or by keys ("map"). @default "atomic"
  x-kubernetes-map-type: How an object is merged: by member ("granular"), or as a whole ("atomic"). @default "granular"
  x-kubernetes-validations: Rules in CEL.

ValidationRule: A rule in CEL.
  rule: CEL over self, and oldSelf for changes; must give true.
  message: What is said when it does not hold; one line. @default the rule
  messageExpression: CEL that gives the message; goes before message.
  reason: What kind of mistake it is. @default "FieldValueInvalid"
  fieldPath: Path below self that the mistake is shown at, such as ".minReplicas". @default self
  optionalOldSelf: Whether a rule with oldSelf is also evaluated when an object is made; oldSelf is then optional. @default false

ExternalDocumentation: Where more is written.
  description: What is there.
  url: Its address.
`;

export const apiregistration = `
APIService: Adds a group version of the API that another server serves. Its name is version.group.
  spec: Which, and by what server.
  status: Whether it can be reached.

APIServiceSpec: A group version, and the server for it.
  service: Service of the server. Absent: this API server serves it itself.
  group: API group.
  version: Version.
  insecureSkipTLSVerify: Whether the server's certificate goes unchecked. Not together with caBundle. @default false
  caBundle: Authorities that its certificate is checked by, as PEM, in base64. @default those of the API server's system
  groupPriorityMinimum: Rank of the group in discovery, 1 to 20000; higher is preferred. The highest of its versions counts.
  versionPriority: Rank of the version in its group, 1 to 1000; higher is preferred.

ServiceReference: A Service.
  namespace: Namespace of the Service.
  name: Name of the Service.
  port: Port of the Service, 1 to 65535. @default 443

APIServiceStatus: Whether the server can be reached.

APIServiceCondition: One aspect of its state, and since when it holds.
  type: "Available".
`;

export const flowcontrol = `
FlowSchema: Sorts requests to the API server into a priority level.
  spec: Which requests, and which level.
  status: Whether the level exists.

FlowSchemaSpec: Which requests go to which level.
  priorityLevelConfiguration: The level.
  matchingPrecedence: Of several that match, the one with the lowest number decides; 1 to 10000. @default 1000
  distinguisherMethod: What separates requests into flows that get equal shares. Absent: all are one flow.
  rules: Which requests; one rule that fits is enough. None: no requests.

PriorityLevelConfigurationReference: Names a priority level.
  name: Name of the PriorityLevelConfiguration.

FlowDistinguisherMethod: What separates requests into flows.
  type: "ByUser" or "ByNamespace".

PolicyRulesWithSubjects: Requests, by who makes them and what they want.
  subjects: Who makes them; one that fits is enough.
  resourceRules: What they want with objects. One of these or of nonResourceRules must fit.
  nonResourceRules: What they want with other paths of the server.

Subject: A user, group or ServiceAccount. The member that kind names is set.
  kind: "User", "Group" or "ServiceAccount".
  user: The user.
  group: The group.
  serviceAccount: The ServiceAccount.

UserSubject: A user.
  name: Name of the user; "*" for all.

GroupSubject: A group.
  name: Name of the group; "*" for all.

ServiceAccountSubject: A ServiceAccount.
  namespace: Namespace of the ServiceAccount.
  name: Name of the ServiceAccount; "*" for all of the namespace.

ResourcePolicyRule: What is wanted with objects. All parts must fit.
  verbs: Verbs; "*" for all.
  apiGroups: API groups; "*" for all.
  resources: Resources, with subresources of their own; "*" for all.
  clusterScope: Whether requests without a namespace match. @default false
  namespaces: Namespaces; "*" for all. Empty: only with clusterScope.

NonResourcePolicyRule: What is wanted with paths of the server. Both must fit.
  verbs: Methods in lower case; "*" for all.
  nonResourceURLs: Paths such as "/healthz" or "/metrics/*"; "*" for all.

FlowSchemaStatus: Whether the level exists.
  conditions: "Dangling" when the level is missing.

FlowSchemaCondition: One aspect of its state, and since when it holds.
  type: "Dangling".

PriorityLevelConfiguration: A share of the API server's attention.
  spec: How large it is, and what happens beyond it.
  status: What the server says of it.

PriorityLevelConfigurationSpec: How large a level is. The member that type names is set.
  type: "Limited", or "Exempt" for requests that never wait.
  limited: Size and queues. Required for "Limited".
  exempt: What it lends to others; for "Exempt" only.

LimitedPriorityLevelConfiguration: Size of a level, and what happens beyond it.
  nominalConcurrencyShares: Its share of all requests at once, in proportion to the other levels; at least 0. @default 30
  limitResponse: What happens to requests beyond it. @default "Reject"
  lendablePercent: Part of its share that others may use while it is free, 0 to 100. @default 0
  borrowingLimitPercent: How much it may use from others, in percent of its own share. @default no limit

ExemptPriorityLevelConfiguration: What an exempt level takes from the others.
  nominalConcurrencyShares: Its share of all requests at once, which others get less by; it is not limited to it. @default 0
  lendablePercent: Part of its share that others may use while it is free, 0 to 100. @default 0

LimitResponse: What happens to requests beyond a level's size.
  type: "Queue" makes them wait, "Reject" answers 429.
  queuing: How they wait; only for "Queue".

QueuingConfiguration: How requests wait.
  queues: How many queues; 1 leaves flows together. @default 64
  handSize: Queues that a flow is spread over, the shortest of which gets a request; at most queues. @default 8
  queueLengthLimit: Most requests that wait in one queue; more are refused. @default 50

PriorityLevelConfigurationStatus: What the server says of a level.

PriorityLevelConfigurationCondition: One aspect of its state, and since when it holds.
  type: Name of the aspect.
`;

export const internal = `
StorageVersion: In which version API servers store a resource. Written by them; its name is group.resource.
  spec: Always empty.
  status: What each server says.

StorageVersionSpec: Always empty.

StorageVersionStatus: In which version each server stores a resource.
  storageVersions: One entry for each server.
  commonEncodingVersion: Version that all servers store in. Absent when they differ.

ServerStorageVersion: In which version one server stores a resource.
  apiServerID: Id of the server.
  encodingVersion: Version that it stores in.
  decodableVersions: Versions that it can read.
  servedVersions: Versions that it serves.

StorageVersionCondition: One aspect of its state, and since when it holds.
  type: "AllEncodingVersionsEqual".
`;

export const storagemigration = `
StorageVersionMigration: Has all objects of a resource stored anew, in the present version and encryption.
  spec: Which resource.
  status: How far it is.

StorageVersionMigrationSpec: What is stored anew.
  resource: The resource. Cannot change.

StorageVersionMigrationStatus: How far a migration is.
  conditions: "Running", then "Succeeded" or "Failed".
  resourceVersion: State of the store at the start; what is newer needs no migration.
`;
