/** The groups `apps`, `batch`, `policy`, `autoscaling` and `scheduling`. */
export const apps = `
Deployment: Keeps a number of equal pods, and replaces them step by step when their template changes.
  spec: How many pods, which, and how they are replaced.
  status: How far the rollout is.

DeploymentSpec: How many pods, which, and how they are replaced.
  replicas: How many pods there should be; at least 0. @default 1
  selector: Labels of its pods; must match those of the template and cannot change.
  template: The pods to make. A change of it, and nothing else, starts a rollout.
  strategy: How old pods are replaced by new ones. @default rolling, a quarter at a time
  minReadySeconds: Seconds a new pod must be ready before it counts as available. @default 0
  revisionHistoryLimit: How many old ReplicaSets are kept to go back to. @default 10
  paused: Whether changes of the template wait; scaling goes on. @default false
  progressDeadlineSeconds: Seconds without progress after which a rollout counts as failed (condition Progressing "False"); it is not undone. More than minReadySeconds. @default 600

DeploymentStrategy: How old pods are replaced by new ones.
  type: "RollingUpdate" replaces step by step; "Recreate" stops all old pods before the first new one. @default "RollingUpdate"
  rollingUpdate: How large the steps are; only for "RollingUpdate".

RollingUpdateDeployment: How large the steps of a rollout are. Not both 0.
  maxUnavailable: How many of the wanted pods may be missing: a number, or a percentage, rounded down. @default "25%"
  maxSurge: How many pods there may be beyond those wanted: a number, or a percentage, rounded up. @default "25%"

DeploymentStatus: How far a Deployment is.
  replicas: Pods it has, old and new.
  updatedReplicas: Pods with the current template.
  readyReplicas: Pods that are ready.
  availableReplicas: Pods that have been ready for minReadySeconds.
  unavailableReplicas: Pods that are missing, or not yet available.
  terminatingReplicas: Pods that are being stopped; they are in no other count.
  collisionCount: How often a name for a ReplicaSet was taken; goes into the next name.

DeploymentCondition: One aspect of a Deployment's state, and since when it holds.
  type: "Available", "Progressing" or "ReplicaFailure".

ReplicaSet: Keeps a number of equal pods. Made by a Deployment for each revision; seldom by hand.
  spec: How many pods, and which.
  status: How many there are.

ReplicaSetSpec: How many pods, and which.
  replicas: How many pods there should be; at least 0. @default 1
  minReadySeconds: Seconds a new pod must be ready before it counts as available. @default 0
  selector: Labels of its pods; must match those of the template and cannot change.
  template: The pods to make. A change affects only pods made later.

ReplicaSetStatus: How many pods a ReplicaSet has.
  replicas: Pods it has.
  fullyLabeledReplicas: Pods with all the labels of the template.
  readyReplicas: Pods that are ready.
  availableReplicas: Pods that have been ready for minReadySeconds.
  terminatingReplicas: Pods that are being stopped; they are in no other count.

ReplicaSetCondition: One aspect of a ReplicaSet's state, and since when it holds.
  type: "ReplicaFailure" when pods could not be made or deleted.

StatefulSet: Keeps pods with lasting names (web-0, web-1, …), each with storage of its own.
  spec: How many pods, which, and what storage each has.
  status: How far it is.

StatefulSetSpec: How many pods, which, and what storage each has. Selector, serviceName, podManagementPolicy and the claims cannot change.
  replicas: How many pods there should be; at least 0. @default 1
  selector: Labels of its pods; must match those of the template and cannot change.
  template: The pods to make; each gets the set's name, "-" and its number for a name.
  volumeClaimTemplates: Claims that each pod gets for its own; they stay when the pod goes. One named as a volume of the template replaces it.
  serviceName: Headless Service that gives pods their DNS names, such as web-0.web.shop.svc.cluster.local. You make it.
  podManagementPolicy: "OrderedReady" makes pods one after the other and stops them in reverse; "Parallel" all at once. Does not apply to updates. @default "OrderedReady"
  updateStrategy: How pods are replaced when the template changes. @default rolling, one at a time
  revisionHistoryLimit: How many old revisions are kept to go back to. @default 10
  minReadySeconds: Seconds a new pod must be ready before it counts as available. @default 0
  persistentVolumeClaimRetentionPolicy: What becomes of the claims when the set is deleted or made smaller. @default both "Retain"
  ordinals: What number the first pod has. @default 0

StatefulSetUpdateStrategy: How pods are replaced when the template changes.
  type: "RollingUpdate" replaces them from the last to the first; "OnDelete" only those you delete. @default "RollingUpdate"
  rollingUpdate: How far, and how fast; only for "RollingUpdate".

RollingUpdateStatefulSetStrategy: How far an update goes, and how fast.
  partition: Only pods with this number or a higher one are replaced, for a trial. @default 0
  maxUnavailable: How many pods may be missing at once: a number, or a percentage, rounded up; not 0. Behind a feature gate. @default 1

StatefulSetOrdinals: Numbers of the pods.
  start: Number of the first pod; at least 0. @default 0

StatefulSetPersistentVolumeClaimRetentionPolicy: What becomes of the claims of pods that go.
  whenDeleted: When the set is deleted: "Retain" or "Delete" them. @default "Retain"
  whenScaled: When the set becomes smaller: "Retain" or "Delete" those of the pods that go. @default "Retain"

StatefulSetStatus: How far a StatefulSet is.
  replicas: Pods it has.
  readyReplicas: Pods that are ready.
  currentReplicas: Pods of currentRevision.
  updatedReplicas: Pods of updateRevision.
  currentRevision: Revision of the pods that are not yet replaced.
  updateRevision: Revision that pods are replaced by.
  collisionCount: How often a name for a revision was taken; goes into the next name.
  availableReplicas: Pods that have been ready for minReadySeconds.

StatefulSetCondition: One aspect of a StatefulSet's state, and since when it holds.
  type: Name of the aspect; Kubernetes itself sets none.

DaemonSet: Keeps one pod on every node, or on those that fit.
  spec: Which pod, and how it is replaced.
  status: On how many nodes it runs.

DaemonSetSpec: Which pod runs on the nodes, and how it is replaced.
  selector: Labels of its pods; must match those of the template and cannot change.
  template: The pod for each node; its nodeSelector, affinity and tolerations say which nodes.
  updateStrategy: How pods are replaced when the template changes. @default rolling, one node at a time
  minReadySeconds: Seconds a new pod must be ready before it counts as available. @default 0
  revisionHistoryLimit: How many old revisions are kept to go back to. @default 10

DaemonSetUpdateStrategy: How pods are replaced when the template changes.
  type: "RollingUpdate" replaces them node by node; "OnDelete" only those you delete. @default "RollingUpdate"
  rollingUpdate: How large the steps are; only for "RollingUpdate".

RollingUpdateDaemonSet: How large the steps of an update are. Not both 0.
  maxUnavailable: On how many nodes the pod may be missing: a number, or a percentage, rounded up. @default 1
  maxSurge: On how many nodes a new pod may run beside the old one: a number, or a percentage, rounded up. Not with hostPort. @default 0

DaemonSetStatus: On how many nodes a DaemonSet runs.
  currentNumberScheduled: Nodes that should have the pod, and do.
  numberMisscheduled: Nodes that have the pod, and should not.
  desiredNumberScheduled: Nodes that should have the pod.
  numberReady: Nodes where the pod is ready.
  updatedNumberScheduled: Nodes with a pod of the current template.
  numberAvailable: Nodes where the pod has been ready for minReadySeconds.
  numberUnavailable: Nodes that should have the pod, and where it is not available.
  collisionCount: How often a name for a revision was taken; goes into the next name.

DaemonSetCondition: One aspect of a DaemonSet's state, and since when it holds.
  type: Name of the aspect; Kubernetes itself sets none.

ControllerRevision: A former template of a StatefulSet or DaemonSet. Cannot change.
  data: The template, as the controller wrote it.
  revision: Number of the revision; higher is newer.
`;

