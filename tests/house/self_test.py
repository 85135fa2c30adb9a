"""Each house rule is red on a small wrong tree and green on the right one beside it."""

import stat
import tempfile
import unittest
from pathlib import Path

import advice
import arrows
import communicator
import experiments
import headers
import house
import kernels
import mirror
import mutants
import silence
import sizes
import vector_code


class Rules(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def found(self, rule, name, text, *arguments):
        """Findings of a rule on a tree with this one file more; the file goes again."""
        path = self.write(name, text)
        findings = rule.check(self.root, *arguments)
        path.unlink()
        return findings

    def test_a_mutant_must_break_a_line(self):
        self.write("meta/a.cpp", "sum += x;\n")
        row = "mutants() {{\n  cat <<'TABLE'\nsign | meta/{} | s/{}/-=/ | unit | A.B\nTABLE\n}}\n"
        self.assertTrue(self.found(mutants, mutants.TABLE, row.format("a.cpp", "gone")))
        self.assertTrue(self.found(mutants, mutants.TABLE, row.format("b.cpp", "\\+=")))
        self.assertFalse(self.found(mutants, mutants.TABLE, row.format("a.cpp", "\\+=")))

    def assert_splits(self, rule, name, wrong, right):
        self.assertTrue(self.found(rule, name, wrong), wrong)
        self.assertEqual(self.found(rule, name, right), [], right)

    def test_sizes_find_a_long_file_a_long_header_and_a_high_median(self):
        self.write("solvers/a.cpp", "\n" * 5)
        self.write("solvers/b.cpp", "\n" * 5)
        self.assert_splits(sizes, "solvers/c.cpp", "\n" * 601, "\n" * 600)
        header = "solvers/include/tessera/solvers/c.hpp"
        self.assert_splits(sizes, header, "\n" * 151, "\n" * 150)
        (self.root / "solvers/a.cpp").unlink()
        (self.root / "solvers/b.cpp").unlink()
        self.assert_splits(sizes, "solvers/c.cpp", "\n" * 121, "\n" * 120)

    def test_sizes_find_a_long_function_at_any_depth(self):
        for indent in ("", "  "):
            text = "{0}void f()\n{0}{{\n{1}{0}}}\n"
            wrong = text.format(indent, f"{indent}  g();\n" * 51)
            right = text.format(indent, f"{indent}  g();\n" * 50)
            self.assert_splits(sizes, "solvers/f.cpp", wrong, right)

    def test_arrows_find_an_include_against_the_arrow(self):
        include = "#include <tessera/{}/a.hpp>\n"
        self.assert_splits(arrows, "src/core/a.cpp", include.format("nn"), include.format("core"))
        self.assert_splits(arrows, "solvers/a.cpp", include.format("io"), include.format("core"))
        self.assert_splits(arrows, "meta/a.cpp", include.format("train"), include.format("nn"))
        self.assert_splits(arrows, "src/train/a.cpp", include.format("io"), include.format("nn"))

    def test_arrows_keep_both_worlds_of_experts_apart_and_out_of_experts(self):
        include = "#include <tessera/{}/a.hpp>\n"
        right = include.format("experts")
        self.assert_splits(arrows, "src/fields/a.cpp", include.format("constraint"), right)
        self.assert_splits(arrows, "src/fields/a.cpp", include.format("domains"), right)
        self.assert_splits(arrows, "src/constraint/a.cpp", include.format("fields"), right)
        self.assert_splits(arrows, "meta/a.cpp", include.format("constraint"), right)
        for other in ("fields", "constraint", "domains", "nn"):
            self.assert_splits(arrows, "src/experts/a.cpp", include.format(other), right)

    def test_arrows_find_another_components_private_header(self):
        wrong, right = '#include "../solvers/a_kernels.hpp"\n', '#include "a_kernels.hpp"\n'
        self.assert_splits(arrows, "domains/a.cpp", wrong, right)
        header = "domains/include/tessera/domains/a.hpp"
        self.assert_splits(arrows, header, right, "#include <tessera/core/error.hpp>\n")

    def test_arrows_find_a_link_against_the_arrow(self):
        text = "tessera_component(nn LINK tessera::{})\n"
        self.assert_splits(arrows, "src/nn/CMakeLists.txt", text.format("meta"), text.format("core"))

    def test_headers_find_a_hidden_library(self):
        name, once = "io/include/tessera/io/a.hpp", "#pragma once\n"
        right = once + '// vtkImageData is inside\nchar const *tool = "toml";\n'
        for wrong in (
            "#include <petscksp.h>",
            "#include <toml++/toml.h>",
            "class vtkImageData;",
            "hid_t f;",
            "#include <zip.h>",
            "zip_file_t *file;",
            "void f(toml::table const &);",
            "#include <ginac/ginac.h>",
            "GiNaC::ex formula;",
        ):
            self.assert_splits(headers, name, once + wrong, right)
        self.assert_splits(headers, name, "int a;\n", right)

    def test_kernels_find_raw_parallelism_outside_the_packs(self):
        for wrong in ("#pragma omp parallel for", "std::thread t;", "__m512 a;", "_mm256_add_ps(a, b);"):
            self.assert_splits(kernels, "solvers/a.cpp", wrong, "// " + wrong)
            self.assertEqual(self.found(kernels, "src/core/pack_math.hpp", wrong), [])

    def test_kernels_find_a_label_without_the_prefix(self):
        for text in (
            'Kokkos::parallel_for("{}solve", n, f);',
            'Kokkos::parallel_reduce("{}sum", Kokkos::RangePolicy<>(0, n), f, sum);',
            'Kokkos::View<double **, Space> jacobian("{}jacobian", n, m);',
            'auto v = Kokkos::View<Pair<int, int> *>("{}pairs", n);',
            'View<double *> a(Kokkos::view_alloc(space, "{}a"), n);',
        ):
            wrong, right = text.format(""), text.format("tessera::")
            self.assert_splits(kernels, "solvers/a.cpp", wrong, right)

    def test_kernels_find_a_kernel_without_a_label(self):
        wrong = "Kokkos::parallel_for(Kokkos::RangePolicy<>(0, n), f);"
        right = "Kokkos::parallel_for(Kokkos::TeamThreadRange(team, n), f);"
        self.assert_splits(kernels, "solvers/a.cpp", wrong, right)
        self.assert_splits(kernels, "solvers/a.cpp", "Kokkos::parallel_for(n, f);", right)

    def test_silence_finds_what_prints_or_ends_the_process(self):
        right = '// std::cout\nthrow Error("exit(1)");\nlog.exit(1);\nstd::snprintf(text, n, "%d", i);\n'
        for wrong in (
            "std::cout << 1;",
            'std::printf("a");',
            'std::fprintf(stderr, "a");',
            'fmt::print("a");',
            "exit(1);",
            "std::abort();",
            'Kokkos::abort("a");',
        ):
            self.assert_splits(silence, "src/core/a.cpp", wrong, right)
            self.assertEqual(self.found(silence, "src/app/main.cpp", wrong), [])

    def test_communicator_finds_the_world_outside_of_the_runtime(self):
        right = '// MPI_COMM_WORLD\nMPI_Comm_rank(comm, &rank); getenv("OMPI_COMM_WORLD_SIZE");\n'
        for wrong in ("MPI_Comm_rank(MPI_COMM_WORLD, &rank);", "TSCreate(PETSC_COMM_WORLD, &ts);"):
            for name in ("src/core/progress.cpp", "io/a.cpp", "src/app/truth.cpp"):
                self.assert_splits(communicator, name, wrong, right)
            self.assertEqual(self.found(communicator, "src/core/runtime.cpp", wrong), [])
            self.assertEqual(self.found(communicator, "tests/mpi/a_test.cpp", wrong), [])

    def test_mirror_finds_an_untested_component_and_a_test_without_a_subject(self):
        self.write("meta/kmeans.cpp", "")
        self.assertTrue(mirror.check(self.root))
        self.assertEqual(self.found(mirror, "tests/unit/meta/kmeans_test.cpp", ""), [])
        self.assertTrue(self.found(mirror, "tests/unit/meta/gate_test.cpp", ""))
        self.assertTrue(self.found(mirror, "tests/unit/meta/kmeans.cpp", ""))
        self.assertTrue(self.found(mirror, "tests/unit/mta/kmeans_test.cpp", ""))

    def test_experiments_find_a_missing_readme_and_broken_toml(self):
        readme = "# A\n```sh\n./tessera run experiments/a/experiment.toml\n```\n"
        self.write("experiments/a/experiment.toml", "[run]\nseed = 0\n")
        self.assertTrue(experiments.check(self.root))
        self.assert_splits(experiments, "experiments/a/README.md", "# A\n", readme)
        self.write("experiments/a/README.md", readme)
        self.assert_splits(experiments, "experiments/a/b.toml", "[run\n", "[run]\n")

    def test_experiments_find_a_command_that_the_program_refuses(self):
        program = self.write("tessera_stub", '#!/bin/sh\n[ "$*" = "check a.toml run.seed=1" ]\n')
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        self.write("experiments/a/experiment.toml", "")
        text = "```sh\n./tessera run {} \\\n  run.seed=1 --out 'runs/a b' --resume  # twice\n```\n"
        wrong, right = text.format("b.toml"), text.format("a.toml")
        name = "experiments/a/README.md"
        self.assertTrue(self.found(experiments, name, wrong, str(program)))
        self.assertEqual(self.found(experiments, name, right, str(program)), [])

    def test_advice_finds_what_check_refuses_and_keys_that_are_none(self):
        program = self.write(
            "tessera_stub",
            '#!/bin/sh\nfor last; do :; done\ncase $last in\n  gate.every=3) exit 0 ;;\n'
            '  gate.every=*) echo "gate.every: too many" >&2; exit 2 ;;\nesac\n'
            'echo "unknown key $last" >&2\nexit 2\n',
        )
        program.chmod(program.stat().st_mode | stat.S_IXUSR)

        def found(text):
            return self.found(advice, "meta/a.cpp", text, str(program))

        self.assertTrue(found('fail("take gate.every = 4");'))
        self.assertTrue(found('fail("set gate."\n     "evry = 3");'))
        self.assertTrue(found('fail("raise gate.evry, " + x);'))
        self.assertEqual(found('fail("take gate.every = 3"); // gate.evry = 3'), [])
        self.assertEqual(found('fail(format("gate.every = {} is too much", x));'), [])
        self.assertEqual(found('gate.evry = "a";'), [])

    def test_vector_code_finds_a_call_of_libm_but_not_in_a_plain_twin(self):
        def found(function, line):
            return list(vector_code.calls([f"0000000000000010 <{function}>:", line]))

        calls = (
            "  1a:\tcall   1f <tessera::Field<8>::run()+0xf>\n\t\t\t1b: R_X86_64_PLT32\tscalbnf-0x4",
            "  1a:\tcall   4010a0 <fmaxf@plt>",
            "  1a:\tbl     0 <exp>",
            "\t\t\t1b: R_AARCH64_CALL26\tfma",
        )
        for line in calls:
            name = found("tessera::Field<8>::run()", line.splitlines()[-1])
            self.assertTrue(name, line)
        self.assertEqual(found("tessera::Bank<float>::evaluate(int)", calls[1]), [])
        self.assertEqual(found("tessera::Field<8>::run()", "  1a:\tcall   4010a0 <memset@plt>"), [])
        self.assertEqual(found("tessera::Field<8>::run()", "  1a:\tvfmadd231ps %ymm1,%ymm2,%ymm3"), [])

    def test_comments_go_and_lines_stay(self):
        text = 'int a; // "x"\n/* b\n c */ auto s = R"(// no)"; char q = \'"\'; int n = 1\'000;\n'
        plain = house.code(text)
        self.assertEqual(plain.count("\n"), text.count("\n"))
        self.assertNotIn("no", plain)
        self.assertIn("int n", plain)


if __name__ == "__main__":
    unittest.main()
