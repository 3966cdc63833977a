#include "fleet/scripts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <numeric>

#include "platform/text.h"

namespace pmubench::fleet {
namespace {

std::string YamlQuote(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "''" : std::string(1, c);
  return quoted + "'";
}

std::string GroovyQuote(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "'";
}

/// Kubernetes' names: lower case, digits and '-'.
std::string DnsName(std::string text) {
  for (char& c : text) {
    c = std::isalnum(static_cast<unsigned char>(c)) != 0
            ? static_cast<char>(std::tolower(static_cast<unsigned char>(c)))
            : '-';
  }
  return text;
}

/// The command of a shard of a class; `shard` is shell text.
std::string ShardCommand(const MachineClass& machine_class, std::string_view shard,
                         const ScriptOptions& options) {
  return fmt::format("{} fleet task {} --class {} --shard {}", ShellQuote(options.tool),
                     ShellQuote(options.folder), machine_class.name, shard);
}

std::string SlurmAll(const Job& job, const ScriptOptions& options) {
  std::string text = "#!/bin/sh\n# Submits one array a machine class.\nset -e\n";
  for (const MachineClass& one : job.classes) {
    text += fmt::format("sbatch <<'PMUBENCH_END'\n{}PMUBENCH_END\n",
                        SlurmScript(job, one.name, job.TasksOf(one.name), options));
  }
  return text;
}

std::string Sh(const Job& job, const ScriptOptions& options) {
  std::string text = fmt::format(
      "#!/bin/sh\n# Runs one task of {}: $1 is 0 to {}. Run each once, on a machine of its "
      "class:\n",
      job.tasks.size(), job.tasks.size() - 1);
  for (const MachineClass& one : job.classes) {
    text += fmt::format("#   {}: {}\n", one.name, IndexRanges(job.TasksOf(one.name)));
  }
  return text + fmt::format("exec {} fleet task {} \"${{1:?give the number of the task}}\"\n",
                            ShellQuote(options.tool), ShellQuote(options.folder));
}

std::string Jenkins(const Job& job, const ScriptOptions& options) {
  std::string text =
      "pipeline {\n  agent none\n  stages {\n    stage('benchmarks') {\n      parallel {\n";
  for (const MachineClass& one : job.classes) {
    for (std::size_t shard = 0; shard < job.TasksOf(one.name).size(); ++shard) {
      text += fmt::format(
          "        stage('{0} {1}') {{\n          agent {{ label {2} }}\n"
          "          steps {{ sh {3} }}\n        }}\n",
          one.name, shard, GroovyQuote(one.constraint),
          GroovyQuote(ShardCommand(one, std::to_string(shard), options)));
    }
  }
  return text + "      }\n    }\n  }\n}\n";
}

std::string Buildkite(const Job& job, const ScriptOptions& options) {
  std::string text = "steps:\n";
  for (const MachineClass& one : job.classes) {
    // A dollar sign of the command's is doubled: the upload of a pipeline replaces variables.
    text += fmt::format(
        "  - label: {}\n    command: {}\n    parallelism: {}\n    agents:\n      class: {}\n"
        "    retry:\n      automatic: {{exit_status: -1, limit: 2}}\n",
        YamlQuote("benchmarks on " + one.name),
        YamlQuote(ShardCommand(one, "\"$$BUILDKITE_PARALLEL_JOB\"", options)),
        job.TasksOf(one.name).size(), YamlQuote(one.constraint));
  }
  return text;
}

std::string Kubernetes(const Job& job, const ScriptOptions& options) {
  std::string text;
  for (const MachineClass& one : job.classes) {
    const std::size_t equals = one.constraint.find('=');
    const std::string key =
        equals == std::string::npos ? "pmubench/class" : one.constraint.substr(0, equals);
    const std::string value =
        equals == std::string::npos ? one.constraint : one.constraint.substr(equals + 1);
    const std::size_t tasks = job.TasksOf(one.name).size();
    text += fmt::format(
        R"(---
apiVersion: batch/v1
kind: Job
metadata:
  name: {name}
spec:
  completionMode: Indexed
  completions: {tasks}
  parallelism: {tasks}
  backoffLimit: {tasks}
  template:
    metadata:
      labels: {{pmubench: task}}
    spec:
      restartPolicy: Never
      nodeSelector: {{{key}: {value}}}
      affinity:
        podAntiAffinity:  # one task a machine
          requiredDuringSchedulingIgnoredDuringExecution:
            - topologyKey: kubernetes.io/hostname
              labelSelector: {{matchLabels: {{pmubench: task}}}}
      containers:
        - name: task
          image: {image}
          command: [/bin/sh, -c, {command}]
          securityContext: {{capabilities: {{add: [PERFMON]}}}}
          volumeMounts: [{{name: job, mountPath: {folder}}}]
      volumes: [{{name: job, persistentVolumeClaim: {{claimName: {claim}}}}}]
)",
        fmt::arg("name", DnsName(SchedulerName(job) + "-" + one.name)), fmt::arg("tasks", tasks),
        fmt::arg("key", YamlQuote(key)), fmt::arg("value", YamlQuote(value)),
        fmt::arg("image", YamlQuote(options.image)),
        fmt::arg("command", YamlQuote(ShardCommand(one, "\"$JOB_COMPLETION_INDEX\"", options))),
        fmt::arg("folder", YamlQuote(options.folder)),
        fmt::arg("claim", YamlQuote(options.volume_claim)));
  }
  return text;
}

}  // namespace