export const batch = `
Job: Runs pods until enough of them ended well.
  spec: Which pods, how many, and when to give up.
  status: How far it is.

JobSpec: Which pods a Job runs, how many, and when it gives up. Template and selector cannot change once it has started.
  parallelism: How many pods run at the same time at most; 0 pauses it. @default 1
  completions: How many pods must end well. Absent while parallelism is set: the first success ends the Job, and no more pods are made. @default 1, unless parallelism is set
  activeDeadlineSeconds: Seconds from the start after which the Job is stopped and has failed; at least 1. Absent: no limit.
  podFailurePolicy: What a failed pod means, by exit code or condition; the first rule that matches decides. Needs restartPolicy "Never". Absent: every failure counts against backoffLimit.
  successPolicy: When enough is done although not all have succeeded; for "Indexed" only. Absent: all completions count.
  backoffLimit: How many failures are retried before the Job has failed, with growing pauses of 10 seconds up to 6 minutes. @default 6, or no limit with backoffLimitPerIndex
  backoffLimitPerIndex: How many failures of one index are retried before that index has failed. For "Indexed" with restartPolicy "Never". Absent: only backoffLimit.
  maxFailedIndexes: How many indexes may fail before the whole Job has failed. Needs backoffLimitPerIndex. Absent: any number.
  selector: Labels of its pods. Made by the server; leave it out.
  manualSelector: Whether selector is yours, and you see to it that no other pods match. @default false
  template: The pods to make; restartPolicy must be "Never" or "OnFailure".
  ttlSecondsAfterFinished: Seconds after its end until the Job and its pods are deleted; 0 means at once. Absent: never.
  completionMode: "Indexed" gives each pod a number from 0, as the variable JOB_COMPLETION_INDEX, and needs one success for each. @default "NonIndexed"
  suspend: Whether the Job waits; set later, it stops its pods, and activeDeadlineSeconds begins anew. @default false
  podReplacementPolicy: When a pod is replaced: as soon as it is being stopped ("TerminatingOrFailed"), or once it has ended ("Failed"). @default "TerminatingOrFailed", or "Failed" with podFailurePolicy
  managedBy: Controller that runs it, such as "example.com/queue"; cannot change. @default "kubernetes.io/job-controller"

JobStatus: How far a Job is.
  conditions: "Complete", "Failed", "Suspended" and others. One of the first two is "True" once it has ended.
  startTime: When it was started, or last resumed.
  completionTime: When it ended well. Absent if it failed.
  active: Pods that run or wait, and are not being stopped.
  succeeded: Pods that ended well.
  failed: Pods that failed.
  terminating: Pods that are being stopped.
  completedIndexes: Indexes that are done, such as "1,3-5,7".
  failedIndexes: Indexes that have failed, such as "1,3-5,7".
  uncountedTerminatedPods: Pods that have ended and are not counted yet.
  ready: Pods that are ready.

JobCondition: One aspect of a Job's state, and since when it holds.
  type: "Complete", "Failed", "Suspended", "FailureTarget" or "SuccessCriteriaMet".

UncountedTerminatedPods: Pods that have ended and are not yet in the counts.
  succeeded: uids of those that ended well.
  failed: uids of those that failed.

PodFailurePolicy: What a failed pod means for its Job.
  rules: Rules in order; at most 20.

PodFailurePolicyRule: What a failure means when it matches. Exactly one of onExitCodes and onPodConditions is set.
  action: "FailJob" gives the Job up, "FailIndex" the index, "Ignore" does not count the failure, "Count" counts it as usual.
  onExitCodes: Matches by exit code.
  onPodConditions: Matches by conditions of the pod; any of them, at most 20.

PodFailurePolicyOnExitCodesRequirement: Exit codes that a rule matches.
  containerName: Container that is looked at. @default all, init containers too
  operator: "In" the values, or "NotIn" them (0 never matches).
  values: Exit codes, at most 255; without 0 for "In".

PodFailurePolicyOnPodConditionsPattern: A condition of the pod that a rule matches.
  type: Type of the condition, such as "DisruptionTarget".
  status: Its status. @default "True"

SuccessPolicy: When a Job is done before all its indexes are.
  rules: Rules in order; one that holds is enough. At most 20.

SuccessPolicyRule: Successes that are enough. At least one of the two is set; with both, that many of those indexes.
  succeededIndexes: Indexes that must succeed, such as "0,2-4". Absent: any.
  succeededCount: How many must succeed; at least 1. Absent: all of succeededIndexes.

CronJob: Starts a Job at set times.
  spec: When, and what.
  status: When it last did.

CronJobSpec: When Jobs are started, and what they run.
  schedule: When: minute, hour, day of month, month and day of week, as in cron; or "@hourly" and the like.
  timeZone: Time zone of the schedule, by IANA name such as "Europe/Berlin". @default that of the kube-controller-manager
  startingDeadlineSeconds: Seconds that a missed start is made up for; one missed by more is left out. At least 10 is wise. Absent: no limit, though after 100 missed starts it gives up.
  concurrencyPolicy: When the last Job still runs: "Allow" another beside it, "Forbid" (leave this one out), or "Replace" it. @default "Allow"
  suspend: Whether no further Jobs are started; those that run go on. @default false
  jobTemplate: The Jobs to make.
  successfulJobsHistoryLimit: How many Jobs that ended well are kept. @default 3
  failedJobsHistoryLimit: How many failed Jobs are kept. @default 1

JobTemplateSpec: Jobs as a CronJob will make them.
  metadata: Labels and annotations that each Job gets.
  spec: What each Job runs.

CronJobStatus: What a CronJob has done.
  active: Jobs of it that run.
  lastScheduleTime: When it last started one.
  lastSuccessfulTime: When one last ended well.
`;

