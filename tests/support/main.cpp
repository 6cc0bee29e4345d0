// The one translation unit that carries Catch2's main; with Catch2 3 the library brings its own.
#ifndef LEVIN_CATCH2_V3
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
#endif

/// What these libraries forget to free of a damaged file is lost in any program that uses them. Only matio copies
/// inflate's state.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:libhdf5\nleak:libmatio\nleak:inflateCopy"; }