std::string IndexRanges(const std::vector<std::size_t>& indices) {
  std::string text;
  for (std::size_t i = 0; i < indices.size();) {
    std::size_t end = i;
    while (end + 1 < indices.size() && indices[end + 1] == indices[end] + 1) ++end;
    if (!text.empty()) text += ',';
    text += end == i ? std::to_string(indices[i]) : fmt::format("{}-{}", indices[i], indices[end]);
    i = end + 1;
  }
  return text;
}

std::string SchedulerName(const Job& job) { return "pmubench-" + job.id.substr(0, 8); }

std::string SlurmScript(const Job& job, const std::string& machine_class,
                        const std::vector<std::size_t>& tasks, const ScriptOptions& options) {
  const auto at = std::find_if(job.classes.begin(), job.classes.end(),
                               [&](const MachineClass& one) { return one.name == machine_class; });
  const std::string constraint = at == job.classes.end() ? machine_class : at->constraint;
  std::string text = fmt::format(
      "#!/bin/sh\n#SBATCH --job-name={}\n#SBATCH --array={}\n#SBATCH --constraint=\"{}\"\n"
      "#SBATCH --exclusive\n#SBATCH --requeue\n#SBATCH --open-mode=append\n"
      "#SBATCH --output=\"{}/logs/%a.log\"\n",
      SchedulerName(job), IndexRanges(tasks), constraint, options.folder);
  for (const std::string& option : options.slurm_options) text += "#SBATCH " + option + "\n";
  return text + fmt::format("exec {} fleet task {} \"$SLURM_ARRAY_TASK_ID\"\n",
                            ShellQuote(options.tool), ShellQuote(options.folder));
}

Result<std::string> PrintScript(std::string_view kind, const Job& job,
                                const ScriptOptions& options) {
  if (kind == "sh") return Sh(job, options);
  if (kind == "slurm") return SlurmAll(job, options);
  if (kind == "jenkins") return Jenkins(job, options);
  if (kind == "buildkite") return Buildkite(job, options);
  if (kind == "kubernetes") return Kubernetes(job, options);
  return Error{ErrorCode::kUsage, fmt::format("there is no script of kind '{}'", kind),
               "give sh, slurm, jenkins, buildkite or kubernetes"};
}

}  // namespace pmubench::fleet