export const policy = `
PodDisruptionBudget: How many pods of an application may be missing when people or tools evict them. Crashes and direct deletion are not held back.
  spec: Which pods, and how many.
  status: How many may be evicted now.

PodDisruptionBudgetSpec: Which pods, and how many may be missing. One of minAvailable and maxUnavailable is set.
  minAvailable: How many of the pods must stay: a number, or a percentage, rounded up. "100%" prevents every eviction.
  selector: Labels of the pods. An empty one means all of the namespace, an absent one none.
  maxUnavailable: How many of the pods may be missing: a number, or a percentage, rounded up. 0 prevents every eviction. Needs pods with a controller.
  unhealthyPodEvictionPolicy: Whether pods that are not ready can be evicted always ("AlwaysAllow"), or only while the budget is kept ("IfHealthyBudget"). @default "IfHealthyBudget"

PodDisruptionBudgetStatus: How many pods may be evicted now.
  disruptedPods: Pods whose eviction was granted and that are not gone yet, with its time.
  disruptionsAllowed: How many pods may be evicted now.
  currentHealthy: Pods that are ready.
  desiredHealthy: Pods that must be ready.
  expectedPods: Pods that the budget counts.
  observedGeneration: The metadata.generation that the counts are for; evictions are refused while it is behind.

Eviction: Asks for a pod to be stopped, if its budgets allow it. Posted to the pod's eviction subresource.
  deleteOptions: How the pod is then deleted.
`;

