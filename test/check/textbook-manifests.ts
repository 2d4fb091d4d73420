/**
 * A textbook stack as plain manifests, and the mistakes that such stacks have: each changes a few lines of it. What is
 * found stands at the key between ⟦ and ⟧.
 */
export interface BrokenManifest {
  readonly what: string;
  readonly from: string;
  readonly to: string;
  readonly code: string;
  /** What comes of it elsewhere. */
  readonly brings: readonly string[];
}

export const soundManifests = `apiVersion: v1
kind: ConfigMap
metadata:
  namespace: shop
  name: settings
data:
  mode: fast
---
apiVersion: apps/v1
kind: Deployment
metadata:
  namespace: shop
  name: web
spec:
  replicas: 2
  selector:
    matchLabels:
      app: web
  strategy:
    type: RollingUpdate
    rollingUpdate:
      maxSurge: 1
      maxUnavailable: 0
  template:
    metadata:
      labels:
        app: web
    spec:
      restartPolicy: Always
      containers:
        - name: web
          image: registry.example/web:1.4.2
          command: ["/app/web"]
          workingDir: /app
          ports:
            - name: http
              containerPort: 8080
              protocol: TCP
          env:
            - name: MODE
              valueFrom:
                configMapKeyRef:
                  name: settings
                  key: mode
            - name: ADDRESS
              valueFrom:
                fieldRef:
                  fieldPath: status.podIP
            - name: SELF
              value: http://web:80/
          resources:
            requests:
              cpu: 250m
              memory: 64Mi
            limits:
              cpu: 500m
              memory: 128Mi
          readinessProbe:
            httpGet:
              path: /ready
              port: http
            periodSeconds: 5
          volumeMounts:
            - name: files
              mountPath: /etc/web
            - name: scratch
              mountPath: /tmp
      volumes:
        - name: files
          configMap:
            name: settings
            items:
              - key: mode
                path: mode.txt
        - name: scratch
          emptyDir: {}
---
apiVersion: v1
kind: Service
metadata:
  namespace: shop
  name: web
spec:
  type: NodePort
  selector:
    app: web
  ports:
    - name: http
      port: 80
      targetPort: http
      nodePort: 30080
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  namespace: shop
  name: web
spec:
  rules:
    - host: shop.example.org
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: web
                port:
                  number: 80
`;

type Row = readonly [what: string, from: string, to: string, code: string, ...brings: readonly string[]];

