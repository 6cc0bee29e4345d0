#include "levin/core/error.hpp"

#include <cerrno>
#include <csignal>

#include "catch.hpp"

using namespace levin;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("error: context is put in front, outermost first, and the kind stays") {
    const auto inner = [] {
        return with_context([] { return "reading c/0"; }, []() -> int { throw UsageError("too short"); });
    };
    try {
        with_context([] { return std::string("opening a.zarr"); }, inner);
        FAIL("nothing thrown");
    } catch (const UsageError& error) {
        CHECK(std::string(error.what()) == "opening a.zarr: reading c/0: too short");
    }
}

TEST_CASE("error: with_context returns what the work returns and describes nothing on success") {
    bool described = false;
    const auto describe = [&] {
        described = true;
        return "unused";
    };
    CHECK(with_context(describe, [] { return 7; }) == 7);
    CHECK_FALSE(described);
}

TEST_CASE("error: a full disk or an I/O error may pass, a missing file does not") {
    for (const int transient : {EIO, ENOSPC, EDQUOT, EMFILE, ENFILE, ESTALE, EAGAIN, ENOMEM, ETIMEDOUT})
        CHECK_THROWS_AS(throw_system_error("x", transient), TransientError);
    CHECK_THROWS_AS(throw_system_error("x", ENOENT), Error);
    try {
        throw_system_error("cannot open a.tif", ENOENT);
    } catch (const TransientError&) {
        FAIL("ENOENT is not transient");
    } catch (const Error& error) {
        CHECK(std::string(error.what()) == "cannot open a.tif: No such file or directory");
    }
    try {
        throw_system_error("cannot write c/0", ENOSPC);
    } catch (const Error& error) {
        CHECK_THAT(error.what(), ContainsSubstring("No space left") && ContainsSubstring("--resume"));
    }
}

TEST_CASE("error: an interruption names its signal") {
    const Interrupted stopped(SIGTERM);
    CHECK(stopped.signal() == SIGTERM);
    CHECK_THAT(stopped.what(), ContainsSubstring("signal 15 (Terminated)"));
}
