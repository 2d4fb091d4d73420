// Command schema-generator writes stdlib/schema/generated and stdlib/kubernetes/generated from the type declarations
// of k8s.io/api and k8s.io/apimachinery: names, types, numbers, keys, defaults. It is a development tool; its output
// is committed. Run it as `go run .` in this folder after changing the version in go.mod. It ends with
// scripts/describe-kubernetes.mjs, which adds what stdlib/schema/descriptions says and alone needs no Go.
package main

import (
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
)

// Groups whose kinds get rows, in discovery order; each with the versions to take.
var packages = []struct{ importPath, short string }{
	{"k8s.io/apimachinery/pkg/apis/meta/v1", "meta.v1"},
	{"k8s.io/api/core/v1", "core.v1"},
	{"k8s.io/api/apps/v1", "apps.v1"},
	{"k8s.io/api/events/v1", "events.v1"},
	{"k8s.io/api/autoscaling/v2", "autoscaling.v2"},
	{"k8s.io/api/autoscaling/v1", "autoscaling.v1"},
	{"k8s.io/api/batch/v1", "batch.v1"},
	{"k8s.io/api/networking/v1", "networking.v1"},
	{"k8s.io/api/policy/v1", "policy.v1"},
	{"k8s.io/api/rbac/v1", "rbac.v1"},
	{"k8s.io/api/storage/v1", "storage.v1"},
	{"k8s.io/api/scheduling/v1", "scheduling.v1"},
	{"k8s.io/api/coordination/v1", "coordination.v1"},
	{"k8s.io/api/discovery/v1", "discovery.v1"},
	{"k8s.io/api/admissionregistration/v1", "admissionregistration.v1"},
	{"k8s.io/api/admissionregistration/v1beta1", "admissionregistration.v1beta1"},
	{"k8s.io/api/admissionregistration/v1alpha1", "admissionregistration.v1alpha1"},
	{"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1", "apiextensions.v1"},
	{"k8s.io/kube-aggregator/pkg/apis/apiregistration/v1", "apiregistration.v1"},
	{"k8s.io/api/apiserverinternal/v1alpha1", "internal.v1alpha1"},
	{"k8s.io/api/authentication/v1", "authentication.v1"},
	{"k8s.io/api/authorization/v1", "authorization.v1"},
	{"k8s.io/api/certificates/v1", "certificates.v1"},
	{"k8s.io/api/certificates/v1beta1", "certificates.v1beta1"},
	{"k8s.io/api/certificates/v1alpha1", "certificates.v1alpha1"},
	{"k8s.io/api/coordination/v1beta1", "coordination.v1beta1"},
	{"k8s.io/api/coordination/v1alpha2", "coordination.v1alpha2"},
	{"k8s.io/api/flowcontrol/v1", "flowcontrol.v1"},
	{"k8s.io/api/networking/v1beta1", "networking.v1beta1"},
	{"k8s.io/api/node/v1", "node.v1"},
	{"k8s.io/api/resource/v1", "resource.v1"},
	{"k8s.io/api/resource/v1beta2", "resource.v1beta2"},
	{"k8s.io/api/resource/v1beta1", "resource.v1beta1"},
	{"k8s.io/api/resource/v1alpha3", "resource.v1alpha3"},
	{"k8s.io/api/scheduling/v1alpha1", "scheduling.v1alpha1"},
	{"k8s.io/api/storage/v1beta1", "storage.v1beta1"},
	{"k8s.io/api/storagemigration/v1beta1", "storagemigration.v1beta1"},
}

func main() {
	log.SetFlags(0)
	source, err := loadSource()
	if err != nil {
		log.Fatal(err)
	}
	types, err := source.resolve()
	if err != nil {
		log.Fatal(err)
	}
	top := filepath.Join("..", "..")
	check(writeTable(filepath.Join(top, "schema", "generated"), source.version, types))
	check(writeTypeScript(filepath.Join(top, "kubernetes", "generated"), source.version, types))
	describe := exec.Command("node", filepath.Join("..", "..", "..", "scripts", "describe-kubernetes.mjs"))
	describe.Stderr = os.Stderr
	check(describe.Run())
	fmt.Fprintf(os.Stderr, "%d types of %s\n", len(types), source.version)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}
