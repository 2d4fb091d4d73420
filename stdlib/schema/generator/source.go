package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
)

// A declaration as the Go source has it.
type declaration struct {
	pkg     string // short name
	expr    ast.Expr
	comment string
	imports map[string]string // local name to import path, of its file
}

type source struct {
	version      string
	declarations map[string]*declaration // "core.v1.Pod"
	constants    map[string]string       // "core.v1.ProtocolTCP" to its text
	enums        map[string][]string     // "core.v1.Protocol" to values
	shortOf      map[string]string       // import path to short name
	removed      map[string]bool         // "networking.v1beta1.Ingress"
}

func loadSource() (*source, error) {
	s := &source{
		declarations: map[string]*declaration{},
		constants:    map[string]string{},
		enums:        map[string][]string{},
		shortOf:      map[string]string{},
		// Its module has no lifecycle; the API server serves this one no more.
		removed: map[string]bool{"scheduling.v1alpha1.PriorityClass": true},
	}
	for _, p := range packages {
		s.shortOf[p.importPath] = p.short
	}
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Version}}", "k8s.io/api").Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	s.version = strings.Replace(strings.TrimSpace(string(out)), "v0.", "v1.", 1)
	for _, p := range packages {
		if err := s.loadPackage(p.importPath, p.short); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *source) loadPackage(importPath, short string) error {
	out, err := exec.Command("go", "list", "-f", "{{.Dir}}", importPath).Output()
	if err != nil {
		return fmt.Errorf("go list %s: %w", importPath, err)
	}
	folder := strings.TrimSpace(string(out))
	if err := s.noteRemoved(folder, short); err != nil {
		return err
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		return err
	}
	for _, file := range files {
		base := filepath.Base(file)
		if strings.HasSuffix(base, "_test.go") || strings.HasPrefix(base, "generated.") || strings.HasPrefix(base, "zz_") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		s.loadFile(parsed, short)
	}
	return nil
}

func (s *source) loadFile(file *ast.File, short string) {
	imports := map[string]string{}
	for _, spec := range file.Imports {
		path, _ := strconv.Unquote(spec.Path.Value)
		name := path[strings.LastIndex(path, "/")+1:]
		if spec.Name != nil {
			name = spec.Name.Name
		}
		imports[name] = path
	}
	for _, decl := range file.Decls {
		general, ok := decl.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, spec := range general.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				comment := spec.Doc.Text() + rawComment(spec.Doc) + rawComment(general.Doc)
				s.declarations[short+"."+spec.Name.Name] = &declaration{short, spec.Type, comment, imports}
			case *ast.ValueSpec:
				s.loadConstant(general, spec, short)
			}
		}
	}
}

func (s *source) loadConstant(general *ast.GenDecl, spec *ast.ValueSpec, short string) {
	if general.Tok != token.CONST || len(spec.Names) != 1 || len(spec.Values) != 1 {
		return
	}
	literal, ok := spec.Values[0].(*ast.BasicLit)
	if !ok {
		return
	}
	text := literal.Value
	if literal.Kind == token.STRING {
		text, _ = strconv.Unquote(literal.Value)
	}
	s.constants[short+"."+spec.Names[0].Name] = text
	if named, ok := spec.Type.(*ast.Ident); ok {
		s.enums[short+"."+named.Name] = append(s.enums[short+"."+named.Name], text)
	}
}

func rawComment(group *ast.CommentGroup) string {
	if group == nil {
		return ""
	}
	lines := []string{}
	for _, comment := range group.List {
		lines = append(lines, strings.TrimSpace(strings.TrimPrefix(comment.Text, "//")))
	}
	return strings.Join(lines, "\n") + "\n"
}

// A field type in the table's own shape; exactly one member is set.
type fieldType struct {
	Scalar string     `json:"scalar,omitempty"`
	Ref    string     `json:"ref,omitempty"`
	List   *fieldType `json:"list,omitempty"`
	Map    *fieldType `json:"map,omitempty"`
	// Not in the table: where the enum values come from.
	enum string
}

type field struct {
	Type          fieldType       `json:"type"`
	Proto         int             `json:"proto"`
	ProtoVia      int             `json:"protoVia,omitempty"`
	Required      bool            `json:"required,omitempty"`
	Default       json.RawMessage `json:"default,omitempty"`
	PatchStrategy []string        `json:"patchStrategy,omitempty"`
	PatchMergeKey string          `json:"patchMergeKey,omitempty"`
	ListType      string          `json:"listType,omitempty"`
	ListMapKeys   []string        `json:"listMapKeys,omitempty"`
	MapType       string          `json:"mapType,omitempty"`
	Enum          []string        `json:"enum,omitempty"`
}

type typeRow struct {
	Fields map[string]*field `json:"fields"`
	Atomic bool              `json:"atomic,omitempty"`
	order  []string
}