const rows: readonly Row[] = [
  [
    "an image without a tag",
    "image: registry.example/web:1.4.2",
    "⟦image⟧: registry.example/web",
    "image-latest",
  ],
  [
    "no image",
    "        - name: web\n          image: registry.example/web:1.4.2",
    "        - ⟦name⟧: web",
    "field-invalid",
  ],
  [
    "an image's name with a space before it",
    "image: registry.example/web:1.4.2",
    '⟦image⟧: " web:1"',
    "field-invalid",
  ],
  ["a command that is one text", 'command: ["/app/web"]', "⟦command⟧: /app/web", "field-invalid"],
  ["a misspelled field", "command: [", "⟦comand⟧: [", "field-unknown"],
  ["a relative folder", "workingDir: /app", "⟦workingDir⟧: app", "workdir-relative"],
  [
    "two containers of one name",
    "      volumes:",
    "        - ⟦name⟧: web\n          image: registry.example/side:1\n      volumes:",
    "field-invalid",
  ],

  [
    "a probe of a port that is not opened",
    "port: http\n            period",
    "⟦port⟧: htp\n            period",
    "port-name-unknown",
  ],
  ["a probe's path without a slash", "path: /ready", "⟦path⟧: ready", "probe-path-relative"],
  [
    "a probe of two kinds",
    "            periodSeconds: 5",
    "            ⟦tcpSocket⟧:\n              port: http",
    "field-invalid",
  ],
  ["a probe's interval with a unit", "periodSeconds: 5", "⟦periodSeconds⟧: 5s", "field-invalid"],
  ["a probe's field misspelled", "periodSeconds: 5", "⟦periodSecond⟧: 5", "field-unknown"],

  ["a container port that is none", "containerPort: 8080", "⟦containerPort⟧: 80800", "field-invalid"],
  ["a protocol that there is not", "protocol: TCP", "⟦protocol⟧: HTTP", "field-invalid"],
  [
    "a port's name that is too long",
    "name: http\n              containerPort",
    "⟦name⟧: http-for-everybody\n              containerPort",
    "field-invalid",
    "port-name-unknown",
    "port-name-unknown",
  ],
  [
    "a Service's port that the pods do not open",
    "targetPort: http",
    "⟦targetPort⟧: htp",
    "port-name-unknown",
  ],
  [
    "a Service's port that is none",
    "port: 80\n      targetPort",
    "⟦port⟧: 70000\n      targetPort",
    "field-invalid",
    "port-name-unknown",
    "url-port-unknown",
  ],
  ["a node port out of the range", "nodePort: 30080", "⟦nodePort⟧: 8080", "node-port-range"],
  [
    "a node port of a Service that has none",
    "type: NodePort\n  selector:\n    app: web\n  ports:\n    - name: http\n      port: 80\n      targetPort: http\n      nodePort",
    "type: ClusterIP\n  selector:\n    app: web\n  ports:\n    - name: http\n      port: 80\n      targetPort: http\n      ⟦nodePort⟧",
    "field-invalid",
  ],

  [
    "an Ingress to a port that the Service does not open",
    "number: 80",
    "⟦number⟧: 8080",
    "port-name-unknown",
  ],
  [
    "an Ingress to a Service that is not there",
    "name: web\n                port",
    "⟦name⟧: wbe\n                port",
    "reference-missing",
  ],
  ["an Ingress path without a slash", "- path: /\n", "- ⟦path⟧: shop\n", "field-invalid"],
  ["a type of path that there is not", "pathType: Prefix", "⟦pathType⟧: prefix", "field-invalid"],
  ["a host that is none", "- host: shop.example.org", "- ⟦host⟧: shop.example.org/", "field-invalid"],

  [
    "a Service that selects nothing",
    "selector:\n    app: web",
    "⟦selector⟧:\n    app: wbe",
    "selector-matches-nothing",
  ],
  [
    "a Deployment that does not select its own pods",
    "labels:\n        app: web",
    "⟦labels⟧:\n        app: wbe",
    "field-invalid",
    "selector-matches-nothing",
  ],

  [
    "a key that the ConfigMap does not have",
    "key: mode\n            -",
    "⟦key⟧: mod\n            -",
    "config-key-unknown",
  ],
  [
    "a ConfigMap that is not there",
    "name: settings\n                  key",
    "⟦name⟧: setings\n                  key",
    "reference-missing",
  ],
  ["a variable's name with an equals sign", "- name: SELF", '- ⟦name⟧: "SELF=1"', "field-invalid"],
  ["a variable that is a number", "value: http://web:80/", "⟦value⟧: 8080", "field-invalid"],
  [
    "a variable of a value and a source",
    "- name: ADDRESS\n              valueFrom",
    "- name: ADDRESS\n              value: a\n              ⟦valueFrom⟧",
    "field-invalid",
  ],
  [
    "a fact of the pod that there is not",
    "fieldPath: status.podIP",
    "⟦fieldPath⟧: status.podIp",
    "field-invalid",
  ],
  [
    "a URL at a port that the Service does not open",
    "value: http://web:80/",
    "⟦value⟧: http://web:81/",
    "url-port-unknown",
  ],
  [
    "a password as plain text",
    "- name: SELF\n              value",
    "- name: DB_PASSWORD\n              ⟦value⟧",
    "environment-secret",
  ],

  [
    "a mount without its volume",
    "name: scratch\n              mountPath",
    "⟦name⟧: scrach\n              mountPath",
    "field-invalid",
  ],
  ["two mounts at one path", "mountPath: /tmp", "⟦mountPath⟧: /etc/web", "field-invalid"],
  [
    "a volume of a ConfigMap that is not there",
    "configMap:\n            name: settings\n            items:\n              - key: mode\n                path: mode.txt",
    "configMap:\n            ⟦name⟧: gone",
    "reference-missing",
  ],
  [
    "a file of a key that the ConfigMap does not have",
    "- key: mode\n                path",
    "- ⟦key⟧: mod\n                path",
    "config-key-unknown",
  ],
  [
    "a volume of two kinds",
    "emptyDir: {}",
    "emptyDir: {}\n          ⟦hostPath⟧:\n            path: /tmp",
    "field-invalid",
  ],

  ["CPU with a unit that there is not", "cpu: 250m", "⟦cpu⟧: 250mm", "field-invalid"],
  ["memory with a unit that there is not", "memory: 64Mi", "⟦memory⟧: 64MB", "field-invalid"],
  [
    "more requested than is the limit",
    "requests:\n              cpu: 250m\n              memory: 64Mi",
    "requests:\n              cpu: 250m\n              ⟦memory⟧: 256Mi",
    "field-invalid",
  ],

  ["pods counted by text", "replicas: 2", '⟦replicas⟧: "2"', "field-invalid"],
  ["fewer pods than none", "replicas: 2", "⟦replicas⟧: -2", "field-invalid"],
  [
    "an update that can move no pod",
    "maxSurge: 1\n      maxUnavailable",
    "maxSurge: 0\n      ⟦maxUnavailable⟧",
    "field-invalid",
  ],
  ["a way of updating that there is not", "type: RollingUpdate", "⟦type⟧: Rolling", "field-invalid"],
  [
    "settings of an update that does not roll",
    "type: RollingUpdate\n    rollingUpdate",
    "type: Recreate\n    ⟦rollingUpdate⟧",
    "field-invalid",
  ],
  [
    "a restart policy that a Deployment cannot have",
    "restartPolicy: Always",
    "⟦restartPolicy⟧: Never",
    "field-invalid",
  ],
];

export const brokenManifests: readonly BrokenManifest[] = rows.map(([what, from, to, code, ...brings]) => ({
  ...{ what, from, to, code, brings },
}));
