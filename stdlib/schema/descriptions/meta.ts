/** The group `meta`: parts of all kinds, and of requests and answers. */
export const meta = `
ObjectMeta: What every object has: its names, labels, owners and history.
  name: Unique among objects of the kind in the namespace; cannot change. At most 253 characters, for most kinds lower-case letters, digits, "-" and ".".
  generateName: Start of a name that the server completes with five random characters, when name is empty.
  namespace: Namespace the object is in; empty for kinds of the whole cluster. Cannot change. @default "default"
  selfLink: No longer filled in; ignored.
  uid: Unique over time, also when a name is used again. Set by the server.
  resourceVersion: Changes with every write. A write that carries one succeeds only while the object is still at it. Set by the server; compare for equality only.
  generation: Counts changes of the wanted state. Set by the server.
  creationTimestamp: When the object was created. Set by the server.
  deletionTimestamp: When the object is due to be gone. Set by the server once deletion was asked for; it never goes back.
  deletionGracePeriodSeconds: Seconds the object has to end in good order before it is removed. Set by the server together with deletionTimestamp; can only become shorter.
  labels: Keys and values that objects are selected by. Values of at most 63 characters: letters, digits, "-", "_" and ".".
  annotations: Keys and values for tools and people; nothing is selected by them. At most 256 KiB together.
  ownerReferences: Objects this one belongs to. It is deleted once none of them exists.
  finalizers: Who has work to do before the object is gone; a deleted object stays until the list is empty.
  managedFields: Which client set which fields, kept by the server for server-side apply.

OwnerReference: An object that another belongs to, in the same namespace or of the whole cluster.
  apiVersion: Group and version of the owner.
  kind: Kind of the owner.
  name: Name of the owner.
  uid: uid of the owner; an object that was made anew under the same name is another.
  controller: Whether this owner is the one that manages the object; at most one is. @default false
  blockOwnerDeletion: Whether a foreground deletion of the owner waits until this object is gone. @default false

ManagedFieldsEntry: The fields that one client set, in one version of the kind.
  manager: Name of the client.
  operation: "Apply" for server-side apply, "Update" for every other write.
  apiVersion: Version of the kind that the fields are written in.
  time: When the set of fields or one of their values last changed.
  fieldsType: Format of fieldsV1; always "FieldsV1".
  fieldsV1: The fields as a tree: "f:name" is a field, "k:{…}" a list item by its keys, "v:…" an item of a set.
  subresource: Subresource that was written through, such as "status"; empty for the object itself.

LabelSelector: Selects objects by their labels; all that it says must hold. An empty one selects everything, an absent one usually nothing.
  matchLabels: Labels that must be there with exactly these values.
  matchExpressions: Further requirements on single labels.

LabelSelectorRequirement: A requirement on one label.
  key: Key of the label.
  operator: "In" or "NotIn" the values, "Exists" or "DoesNotExist". NotIn also selects objects without the label.
  values: Values to compare with. Required for In and NotIn, forbidden for Exists and DoesNotExist.

FieldSelectorRequirement: A requirement on one field of an object.
  key: Path of the field, such as "spec.nodeName".
  operator: "In" or "NotIn" the values, "Exists" or "DoesNotExist".
  values: Values to compare with. Required for In and NotIn, forbidden for Exists and DoesNotExist.

Condition: One aspect of an object's state, and since when it holds.

GroupResource: A resource of the API without its version.
  group: API group; empty for the core group.
  resource: Name in URLs, plural and lower case: "deployments".

ListMeta: What a list says of itself.
  selfLink: No longer filled in.
  resourceVersion: State of the store that the list shows; a watch can go on from it.
  continue: Token for the next page of a list with limit; empty on the last. Expires after some minutes.
  remainingItemCount: How many items follow on later pages, as an estimate; absent when unknown.

DeleteOptions: How an object is to be deleted.
  kind: Always "DeleteOptions".
  gracePeriodSeconds: Seconds until what still runs is killed; 0 deletes at once. @default that of the object
  preconditions: What must still hold of the object, or the request fails with 409.
  orphanDependents: Deprecated: propagationPolicy says it. true leaves behind what the object owns.
  propagationPolicy: What becomes of what it owns: "Background" deletes it afterwards, "Foreground" before, "Orphan" keeps it. @default decided by the kind and the object's finalizers; mostly "Background"
  dryRun: ["All"] checks the request as if it were made, and stores nothing.
  ignoreStoreReadErrorWithClusterBreakingPotential: Whether an object that cannot be read from the store, because it is damaged or can no longer be decrypted, is removed anyway. Finalizers and owners are passed over. @default false

Preconditions: What must hold of an object for the request to go through.
  uid: The object must have this uid.
  resourceVersion: The object must still be at this version.

PartialObjectMetadata: The metadata of an object of any kind, for clients that need no more.

Status: The answer to a request that has no object for an answer.
  kind: Always "Status".
  metadata: Of lists only.
  status: "Success" or "Failure".
  message: What happened, for people.
  reason: The error in one word, such as "NotFound" or "Conflict", for programs.
  details: What the error is about.
  code: HTTP status code.

StatusDetails: What an error is about.
  name: Name of the object.
  group: API group of the object.
  kind: Resource or kind of the object.
  uid: uid of the object, where there is one.
  causes: The single mistakes, such as one for each refused field.
  retryAfterSeconds: Seconds to wait before another try.

StatusCause: One mistake among those that made a request fail.
  reason: The mistake in one word, such as "FieldValueInvalid".
  message: What is wrong, for people.
  field: Path of the field in the request, such as "spec.ports[0].port".
`;
