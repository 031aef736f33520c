package repo

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"assess/gonogo/checks"
)

func TestPythonImports(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"plain", "import os, yaml as y\nfrom a.b import c\n", "os:1 yaml:1 a.b:2"},
		{"joined lines", "from a import (b,\n  c)\nimport \\\n  d\n", "a:1 d:3"},
		{"two on a line", "import a; import b\n", "a:1 b:1"},
		{"in strings", "x = 'import a'\n\"\"\"\nimport b\n'\n\"\"\"\ny = '\\''; import c\n", "c:6"},
		{"in comments", "# import a\nx = 1 # import b\nimport c # import d\n", "c:3"},
		{"relative", "from . import a\nfrom ..b import c\n", ""},
		{"in a function", "def f():\n    import a\n", "a:2"},
		{"optional", "try:\n    import a\nexcept ImportError:\n    a = None\nimport b\n", "a?:2 b:5"},
		{"one of two", "try:\n    import a\nexcept (ImportError, OSError):\n    import b as a\n", "a?:2 b?:4"},
		{"bare except", "try:\n    import a\nexcept:\n    pass\n", "a?:2"},
		{"another error", "try:\n    import a\nexcept ValueError:\n    pass\n", "a:2"},
		{"the handler of another try", "try:\n    import a\nfinally:\n    pass\ntry:\n    x()\nexcept ImportError:\n    pass\n", "a:2"},
		{"a try within", "try:\n    try:\n        import a\n    except ValueError:\n        pass\nexcept ImportError:\n    pass\n", "a?:3"},
		{"on one line", "try: import a\nexcept ImportError: a = None\n", "a?:1"},
		{"for types", "if TYPE_CHECKING:\n    import a\nelse:\n    import b\nimport c\n", "a!:2 b:4 c:5"},
		{"by version", "if sys.version_info >= (3, 11):\n    import tomllib\nelse:\n    import tomli\n", "tomllib?:2 tomli?:4"},
		{"suppressed", "with contextlib.suppress(ImportError):\n    import a\n", "a?:2"},
		{"a dictionary is no block", "x = {'try': 1}\nimport a\n", "a:2"},
		{"namespaces", "from google.cloud import storage, tasks as t\nimport azure.storage.blob\n", "google.cloud.storage:1 google.cloud.tasks:1 azure.storage.blob:2"},
		{"tabs", "if x:\n\ttry:\n\t\timport a\n\texcept ImportError:\n\t\tpass\n", "a?:3"},
		{"an open string", "x = \"\"\"\nimport a\n", ""},
		{"an open quote", "x = 'a\nimport b\n", "b:2"},
		{"rubbish", "import 1a, -, é\nfrom import\n\x00\xff import\n", ""},
		{"nested f-strings", "x = f\"{a['b']}\"\nimport c\n", "c:2"},
	} {
		var got []string
		for _, i := range pythonImports(c.src) {
			mark := ""
			if i.Optional {
				mark = "?"
			}
			if i.Typing {
				mark += "!"
			}
			got = append(got, fmt.Sprintf("%s%s:%d", i.Module, mark, i.Line))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %q, want %q", c.name, strings.Join(got, " "), c.want)
		}
	}
}

func TestNodeImports(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"forms", "import a from 'a';\nimport 'b';\nimport {c} from \"c/d\";\nexport * from '@s/e/f';\nconst g = require('g')\nimport('h')\n", "a:1 b:2 c:3 @s/e:4 g:5 h:6"},
		{"relative and addresses", "import './a'\nimport '/b'\nimport 'https://x/y'\nimport 'node:fs'\nimport 'virtual:z'\nimport '#x'\nimport '@/y'\nimport '~/z'\n", ""},
		{"comments", "// import 'a'\n/* import 'b'\n */ import 'c'\n", "c:3"},
		{"strings", "x = \"import 'a'\"\ny = `import 'b' ${`from 'c'`}`\nimport 'd'\n", "d:3"},
		{"regular expressions", "x = /'/; import 'a'\ny = a / b; import 'c' // '\n", "a:1 c:2"},
		{"an apostrophe in text", "<p>Don't</p>\nimport 'a'\n", "a:2"},
		{"types", "import type { A } from 'a'\nimport type from 'b'\nimport c from 'c'\n", "a!:1 b:2 c:3"},
		{"optional", "try { require('a') } catch {}\nrequire('b')\n", "a?:1 b:2"},
		{"put together", "require('a-' + x)\nrequire(y)\n", ""},
		{"a method", "x.require('a')\nArray.from('b')\n", ""},
		{"a comment without end", "import 'a'\n/* x", "a:1"},
		{"a template without end", "import 'a'\n`x ${ y", "a:1"},
		{"braces without end", "}}}} import 'a'\n", "a:1"},
	} {
		var got []string
		for _, i := range nodeImports(c.src) {
			mark := ""
			if i.Optional {
				mark = "?"
			}
			if i.Typing {
				mark += "!"
			}
			got = append(got, fmt.Sprintf("%s%s:%d", i.Module, mark, i.Line))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %q, want %q", c.name, strings.Join(got, " "), c.want)
		}
	}
}

