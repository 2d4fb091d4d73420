/** Sound objects of the kinds that extend or run a cluster. */
const metadata = (name: string) => ({ name });
const namespaced = (name: string) => ({ name, namespace: "shop" });

const widgetSchema = {
  type: "object",
  description: "A widget.",
  required: ["spec"],
  properties: {
    apiVersion: { type: "string" },
    kind: { type: "string" },
    metadata: { type: "object" },
    spec: {
      type: "object",
      required: ["size"],
      properties: {
        size: { type: "integer", minimum: 1, maximum: 9, default: 3 },
        color: { type: "string", enum: ["red", "blue"], pattern: "^[a-z]+$", nullable: true, default: "red" },
        amount: { "x-kubernetes-int-or-string": true, anyOf: [{ type: "integer" }, { type: "string" }] },
        free: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
        labels: { type: "object", additionalProperties: { type: "string", maxLength: 63 } },
        tags: { type: "array", "x-kubernetes-list-type": "set", items: { type: "string" } },
        ports: {
          type: "array",
          "x-kubernetes-list-type": "map",
          "x-kubernetes-list-map-keys": ["name"],
          items: {
            type: "object",
            required: ["name"],
            properties: { name: { type: "string" }, number: { type: "integer", format: "int32" } },
          },
        },
        template: {
          type: "object",
          "x-kubernetes-embedded-resource": true,
          "x-kubernetes-preserve-unknown-fields": true,
        },
        either: {
          type: "object",
          properties: { a: { type: "string" }, b: { type: "string" } },
          oneOf: [{ required: ["a"] }, { required: ["b"], properties: { b: { minLength: 1 } } }],
          not: { required: ["a", "b"] },
        },
      },
      "x-kubernetes-validations": [
        { rule: "self.size < 10", message: "too large", reason: "FieldValueInvalid", fieldPath: ".size" },
      ],
    },
    status: { type: "object", properties: { replicas: { type: "integer" }, phase: { type: "string" } } },
  },
};

