#include "levin/core/resources.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

#include "catch.hpp"
#include "levin/core/error.hpp"
#include "temp_dir.hpp"

using namespace levin;

namespace {

using Variables = std::vector<std::pair<std::string, const char*>>;

/// Sets environment variables (nullptr removes) and restores them.
class Environment {
  public:
    explicit Environment(const Variables& values) {
        for (const auto& [name, value] : values) {
            const char* old = std::getenv(name.c_str());
            before_.emplace_back(name, old ? std::optional<std::string>(old) : std::nullopt);
            set(name, value);
        }
    }
    ~Environment() {
        for (const auto& [name, value] : before_) set(name, value ? value->c_str() : nullptr);
    }

  private:
    static void set(const std::string& name, const char* value) {
        if (value) setenv(name.c_str(), value, 1);
        else unsetenv(name.c_str());
    }
    std::vector<std::pair<std::string, std::optional<std::string>>> before_;
};

const Variables no_hints{
    {"LEVIN_THREADS", nullptr},      {"OMP_NUM_THREADS", nullptr}, {"SLURM_CPUS_PER_TASK", nullptr},
    {"SLURM_CPUS_ON_NODE", nullptr}, {"NSLOTS", nullptr},          {"SLURM_MEM_PER_NODE", nullptr}};

class FakeCgroups {
  public:
    void write(const std::string& file, const std::string& text) {
        const std::filesystem::path path = folder_ / file;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path) << text << "\n";
    }
    std::string root() const { return folder_.path().string(); }

  private:
    test::TempDir folder_;
};

}  // namespace

TEST_CASE("cgroup v2: the least quota on the way up counts, also when the leaf is unlimited") {
    FakeCgroups groups;
    groups.write("job/step/cpu.max", "max 100000");
    groups.write("job/cpu.max", "150000 100000");
    groups.write("cpu.max", "400000 100000");
    CHECK(cgroup_cpu_quota(groups.root(), "0::/job/step\n") == 1.5);
    CHECK(cgroup_cpu_quota(groups.root(), "0::/\n") == 4.0);
    CHECK_FALSE(cgroup_cpu_quota(groups.root() + "/none", "0::/job/step\n"));
}

TEST_CASE("cgroup v2: memory left is limit minus use, page cache not counted") {
    FakeCgroups groups;
    groups.write("job/step/memory.max", "max");
    groups.write("job/memory.max", "1000000");
    groups.write("job/memory.current", "700000");
    groups.write("job/memory.stat", "anon 100000\ninactive_file 500000\nactive_file 50000\n");
    CHECK(cgroup_memory_left(groups.root(), "0::/job/step\n") == 850000u);
    groups.write("job/memory.current", "2000000");
    CHECK(cgroup_memory_left(groups.root(), "0::/job/step\n") == 0u);
    CHECK_FALSE(cgroup_memory_left(groups.root(), ""));
}

TEST_CASE("cgroup v1: hierarchies by controller, -1 and the huge number mean unlimited") {
    FakeCgroups groups;
    const std::string self = "4:memory:/slurm/job_7\n3:cpu,cpuacct:/slurm/job_7\n1:name=systemd:/\n";
    groups.write("memory/slurm/job_7/memory.limit_in_bytes", "9223372036854771712");
    groups.write("memory/slurm/memory.limit_in_bytes", "8000000");
    groups.write("memory/slurm/memory.usage_in_bytes", "3000000");
    groups.write("memory/slurm/memory.stat", "inactive_file 1\ntotal_inactive_file 1000000\n");
    groups.write("cpu,cpuacct/slurm/job_7/cpu.cfs_quota_us", "-1");
    groups.write("cpu,cpuacct/slurm/job_7/cpu.cfs_period_us", "100000");
    groups.write("cpu,cpuacct/slurm/cpu.cfs_quota_us", "300000");
    groups.write("cpu,cpuacct/slurm/cpu.cfs_period_us", "100000");
    CHECK(cgroup_cpu_quota(groups.root(), self) == 3.0);
    CHECK(cgroup_memory_left(groups.root(), self) == 6000000u);
}

