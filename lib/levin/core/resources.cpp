#include "levin/core/resources.hpp"

#include <fmt/format.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <sstream>
#include <vector>

#include "levin/core/error.hpp"

namespace levin {
namespace {

std::optional<std::string> read_text(const std::string& path) {
    std::ifstream file(path);
    if (!file) return std::nullopt;
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

/// The number with which `text` begins; empty for "max" and the like.
std::optional<double> leading_number(std::string_view text) {
    double value = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} ? std::optional(value) : std::nullopt;
}

std::optional<double> read_number(const std::string& path) {
    const auto text = read_text(path);
    return text ? leading_number(*text) : std::nullopt;
}

/// The number after `key` in a file of "key value" or "key: value" lines.
std::optional<double> read_field(const std::string& path, const std::string& key) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);)
        if (line.starts_with(key)) {
            const auto value = line.find_first_not_of(": \t", key.size());
            if (value != line.npos && value > key.size()) return leading_number(std::string_view(line).substr(value));
        }
    return std::nullopt;
}

std::optional<int> environment_count(const char* name) {
    const char* text = std::getenv(name);
    if (!text) return std::nullopt;
    // Of a list (OMP_NUM_THREADS=4,2) the first number counts.
    const auto value = leading_number(text);
    return value && *value >= 1 && *value <= std::numeric_limits<int>::max() ? std::optional(static_cast<int>(*value))
                                                                             : std::nullopt;
}

int affinity_count() {
    for (int cpus = 1024; cpus <= 1 << 20; cpus *= 2) {
        cpu_set_t* set = CPU_ALLOC(cpus);
        const std::size_t size = CPU_ALLOC_SIZE(cpus);
        const int count = set && sched_getaffinity(0, size, set) == 0 ? CPU_COUNT_S(size, set) : 0;
        CPU_FREE(set);
        if (count > 0) return count;
    }
    return static_cast<int>(std::max(1L, sysconf(_SC_NPROCESSORS_ONLN)));
}

/// Calls visit(folder) for the process's group and every group above it, in each hierarchy of `root` that has
/// `controller`. A path that does not exist below `root` (a container sees its own group as the root) is walked up all
/// the same.
void walk_cgroups(const std::string& root, const std::string& self_cgroup, const std::string& controller,
                  const std::function<void(const std::string&)>& visit) {
    std::istringstream lines(self_cgroup);
    for (std::string line; std::getline(lines, line);) {
        // "0::/path" is version 2, "4:cpu,cpuacct:/path" version 1.
        const auto first = line.find(':'), second = line.find(':', first + 1);
        if (first == line.npos || second == line.npos) continue;
        const std::string controllers = line.substr(first + 1, second - first - 1);
        std::vector<std::string> mounts;
        if (controllers.empty()) mounts = {root, root + "/unified"};
        else if (fmt::format(",{},", controllers).find(fmt::format(",{},", controller)) != std::string::npos)
            mounts = {root + "/" + controllers, root + "/" + controller};
        for (const std::string& mount : mounts) {
            auto path = std::filesystem::path("/" + line.substr(second + 1)).lexically_normal().string();
            while (path.size() > 1) {
                visit(mount + path);
                path.resize(std::max<std::size_t>(path.rfind('/'), 0));
            }
            visit(mount);
        }
    }
}

std::string self_cgroup() { return read_text("/proc/self/cgroup").value_or(""); }

void keep_least(std::optional<double>& least, double value) { least = std::min(least.value_or(value), value); }

/// Bytes in use in a group, without the page cache, which the kernel gives back before it refuses memory.
double used_memory(const std::string& folder, const char* usage, const std::string& prefix) {
    const double cache = read_field(folder + "/memory.stat", prefix + "inactive_file").value_or(0) +
                         read_field(folder + "/memory.stat", prefix + "active_file").value_or(0);
    return std::max(0.0, read_number(folder + usage).value_or(0) - cache);
}

}  // namespace

int thread_count(int requested) {
    if (requested > 0) return requested;
    if (const char* text = std::getenv("LEVIN_THREADS"); text && *text) {
        int count = 0;
        const char* end = text + std::string_view(text).size();
        const auto [stop, error] = std::from_chars(text, end, count);
        if (error != std::errc{} || stop != end || count < 1)
            throw UsageError(fmt::format("LEVIN_THREADS is '{}': expected a positive integer", text));
        return count;
    }
    int count = affinity_count();
    auto slurm = environment_count("SLURM_CPUS_PER_TASK");
    if (!slurm) slurm = environment_count("SLURM_CPUS_ON_NODE");
    for (const auto& limit : {environment_count("OMP_NUM_THREADS"), slurm, environment_count("NSLOTS")})
        if (limit) count = std::min(count, *limit);
    // A quota of 1.5 cores is used up by two threads only.
    if (const auto quota = cgroup_cpu_quota("/sys/fs/cgroup", self_cgroup()))
        count = static_cast<int>(std::min<double>(count, std::ceil(*quota)));
    return std::max(1, count);
}

