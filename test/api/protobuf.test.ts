import test from "ava";
import fc from "fast-check";
import { decodeProtobuf } from "../../runtime/api/http/protobuf.js";
import { ApiStatusError } from "../../runtime/client/errors.js";

/** Fields by number: a number, text, or a message's fields. */
type Message = readonly (readonly [number, number | string | Message])[];

function varint(value: bigint): number[] {
  const rest = value >> 7n;
  const byte = Number(value & 0x7fn);
  return rest === 0n ? [byte] : [byte | 0x80, ...varint(rest)];
}

function encode(message: Message): Buffer {
  return Buffer.concat(
    message.map(([number, value]) => {
      if (typeof value === "number")
        return Buffer.from([...varint(BigInt(number * 8)), ...varint(BigInt.asUintN(64, BigInt(value)))]);
      const bytes = typeof value === "string" ? Buffer.from(value) : encode(value);
      return Buffer.concat([
        Buffer.from([...varint(BigInt(number * 8 + 2)), ...varint(BigInt(bytes.length))]),
        bytes,
      ]);
    }),
  );
}

function body(apiVersion: string, kind: string, raw: Message): Buffer {
  const unknown: Message = [
    [
      1,
      [
        [1, apiVersion],
        [2, kind],
      ],
    ],
    [2, raw],
  ];
  return Buffer.concat([Buffer.from("k8s\0"), encode(unknown)]);
}

test("names, maps, lists, inlined messages and each kind of scalar", (t) => {
  const container: Message = [
    [1, "c"],
    [2, "image"],
    [
      6,
      [
        [1, ""],
        [3, 8080],
        [4, "TCP"],
        [2, 0],
      ],
    ],
    [
      8,
      [
        [
          2,
          [
            [1, "cpu"],
            [2, [[1, "250m"]]],
          ],
        ],
      ],
    ],
  ];
  const pod: Message = [
    [
      1,
      [
        [1, "p"],
        [8, [[1, 1_767_225_600]]],
        [
          11,
          [
            [1, "app"],
            [2, "web"],
          ],
        ],
        [
          11,
          [
            [1, "empty"],
            [2, ""],
          ],
        ],
      ],
    ],
    [
      2,
      [
        [
          1,
          [
            [1, "data"],
            [2, [[2, [[1, "Memory"]]]]],
          ],
        ],
        [2, container],
        [3, ""],
        [4, 0],
      ],
    ],
  ];
  t.deepEqual(decodeProtobuf(body("v1", "Pod", pod)), {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: "p",
      creationTimestamp: "2026-01-01T00:00:00Z",
      labels: { app: "web", empty: "" },
    },
    spec: {
      volumes: [{ name: "data", emptyDir: { medium: "Memory" } }],
      containers: [
        {
          name: "c",
          image: "image",
          ports: [{ containerPort: 8080, protocol: "TCP" }],
          resources: { requests: { cpu: "250m" } },
        },
      ],
      terminationGracePeriodSeconds: 0,
    },
  });
});

test("text or number, bytes, and a negative number", (t) => {
  const port = (target: Message): Message => [
    [2, "TCP"],
    [3, 80],
    [4, target],
    [5, 0],
  ];
  const service: Message = [
    [
      1,
      [
        [1, "s"],
        [8, []],
      ],
    ],
    [
      2,
      [
        [
          1,
          port([
            [1, 1],
            [2, 0],
            [3, "http"],
          ]),
        ],
        [
          1,
          port([
            [1, 0],
            [2, -1],
            [3, ""],
          ]),
        ],
      ],
    ],
  ];
  t.deepEqual(decodeProtobuf(body("v1", "Service", service)), {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "s" },
    spec: {
      ports: [
        { protocol: "TCP", port: 80, targetPort: "http" },
        { protocol: "TCP", port: 80, targetPort: -1 },
      ],
    },
  });
  const secret: Message = [
    [1, [[1, "s"]]],
    [
      2,
      [
        [1, "k"],
        [2, "\u0000ü"],
      ],
    ],
  ];
  t.deepEqual(decodeProtobuf(body("v1", "Secret", secret))["data"], {
    k: Buffer.from("\u0000ü").toString("base64"),
  });
});

test("broken bodies are bad requests, whatever they are", (t) => {
  const pod = body("v1", "Pod", [
    [1, [[1, "p"]]],
    [2, [[2, [[1, "c"]]]]],
  ]);
  const broken = fc.oneof(
    fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.concat([Buffer.from("k8s\0"), bytes])),
    fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)),
    fc.nat(pod.length).map((length) => pod.subarray(0, length)),
    fc.tuple(fc.nat(pod.length - 1), fc.nat(255)).map(([at, byte]) => {
      const changed = Buffer.from(pod);
      changed[at] = byte;
      return changed;
    }),
  );
  const refuses = (bytes: Buffer) => {
    try {
      decodeProtobuf(bytes);
      return true;
    } catch (error) {
      return error instanceof ApiStatusError && error.reason === "BadRequest";
    }
  };
  t.notThrows(() => fc.assert(fc.property(broken, refuses), { numRuns: 500 }));
});