func TestRepoImports(t *testing.T) {
	py := func(src, requirements string) map[string]string {
		return map[string]string{"app/main.py": src, "requirements.txt": requirements}
	}
	js := func(src, manifest string) map[string]string {
		return map[string]string{"src/a.js": src, "package.json": manifest}
	}
	runFiles(t, repoImports, []fileCase{
		{"declared", py("import os, requests\n", "requests==2\n"), "", checks.Pass, "1 Python file, which import 1 module from outside"},
		{"not declared", py("import os\nimport requests\n", "flask==2\n"), "", checks.Fail, "app/main.py:2: requests is not declared in requirements.txt"},
		{"another name", py("import yaml, magic\n", "pyyaml==6\n"), "", checks.Fail, "magic is not declared"},
		{"another name, declared", py("import yaml, cv2, PIL\n", "PyYAML==6\nopencv_python-headless==4\npillow\n"), "", checks.Pass, "3 modules"},
		{"unknown name", py("import strange_thing\n", "flask==2\n"), "", checks.Warn, "a package of another name may bring it"},
		{"optional", py("try:\n    import requests\nexcept ImportError:\n    pass\n", ""), "", checks.Warn, "optional"},
		{"in a test only", map[string]string{"tests/test_a.py": "import requests\n", "requirements.txt": "flask\n"}, "", checks.Warn, "only tests"},
		{"in a test and in the program", map[string]string{"tests/test_a.py": "import requests\n", "app.py": "import requests\n", "requirements.txt": "flask\n"}, "", checks.Fail, "app.py:1: requests"},
		{"own package", map[string]string{"app/__init__.py": "", "app/main.py": "import app.other, helper\n", "app/other.py": "", "helper.py": ""}, "", checks.Pass, "0 modules"},
		{"own package below src", map[string]string{"src/mine/__init__.py": "", "tests/test_a.py": "import mine\n"}, "", checks.Pass, ""},
		{"a file beside it in a package hides nothing", map[string]string{"app/__init__.py": "", "app/redis.py": "", "app/main.py": "import redis\n", "requirements.txt": "flask\n"}, "", checks.Fail, "redis is not declared"},
		{"a folder elsewhere hides nothing", map[string]string{"deploy/redis/a.py": "", "app/main.py": "import redis\n", "requirements.txt": "flask\n"}, "", checks.Fail, "redis is not declared"},
		{"no manifest", file("a.py", "import requests\n"), "", checks.Fail, "not declared in any manifest"},
		{"a manifest elsewhere", map[string]string{"app/a.py": "import requests\n", "deploy/requirements.txt": "requests\n"}, "", checks.Warn, "speaks for another folder"},
		{"a commented requirement", py("import requests\n", "# requests==2\n"), "", checks.Fail, "requests"},
		{"comes along", py("import starlette\n", "fastapi==1\n"), "", checks.Warn, "comes only along with fastapi"},
		{"installed for another", map[string]string{"a.py": "import idna\n", "pyproject.toml": "[project]\ndependencies = [\"requests\"]\n", "uv.lock": "[[package]]\nname = \"idna\"\n"}, "", checks.Warn, "another package needs it"},
		{"in an extra", map[string]string{"a.py": "import requests\n", "pyproject.toml": "[project.optional-dependencies]\nx = [\"requests>=2\"]\n"}, "", checks.Pass, ""},
		{"in a group of poetry", map[string]string{"a.py": "import requests\n", "pyproject.toml": "[tool.poetry.group.main.dependencies]\nrequests = \"^2\"\n"}, "", checks.Pass, ""},
		{"the project's own name is no dependency", map[string]string{"a.py": "import requests\n", "pyproject.toml": "[project]\nname = \"requests\"\n"}, "", checks.Fail, "requests"},
		{"in setup.py", map[string]string{"a.py": "import requests, redis\n", "setup.py": "setup(name='x', install_requires=['uvicorn[standard]', 'requests>=2', 'redis'])\n"}, "", checks.Pass, ""},
		{"only in setup.py's words", map[string]string{"a.py": "import requests\n", "setup.py": "setup(name='x', keywords=['requests'])\n"}, "", checks.Fail, "requests"},
		{"in setup.cfg", map[string]string{"a.py": "import requests\n", "setup.cfg": "[options]\ninstall_requires =\n    requests>=2\n"}, "", checks.Pass, ""},
		{"a word of setup.cfg", map[string]string{"a.py": "import requests\n", "setup.cfg": "[metadata]\nname = requests\ndescription =\n    requests\n"}, "", checks.Fail, "requests"},
		{"in Pipfile", map[string]string{"a.py": "import requests\n", "Pipfile": "[packages]\nrequests = \"*\"\n"}, "", checks.Pass, ""},
		{"requirements in a folder of theirs", map[string]string{"app/a.py": "import requests\n", "requirements/base.txt": "requests\n"}, "", checks.Pass, ""},
		{"a namespace", py("from google.cloud import storage\nimport azure.storage.blob\n", "google-cloud-storage\nazure-storage-blob\n"), "", checks.Pass, ""},
		{"another of the namespace", py("from google.cloud import tasks\n", "google-cloud-storage\n"), "", checks.Warn, "google.cloud.tasks"},
		{"a manifest that does not parse", map[string]string{"a.py": "import requests\n", "pyproject.toml": "[project\n"}, "", checks.Inconclusive, "can't be read"},
		{"JavaScript", js("import a from 'a'\nimport fs from 'fs'\nimport p from 'node:path'\n", `{"dependencies": {"a": "1"}}`), "", checks.Pass, "1 package"},
		{"JavaScript, missing", js("import a from 'a/b'\n", `{"dependencies": {"b": "1"}}`), "", checks.Fail, "src/a.js:1: a is not declared in package.json"},
		{"only its types", js("import a from 'a'\n", `{"devDependencies": {"@types/a": "1"}}`), "", checks.Fail, "a is not declared"},
		{"types of what has only types", map[string]string{"src/a.ts": "import type {A} from 'a'\n", "package.json": `{"devDependencies": {"@types/a": "1"}}`}, "", checks.Pass, ""},
		{"by another package", map[string]string{"a.js": "require('b')\n", "package.json": `{"dependencies": {"a": "1"}}`, "package-lock.json": `{"packages": {"node_modules/b": {}}}`}, "", checks.Warn, "another package needs it"},
		{"a workspace of the repository", map[string]string{"p/a/x.js": "require('@me/b')\n", "p/a/package.json": `{"name": "@me/a"}`, "p/b/package.json": `{"name": "@me/b"}`}, "", checks.Pass, ""},
		{"an alias", map[string]string{"src/a.ts": "import x from 'components/x'\n", "tsconfig.json": `{"compilerOptions": {"paths": {"components/*": ["src/components/*"]}}}`, "package.json": "{}"}, "", checks.Pass, "1 imports by an alias passed over"},
		{"a configuration file", map[string]string{"vite.config.ts": "import x from 'x'\n", "package.json": "{}"}, "", checks.Warn, "only tests"},
		{"no package.json", file("static/a.js", "import x from 'x'\n"), "", checks.Warn, "x"},
		{"minified", map[string]string{"static/a.min.js": "import x from 'x'\n", "b.js": "1\n", "package.json": "{}"}, "", checks.Pass, ""},
		{"a component", map[string]string{"a.vue": "<template>import 'y'</template>\n<script>\nimport x from 'x'\n</script>\n", "package.json": "{}"}, "", checks.Fail, "a.vue:3: x"},
		{"only Go", map[string]string{"go.mod": "module a\n", "a.go": "package a\n"}, "", checks.NA, "compiler"},
		{"Go and a script without imports", map[string]string{"go.mod": "module a\n", "a.go": "package a\n", "web/a.js": "console.log(1)\n"}, "", checks.NA, "nothing else imports from outside: looked at 1 JavaScript"},
		{"Go and a script with one", map[string]string{"go.mod": "module a\n", "web/a.js": "import x from 'x'\n", "web/package.json": `{"dependencies": {"x": "1"}}`}, "", checks.Pass, "1 package"},
		{"Go and a script with one undeclared", map[string]string{"go.mod": "module a\n", "web/a.js": "import x from 'x'\n", "web/package.json": `{}`}, "", checks.Fail, "web/a.js:1: x"},
		{"neither", file("a.rb", "require 'x'\n"), "", checks.Pending, "not declared"},
	})
}

func TestModuleTable(t *testing.T) {
	m := knownModules()
	for _, name := range []string{"os", "tomllib", "distutils", "concurrent"} {
		if !m.stdlib[name] {
			t.Errorf("%s is of the standard library", name)
		}
	}
	for name := range m.packages {
		if m.stdlib[name] {
			t.Errorf("%s is in both tables", name)
		}
	}
	if got, known := m.bringers("yaml"); !known || !slices.Equal(got, []string{"PyYAML"}) {
		t.Errorf("yaml comes with %v", got)
	}
}

func FuzzImports(f *testing.F) {
	for _, s := range []string{"import a\n", "try:\n import a\nexcept:\n pass", "import x from 'y'", "`${`", "'''", "\\\n", "{{{(", "/[/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		lines := strings.Count(src, "\n") + 1
		for _, i := range append(pythonImports(src), nodeImports(src)...) {
			if i.Line < 1 || i.Line > lines || i.Module == "" {
				t.Errorf("%+v of %d lines", i, lines)
			}
		}
	})
}
