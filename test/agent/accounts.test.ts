import test from "ava";
import { homeOf, resolveUser, type UserRequest } from "../../runtime/agent/accounts.js";

const files = {
  passwd: "root:x:0:0:root:/root:/bin/sh\nweb:x:101:102::/srv/web:/bin/false\n",
  group: "root:x:0:\nweb:x:102:\nlog:x:200:web,other\n",
};
const request = (more: Partial<UserRequest>): UserRequest => ({
  runAsUser: undefined,
  runAsGroup: undefined,
  runAsNonRoot: false,
  imageUser: "",
  supplementalGroups: [],
  fsGroup: undefined,
  ...more,
});

const resolves = test.macro({
  title: (_, more: Partial<UserRequest>) => `user of ${JSON.stringify(more)}`,
  exec(t, more: Partial<UserRequest>, uid: number, gid: number, additionalGids: number[]) {
    t.like(resolveUser(request(more), files), { uid, gid, additionalGids });
  },
});
test(resolves, {}, 0, 0, [0]);
test(resolves, { imageUser: "web" }, 101, 102, [102, 200]);
test(resolves, { imageUser: "101" }, 101, 102, [102, 200]);
test(resolves, { imageUser: "web:log" }, 101, 200, [200]);
test(resolves, { imageUser: "7:8" }, 7, 8, [8]);
test(resolves, { imageUser: "web", runAsUser: 7 }, 7, 0, [0]);
test(resolves, { imageUser: "web:log", runAsUser: 101 }, 101, 102, [102, 200]);
test(resolves, { runAsUser: 7, runAsGroup: 9, supplementalGroups: [3], fsGroup: 4 }, 7, 9, [9, 3, 4]);

const refuses = test.macro({
  title: (_, more: Partial<UserRequest>) => `refuses ${JSON.stringify(more)}`,
  exec(t, more: Partial<UserRequest>, message: string) {
    t.throws(() => resolveUser(request(more), files), { message });
  },
});
test(refuses, { imageUser: "who" }, "unable to find user who: no matching entries in passwd file");
test(refuses, { imageUser: "web:who" }, "unable to find group who: no matching entries in group file");
test(refuses, { runAsNonRoot: true }, "container has runAsNonRoot and image will run as root");
test(refuses, { runAsNonRoot: true, runAsUser: 0 }, "container's runAsUser breaks non-root policy");
test(
  refuses,
  { runAsNonRoot: true, imageUser: "web" },
  "container has runAsNonRoot and image has non-numeric user (web), cannot verify user is non-root",
);

test("a home is the passwd file's, or the root", (t) => {
  t.is(homeOf(101, files), "/srv/web");
  t.is(homeOf(7, files), "/");
  t.is(homeOf(0, { passwd: undefined, group: undefined }), "/");
});