var scalarTypes = map[string]string{
	"meta.v1.Time":      "time",
	"meta.v1.MicroTime": "microTime",
	"meta.v1.Duration":  "duration",
	"meta.v1.FieldsV1":  "fieldsV1",
	// They have a JSON form of their own.
	"apiextensions.v1.JSON":                         "json",
	"apiextensions.v1.JSONSchemaPropsOrArray":       "json",
	"apiextensions.v1.JSONSchemaPropsOrBool":        "json",
	"apiextensions.v1.JSONSchemaPropsOrStringArray": "json",
}

// Types of packages that are not loaded.
var foreignTypes = map[string]string{
	"k8s.io/apimachinery/pkg/api/resource.Quantity":    "quantity",
	"k8s.io/apimachinery/pkg/util/intstr.IntOrString":  "intOrString",
	"k8s.io/apimachinery/pkg/runtime.RawExtension":     "json",
	"k8s.io/apimachinery/pkg/runtime.Object":           "json",
	"k8s.io/apimachinery/pkg/types.UID":                "string",
	"k8s.io/apimachinery/pkg/types.NodeName":           "string",
	"k8s.io/apimachinery/pkg/types.PatchType":          "string",
	"k8s.io/apimachinery/pkg/types.NamespacedName":     "string",
	"k8s.io/apimachinery/pkg/apis/meta/v1.FieldsV1Raw": "json",
}

var basicTypes = map[string]string{
	"string": "string", "bool": "bool", "int32": "int32", "int": "int32", "int64": "int64", "uint16": "int32",
	"float64": "double", "float32": "double",
}

// resolve turns every struct declaration into a row.
func (s *source) resolve() (map[string]*typeRow, error) {
	rows := map[string]*typeRow{}
	for name, declared := range s.declarations {
		structure, ok := declared.expr.(*ast.StructType)
		if !ok || scalarTypes[name] != "" || !ast.IsExported(name[strings.LastIndex(name, ".")+1:]) {
			continue
		}
		if s.removed[name] {
			continue
		}
		row := &typeRow{Fields: map[string]*field{}, Atomic: marker(declared.comment, "structType") == "atomic"}
		if err := s.addFields(row, structure, declared, 0); err != nil {
			continue // internal types with members that have no JSON form
		}
		rows[name] = row
	}
	return rows, nil
}

// The generated answer to "in which release is the kind gone".
var removedPattern = regexp.MustCompile(
	`func \(in \*(\w+)\) APILifecycleRemoved\(\) \(major, minor int\) \{\s*return 1, (\d+)`)

// noteRemoved remembers kinds that the module declares and the release no longer serves.
func (s *source) noteRemoved(folder, short string) error {
	text, err := os.ReadFile(filepath.Join(folder, "zz_generated.prerelease-lifecycle.go"))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	for _, found := range removedPattern.FindAllStringSubmatch(string(text), -1) {
		minor, _ := strconv.Atoi(found[2])
		if minor <= s.minor() {
			s.removed[short+"."+found[1]] = true
		}
	}
	return err
}

func (s *source) minor() int {
	minor, _ := strconv.Atoi(strings.Split(s.version, ".")[1])
	return minor
}

func (s *source) addFields(row *typeRow, structure *ast.StructType, declared *declaration, via int) error {
	for _, member := range structure.Fields.List {
		tag := reflect.StructTag("")
		if member.Tag != nil {
			text, _ := strconv.Unquote(member.Tag.Value)
			tag = reflect.StructTag(text)
		}
		jsonName, options, _ := strings.Cut(tag.Get("json"), ",")
		number := protoNumber(tag)
		if strings.Contains(options, "inline") || (jsonName == "" && len(member.Names) == 0) {
			inlined, err := s.lookUp(member.Type, declared)
			if err != nil {
				return err
			}
			inner, ok := inlined.expr.(*ast.StructType)
			if !ok {
				return fmt.Errorf("inlined %T", inlined.expr)
			}
			if err := s.addFields(row, inner, inlined, number); err != nil {
				return err
			}
			continue
		}
		if jsonName == "" || jsonName == "-" {
			continue
		}
		resolved, err := s.fieldType(member.Type, declared)
		if err != nil {
			return fmt.Errorf("%s: %w", jsonName, err)
		}
		comment := rawComment(member.Doc)
		f := &field{
			Type:          *resolved,
			Proto:         number,
			ProtoVia:      via,
			Required:      !strings.Contains(options, "omitempty") && !hasMarker(comment, "optional"),
			PatchMergeKey: tag.Get("patchMergeKey"),
			ListType:      marker(comment, "listType"),
			ListMapKeys:   markers(comment, "listMapKey"),
			MapType:       marker(comment, "mapType"),
			Enum:          s.enumOf(resolved),
		}
		if f.MapType == "" && hasMarker(comment, "structType") {
			f.MapType = marker(comment, "structType")
		}
		if strategy := tag.Get("patchStrategy"); strategy != "" {
			f.PatchStrategy = strings.Split(strategy, ",")
		}
		if text := marker(comment, "default"); text != "" {
			f.Default = s.defaultValue(text, declared.pkg)
		}
		row.Fields[jsonName] = f
		row.order = append(row.order, jsonName)
	}
	return nil
}

