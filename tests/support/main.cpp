// The one translation unit that carries Catch2's main; with Catch2 3 the library brings its own.
#ifndef LEVIN_CATCH2_V3
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
#endif