TEST_CASE("cgroup: a container whose path is not below its root still sees the root's limits") {
    FakeCgroups groups;
    groups.write("cpu.max", "200000 100000");
    groups.write("unified/memory.max", "5000");
    CHECK(cgroup_cpu_quota(groups.root(), "0::/docker/abcdef\n") == 2.0);
    CHECK(cgroup_cpu_quota(groups.root(), "0::/../../elsewhere\n") == 2.0);
    CHECK(cgroup_memory_left(groups.root(), "0::/docker/abcdef\n") == 5000u);
}

TEST_CASE("threads: an option comes first, then LEVIN_THREADS, then the least limit") {
    const Environment clean(no_hints);
    const int machine = thread_count(0);
    CHECK(machine >= 1);
    CHECK(thread_count(37) == 37);
    {
        const Environment set(Variables{{"LEVIN_THREADS", "5"}, {"OMP_NUM_THREADS", "1"}});
        CHECK(thread_count(0) == 5);
        CHECK(thread_count(2) == 2);
    }
    for (const char* name : {"OMP_NUM_THREADS", "SLURM_CPUS_PER_TASK", "SLURM_CPUS_ON_NODE", "NSLOTS"}) {
        const Environment one(Variables{{name, "1"}});
        CHECK(thread_count(0) == 1);
        const Environment many(Variables{{name, "100000"}});
        CHECK(thread_count(0) == machine);
    }
    const Environment list(Variables{{"OMP_NUM_THREADS", "1,4"}});
    CHECK(thread_count(0) == 1);
}

TEST_CASE("threads: SLURM_CPUS_PER_TASK goes before SLURM_CPUS_ON_NODE") {
    const Environment clean(no_hints);
    const int machine = thread_count(0);
    const Environment set(Variables{{"SLURM_CPUS_PER_TASK", "64"}, {"SLURM_CPUS_ON_NODE", "1"}});
    CHECK(thread_count(0) == std::min(machine, 64));
}

TEST_CASE("threads: LEVIN_THREADS must be a positive integer") {
    for (const char* text : {"0", "-2", "two", "3x"}) {
        const Environment set(Variables{{"LEVIN_THREADS", text}});
        CHECK_THROWS_AS(thread_count(0), UsageError);
    }
}

TEST_CASE("sizes: powers of 1024, with or without i and B") {
    CHECK(parse_size("1000000") == 1000000);
    CHECK(parse_size("512M") == 512u << 20);
    CHECK(parse_size("2G") == std::size_t{2} << 30);
    CHECK(parse_size("1.5GiB") == std::size_t{3} << 29);
    CHECK(parse_size("8k") == 8192);
    CHECK(parse_size("1TB") == std::size_t{1} << 40);
    CHECK(parse_size("812B") == 812);
    for (const char* text : {"", "G", "-1", "0", "1X", "1GG", "1 G", "1e30", "nan"})
        CHECK_THROWS_AS(parse_size(text), UsageError);
}

TEST_CASE("sizes: printed with one decimal") {
    CHECK(format_size(0) == "0 B");
    CHECK(format_size(1023) == "1023 B");
    CHECK(format_size(1024) == "1.0 KiB");
    CHECK(format_size(std::size_t{3} << 29) == "1.5 GiB");
    CHECK(format_size((std::size_t{1} << 20) - 1) == "1.0 MiB");
    CHECK(format_size(std::size_t{5} << 60) == "5120.0 PiB");
}

TEST_CASE("memory: the limit is half of what is available unless told") {
    const Environment clean(no_hints);
    CHECK(available_memory() > 0);
    CHECK(memory_limit("3M") == 3u << 20);
    CHECK(memory_limit("") > 0);
    CHECK_THROWS_AS(memory_limit("lots"), UsageError);
    const Environment job(Variables{{"SLURM_MEM_PER_NODE", "64"}});
    CHECK(available_memory() <= 64u << 20);
    CHECK(memory_limit("") <= 32u << 20);
}

TEST_CASE("memory: resident and peak size follow what was touched") {
    const std::size_t before = resident_memory();
    CHECK(before > 0);
    const std::vector<char> touched(std::size_t{64} << 20, 1);
    CHECK(touched.back() == 1);
    CHECK(resident_memory() >= before + (std::size_t{48} << 20));
    CHECK(peak_memory() >= before + (std::size_t{48} << 20));
}