export const platformBases = {
  definition: {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: metadata("widgets.example.com"),
    spec: {
      group: "example.com",
      scope: "Namespaced",
      names: {
        plural: "widgets",
        singular: "widget",
        kind: "Widget",
        listKind: "WidgetList",
        shortNames: ["wd"],
        categories: ["all"],
      },
      conversion: {
        strategy: "Webhook",
        webhook: {
          conversionReviewVersions: ["v1"],
          clientConfig: { service: { name: "convert", namespace: "shop", path: "/convert", port: 443 } },
        },
      },
      preserveUnknownFields: false,
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          schema: { openAPIV3Schema: widgetSchema },
          subresources: {
            status: {},
            scale: {
              specReplicasPath: ".spec.size",
              statusReplicasPath: ".status.replicas",
              labelSelectorPath: ".status.selector",
            },
          },
          additionalPrinterColumns: [
            { name: "Size", type: "integer", format: "int32", jsonPath: ".spec.size", priority: 1 },
          ],
          selectableFields: [{ jsonPath: ".spec.color" }],
        },
        {
          name: "v1beta1",
          served: true,
          storage: false,
          deprecated: true,
          deprecationWarning: "use v1",
          schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
        },
      ],
    },
  },
  endpointSlice: {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: namespaced("web-1"),
    addressType: "IPv4",
    endpoints: [
      {
        addresses: ["10.1.2.3", "10.1.2.4"],
        conditions: { ready: true },
        hostname: "web-0",
        nodeName: "node-a",
        zone: "a",
        hints: { forZones: [{ name: "a" }], forNodes: [{ name: "node-a" }] },
      },
    ],
    ports: [
      { name: "http", port: 8080, protocol: "TCP", appProtocol: "example.com/http" },
      { name: "metrics", port: 9090 },
    ],
  },
  endpointNames: {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: namespaced("names"),
    addressType: "FQDN",
    endpoints: [{ addresses: ["web.example.com"] }],
    ports: [{ port: 443 }],
  },
  endpointsOfSix: {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: namespaced("six"),
    addressType: "IPv6",
    endpoints: [{ addresses: ["fd00::1"] }],
  },
  endpoints: {
    apiVersion: "v1",
    kind: "Endpoints",
    metadata: namespaced("web"),
    subsets: [
      {
        addresses: [{ ip: "10.1.2.3", hostname: "web-0", nodeName: "node-a" }],
        notReadyAddresses: [{ ip: "10.1.2.4" }],
        ports: [
          { name: "http", port: 8080, protocol: "TCP", appProtocol: "example.com/http" },
          { name: "metrics", port: 9090 },
        ],
      },
      { addresses: [{ ip: "10.1.2.5" }], ports: [{ port: 80 }] },
    ],
  },
  lease: {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: namespaced("leader"),
    spec: {
      holderIdentity: "a",
      leaseDurationSeconds: 15,
      leaseTransitions: 1,
      strategy: "OldestEmulationVersion",
      preferredHolder: "b",
    },
  },
  flowSchema: {
    apiVersion: "flowcontrol.apiserver.k8s.io/v1",
    kind: "FlowSchema",
    metadata: metadata("shop"),
    spec: {
      priorityLevelConfiguration: { name: "shop" },
      matchingPrecedence: 500,
      distinguisherMethod: { type: "ByUser" },
      rules: [
        {
          subjects: [
            { kind: "User", user: { name: "anna" } },
            { kind: "Group", group: { name: "staff" } },
            { kind: "ServiceAccount", serviceAccount: { name: "web", namespace: "shop" } },
          ],
          resourceRules: [
            { verbs: ["get", "list"], apiGroups: ["apps"], resources: ["deployments"], namespaces: ["shop"] },
            { verbs: ["*"], apiGroups: ["*"], resources: ["*"], clusterScope: true, namespaces: ["*"] },
          ],
          nonResourceRules: [{ verbs: ["get"], nonResourceURLs: ["/healthz", "/metrics/*"] }],
        },
      ],
    },
  },
  priorityLevel: {
    apiVersion: "flowcontrol.apiserver.k8s.io/v1",
    kind: "PriorityLevelConfiguration",
    metadata: metadata("shop"),
    spec: {
      type: "Limited",
      limited: {
        nominalConcurrencyShares: 30,
        lendablePercent: 50,
        borrowingLimitPercent: 100,
        limitResponse: { type: "Queue", queuing: { queues: 64, handSize: 8, queueLengthLimit: 50 } },
      },
    },
  },
  rejectingLevel: {
    apiVersion: "flowcontrol.apiserver.k8s.io/v1",
    kind: "PriorityLevelConfiguration",
    metadata: metadata("strict"),
    spec: { type: "Limited", limited: { limitResponse: { type: "Reject" } } },
  },
  signingRequest: {
    apiVersion: "certificates.k8s.io/v1",
    kind: "CertificateSigningRequest",
    metadata: metadata("anna"),
    spec: {
      request:
        "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIRk1HNENBUUF3RERFS01BZ0dBMVVFQXd3QllUQlpNQk1HQnlxR1NNNDlBZ0VHQ0NxR1NNNDlBd0VIQTBJQQpCTlJpTDNpNHRpTkxFZzBjRGxLbWFvV01KdWl2TXNKNTBDcFE2NUpocmhnTWZVNEhvcFlSWjNCOUdSNVlPc3pkCm9MMmZOcHAvZGRxUHQ3WS92YmdCWEErZ0FEQUtCZ2dxaGtqT1BRUURBZ05IQURCRUFpQkZuWll1Q0p5SXdrWHUKVE9SNzlXd0dlR0ZUU0tSNjd2bEIycUJLa0xNT2xBSWdZZklhMnpkdDZBRGpWd0duSTRVSlBPaDZjVm9KTlBhNwpTSnYxUWh2OXlCZz0KLS0tLS1FTkQgQ0VSVElGSUNBVEUgUkVRVUVTVC0tLS0tCg==",
      signerName: "kubernetes.io/kube-apiserver-client",
      expirationSeconds: 3600,
      usages: ["digital signature", "client auth"],
    },
  },
  apiService: {
    apiVersion: "apiregistration.k8s.io/v1",
    kind: "APIService",
    metadata: metadata("v1beta1.metrics.example.com"),
    spec: {
      group: "metrics.example.com",
      version: "v1beta1",
      service: { name: "metrics", namespace: "shop", port: 8443 },
      insecureSkipTLSVerify: true,
      groupPriorityMinimum: 100,
      versionPriority: 100,
    },
  },
  admissionPolicy: {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicy",
    metadata: metadata("replicas.example.com"),
    spec: {
      failurePolicy: "Fail",
      paramKind: { apiVersion: "example.com/v1", kind: "Limit" },
      matchConstraints: {
        matchPolicy: "Exact",
        namespaceSelector: { matchLabels: { tier: "web" } },
        objectSelector: { matchExpressions: [{ key: "a", operator: "Exists" }] },
        resourceRules: [
          {
            apiGroups: ["apps"],
            apiVersions: ["v1"],
            operations: ["CREATE", "UPDATE"],
            resources: ["deployments"],
            resourceNames: ["web"],
            scope: "Namespaced",
          },
        ],
        excludeResourceRules: [
          { apiGroups: [""], apiVersions: ["*"], operations: ["*"], resources: ["pods/log"] },
        ],
      },
      matchConditions: [
        { name: "not-system", expression: "!request.userInfo.username.startsWith('system:')" },
      ],
      variables: [{ name: "count", expression: "object.spec.replicas" }],
      validations: [
        {
          expression: "variables.count < 6",
          message: "too many",
          messageExpression: "'at most ' + string(5)",
          reason: "Forbidden",
        },
      ],
      auditAnnotations: [{ key: "count", valueExpression: "string(object.spec.replicas)" }],
    },
  },
  admissionBinding: {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicyBinding",
    metadata: metadata("replicas"),
    spec: {
      policyName: "replicas.example.com",
      paramRef: { name: "limit", namespace: "shop", parameterNotFoundAction: "Deny" },
      matchResources: { namespaceSelector: { matchLabels: { tier: "web" } } },
      validationActions: ["Deny", "Audit"],
    },
  },
  mutatingPolicy: {
    apiVersion: "admissionregistration.k8s.io/v1beta1",
    kind: "MutatingAdmissionPolicy",
    metadata: metadata("labels.example.com"),
    spec: {
      failurePolicy: "Ignore",
      reinvocationPolicy: "Never",
      matchConstraints: {
        resourceRules: [
          { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] },
        ],
      },
      matchConditions: [{ name: "new", expression: "true" }],
      variables: [{ name: "tier", expression: "'web'" }],
      mutations: [
        {
          patchType: "JSONPatch",
          jsonPatch: { expression: "[JSONPatch{op: 'add', path: '/metadata/labels', value: 'a'}]" },
        },
        {
          patchType: "ApplyConfiguration",
          applyConfiguration: { expression: "Object{metadata: Object.metadata{labels: {'a': 'b'}}}" },
        },
      ],
    },
  },
  mutatingBinding: {
    apiVersion: "admissionregistration.k8s.io/v1beta1",
    kind: "MutatingAdmissionPolicyBinding",
    metadata: metadata("labels"),
    spec: {
      policyName: "labels.example.com",
      paramRef: { selector: { matchLabels: { a: "b" } }, parameterNotFoundAction: "Allow" },
      matchResources: {
        resourceRules: [
          { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] },
        ],
      },
    },
  },
  webhooksWithConditions: {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    metadata: metadata("guard"),
    webhooks: [
      {
        name: "guard.example.com",
        admissionReviewVersions: ["v1"],
        sideEffects: "None",
        clientConfig: { url: "https://guard.example.com/check" },
        matchConditions: [{ name: "leases", expression: "request.resource.resource != 'leases'" }],
      },
    ],
  },
  driver: {
    apiVersion: "storage.k8s.io/v1",
    kind: "CSIDriver",
    metadata: metadata("disk.example.com"),
    spec: {
      attachRequired: true,
      podInfoOnMount: true,
      storageCapacity: true,
      requiresRepublish: false,
      fsGroupPolicy: "File",
      volumeLifecycleModes: ["Persistent", "Ephemeral"],
      tokenRequests: [{ audience: "disk", expirationSeconds: 3600 }, { audience: "" }],
      nodeAllocatableUpdatePeriodSeconds: 60,
    },
  },
  driverNode: {
    apiVersion: "storage.k8s.io/v1",
    kind: "CSINode",
    metadata: metadata("node-a"),
    spec: {
      drivers: [
        {
          name: "disk.example.com",
          nodeID: "a",
          topologyKeys: ["example.com/zone", "example.com/rack"],
          allocatable: { count: 5 },
        },
        { name: "files.example.com", nodeID: "a" },
      ],
    },
  },
  capacity: {
    apiVersion: "storage.k8s.io/v1",
    kind: "CSIStorageCapacity",
    metadata: namespaced("fast-a"),
    storageClassName: "fast",
    nodeTopology: { matchLabels: { zone: "a" } },
    capacity: "10Gi",
    maximumVolumeSize: "1Gi",
  },
  attachment: {
    apiVersion: "storage.k8s.io/v1",
    kind: "VolumeAttachment",
    metadata: metadata("disk-1"),
    spec: { attacher: "disk.example.com", nodeName: "node-a", source: { persistentVolumeName: "disk-1" } },
  },
  inlineAttachment: {
    apiVersion: "storage.k8s.io/v1",
    kind: "VolumeAttachment",
    metadata: metadata("disk-2"),
    spec: {
      attacher: "disk.example.com",
      nodeName: "node-a",
      source: {
        inlineVolumeSpec: {
          accessModes: ["ReadWriteOnce"],
          csi: { driver: "disk.example.com", volumeHandle: "a" },
          persistentVolumeReclaimPolicy: "Retain",
          volumeMode: "Filesystem",
        },
      },
    },
  },
  attributesClass: {
    apiVersion: "storage.k8s.io/v1",
    kind: "VolumeAttributesClass",
    metadata: metadata("gold"),
    driverName: "disk.example.com",
    parameters: { iops: "1000" },
  },
  storageClassOfZones: {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: metadata("zones"),
    provisioner: "disk.example.com",
    parameters: { tier: "fast" },
    allowedTopologies: [
      {
        matchLabelExpressions: [
          { key: "zone", values: ["a", "b"] },
          { key: "rack", values: ["1"] },
        ],
      },
      { matchLabelExpressions: [{ key: "zone", values: ["c"] }] },
    ],
  },
  deviceClass: {
    apiVersion: "resource.k8s.io/v1",
    kind: "DeviceClass",
    metadata: metadata("gpu"),
    spec: {
      selectors: [{ cel: { expression: "device.driver == 'gpu.example.com'" } }],
      config: [{ opaque: { driver: "gpu.example.com", parameters: { mode: "shared" } } }],
    },
  },
  resourceClaim: {
    apiVersion: "resource.k8s.io/v1",
    kind: "ResourceClaim",
    metadata: namespaced("gpu"),
    spec: {
      devices: {
        requests: [
          {
            name: "one",
            exactly: {
              deviceClassName: "gpu",
              allocationMode: "ExactCount",
              count: 2,
              selectors: [{ cel: { expression: "device.driver == 'gpu.example.com'" } }],
            },
          },
          {
            name: "two",
            firstAvailable: [
              { name: "big", deviceClassName: "gpu" },
              { name: "small", deviceClassName: "gpu", allocationMode: "All" },
            ],
          },
        ],
        constraints: [{ requests: ["one", "two/big"], matchAttribute: "gpu.example.com/numa" }],
        config: [{ requests: ["two"], opaque: { driver: "gpu.example.com", parameters: { a: 1 } } }],
      },
    },
  },
  resourceClaimTemplate: {
    apiVersion: "resource.k8s.io/v1",
    kind: "ResourceClaimTemplate",
    metadata: namespaced("gpu"),
    spec: {
      metadata: { labels: { app: "web" }, annotations: { "example.com/note": "a" } },
      spec: { devices: { requests: [{ name: "one", exactly: { deviceClassName: "gpu" } }] } },
    },
  },
  coreEvent: {
    apiVersion: "v1",
    kind: "Event",
    metadata: namespaced("web.1"),
    involvedObject: { apiVersion: "v1", kind: "Pod", name: "web", namespace: "shop" },
    reason: "Started",
    message: "a",
    type: "Normal",
    count: 1,
    source: { component: "agent" },
  },
  newCoreEvent: {
    apiVersion: "v1",
    kind: "Event",
    metadata: namespaced("web.2"),
    involvedObject: { kind: "Pod", name: "web", namespace: "shop" },
    eventTime: "2026-01-01T00:00:00.000000Z",
    reportingComponent: "example.com/agent",
    reportingInstance: "agent-1",
    action: "Start",
    reason: "Started",
    message: "a",
  },
  event: {
    apiVersion: "events.k8s.io/v1",
    kind: "Event",
    metadata: namespaced("web.3"),
    regarding: { kind: "Pod", name: "web", namespace: "shop" },
    eventTime: "2026-01-01T00:00:00.000000Z",
    reportingController: "example.com/agent",
    reportingInstance: "agent-1",
    action: "Start",
    reason: "Started",
    note: "a",
    type: "Warning",
    series: { count: 2, lastObservedTime: "2026-01-01T00:00:00.000000Z" },
  },
  serviceRange: {
    apiVersion: "networking.k8s.io/v1",
    kind: "ServiceCIDR",
    metadata: metadata("more"),
    spec: { cidrs: ["10.96.0.0/16", "fd00:10:96::/112"] },
  },
  ipAddress: {
    apiVersion: "networking.k8s.io/v1",
    kind: "IPAddress",
    metadata: metadata("10.96.0.9"),
    spec: { parentRef: { group: "example.com", resource: "services", name: "web", namespace: "shop" } },
  },
  runtimeClassOfNodes: {
    apiVersion: "node.k8s.io/v1",
    kind: "RuntimeClass",
    metadata: metadata("sandboxed"),
    handler: "runsc",
    scheduling: {
      nodeSelector: { sandbox: "yes" },
      tolerations: [
        { key: "sandbox", operator: "Equal", value: "yes", effect: "NoSchedule" },
        { key: "other", operator: "Exists" },
      ],
    },
  },
  node: {
    apiVersion: "v1",
    kind: "Node",
    metadata: metadata("node-a"),
    spec: {
      taints: [
        { key: "disk", value: "slow", effect: "NoSchedule" },
        { key: "disk", effect: "NoExecute" },
      ],
      podCIDR: "10.0.0.0/24",
      podCIDRs: ["10.0.0.0/24", "fd00::/64"],
      unschedulable: true,
    },
  },
  scopedQuota: {
    apiVersion: "v1",
    kind: "ResourceQuota",
    metadata: namespaced("scoped"),
    spec: {
      hard: { pods: "3", "requests.cpu": "1", "count/jobs.batch": "2" },
      scopes: ["NotTerminating"],
      scopeSelector: {
        matchExpressions: [
          { scopeName: "PriorityClass", operator: "In", values: ["high"] },
          { scopeName: "NotBestEffort", operator: "Exists" },
        ],
      },
    },
  },
  ratedRange: {
    apiVersion: "v1",
    kind: "LimitRange",
    metadata: namespaced("rated"),
    spec: {
      limits: [
        {
          type: "Container",
          max: { cpu: "2", memory: "1Gi" },
          min: { cpu: "100m" },
          default: { cpu: "1", "example.com/gpu": "1" },
          defaultRequest: { cpu: "500m", "example.com/gpu": "1" },
          maxLimitRequestRatio: { cpu: "4" },
        },
        { type: "Pod", max: { cpu: "4" } },
        { type: "PersistentVolumeClaim", min: { storage: "1Gi" }, max: { storage: "10Gi" } },
      ],
    },
  },
  scaledByMore: {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: namespaced("more"),
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
      maxReplicas: 5,
      metrics: [
        {
          type: "ContainerResource",
          containerResource: {
            name: "memory",
            container: "web",
            target: { type: "AverageValue", averageValue: "1Gi" },
          },
        },
        {
          type: "Object",
          object: {
            describedObject: { apiVersion: "v1", kind: "Service", name: "web" },
            metric: { name: "requests" },
            target: { type: "Value", value: "1" },
          },
        },
        {
          type: "Resource",
          resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 50 } },
        },
      ],
    },
  },
  managedJob: {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: namespaced("indexed"),
    spec: {
      completions: 6,
      completionMode: "Indexed",
      managedBy: "example.com/queue",
      successPolicy: { rules: [{ succeededIndexes: "0,2-4", succeededCount: 2 }] },
      template: { spec: { restartPolicy: "Never", containers: [{ name: "a", image: "a" }] } },
    },
  },
  claimingPod: {
    apiVersion: "v1",
    kind: "Pod",
    metadata: namespaced("claiming"),
    spec: {
      containers: [{ name: "a", image: "a", resources: { claims: [{ name: "gpu" }] } }],
      resourceClaims: [
        { name: "gpu", resourceClaimName: "gpu" },
        { name: "other", resourceClaimTemplateName: "gpu" },
      ],
      securityContext: { seLinuxChangePolicy: "Recursive" },
      volumes: [
        {
          name: "disk",
          iscsi: {
            targetPortal: "10.0.0.2:3260",
            iqn: "iqn.2001-04.com.example:storage.disk",
            lun: 1,
            initiatorName: "iqn.2001-04.com.example:node",
            chapAuthSession: true,
            secretRef: { name: "chap" },
          },
        },
      ],
    },
  },
  classWithParameters: {
    apiVersion: "networking.k8s.io/v1",
    kind: "IngressClass",
    metadata: metadata("entry"),
    spec: {
      controller: "example.com/entry",
      parameters: {
        apiGroup: "example.com",
        kind: "Settings",
        name: "a",
        scope: "Namespace",
        namespace: "shop",
      },
    },
  },
};
