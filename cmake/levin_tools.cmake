# levin_add_tool(NAME [MORE...]): the binary levin-NAME from tools/NAME.cpp and what it shares with others; the one called levin is the dispatcher and has no prefix.
# Configuring stops where its tests are missing.
function(levin_add_tool name)
    add_executable(tool_${name} ${name}.cpp ${ARGN})
    if(NOT name STREQUAL "levin")
        set(prefix "${LEVIN_TOOL_PREFIX}")
    endif()
    set_target_properties(tool_${name} PROPERTIES OUTPUT_NAME "${prefix}${name}"
                          RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
    target_link_libraries(tool_${name} PRIVATE levin::levin levin_warnings)
    install(TARGETS tool_${name} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT runtime)
    set_property(GLOBAL APPEND PROPERTY LEVIN_TOOLS ${name})
    if(NOT IS_DIRECTORY "${PROJECT_SOURCE_DIR}/tests/cli/${name}")
        message(FATAL_ERROR "tools/${name}.cpp has no tests: create tests/cli/${name}/ with at least one case")
    endif()
endfunction()
