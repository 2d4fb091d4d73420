// Command schema-generator writes stdlib/schema/generated and stdlib/kubernetes/generated from the type declarations
// of k8s.io/api and k8s.io/apimachinery: names, types, numbers, keys, defaults. It is a development tool; its output
// is committed. Run it as `go run .` in this folder after changing the version in go.mod.
package main

import (
	"fmt"
	"log"
	"os"
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
