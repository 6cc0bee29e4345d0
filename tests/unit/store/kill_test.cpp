// Writers killed by SIGKILL at random moments.
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <random>

#include "support.hpp"

using namespace levin;
using namespace levin::test;
using store::ArraySpec;
using store::ArrayWriter;
using store::WriteOptions;

namespace {

ArraySpec make_spec() {
    ArraySpec spec;
    spec.shape = {40, 30};
    spec.dtype = DType::int32;
    spec.axes = axes_from_letters("yx");
    spec.chunks = {4, 4};
    spec.shards = {8, 8};
    return spec;
}

/// Writes what is not done yet, every element `value`, and publishes.
void run(const std::string& path, std::int32_t value, const WriteOptions& options) {
    ArrayWriter writer(path, make_spec(), options);
    for (Index unit = 0; unit < writer.units().size(); ++unit) {
        if (writer.is_done(unit)) continue;
        OwnedArray values(DType::int32, writer.units().region(unit).shape);
        fill(values.view, &value);
        writer.write(unit, values.view);
    }
    writer.publish();
}

/// How long `work` takes here, in microseconds, so that kills come before, during and after it.
template <class Work>
unsigned duration_of(Work&& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return 1 + static_cast<unsigned>((std::chrono::steady_clock::now() - start) / std::chrono::microseconds(1));
}

/// Runs `work` in a process that is killed after `microseconds`.
template <class Work>
void killed(unsigned microseconds, Work&& work) {
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        try {
            work();
        } catch (...) {
            _exit(1);
        }
        _exit(0);
    }
    usleep(microseconds);
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    CHECK((WIFSIGNALED(status) || WEXITSTATUS(status) == 0));
}

/// The one value of a constant store, -1 when there are several.
int value_of(const std::string& path) {
    const OwnedArray values = read_all(*store::Array::open(path));
    const std::int32_t* data = values.view.as<std::int32_t>();
    return std::all_of(data, data + values.view.count(), [&](std::int32_t v) { return v == data[0]; }) ? data[0] : -1;
}

}  // namespace

TEST_CASE("kill: a store resumed after 20 kills at random moments has the bytes of one that ran through") {
    const TempDir dir;
    const unsigned duration = duration_of([&] { run(dir / "whole.zarr", 5, {}); });
    std::mt19937 random(3);
    for (int round = 0; round < 20; ++round) {
        killed(random() % duration, [&] { run(dir / "a.zarr", 5, {false, true, false}); });
        if (store::pending_state(dir / "a.zarr"))
            check_error([&] { store::Array::open(dir / "a.zarr"); }, "is not finished");
        else if (std::filesystem::exists(dir / "a.zarr/zarr.json")) CHECK(value_of(dir / "a.zarr") == 5);
    }
    run(dir / "a.zarr", 5, {false, true, false});
    CHECK(listing(dir / "a.zarr") == listing(dir / "whole.zarr"));
}

TEST_CASE("kill: a store whose replacement is killed is the old one or the new one, whole") {
    const TempDir dir;
    const unsigned duration = duration_of([&] { run(dir / "a.zarr", 1, {}); });
    std::mt19937 random(4);
    int value = 1;
    for (int round = 2; round < 22; ++round) {
        killed(random() % (2 * duration), [&] { run(dir / "a.zarr", round, {true, false, false}); });
        const int found = value_of(dir / "a.zarr");
        CHECK((found == value || found == round));
        value = found;
    }
    run(dir / "a.zarr", 50, {true, false, false});
    CHECK(value_of(dir / "a.zarr") == 50);
    CHECK(std::distance(std::filesystem::directory_iterator(dir.path()), {}) == 1);
}

TEST_CASE("kill: parts that publish at the same moment, some killed, replace a store once") {
    const TempDir dir;
    const std::string path = dir / "a.zarr";
    run(path, 0, {});
    std::mt19937 random(5);
    for (int round = 1; round <= 60; ++round) {
        { ArrayWriter creator(path, make_spec(), {true, false, false}); }
        int gate[2];
        REQUIRE(pipe(gate) == 0);
        std::vector<pid_t> children;
        for (int part = 0; part < 4; ++part) {
            children.push_back(fork());
            REQUIRE(children.back() >= 0);
            if (children.back() != 0) continue;
            close(gate[1]);
            try {
                ArrayWriter writer(path, make_spec(), {false, false, false, true});
                for (Index unit = 0; unit < writer.units().size(); ++unit) {
                    OwnedArray unit_values(DType::int32, writer.units().region(unit).shape);
                    fill(unit_values.view, &round);
                    writer.write(unit, unit_values.view);
                }
                char nothing = 0;
                if (read(gate[0], &nothing, 1) != 0) _exit(2);
                writer.publish();
            } catch (const std::exception& error) {
                fprintf(stderr, "%s\n", error.what());
                _exit(1);
            }
            _exit(0);
        }
        close(gate[0]);
        usleep(3000);
        close(gate[1]);  // all at once
        const bool kills = round % 3 == 0;
        if (kills) {
            usleep(random() % 1000);
            kill(children[random() % 4], SIGKILL);
        }
        for (const pid_t child : children) {
            int status = 0;
            waitpid(child, &status, 0);
            CHECK((status == 0 || (kills && WIFSIGNALED(status))));
        }
        if (kills) run(path, round, {false, true, false});
        CHECK(value_of(path) == round);
        CHECK(std::distance(std::filesystem::directory_iterator(dir.path()), {}) == 1);
        CHECK_FALSE(std::filesystem::exists(path + "/__levin"));
    }
}

TEST_CASE("killed: no partial file of a process that died in its first chunk or as it published outlives the work") {
    for (const bool publishing : {false, true}) {
        const TempDir dir;
        const std::string path = dir / "a.zarr";
        const pid_t child = fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            ArrayWriter writer(path, make_spec(), {});
            const auto limit = [] {  // files may not grow beyond 10 bytes: the system kills the process that tries
                const rlimit no_core{0, 0}, ten_bytes{10, 10};
                setrlimit(RLIMIT_CORE, &no_core);
                setrlimit(RLIMIT_FSIZE, &ten_bytes);
                signal(SIGXFSZ, SIG_DFL);
            };
            if (!publishing) limit();
            const std::int32_t value = 2;
            for (Index unit = 0; unit < writer.units().size(); ++unit) {
                OwnedArray values(DType::int32, writer.units().region(unit).shape);
                fill(values.view, &value);
                writer.write(unit, values.view);
            }
            limit();
            writer.publish();
            _exit(0);
        }
        int status = 0;
        waitpid(child, &status, 0);
        REQUIRE((WIFSIGNALED(status) && WTERMSIG(status) == SIGXFSZ));
        const auto partial_files = [&] {
            Index count = 0;
            for (const auto& entry : std::filesystem::recursive_directory_iterator(path))
                count += entry.path().filename().string().starts_with("__levin-partial");
            return count;
        };
        CHECK(partial_files() == 1);
        run(path, 2, {false, true, false});
        CHECK(partial_files() == 0);
        CHECK(value_of(path) == 2);
    }
}
