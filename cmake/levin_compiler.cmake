# Compiler settings shared by every target: warnings, reproducible arithmetic, sanitizers, ccache.
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()

find_program(LEVIN_CCACHE ccache)
if(LEVIN_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${LEVIN_CCACHE}")
endif()

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
    # GCC 12 sees overlapping memory in "text" + std::string (its bug 105651, fixed in 13).
    target_compile_options(levin_warnings INTERFACE -Wno-restrict)
endif()
if(LEVIN_WARNINGS_AS_ERRORS)
    target_compile_options(levin_warnings INTERFACE -Werror)
endif()
if(LEVIN_SANITIZE)
    add_compile_options(-fsanitize=${LEVIN_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    add_link_options(-fsanitize=${LEVIN_SANITIZE})
endif()