export const autoscaling = `
HorizontalPodAutoscaler: Keeps the number of pods between two bounds, by metrics.
  spec: What is scaled, within which bounds, and by what.
  status: What it measured and decided.

HorizontalPodAutoscalerSpec: What is scaled, within which bounds, and by what.
  scaleTargetRef: The Deployment, StatefulSet or other kind with a scale subresource.
  minReplicas: Fewest pods; 0 needs a feature gate and an object or external metric. @default 1
  maxReplicas: Most pods; at least minReplicas.
  metrics: What to measure; the one that asks for the most pods decides. @default cpu at 80 % of requests
  behavior: How fast it scales up and down.
  targetCPUUtilizationPercentage: Use of cpu to aim at, in percent of requests. @default 80

CrossVersionObjectReference: Names an object of the namespace.
  kind: Kind of the object.
  name: Name of the object.
  apiVersion: Group and version of the object. @default "v1"

HorizontalPodAutoscalerBehavior: How fast it scales up and down.
  scaleUp: How fast upwards. @default at once, by 4 pods or to twice as many in 15 seconds, whichever is more
  scaleDown: How fast downwards. @default as far as the highest count of the last 300 seconds allows, all pods in 15 seconds

HPAScalingRules: How fast it scales in one direction.
  stabilizationWindowSeconds: Seconds looked back: the lowest (up) or highest (down) count wanted in them is taken, which calms it; 0 to 3600. @default 0 up, 300 down
  selectPolicy: Of several policies the one with the most pods ("Max"), the fewest ("Min"), or "Disabled": never in this direction. @default "Max"
  policies: Steps that are allowed; at least one, or leave it out.
  tolerance: How far the measured value may be off before anything is done, as a part: "0.05". Behind a feature gate. @default "0.1", as the cluster has it

HPAScalingPolicy: The largest step within some time.
  type: Whether value is a number of "Pods", or "Percent" of those there are.
  value: The most that may change; at least 1.
  periodSeconds: Seconds that it is for, 1 to 1800.

MetricSpec: What to measure. The member that type names is set.
  type: "Resource", "ContainerResource", "Pods", "Object" or "External".
  object: A metric of some other object of the namespace.
  pods: A metric of each pod, averaged.
  resource: cpu or memory of the pods.
  containerResource: cpu or memory of one container in the pods.
  external: A metric from outside the cluster.

MetricIdentifier: A metric.
  name: Name of the metric.
  selector: Labels that narrow it down. @default none

MetricTarget: What value to aim at.
  type: Which of the three is set: "Value", "AverageValue" or "Utilization".
  value: The metric as it is, as a quantity.
  averageValue: The metric per pod, as a quantity.
  averageUtilization: Average use over the pods, in percent of their requests; only for cpu and memory.

MetricValueStatus: A value that was measured.
  value: The metric as it is.
  averageValue: The metric per pod.
  averageUtilization: Average use over the pods, in percent of their requests.

ObjectMetricSource: A metric of some other object, such as the requests of an Ingress.
  describedObject: The object.
  target: Value to aim at.
  metric: The metric.

PodsMetricSource: A metric of each pod, averaged.
  metric: The metric.
  target: Value to aim at; only averageValue.

ResourceMetricSource: cpu or memory of the pods.
  name: "cpu" or "memory".
  target: Value to aim at.

ContainerResourceMetricSource: cpu or memory of one container in the pods.
  name: "cpu" or "memory".
  target: Value to aim at.
  container: Name of the container.

ExternalMetricSource: A metric from outside the cluster, such as the length of a queue.
  metric: The metric.
  target: Value to aim at.

HorizontalPodAutoscalerStatus: What an autoscaler measured and decided.
  lastScaleTime: When it last changed the number of pods.
  currentReplicas: Pods there were when it last looked.
  desiredReplicas: Pods it last decided on.
  currentMetrics: Values it last measured.
  currentCPUUtilizationPercentage: Use of cpu, in percent of requests, averaged over the pods.

HorizontalPodAutoscalerCondition: One aspect of an autoscaler's state, and since when it holds.
  type: "ScalingActive", "AbleToScale" or "ScalingLimited".

MetricStatus: A metric as it was last measured. The member that type names is set.
  type: "Resource", "ContainerResource", "Pods", "Object" or "External".
  object: A metric of some other object of the namespace.
  pods: A metric of each pod, averaged.
  resource: cpu or memory of the pods.
  containerResource: cpu or memory of one container in the pods.
  external: A metric from outside the cluster.

ObjectMetricStatus: A metric of some other object, as it was last measured.
  metric: The metric.
  current: Its value.
  describedObject: The object.

PodsMetricStatus: A metric of each pod, as it was last measured.
  metric: The metric.
  current: Its value.

ResourceMetricStatus: cpu or memory of the pods, as last measured.
  name: "cpu" or "memory".
  current: Its value.

ContainerResourceMetricStatus: cpu or memory of one container, as last measured.
  name: "cpu" or "memory".
  current: Its value.
  container: Name of the container.

ExternalMetricStatus: A metric from outside, as last measured.
  metric: The metric.
  current: Its value.

Scale: How many pods something has, and should have: the scale subresource of Deployments and others.
  spec: How many there should be.
  status: How many there are.

ScaleSpec: How many pods there should be.
  replicas: How many; at least 0.

ScaleStatus: How many pods there are.
  replicas: Pods that were counted.
  selector: Labels of the pods, as text.
`;

