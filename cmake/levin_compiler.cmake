# Compiler settings shared by every target: warnings, reproducible arithmetic, sanitizers, ccache, precompiled headers.
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()

find_program(LEVIN_CCACHE ccache)
if(LEVIN_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    # So it trusts precompiled headers.
    set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env CCACHE_SLOPPINESS=pch_defines,time_macros "${LEVIN_CCACHE}")
endif()

# levin_precompile(TARGET HEADER...): what most files include, and HEADER, is read once for a target: a third of a build went
# into reading it anew for each file. The preset asan does without, and so finds a file that does not include what it uses.
function(levin_precompile target)
    target_precompile_headers(${target} PRIVATE <algorithm> <cmath> <cstring> <filesystem> <functional> <memory> <optional> <string>
                              <vector> <fmt/format.h> ${ARGN})
endfunction()

add_library(levin_settings INTERFACE)
set_target_properties(levin_settings PROPERTIES EXPORT_NAME settings)
target_compile_features(levin_settings INTERFACE cxx_std_20)
# No contraction: a fused multiply-add rounds once where two instructions round twice, so the same source would
# give other bytes on another machine.
target_compile_options(levin_settings INTERFACE "$<BUILD_INTERFACE:-ffp-contract=off>")

add_library(levin_warnings INTERFACE)
target_compile_options(levin_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
                       -Wold-style-cast -Wcast-align -Woverloaded-virtual)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # GCC 12 sees overlapping memory in "text" + std::string (its bug 105651, fixed in 13), and with precompiled headers
    # reading and writing beyond the end of one.
    target_compile_options(levin_warnings INTERFACE -Wno-restrict -Wno-array-bounds -Wno-stringop-overflow
                           -Wno-stringop-overread)
endif()
if(LEVIN_WARNINGS_AS_ERRORS)
    target_compile_options(levin_warnings INTERFACE -Werror)
endif()
if(LEVIN_SANITIZE)
    add_compile_options(-fsanitize=${LEVIN_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    add_link_options(-fsanitize=${LEVIN_SANITIZE})
endif()
