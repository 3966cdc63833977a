#include "platform/fake_machine.h"

#include <fmt/format.h>

namespace pmubench::testing {

void FakeRoot::Write(const std::string& path, std::string_view text) const {
  folder_.Write(path, std::string(text) + '\n');
}

void FakeRoot::MakeFolder(const std::string& path) const {
  std::filesystem::create_directories(this->path() / path);
}

void FakeRoot::Remove(const std::string& path) const {
  std::filesystem::remove_all(this->path() / path);
}

namespace {

void Pmu(const FakeRoot& root, const std::string& name, int type) {
  root.Write("sys/bus/event_source/devices/" + name + "/type", std::to_string(type));
}

void PmuFile(const FakeRoot& root, const std::string& pmu, const std::string& file,
             std::string_view text) {
  root.Write("sys/bus/event_source/devices/" + pmu + "/" + file, text);
}

void SoftwarePmus(const FakeRoot& root) {
  Pmu(root, "software", 1);
  Pmu(root, "tracepoint", 2);
  Pmu(root, "breakpoint", 5);
}

void Settings(const FakeRoot& root, int paranoid, int watchdog) {
  root.Write("proc/sys/kernel/perf_event_paranoid", std::to_string(paranoid));
  root.Write("proc/sys/kernel/nmi_watchdog", std::to_string(watchdog));
  root.Write("proc/sys/kernel/kptr_restrict", "0");
  root.Write("proc/sys/kernel/randomize_va_space", "2");
  root.Write("proc/sys/kernel/yama/ptrace_scope", "1");
  root.Write("proc/loadavg", "0.10 0.20 0.30 1/100 4242");
}

// What an ordinary user's (or root's) shell looks like in /proc/self.
void Process(const FakeRoot& root, int euid, std::string_view capabilities, int seccomp) {
  root.Write("proc/self/status",
             fmt::format("Name:\tpmubench\nUid:\t{0}\t{0}\t{0}\t{0}\nCapEff:\t{1}\nSeccomp:\t{2}",
                         euid, capabilities, seccomp));
  root.Write("proc/self/cgroup", "0::/user.slice");
  root.Write("proc/self/limits",
             "Limit                     Soft Limit           Hard Limit           Units     \n"
             "Max open files            1024                 4096                 files     ");
}

void Cpu(const FakeRoot& root, int cpu, int socket, int core, const std::string& siblings) {
  const std::string folder = fmt::format("sys/devices/system/cpu/cpu{}/", cpu);
  root.Write(folder + "topology/physical_package_id", std::to_string(socket));
  root.Write(folder + "topology/core_id", std::to_string(core));
  root.Write(folder + "topology/thread_siblings_list", siblings);
}

void Cache(const FakeRoot& root, int cpu, int index, int level, const char* type, const char* size,
           const std::string& shared) {
  const std::string folder = fmt::format("sys/devices/system/cpu/cpu{}/cache/index{}/", cpu, index);
  root.Write(folder + "level", std::to_string(level));
  root.Write(folder + "type", type);
  root.Write(folder + "size", size);
  root.Write(folder + "coherency_line_size", "64");
  root.Write(folder + "shared_cpu_list", shared);
}

void Node(const FakeRoot& root, int node, const std::string& cpus) {
  const std::string folder = fmt::format("sys/devices/system/node/node{}/", node);
  root.Write(folder + "cpulist", cpus);
  root.Write(folder + "meminfo", fmt::format("Node {} MemTotal:       65536000 kB", node));
}

void OnlineCpus(const FakeRoot& root, const std::string& list) {
  root.Write("sys/devices/system/cpu/online", list);
  root.Write("sys/devices/system/cpu/possible", list);
}

}  // namespace

void LayArmServer(const FakeRoot& root) {
  SoftwarePmus(root);
  const std::string core = "armv8_pmuv3_0";
  Pmu(root, core, 8);
  PmuFile(root, core, "cpus", "0-79");
  PmuFile(root, core, "format/event", "config:0-15");
  PmuFile(root, core, "format/long", "config1:0");
  PmuFile(root, core, "format/rdpmc", "config1:1");
  PmuFile(root, core, "events/cpu_cycles", "event=0x0011");
  PmuFile(root, core, "events/inst_retired", "event=0x0008");
  PmuFile(root, core, "events/l1d_cache_refill", "event=0x0003");
  PmuFile(root, core, "caps/slots", "0x00000000");
  Pmu(root, "arm_cmn_0", 9);
  PmuFile(root, "arm_cmn_0", "cpumask", "0");
  PmuFile(root, "arm_cmn_0", "format/type", "config:0-15");
  PmuFile(root, "arm_cmn_0", "format/eventid", "config:16-26");
  PmuFile(root, "arm_cmn_0", "format/bynodeid", "config:31");
  PmuFile(root, "arm_cmn_0", "format/nodeid", "config:32-47");
  PmuFile(root, "arm_cmn_0", "format/wp_val", "config1:0-63");
  PmuFile(root, "arm_cmn_0", "events/watchpoint_up", "type=0x7770,eventid=0x0,bynodeid=?,nodeid=?");

  OnlineCpus(root, "0-79");
  std::string cpuinfo;
  for (int cpu = 0; cpu < 80; ++cpu) {
    Cpu(root, cpu, 0, cpu, std::to_string(cpu));
    root.Write(fmt::format("sys/devices/system/cpu/cpu{}/regs/identification/midr_el1", cpu),
               "0x00000000413fd0c1");
    cpuinfo += fmt::format(
        "processor\t: {}\nBogoMIPS\t: 50.00\nFeatures\t: fp asimd\nCPU implementer\t: 0x41\n"
        "CPU architecture: 8\nCPU variant\t: 0x3\nCPU part\t: 0xd0c\nCPU revision\t: 1\n\n",
        cpu);
  }
  root.Write("proc/cpuinfo", cpuinfo);
  Cache(root, 0, 0, 1, "Data", "64K", "0");
  Cache(root, 0, 1, 1, "Instruction", "64K", "0");
  Cache(root, 0, 2, 2, "Unified", "1024K", "0");
  Node(root, 0, "0-79");
  root.Write("sys/devices/system/cpu/smt/active", "0");
  root.Write("sys/devices/system/cpu/smt/control", "notimplemented");
  root.Write("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "performance");
  root.Write("sys/devices/system/cpu/cpu0/cpufreq/scaling_driver", "cppc_cpufreq");
  root.Write("sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq", "3000000");
  root.Write("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never");
  root.Write("sys/class/dmi/id/sys_vendor", "Example Servers");
  root.Write("sys/class/dmi/id/product_name", "Arm Rack One");
  root.Write("proc/meminfo", "MemTotal:       131072000 kB\nMemFree:  1000 kB");
  root.Write("proc/sys/kernel/osrelease", "6.1.0-18-arm64");
  root.Write("proc/sys/kernel/hostname", "arm-one");
  root.Write("proc/sys/kernel/perf_user_access", "0");
  Settings(root, 2, 0);
  root.Remove("proc/sys/kernel/nmi_watchdog");
  Process(root, 1000, "0000000000000000", 0);
}

void LayIntelServer(const FakeRoot& root) {
  SoftwarePmus(root);
  Pmu(root, "cpu", 4);
  PmuFile(root, "cpu", "format/event", "config:0-7");
  PmuFile(root, "cpu", "format/umask", "config:8-15");
  PmuFile(root, "cpu", "format/edge", "config:18");
  PmuFile(root, "cpu", "format/inv", "config:23");
  PmuFile(root, "cpu", "format/cmask", "config:24-31");
  PmuFile(root, "cpu", "format/offcore_rsp", "config1:0-63");
  PmuFile(root, "cpu", "events/instructions", "event=0xc0");
  PmuFile(root, "cpu", "events/cpu-cycles", "event=0x3c");
  PmuFile(root, "cpu", "events/cache-misses", "event=0x2e,umask=0x41");
  PmuFile(root, "cpu", "caps/branches", "32");
  PmuFile(root, "cpu", "rdpmc", "1");
  Pmu(root, "uncore_imc_0", 14);
  PmuFile(root, "uncore_imc_0", "cpumask", "0,4");
  PmuFile(root, "uncore_imc_0", "format/event", "config:0-7");
  PmuFile(root, "uncore_imc_0", "format/umask", "config:8-15");
  PmuFile(root, "uncore_imc_0", "events/cas_count_read", "event=0x04,umask=0x03");
  PmuFile(root, "uncore_imc_0", "events/cas_count_read.scale", "6.103515625e-5");
  PmuFile(root, "uncore_imc_0", "events/cas_count_read.unit", "MiB");
  PmuFile(root, "uncore_imc_0", "events/cas_count_read.per-pkg", "1");

  OnlineCpus(root, "0-15");
  std::string cpuinfo;
  for (int cpu = 0; cpu < 16; ++cpu) {
    const int core = cpu % 8;
    Cpu(root, cpu, core / 4, core % 4, fmt::format("{},{}", core, core + 8));
    cpuinfo += fmt::format(
        "processor\t: {}\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 106\n"
        "model name\t: Made-up Xeon @ 2.60GHz\nstepping\t: 6\nmicrocode\t: 0xd0003b9\n"
        "cpu MHz\t\t: 2600.000\nflags\t\t: fpu vme tsc ht lm\n\n",
        cpu);
  }
  root.Write("proc/cpuinfo", cpuinfo);
  Cache(root, 0, 0, 1, "Data", "48K", "0,8");
  Cache(root, 0, 1, 1, "Instruction", "32K", "0,8");
  Cache(root, 0, 2, 2, "Unified", "1280K", "0,8");
  Cache(root, 0, 3, 3, "Unified", "24M", "0-3,8-11");
  Node(root, 0, "0-3,8-11");
  Node(root, 1, "4-7,12-15");
  root.Write("sys/devices/system/cpu/smt/active", "1");
  root.Write("sys/devices/system/cpu/smt/control", "on");
  root.Write("sys/devices/system/cpu/intel_pstate/no_turbo", "0");
  root.Write("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave");
  root.Write("sys/devices/system/cpu/cpu0/cpufreq/scaling_driver", "intel_pstate");
  root.Write("sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq", "3400000");
  root.Write("sys/kernel/mm/transparent_hugepage/enabled", "[always] madvise never");
  root.Write("sys/class/dmi/id/sys_vendor", "Example Servers");
  root.Write("sys/class/dmi/id/product_name", "Rack Two");
  root.Write("proc/meminfo", "MemTotal:       131072000 kB");
  root.Write("proc/sys/kernel/osrelease", "6.1.0-18-amd64");
  root.Write("proc/sys/kernel/hostname", "intel-one");
  Settings(root, 2, 1);
  Process(root, 1000, "0000000000000000", 0);
}

void LayBigLittle(const FakeRoot& root) {
  SoftwarePmus(root);
  Pmu(root, "armv8_cortex_a53", 8);
  PmuFile(root, "armv8_cortex_a53", "cpus", "0-3");
  Pmu(root, "armv8_cortex_a72", 9);
  PmuFile(root, "armv8_cortex_a72", "cpus", "4-5");
  OnlineCpus(root, "0-5");
  std::string cpuinfo;
  for (int cpu = 0; cpu < 6; ++cpu) {
    cpuinfo += fmt::format(
        "processor\t: {}\nCPU implementer\t: 0x41\nCPU architecture: 8\nCPU variant\t: 0x0\n"
        "CPU part\t: {}\nCPU revision\t: 4\n\n",
        cpu, cpu < 4 ? "0xd03" : "0xd08");
  }
  root.Write("proc/cpuinfo", cpuinfo);
  Settings(root, 2, 0);
  Process(root, 1000, "0000000000000000", 0);
}

void LayCloudVm(const FakeRoot& root) {
  SoftwarePmus(root);
  OnlineCpus(root, "0-1");
  std::string cpuinfo;
  for (int cpu = 0; cpu < 2; ++cpu) {
    Cpu(root, cpu, 0, cpu, std::to_string(cpu));
    cpuinfo += fmt::format(
        "processor\t: {}\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: 17\n"
        "model name\t: Made-up EPYC\nstepping\t: 1\nmicrocode\t: 0x1000065\n"
        "cpu MHz\t\t: 2600.000\nflags\t\t: fpu vme tsc hypervisor\n\n",
        cpu);
  }
  root.Write("proc/cpuinfo", cpuinfo);
  Node(root, 0, "0-1");
  root.Write("sys/devices/system/cpu/smt/active", "0");
  root.Write("sys/kernel/mm/transparent_hugepage/enabled", "[always] madvise never");
  root.Write("sys/class/dmi/id/sys_vendor", "Example Cloud");
  root.Write("sys/class/dmi/id/product_name", "vm.small");
  root.Write("proc/meminfo", "MemTotal:       8192000 kB");
  root.Write("proc/sys/kernel/osrelease", "6.1.0-18-cloud-amd64");
  root.Write("proc/sys/kernel/hostname", "vm-one");
  Settings(root, 2, 0);
  Process(root, 0, "000001ffffffffff", 0);
}

void LayContainer(const FakeRoot& root) {
  LayIntelServer(root);
  root.Write(".dockerenv", "");
  root.Write("proc/sys/kernel/perf_event_paranoid", "4");
  Process(root, 0, "00000000a80425fb", 2);
  root.Write("proc/self/cgroup", "0::/");
}

}  // namespace pmubench::testing
