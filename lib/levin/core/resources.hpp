/// How many threads and how much memory this process may use.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace levin {

/// Threads to run: `requested` when positive, else LEVIN_THREADS, else the least of OMP_NUM_THREADS,
/// SLURM_CPUS_PER_TASK (else SLURM_CPUS_ON_NODE), NSLOTS, the affinity mask and the cgroup's CPU quota. At least 1.
/// UsageError when LEVIN_THREADS is set and not a positive integer.
int thread_count(int requested);

/// "2G", "512M", "1.5GiB", "1000000" -> bytes. K, M, G, T are powers of 1024. UsageError otherwise.
std::size_t parse_size(std::string_view text);
/// "1.5 GiB", "812 B".
std::string format_size(std::size_t bytes);

/// What the machine, the cgroup (walked up to its root, least limit minus its use) and the batch job
/// (SLURM_MEM_PER_NODE) leave, in bytes.
std::size_t available_memory();
/// `requested` ("" for none) in bytes, else half of available_memory().
std::size_t memory_limit(const std::string& requested);
/// UsageError when the job's cgroup, batch system or address space leaves less than `memory`, with both figures.
void check_job_grants(std::size_t memory);
/// Peak resident size of this process so far, in bytes.
std::size_t peak_memory();
/// Resident size of this process now, in bytes.
std::size_t resident_memory();

/// Files that this process may have open at a time, after raising its own limit as far as it may.
std::size_t most_open_files();

/// The CPU quota in cores of a cgroup v2 or v1 hierarchy rooted at `root` for the process whose /proc/self/cgroup text
/// is given. For tests; thread_count uses it with /sys/fs/cgroup.
std::optional<double> cgroup_cpu_quota(const std::string& root, const std::string& self_cgroup);
/// The same for memory: the least (limit - current use) on the way up.
std::optional<std::size_t> cgroup_memory_left(const std::string& root, const std::string& self_cgroup);

}  // namespace levin
