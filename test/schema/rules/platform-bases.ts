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
};
