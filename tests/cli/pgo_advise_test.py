#!/usr/bin/env python3
"""`pmubench pgo advise`: from given metrics and from a record, and what it says where there is nothing to go by."""
import json

from pgo_tool import TOOL, PgoTest, main, ran
from skipping import skip_test

METRICS = "frontend_bound,frontend_latency_bound,l1i_mpki,itlb_mpki,branch_mpki,taken_branches_pki"


class Advise(PgoTest):
    def advice(self, *arguments):
        done = self.pgo("advise", *arguments, "--format", "json")
        self.assert_fine(done)
        report = json.loads(done.stdout)
        self.assertIn("predict what layout gains, not what the compiler gains", report["caveat"])
        return report["benchmarks"]

    def test_given_metrics(self):
        one, = self.advice("--metric", "frontend_bound=22", "--metric", "l1i_mpki=41", "--metric", "taken_branches_pki=50")
        self.assertEqual((one["layout"]["outlook"], one["compiler"]["outlook"]), ("likely", "possible"))
        for finding in one["findings"]:
            self.assertTrue(finding["source"])
            self.assertTrue(finding["value"] is not None or finding["reason"], finding)

    def test_record_of_a_machine_without_these_counters(self):
        if not (TOOL.parent / "pmubench_suite").exists():
            skip_test(self, "the bundled suite is not built")
        done = ran(TOOL, "run", "--metrics", METRICS, "--out", "r.json", "suite", "--",
                   "--benchmark_filter=BM_dependent_adds", "--benchmark_min_time=0.01", cwd=self.folder)
        self.assertIn(done.returncode, (0, 3), done.stderr)  # 3: nothing of it can be measured here
        one, = self.advice(self.folder / "r.json")
        self.assertEqual(one["benchmark"], "BM_dependent_adds")
        values = {finding["metric"]: finding for finding in one["findings"]}
        if values["l1i_mpki"]["value"] is None and values["frontend_bound"]["value"] is None:
            self.assertEqual(one["layout"]["outlook"], "not known")
            self.assertTrue(values["l1i_mpki"]["reason"])
            self.assertTrue(one["not_known"])
        self.assert_refused(self.pgo("advise", "r.json", "--benchmark", "nothing"), "no benchmark that matches")

    def test_wrong_use(self):
        self.assert_refused(self.pgo("advise"), "no metrics were given", "--metric NAME=VALUE")
        self.assert_refused(self.pgo("advise", "--metric", "l1i_mpki=many"), "is not NAME=VALUE", "l1i_mpki=42.5")
        self.assert_refused(self.pgo("advise", "--metric", "l1i_mpk=3"), 'no metric "l1i_mpk"', "did you mean l1i_mpki?")
        self.assert_refused(self.pgo("advise", "--metric", "cycles_per_day=3"), "cycles_per_day", "it uses frontend_bound,")
        self.assert_refused(self.pgo("advise", "/nowhere"), "/nowhere")
        (self.folder / "cut.json").write_text('{"a":')
        self.assert_refused(self.pgo("advise", "cut.json"), "cut.json")


if __name__ == "__main__":
    main(TOOL)