func protoNumber(tag reflect.StructTag) int {
	parts := strings.Split(tag.Get("protobuf"), ",")
	if len(parts) < 2 {
		return 0
	}
	number, _ := strconv.Atoi(parts[1])
	return number
}

func (s *source) enumOf(t *fieldType) []string {
	if t.enum == "" {
		return nil
	}
	declared := s.declarations[t.enum]
	if declared == nil || !hasMarker(declared.comment, "enum") {
		return nil
	}
	values := map[string]bool{}
	for _, value := range s.enums[t.enum] {
		values[value] = true
	}
	return sortedKeys(values)
}

// defaultValue reads `+default="x"`, `+default=1` and `+default=ref(Constant)`.
func (s *source) defaultValue(text, pkg string) json.RawMessage {
	if name, ok := strings.CutPrefix(text, "ref("); ok {
		name = strings.TrimSuffix(name, ")")
		if at := strings.LastIndex(name, "."); at >= 0 {
			name = name[at+1:]
		}
		value, found := s.constants[pkg+"."+name]
		if !found {
			return nil
		}
		quoted, _ := json.Marshal(value)
		return quoted
	}
	if !json.Valid([]byte(text)) {
		return nil
	}
	return json.RawMessage(text)
}

// lookUp finds the declaration an identifier or selector names.
func (s *source) lookUp(expr ast.Expr, from *declaration) (*declaration, error) {
	if pointer, ok := expr.(*ast.StarExpr); ok {
		expr = pointer.X
	}
	name, err := s.nameOf(expr, from)
	if err != nil {
		return nil, err
	}
	declared := s.declarations[name]
	if declared == nil {
		return nil, fmt.Errorf("no declaration of %s", name)
	}
	switch declared.expr.(type) {
	case *ast.Ident, *ast.SelectorExpr: // another name for a type
		return s.lookUp(declared.expr, declared)
	}
	return declared, nil
}

func (s *source) nameOf(expr ast.Expr, from *declaration) (string, error) {
	switch expr := expr.(type) {
	case *ast.Ident:
		return from.pkg + "." + expr.Name, nil
	case *ast.SelectorExpr:
		path := from.imports[expr.X.(*ast.Ident).Name]
		if short, ok := s.shortOf[path]; ok {
			return short + "." + expr.Sel.Name, nil
		}
		return path + "." + expr.Sel.Name, nil
	}
	return "", fmt.Errorf("no name: %T", expr)
}

func (s *source) fieldType(expr ast.Expr, from *declaration) (*fieldType, error) {
	switch expr := expr.(type) {
	case *ast.StarExpr:
		return s.fieldType(expr.X, from)
	case *ast.ArrayType:
		if ident, ok := expr.Elt.(*ast.Ident); ok && ident.Name == "byte" {
			return &fieldType{Scalar: "bytes"}, nil
		}
		item, err := s.fieldType(expr.Elt, from)
		return &fieldType{List: item}, err
	case *ast.MapType:
		value, err := s.fieldType(expr.Value, from)
		return &fieldType{Map: value}, err
	case *ast.Ident:
		if basic, ok := basicTypes[expr.Name]; ok {
			return &fieldType{Scalar: basic}, nil
		}
	}
	name, err := s.nameOf(expr, from)
	if err != nil {
		return nil, err
	}
	if scalar, ok := scalarTypes[name]; ok {
		return &fieldType{Scalar: scalar}, nil
	}
	if scalar, ok := foreignTypes[name]; ok {
		return &fieldType{Scalar: scalar}, nil
	}
	declared := s.declarations[name]
	if declared == nil {
		return nil, fmt.Errorf("unknown type %s", name)
	}
	if _, ok := declared.expr.(*ast.StructType); ok {
		return &fieldType{Ref: name}, nil
	}
	resolved, err := s.fieldType(declared.expr, declared)
	if err != nil {
		return nil, err
	}
	named := *resolved
	named.enum = name
	return &named, nil
}

func hasMarker(comment, name string) bool {
	for _, line := range strings.Split(comment, "\n") {
		if line == "+"+name || strings.HasPrefix(line, "+"+name+"=") {
			return true
		}
	}
	return false
}

func marker(comment, name string) string {
	if all := markers(comment, name); len(all) > 0 {
		return all[0]
	}
	return ""
}

func markers(comment, name string) []string {
	var found []string
	for _, line := range strings.Split(comment, "\n") {
		if value, ok := strings.CutPrefix(line, "+"+name+"="); ok {
			found = append(found, value)
		}
	}
	return found
}