export const scheduling = `
PriorityClass: A rank for pods, by name.
  value: The rank; higher goes first. At most 1000000000 for classes of your own. Cannot change.
  globalDefault: Whether pods that name no class get it; one class at most. @default false
  description: When to use it, for people.
  preemptionPolicy: Whether its pods may push out lower ones ("PreemptLowerPriority"), or only wait before them ("Never"). Cannot change. @default "PreemptLowerPriority"

Workload: Groups of pods that are scheduled together.
  spec: The groups.

WorkloadSpec: Groups of pods that are scheduled together.
  controllerRef: Object that the workload is of, such as a Job; for tools only. Cannot change.
  podGroups: The groups, 1 to 8. Cannot change.

PodGroup: Pods that are scheduled by one policy.
  name: Name of the group, unique in the workload; pods refer to it.
  policy: How its pods are scheduled.

PodGroupPolicy: How the pods of a group are scheduled. Exactly one is set.
  basic: One by one, as usual.
  gang: Only when enough of them fit at the same time.

BasicSchedulingPolicy: Pods are scheduled one by one, as usual.

GangSchedulingPolicy: Pods are scheduled only when enough of them fit at the same time.
  minCount: How many must fit; at least 1.

TypedLocalObjectReference: Names an object of any kind in the same namespace.
  apiGroup: API group of the object. @default the core group
  kind: Kind of the object.
  name: Name of the object.
`;
