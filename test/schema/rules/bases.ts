/** Sound objects that say much: each rule of the API has a field here that it can be broken at. */
const container = {
  name: "web",
  image: "shop:1",
  imagePullPolicy: "IfNotPresent",
  terminationMessagePolicy: "File",
  ports: [
    { name: "http", containerPort: 8080, protocol: "TCP" },
    { name: "metrics", containerPort: 9090, hostPort: 9090 },
  ],
  env: [
    { name: "PLAIN", value: "a" },
    { name: "FIELD", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
    { name: "CPU", valueFrom: { resourceFieldRef: { resource: "limits.cpu", divisor: "1m" } } },
    { name: "KEY", valueFrom: { configMapKeyRef: { name: "settings", key: "mode" } } },
    { name: "PASSWORD", valueFrom: { secretKeyRef: { name: "login", key: "password" } } },
  ],
  envFrom: [{ prefix: "A_", configMapRef: { name: "settings" } }, { secretRef: { name: "login" } }],
  resources: {
    requests: { cpu: "100m", memory: "64Mi", "example.com/gpu": "1" },
    limits: { cpu: "1", memory: "64Mi", "example.com/gpu": "1", "ephemeral-storage": "1Gi" },
  },
  volumeMounts: [
    { name: "config", mountPath: "/etc/config", readOnly: true, recursiveReadOnly: "Enabled" },
    { name: "scratch", mountPath: "/scratch", subPath: "a/b", mountPropagation: "HostToContainer" },
    { name: "scratch", mountPath: "/other", subPathExpr: "$(PLAIN)" },
  ],
  volumeDevices: [{ name: "disk", devicePath: "/dev/xvda" }],
  livenessProbe: {
    httpGet: { path: "/healthz", port: "http", scheme: "HTTP", httpHeaders: [{ name: "X-A", value: "b" }] },
    initialDelaySeconds: 1,
    timeoutSeconds: 2,
    periodSeconds: 3,
    successThreshold: 1,
    failureThreshold: 3,
    terminationGracePeriodSeconds: 5,
  },
  readinessProbe: { tcpSocket: { port: 8080 }, successThreshold: 2 },
  startupProbe: { exec: { command: ["true"] } },
  lifecycle: { postStart: { exec: { command: ["true"] } }, preStop: { sleep: { seconds: 5 } } },
  securityContext: {
    runAsUser: 1000,
    runAsGroup: 1000,
    privileged: false,
    allowPrivilegeEscalation: false,
    capabilities: { add: ["NET_BIND_SERVICE"], drop: ["ALL"] },
    procMount: "Default",
    seccompProfile: { type: "Localhost", localhostProfile: "a.json" },
    appArmorProfile: { type: "RuntimeDefault" },
  },
  resizePolicy: [{ resourceName: "cpu", restartPolicy: "NotRequired" }],
};

const podSpec = {
  restartPolicy: "Always",
  dnsPolicy: "ClusterFirst",
  terminationGracePeriodSeconds: 30,
  hostname: "a",
  subdomain: "b",
  serviceAccountName: "clerk",
  priorityClassName: "high",
  runtimeClassName: "gvisor",
  preemptionPolicy: "Never",
  shareProcessNamespace: true,
  hostPID: false,
  nodeSelector: { "kubernetes.io/os": "linux" },
  imagePullSecrets: [{ name: "registry" }],
  hostAliases: [{ ip: "10.0.0.1", hostnames: ["a.example"] }],
  readinessGates: [{ conditionType: "example.com/ready" }],
  schedulingGates: [{ name: "example.com/gate" }],
  os: { name: "linux" },
  dnsConfig: {
    nameservers: ["10.0.0.2"],
    searches: ["a.example", "_b.example."],
    options: [{ name: "ndots", value: "2" }],
  },
  securityContext: {
    runAsUser: 1000,
    runAsGroup: 1000,
    fsGroup: 1000,
    supplementalGroups: [1, 2],
    fsGroupChangePolicy: "OnRootMismatch",
    supplementalGroupsPolicy: "Merge",
    seccompProfile: { type: "RuntimeDefault" },
    sysctls: [{ name: "net.ipv4.tcp_syncookies", value: "1" }],
  },
  tolerations: [
    { key: "gpu", operator: "Equal", value: "yes", effect: "NoExecute", tolerationSeconds: 5 },
    { operator: "Exists" },
  ],
  topologySpreadConstraints: [
    {
      maxSkew: 1,
      topologyKey: "kubernetes.io/hostname",
      whenUnsatisfiable: "DoNotSchedule",
      minDomains: 2,
      nodeAffinityPolicy: "Honor",
      nodeTaintsPolicy: "Ignore",
      labelSelector: { matchLabels: { app: "web" } },
      matchLabelKeys: ["pod-template-hash"],
    },
  ],
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [
          {
            matchExpressions: [
              { key: "zone", operator: "In", values: ["a"] },
              { key: "size", operator: "Gt", values: ["3"] },
              { key: "gpu", operator: "Exists" },
            ],
            matchFields: [{ key: "metadata.name", operator: "In", values: ["n1"] }],
          },
        ],
      },
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 10, preference: { matchExpressions: [{ key: "zone", operator: "NotIn", values: ["b"] }] } },
      ],
    },
    podAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        {
          topologyKey: "zone",
          namespaces: ["prod"],
          labelSelector: { matchExpressions: [{ key: "app", operator: "In", values: ["web"] }] },
        },
      ],
    },
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 1, podAffinityTerm: { topologyKey: "zone", labelSelector: { matchLabels: { a: "b" } } } },
      ],
    },
  },
  initContainers: [
    { name: "first", image: "a:1" },
    { name: "beside", image: "a:1", restartPolicy: "Always", readinessProbe: { grpc: { port: 80 } } },
  ],
  containers: [container, { name: "other", image: "b:1" }],
  volumes: [
    {
      name: "config",
      configMap: { name: "settings", defaultMode: 420, items: [{ key: "a", path: "a/b", mode: 256 }] },
    },
    { name: "login", secret: { secretName: "login", items: [{ key: "a", path: "b" }] } },
    { name: "scratch", emptyDir: { medium: "Memory", sizeLimit: "1Gi" } },
    { name: "disk", persistentVolumeClaim: { claimName: "disk" } },
    { name: "node", hostPath: { path: "/var", type: "Directory" } },
    { name: "share", nfs: { server: "nfs", path: "/x" } },
    { name: "driver", csi: { driver: "csi.example.com" } },
    {
      name: "facts",
      downwardAPI: {
        items: [
          { path: "labels", fieldRef: { fieldPath: "metadata.labels" } },
          { path: "cpu", resourceFieldRef: { containerName: "web", resource: "limits.cpu" } },
        ],
      },
    },
    {
      name: "all",
      projected: {
        sources: [
          { serviceAccountToken: { path: "token", expirationSeconds: 3600, audience: "a" } },
          { configMap: { name: "settings", items: [{ key: "a", path: "c" }] } },
          { downwardAPI: { items: [{ path: "d", fieldRef: { fieldPath: "metadata.name" } }] } },
        ],
      },
    },
    {
      name: "own",
      ephemeral: {
        volumeClaimTemplate: {
          spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
        },
      },
    },
  ],
};