std::size_t parse_size(std::string_view text) {
    double value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    std::string_view unit(stop, static_cast<std::size_t>(end - stop));
    double scale = 1;
    if (const auto power = std::string_view("KMGT").find(unit.empty() ? '\0' : static_cast<char>(unit[0] & ~32));
        power != unit.npos) {
        scale = std::ldexp(1.0, 10 * (static_cast<int>(power) + 1));
        unit.remove_prefix(1);
        if (unit.starts_with('i')) unit.remove_prefix(1);
    }
    if (unit == "B") unit = {};
    const double bytes = value * scale;
    if (error != std::errc{} || !unit.empty() || !(bytes >= 1) || bytes >= 0x1p63)
        throw UsageError(
            fmt::format("'{}' is no size: expected a positive number of bytes, such as 512M, 1.5G or 1000000", text));
    return static_cast<std::size_t>(bytes);
}

std::string format_size(std::size_t bytes) {
    if (bytes < 1024) return fmt::format("{} B", bytes);
    auto value = static_cast<double>(bytes) / 1024;
    std::size_t unit = 0;
    for (; value >= 1023.95 && unit < 4; ++unit) value /= 1024;  // 1023.95 would print as 1024.0
    return fmt::format("{:.1f} {}iB", value, "KMGTP"[unit]);
}

std::optional<double> cgroup_cpu_quota(const std::string& root, const std::string& self_cgroup) {
    std::optional<double> least;
    walk_cgroups(root, self_cgroup, "cpu", [&](const std::string& folder) {
        if (const auto text = read_text(folder + "/cpu.max")) {
            const auto quota = leading_number(*text);
            const auto period =
                leading_number(std::string_view(*text).substr(std::min(text->find(' ') + 1, text->size())));
            if (quota && period && *period > 0) keep_least(least, *quota / *period);
        }
        const auto quota = read_number(folder + "/cpu.cfs_quota_us"),
                   period = read_number(folder + "/cpu.cfs_period_us");
        if (quota && *quota > 0 && period && *period > 0) keep_least(least, *quota / *period);
    });
    return least;
}

std::optional<std::size_t> cgroup_memory_left(const std::string& root, const std::string& self_cgroup) {
    std::optional<double> least;
    walk_cgroups(root, self_cgroup, "memory", [&](const std::string& folder) {
        if (const auto limit = read_number(folder + "/memory.max"))
            keep_least(least, std::max(0.0, *limit - used_memory(folder, "/memory.current", "")));
        // Version 1 says "no limit" with the largest multiple of a page below 2^63.
        if (const auto limit = read_number(folder + "/memory.limit_in_bytes"); limit && *limit < 0x1p62)
            keep_least(least, std::max(0.0, *limit - used_memory(folder, "/memory.usage_in_bytes", "total_")));
    });
    return least ? std::optional(static_cast<std::size_t>(*least)) : std::nullopt;
}

namespace {

/// What the batch system lets the job have; none when it says nothing.
std::optional<double> job_memory_left() {
    std::optional<double> least;
    if (const auto left = cgroup_memory_left("/sys/fs/cgroup", self_cgroup()))
        keep_least(least, static_cast<double>(*left));
    // In MiB; 0 stands for the whole node.
    if (const auto slurm = environment_count("SLURM_MEM_PER_NODE")) keep_least(least, *slurm * 0x1p20);
    // Grid Engine's h_vmem arrives as a limit of the address space.
    if (rlimit limit{}; getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
        keep_least(least, static_cast<double>(limit.rlim_cur) - static_cast<double>(resident_memory()));
    return least;
}

}  // namespace

std::size_t available_memory() {
    auto least = read_field("/proc/meminfo", "MemAvailable");
    if (least) *least *= 1024;
    else least = static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
    if (const auto job = job_memory_left()) keep_least(least, *job);
    return static_cast<std::size_t>(std::max(0.0, *least));
}

std::size_t memory_limit(const std::string& requested) {
    return requested.empty() ? available_memory() / 2 : parse_size(requested);
}

void check_job_grants(std::size_t memory) {
    const auto job = job_memory_left();
    if (!job || static_cast<double>(memory) <= *job) return;
    throw UsageError(fmt::format(
        "--memory {}: this job may use {} more (cgroup, SLURM_MEM_PER_NODE or ulimit -v), beyond which it would be "
        "killed; ask the scheduler for more, or levin for less",
        format_size(memory), format_size(static_cast<std::size_t>(std::max(0.0, *job)))));
}

std::size_t peak_memory() {
    // Not ru_maxrss where it can be helped: that survives exec, so a small tool would report its parent's peak.
    if (const auto kilobytes = read_field("/proc/self/status", "VmHWM"))
        return static_cast<std::size_t>(*kilobytes) * 1024;
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<std::size_t>(usage.ru_maxrss) * 1024;
}

std::size_t resident_memory() {
    const auto kilobytes = read_field("/proc/self/status", "VmRSS");
    return kilobytes ? static_cast<std::size_t>(*kilobytes) * 1024 : peak_memory();
}

std::size_t most_open_files() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 256;
    if (limit.rlim_cur < limit.rlim_max) {
        const rlimit raised{limit.rlim_max, limit.rlim_max};
        if (setrlimit(RLIMIT_NOFILE, &raised) == 0) return raised.rlim_cur;
    }
    return limit.rlim_cur;
}

}  // namespace levin