const small = { containers: [{ name: "a", image: "a:1" }] };
const selector = { matchLabels: { app: "web" }, matchExpressions: [{ key: "tier", operator: "Exists" }] };
const labels = { app: "web", tier: "front" };
const template = { metadata: { labels, annotations: { note: "a" } }, spec: small };
const metadata = (name: string) => ({ name, namespace: "default" });

export const bases = {
  pod: {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      ...metadata("a.b"),
      labels: { app: "web", "example.com/tier": "front" },
      annotations: { "example.com/note": "anything at all" },
      finalizers: ["example.com/keep"],
    },
    spec: podSpec,
  },
  windows: {
    apiVersion: "v1",
    kind: "Pod",
    metadata: metadata("win"),
    spec: {
      os: { name: "windows" },
      containers: [{ name: "a", image: "a:1", securityContext: {} }],
      securityContext: {},
    },
  },
  plain: {
    apiVersion: "v1",
    kind: "Pod",
    metadata: metadata("plain"),
    spec: { ...small, securityContext: {} },
  },
  deployment: {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: metadata("web"),
    spec: {
      replicas: 2,
      minReadySeconds: 1,
      revisionHistoryLimit: 3,
      progressDeadlineSeconds: 60,
      paused: false,
      selector,
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: 1 } },
      template,
    },
  },
  replicaSet: {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: metadata("web"),
    spec: { replicas: 1, minReadySeconds: 1, selector, template },
  },
  statefulSet: {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: metadata("db"),
    spec: {
      replicas: 2,
      minReadySeconds: 1,
      revisionHistoryLimit: 3,
      serviceName: "db",
      podManagementPolicy: "Parallel",
      ordinals: { start: 1 },
      updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 1 } },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Delete" },
      selector,
      template,
      volumeClaimTemplates: [
        {
          metadata: { name: "data" },
          spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
        },
      ],
    },
  },
  daemonSet: {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: metadata("agent"),
    spec: {
      minReadySeconds: 1,
      revisionHistoryLimit: 3,
      selector,
      updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
      template,
    },
  },
  job: {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: metadata("once"),
    spec: {
      parallelism: 2,
      completions: 3,
      completionMode: "Indexed",
      backoffLimit: 1,
      backoffLimitPerIndex: 1,
      maxFailedIndexes: 1,
      activeDeadlineSeconds: 60,
      ttlSecondsAfterFinished: 60,
      podReplacementPolicy: "Failed",
      successPolicy: { rules: [{ succeededCount: 1 }] },
      podFailurePolicy: {
        rules: [
          { action: "FailJob", onExitCodes: { containerName: "a", operator: "In", values: [1, 2] } },
          { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] },
        ],
      },
      template: { metadata: { labels }, spec: { ...small, restartPolicy: "Never" } },
    },
  },
  cronJob: {
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: metadata("nightly"),
    spec: {
      schedule: "15 3 * * mon-fri",
      timeZone: "Europe/Zurich",
      concurrencyPolicy: "Forbid",
      startingDeadlineSeconds: 60,
      successfulJobsHistoryLimit: 1,
      failedJobsHistoryLimit: 1,
      jobTemplate: {
        spec: { backoffLimit: 2, template: { spec: { ...small, restartPolicy: "OnFailure" } } },
      },
    },
  },
  service: {
    apiVersion: "v1",
    kind: "Service",
    metadata: metadata("web"),
    spec: {
      type: "LoadBalancer",
      selector: { app: "web" },
      sessionAffinity: "ClientIP",
      sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } },
      externalTrafficPolicy: "Cluster",
      internalTrafficPolicy: "Cluster",
      externalIPs: ["203.0.113.5"],
      loadBalancerSourceRanges: ["10.0.0.0/8"],
      loadBalancerClass: "example.com/lb",
      allocateLoadBalancerNodePorts: true,
      trafficDistribution: "PreferClose",
      ipFamilies: ["IPv4"],
      ipFamilyPolicy: "SingleStack",
      ports: [
        {
          name: "http",
          port: 80,
          targetPort: "http",
          protocol: "TCP",
          appProtocol: "example.com/h2",
          nodePort: 30080,
        },
        { name: "dns", port: 53, targetPort: 5353, protocol: "UDP" },
      ],
    },
  },
  clusterIp: {
    apiVersion: "v1",
    kind: "Service",
    metadata: metadata("inner"),
    spec: { type: "ClusterIP", selector: { app: "web" }, ports: [{ port: 80, targetPort: 8080 }] },
  },
  externalName: {
    apiVersion: "v1",
    kind: "Service",
    metadata: metadata("outer"),
    spec: { type: "ExternalName", externalName: "db.example.com" },
  },
  configMap: {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: metadata("settings"),
    data: { mode: "fast" },
    binaryData: { blob: "AAAA" },
  },
  secret: {
    apiVersion: "v1",
    kind: "Secret",
    metadata: metadata("login"),
    type: "kubernetes.io/tls",
    data: { "tls.crt": "YQ==", "tls.key": "YQ==" },
  },
  claim: {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: metadata("disk"),
    spec: {
      accessModes: ["ReadWriteOnce"],
      volumeMode: "Block",
      storageClassName: "fast",
      selector: { matchLabels: { a: "b" } },
      dataSource: { kind: "PersistentVolumeClaim", name: "old" },
      resources: { requests: { storage: "1Gi" } },
    },
  },
  volume: {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: "disk" },
    spec: {
      accessModes: ["ReadWriteMany"],
      capacity: { storage: "1Gi" },
      persistentVolumeReclaimPolicy: "Retain",
      storageClassName: "fast",
      volumeMode: "Filesystem",
      local: { path: "/mnt" },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: "a", operator: "In", values: ["b"] }] }],
        },
      },
    },
  },
  storageClass: {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name: "fast" },
    provisioner: "example.com/disk",
    reclaimPolicy: "Delete",
    volumeBindingMode: "WaitForFirstConsumer",
    parameters: { a: "b" },
    allowedTopologies: [{ matchLabelExpressions: [{ key: "zone", values: ["a"] }] }],
  },
  ingress: {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: metadata("entry"),
    spec: {
      ingressClassName: "nginx",
      defaultBackend: { service: { name: "web", port: { number: 80 } } },
      tls: [{ hosts: ["a.example", "*.b.example"], secretName: "tls" }],
      rules: [
        {
          host: "a.example",
          http: {
            paths: [
              {
                path: "/x",
                pathType: "Prefix",
                backend: { service: { name: "web", port: { name: "http" } } },
              },
              {
                path: "/y",
                pathType: "ImplementationSpecific",
                backend: { resource: { apiGroup: "example.com", kind: "Bucket", name: "b" } },
              },
            ],
          },
        },
        { host: "*.b.example" },
      ],
    },
  },
  ingressClass: {
    apiVersion: "networking.k8s.io/v1",
    kind: "IngressClass",
    metadata: { name: "nginx" },
    spec: {
      controller: "example.com/nginx",
      parameters: { apiGroup: "example.com", kind: "P", name: "p", scope: "Namespace", namespace: "a" },
    },
  },
  networkPolicy: {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: metadata("who"),
    spec: {
      podSelector: { matchLabels: { app: "web" } },
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        {
          ports: [{ port: 80, endPort: 90, protocol: "TCP" }, { port: "http" }],
          from: [
            { podSelector: { matchLabels: { a: "b" } }, namespaceSelector: {} },
            { ipBlock: { cidr: "10.0.0.0/8", except: ["10.1.0.0/16"] } },
          ],
        },
      ],
      egress: [{ to: [{ podSelector: {} }] }],
    },
  },
  autoscaler: {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: metadata("web"),
    spec: {
      minReplicas: 1,
      maxReplicas: 3,
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
      metrics: [
        {
          type: "Resource",
          resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 80 } },
        },
        {
          type: "Pods",
          pods: { metric: { name: "rps" }, target: { type: "AverageValue", averageValue: "10" } },
        },
        { type: "External", external: { metric: { name: "q" }, target: { type: "Value", value: "10" } } },
      ],
      behavior: {
        scaleDown: {
          stabilizationWindowSeconds: 60,
          selectPolicy: "Min",
          policies: [{ type: "Percent", value: 10, periodSeconds: 60 }],
        },
      },
    },
  },
  budget: {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: metadata("web"),
    spec: {
      minAvailable: "50%",
      unhealthyPodEvictionPolicy: "AlwaysAllow",
      selector: { matchLabels: { app: "web" } },
    },
  },
  role: {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "Role",
    metadata: metadata("reader"),
    rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"], resourceNames: ["a"] }],
  },
  clusterRole: {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: { name: "system:reader" },
    rules: [
      { apiGroups: [""], resources: ["pods"], verbs: ["get"] },
      { nonResourceURLs: ["/healthz"], verbs: ["get"] },
    ],
    aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: "b" } }] },
  },
  roleBinding: {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    metadata: metadata("readers"),
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "reader" },
    subjects: [
      { kind: "ServiceAccount", name: "a", namespace: "default" },
      { kind: "User", name: "jane", apiGroup: "rbac.authorization.k8s.io" },
    ],
  },
  clusterRoleBinding: {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name: "readers" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "reader" },
    subjects: [{ kind: "Group", name: "all", apiGroup: "rbac.authorization.k8s.io" }],
  },
  priorityClass: {
    apiVersion: "scheduling.k8s.io/v1",
    kind: "PriorityClass",
    metadata: { name: "high" },
    value: 1000,
    preemptionPolicy: "Never",
  },
  runtimeClass: {
    apiVersion: "node.k8s.io/v1",
    kind: "RuntimeClass",
    metadata: { name: "gvisor" },
    handler: "runsc",
    overhead: { podFixed: { cpu: "100m" } },
  },
  limitRange: {
    apiVersion: "v1",
    kind: "LimitRange",
    metadata: metadata("bounds"),
    spec: {
      limits: [
        {
          type: "Container",
          min: { cpu: "100m" },
          max: { cpu: "2" },
          default: { cpu: "1" },
          defaultRequest: { cpu: "200m" },
        },
      ],
    },
  },
  quota: {
    apiVersion: "v1",
    kind: "ResourceQuota",
    metadata: metadata("quota"),
    spec: { hard: { cpu: "10", pods: "5", "requests.memory": "1Gi" } },
  },
  validatingWebhooks: {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    metadata: { name: "guard" },
    webhooks: [
      {
        name: "images.guard.example",
        clientConfig: { service: { namespace: "guard", name: "guard", path: "/a/b", port: 443 } },
        rules: [
          {
            apiGroups: ["apps", ""],
            apiVersions: ["v1"],
            operations: ["CREATE", "UPDATE"],
            resources: ["deployments", "pods/log"],
            scope: "Namespaced",
          },
        ],
        failurePolicy: "Fail",
        matchPolicy: "Equivalent",
        sideEffects: "None",
        timeoutSeconds: 5,
        admissionReviewVersions: ["v1"],
        namespaceSelector: { matchLabels: { a: "b" } },
      },
    ],
  },
  mutatingWebhooks: {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "MutatingWebhookConfiguration",
    metadata: { name: "fill" },
    webhooks: [
      {
        name: "fill.guard.example",
        clientConfig: { url: "https://guard.example/fill" },
        rules: [{ apiGroups: ["*"], apiVersions: ["*"], operations: ["*"], resources: ["*/*"] }],
        reinvocationPolicy: "IfNeeded",
        sideEffects: "NoneOnDryRun",
        admissionReviewVersions: ["v1", "v1beta1"],
        objectSelector: { matchExpressions: [{ key: "a", operator: "Exists" }] },
      },
    ],
  },
  namespace: { apiVersion: "v1", kind: "Namespace", metadata: { name: "prod" } },
  account: { apiVersion: "v1", kind: "ServiceAccount", metadata: metadata("clerk") },
} as const;
